// The language of a text, by its script and its commonest words. Pure; linear; thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace zhike::text {

enum class Language : std::uint8_t { kChinese, kEnglish, kOther };

[[nodiscard]] std::string_view to_string(Language language) noexcept;  ///< zh, en, other
[[nodiscard]] std::optional<Language> parse_language(std::string_view name) noexcept;

/// Of a normalised text. Japanese and Korean, other alphabets, and Latin words of which more are common in
/// French, German, Spanish, Italian or Portuguese than in English are kOther; so is what has no letters at
/// all.
[[nodiscard]] Language language_of(std::u32string_view normalized) noexcept;

}  // namespace zhike::text
