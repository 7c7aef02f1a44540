// Reads RowBinary as the store streams it, value by value. Borrows the bytes; not thread-safe.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace zhike::warehouse {

class RowReader {
 public:
  explicit RowReader(std::string_view bytes) : rest_(bytes) {}
  /// False: the bytes end within the value; then nothing is known of the rest of the row.
  template <class Number>
  [[nodiscard]] bool number(Number& out) {
    if (rest_.size() < sizeof out) return false;
    std::memcpy(&out, rest_.data(), sizeof out);
    rest_.remove_prefix(sizeof out);
    return true;
  }
  /// `out` borrows the bytes.
  [[nodiscard]] bool text(std::string_view& out) {
    std::uint64_t size = 0;
    for (unsigned shift = 0;; shift += 7) {
      if (rest_.empty() || shift > 56) return false;
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      size |= std::uint64_t{byte & 0x7FU} << shift;
      if ((byte & 0x80U) == 0) break;
    }
    if (rest_.size() < size) return false;
    out = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return true;
  }
  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

}  // namespace zhike::warehouse
