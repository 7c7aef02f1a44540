#include "feedback/survey_theme.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/ascii.h"

namespace zhike::feedback {
namespace {

/// WCAG 2.1, "relative luminance", of sRGB.
double luminance(std::uint32_t colour) {
  const auto part = [&](unsigned shift) {
    const double value = static_cast<double>(colour >> shift & 0xffU) / 255;
    return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * part(16) + 0.7152 * part(8) + 0.0722 * part(0);
}

constexpr std::array<std::string_view, 4> kPictures{"data:image/png;base64,", "data:image/jpeg;base64,",
                                                    "data:image/webp;base64,", "data:image/gif;base64,"};

}  // namespace

std::optional<std::uint32_t> parse_colour(std::string_view text) {
  if (text.size() != 7 || text[0] != '#') return std::nullopt;
  std::uint32_t out = 0;
  const auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), out, 16);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return out;
}

double contrast(std::uint32_t one, std::uint32_t other) {
  const double a = luminance(one), b = luminance(other);
  return (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
}

bool is_picture(std::string_view url) {
  const auto kind =
      std::ranges::find_if(kPictures, [&](std::string_view known) { return url.starts_with(known); });
  if (kind == kPictures.end() || url.size() > ThemeLimits::kLogoBytesMax) return false;
  const std::string_view bytes = url.substr(kind->size());
  return !bytes.empty() && std::ranges::all_of(bytes, [](char c) {
    return ascii::is_alnum(c) || c == '+' || c == '/' || c == '=';
  });
}

}  // namespace zhike::feedback
