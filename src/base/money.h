// Money in minor units (cents, fen) with its ISO 4217 currency. Amounts of two currencies never mix.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace zhike {

struct Currency {
  std::array<char, 3> code{};  ///< "CNY"; zeros: none
  friend bool operator==(const Currency&, const Currency&) = default;
  [[nodiscard]] bool is_set() const noexcept { return code[0] != 0; }
  [[nodiscard]] std::string_view str() const noexcept { return {code.data(), is_set() ? 3U : 0U}; }
};

struct Money {
  std::int64_t minor = 0;
  Currency currency;
  friend bool operator==(const Money&, const Money&) = default;
};

/// Three letters, any case. Errors: kBadCurrency.
[[nodiscard]] Result<Currency> parse_currency(std::string_view text);

/// Digits after the point that ISO 4217 gives the currency: JPY 0, CNY 2, KWD 3.
[[nodiscard]] int minor_digits(Currency currency) noexcept;

/// "1,234.50", "-3", "99.9" to minor units, rounded half away from zero. `decimal` is '.' or ','.
/// Errors: kBadAmount (not a number, or beyond ±9e16 minor units).
[[nodiscard]] Result<Money> parse_money(std::string_view amount, Currency currency, char decimal = '.');

/// A binary floating-point amount of major units, as JSON brings it. Errors: kBadAmount.
[[nodiscard]] Result<Money> to_money(double amount, Currency currency);

/// "1234.50"
[[nodiscard]] std::string format_amount(Money money);

}  // namespace zhike
