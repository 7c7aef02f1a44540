// Builds one block in ClickHouse's Native format: column by column, which the store takes in for two thirds
// of the work of rows. Usage: one object for each column, filled in step; then write_native().
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "base/time.h"

namespace zhike::warehouse {

/// One column: `type` as the store writes it. Not thread-safe. The texts of name and type must outlive it.
class NativeColumn {
 public:
  NativeColumn(std::string_view name, std::string_view type) : name_(name), type_(type) {}
  void clear() {
    head_.clear();
    body_.clear();
    tail_.clear();
  }

  template <class Number>  ///< UInt32, UInt64, Int64, Float32 ...
  void number(Number value) {
    put(body_, value);
  }
  void instant(Instant at) { number(at.ms); }  ///< DateTime64(3)
  void text(std::string_view value) { put_text(body_, value); }
  void optional(const float* value) {  ///< Nullable(Float32)
    head_.push_back(value == nullptr ? '\1' : '\0');
    put(body_, value == nullptr ? 0.0F : *value);
  }
  /// Map(String, String): pairs, then once for the row end_map() with how many the column has had in all.
  void pair(std::string_view key, std::string_view value) {
    put_text(body_, key);
    put_text(tail_, value);
  }
  void end_map(std::uint64_t pairs_so_far) { put(head_, pairs_so_far); }

  [[nodiscard]] std::size_t bytes() const { return head_.size() + body_.size() + tail_.size(); }

 private:
  friend std::string write_native(std::uint64_t rows, std::span<const NativeColumn* const> columns);
  template <class Number>
  static void put(std::string& to, Number value) {
    to.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  static void put_length(std::string& to, std::uint64_t n) {
    for (; n >= 0x80; n >>= 7) to.push_back(static_cast<char>(n | 0x80));
    to.push_back(static_cast<char>(n));
  }
  static void put_text(std::string& to, std::string_view text) {
    put_length(to, text.size());
    to.append(text);
  }

  std::string_view name_, type_;
  std::string head_, body_, tail_;  // nulls or ends of maps; values or keys; values of maps
};

/// The block; the columns keep what they hold. Every column must have `rows` values.
[[nodiscard]] std::string write_native(std::uint64_t rows, std::span<const NativeColumn* const> columns);

}  // namespace zhike::warehouse
