// How a survey's page looks: colours that can be read, size of the letters, a logo. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace zhike::feedback {

struct SurveyTheme {
  std::string ink{}, paper{},
      accent{};  ///< "#1d2129": text, ground, and links, marks and buttons; empty: as without
  std::uint32_t font_percent = 100;  ///< of the browser's own size
  std::string logo{};                ///< data URL of a picture; empty: none
  [[nodiscard]] bool has_colours() const { return !paper.empty(); }
};

struct ThemeLimits {
  static constexpr double kContrastMin = 4.5;               ///< of text: WCAG 2.1, 1.4.3 (AA)
  static constexpr std::size_t kLogoBytesMax = 64UL << 10;  ///< of the data URL
  static constexpr std::int64_t kFontLeast = 90, kFontMost = 150;
};

/// 0xRRGGBB of "#rrggbb". Nothing: it is no such text.
[[nodiscard]] std::optional<std::uint32_t> parse_colour(std::string_view text);
/// From 1 to 21, of relative luminances. WCAG 2.1, "contrast ratio".
[[nodiscard]] double contrast(std::uint32_t one, std::uint32_t other);
/// A data URL of a PNG, JPEG, WebP or GIF in Base64: pictures alone, nothing that could hold a script.
[[nodiscard]] bool is_picture(std::string_view url);

}  // namespace zhike::feedback
