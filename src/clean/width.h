// Full-width forms and invisible characters. Pure; linear; broken UTF-8 passes through byte by byte.
#pragma once

#include <string>
#include <string_view>

namespace zhike::clean {

/// Bytes of the blank at the front: ASCII blanks and controls, U+00A0, U+3000, U+FEFF, U+200B to U+200D; 0:
/// none.
[[nodiscard]] std::size_t blank_at(std::string_view text) noexcept;
/// Without blanks at either end.
[[nodiscard]] std::string_view trim(std::string_view text) noexcept;
/// Full-width letters, digits and signs (U+FF01 to U+FF5E) as ASCII, and every run of blanks inside as one
/// space; none at the ends.
[[nodiscard]] std::string half_width(std::string_view text);
/// The same with no blanks at all.
[[nodiscard]] std::string without_blanks(std::string_view text);
/// False when half_width would certainly change nothing but blanks.
[[nodiscard]] bool has_full_width(std::string_view text) noexcept;
/// Some character above U+2E7F: Chinese, Japanese or Korean, most likely.
[[nodiscard]] bool has_cjk(std::string_view text) noexcept;
/// Bytes of the character at the front, at least 1 of a text that is not empty.
[[nodiscard]] std::size_t character_at(std::string_view text) noexcept;

}  // namespace zhike::clean
