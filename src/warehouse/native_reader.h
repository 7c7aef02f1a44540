// Reads the blocks of ClickHouse's Native format as the store streams them: it writes and sends whole columns
// for half the work of rows. Of numbers and texts alone; nothing that may be null. Not thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

namespace zhike::warehouse {

/// A row of a block. Every value must be taken once, in the order of the columns, as the type of its column.
class NativeRow {
 public:
  static constexpr std::size_t kColumnsMax = 16;

  template <class Number>
  void number(Number& out) {
    std::memcpy(&out, at_[column_], sizeof out);
    at_[column_++] += sizeof out;
  }
  /// `out` borrows the bytes until the row has been handled.
  void text(std::string_view& out) {
    const char*& at = at_[column_++];
    std::uint64_t size = 0;
    for (unsigned shift = 0;; shift += 7) {
      const auto byte = static_cast<unsigned char>(*at++);
      size |= std::uint64_t{byte & 0x7FU} << shift;
      if ((byte & 0x80U) == 0) break;
    }
    out = {at, size};
    at += size;
  }

 private:
  friend class NativeReader;
  std::array<const char*, kColumnsMax> at_{};
  std::size_t column_ = 0;
};

class NativeReader {
 public:
  /// `types` of the columns that are expected, at most NativeRow::kColumnsMax; borrowed. Those known: UInt8,
  /// UInt32, UInt64, Int64, Float32, Float64, String.
  explicit NativeReader(std::span<const std::string_view> types) : types_(types) {}

  /// `each(NativeRow&)` takes every row of the blocks that the piece completes; it answers false to stop,
  /// which this then does as well. What is no block of the expected columns is passed over: see is_whole().
  template <class Each>
  bool take(std::string_view piece, const Each& each) {
    if (is_strange_) return true;  // the error of the store may follow
    bytes_.append(piece);
    while (find_block()) {
      NativeRow row;
      for (std::size_t i = 0; i < types_.size(); ++i) row.at_[i] = bytes_.data() + starts_[i];
      for (std::uint64_t i = 0; i < rows_; ++i) {
        row.column_ = 0;
        if (!each(row)) return false;
      }
      next_block();
    }
    return true;
  }
  /// All pieces were blocks of the expected columns, and the last one ended.
  [[nodiscard]] bool is_whole() const { return !is_strange_ && bytes_.empty(); }

 private:
  enum class Head { kCut, kStrange, kRead };

  bool find_block();
  void next_block();
  Head read_head();
  Head read_column_head(std::string_view type);
  bool skip_texts();
  bool read_length(std::size_t& at, std::uint64_t& out) const;
  bool read_text(std::size_t& at, std::string_view& out) const;

  std::span<const std::string_view> types_;
  std::string bytes_;  // from the beginning of a block
  std::array<std::size_t, NativeRow::kColumnsMax> starts_{};
  std::size_t at_ = 0, columns_ = 0;    // read so far; columns whose head was read
  std::uint64_t rows_ = 0, texts_ = 0;  // of the block; passed in a column of texts
  bool has_head_ = false, is_open_ = false, is_strange_ = false;
};

}  // namespace zhike::warehouse
