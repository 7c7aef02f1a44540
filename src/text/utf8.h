// Reading UTF-8 one code point at a time. Pure.
#pragma once

#include <cstddef>
#include <string_view>

namespace zhike::text {

inline constexpr char32_t kBroken = 0xFFFD;  ///< stands for bytes that are none

/// The code point at `at`, which moves behind it; kBroken where the bytes are none.
[[nodiscard]] inline char32_t next_code(std::string_view text, std::size_t& at) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(at++);
  if (lead < 0x80) return lead;
  const std::size_t more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC2 ? 1 : 0;
  if (more == 0 || lead > 0xF4 || at + more > text.size()) return kBroken;
  char32_t code = lead & (0x3FU >> more);
  for (std::size_t i = 0; i < more; ++i) {
    if ((byte(at + i) & 0xC0U) != 0x80U) return kBroken;
    code = code << 6U | (byte(at + i) & 0x3FU);
  }
  at += more;
  return code > 0x10FFFF ? kBroken : code;
}

}  // namespace zhike::text
