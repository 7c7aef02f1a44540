// Numbers and texts as bytes of a file of one's own, and back. Of one machine: in its order of bytes.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace zhike::match {

inline void put(std::string& out, std::uint64_t number) {
  char bytes[8];
  std::memcpy(bytes, &number, 8);
  out.append(bytes, 8);
}
inline void put(std::string& out, double number) { put(out, std::bit_cast<std::uint64_t>(number)); }
inline void put(std::string& out, std::string_view text) {
  put(out, std::uint64_t{text.size()});
  out += text;
}

/// Reads what put() wrote, whatever the bytes are: past the end it is not ok, and reads zeros.
class ByteReader {
 public:
  explicit ByteReader(std::string_view in) : in_(in) {}
  std::uint64_t number() {
    if (in_.size() < 8) return ok_ = false, 0;
    std::uint64_t out = 0;
    std::memcpy(&out, in_.data(), 8);
    in_.remove_prefix(8);
    return out;
  }
  double real() { return std::bit_cast<double>(number()); }
  /// How many entries of `size` bytes follow.
  std::size_t count(std::size_t size) {
    const std::uint64_t out = number();
    if (out <= in_.size() / size) return out;
    return ok_ = false, 0;
  }
  std::string_view text() {
    const std::size_t length = count(1);
    const std::string_view out = in_.substr(0, length);
    in_.remove_prefix(length);
    return out;
  }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool at_end() const { return in_.empty(); }

 private:
  std::string_view in_;
  bool ok_ = true;
};

}  // namespace zhike::match
