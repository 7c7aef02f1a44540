// Little-endian numbers and length-prefixed texts, for the formats of this module (journal records, block
// files, quarantine). Reading trusts nothing: a fault is sticky and every length is checked.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace zhike::ingest {

class WireWriter {
 public:
  void u8(std::uint8_t n) { out_.push_back(static_cast<char>(n)); }
  void number(std::uint64_t n) {
    for (; n >= 0x80; n >>= 7) u8(static_cast<std::uint8_t>(n | 0x80));
    u8(static_cast<std::uint8_t>(n));
  }
  void signed_number(std::int64_t n) {
    number((static_cast<std::uint64_t>(n) << 1) ^ static_cast<std::uint64_t>(n >> 63));
  }
  void f32(float n) { out_.append(reinterpret_cast<const char*>(&n), sizeof n); }
  void text(std::string_view s) {
    number(s.size());
    out_.append(s);
  }
  void raw(std::string_view s) { out_.append(s); }
  void reserve(std::size_t bytes) { out_.reserve(bytes); }
  [[nodiscard]] std::string take() { return std::move(out_); }
  [[nodiscard]] const std::string& bytes() const { return out_; }

 private:
  std::string out_;
};

class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : rest_(bytes) {}
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::string_view rest() const { return rest_; }

  std::uint8_t u8() {
    if (rest_.empty()) return fault(), std::uint8_t{0};
    const auto n = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return n;
  }
  std::uint64_t number() {
    std::uint64_t n = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint8_t byte = u8();
      n |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if ((byte & 0x80) == 0) return n;
    }
    return fault(), std::uint64_t{0};
  }
  std::int64_t signed_number() {
    const std::uint64_t n = number();
    return static_cast<std::int64_t>(n >> 1) ^ -static_cast<std::int64_t>(n & 1);
  }
  float f32() {
    float n = 0;
    if (rest_.size() < sizeof n) return fault(), n;
    std::memcpy(&n, rest_.data(), sizeof n);
    rest_.remove_prefix(sizeof n);
    return n;
  }
  std::string_view view() {
    const std::uint64_t size = number();
    if (size > rest_.size()) return fault(), std::string_view{};
    const std::string_view s = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return s;
  }
  std::string text() { return std::string(view()); }
  /// A count of things of at least one byte each, so that a lie cannot reserve memory.
  std::size_t count() {
    const std::uint64_t n = number();
    return n > rest_.size() ? (fault(), std::size_t{0}) : static_cast<std::size_t>(n);
  }

 private:
  void fault() {
    ok_ = false;
    rest_ = {};
  }
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace zhike::ingest
