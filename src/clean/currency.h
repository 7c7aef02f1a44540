// Currencies as people write them. Pure.
#pragma once

#include <string_view>

namespace zhike::clean {

/// "RMB", "人民币", "US$" → "CNY", "CNY", "USD"; any other text as it is, blanks at its ends left out. Signs
/// that several countries use ("$", "¥") are not guessed.
[[nodiscard]] std::string_view currency_code(std::string_view text) noexcept;

}  // namespace zhike::clean
