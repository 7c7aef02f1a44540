#include "base/money.h"

#include <algorithm>
#include <cmath>

namespace zhike {
namespace {

constexpr std::int64_t kMinorMax = 90'000'000'000'000'000;
// ISO 4217, the currencies whose minor unit is not 1/100.
constexpr std::array<std::string_view, 16> kNoDigits{"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW",
                                                     "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"};
constexpr std::array<std::string_view, 7> kThreeDigits{"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"};

}  // namespace

Result<Currency> parse_currency(std::string_view text) {
  if (text.size() != 3) return fail(Code::kBadCurrency, "{}", text.substr(0, 20));
  Currency currency;
  for (std::size_t i = 0; i < 3; ++i) {
    const char c = text[i] >= 'a' && text[i] <= 'z' ? static_cast<char>(text[i] - 32) : text[i];
    if (c < 'A' || c > 'Z') return fail(Code::kBadCurrency, "{}", text);
    currency.code[i] = c;
  }
  return currency;
}

int minor_digits(Currency currency) noexcept {
  if (std::ranges::binary_search(kNoDigits, currency.str())) return 0;
  return std::ranges::binary_search(kThreeDigits, currency.str()) ? 3 : 2;
}

Result<Money> parse_money(std::string_view amount, Currency currency, char decimal) {
  const auto bad = [&] { return fail(Code::kBadAmount, "{}", amount.substr(0, 40)); };
  std::int64_t value = 0;
  int after_point = -1, digits_seen = 0;
  bool round_up = false;
  const int wanted = minor_digits(currency);
  std::size_t i = 0;
  const bool negative = !amount.empty() && amount[0] == '-';
  if (negative || (!amount.empty() && amount[0] == '+')) ++i;
  for (; i < amount.size(); ++i) {
    const char c = amount[i];
    if (c == decimal && after_point < 0) {
      after_point = 0;
    } else if (c >= '0' && c <= '9') {
      ++digits_seen;
      if (after_point >= 0 && ++after_point > wanted) {
        if (after_point == wanted + 1) round_up = c >= '5';
        continue;
      }
      if (value > kMinorMax / 10) return bad();
      value = value * 10 + (c - '0');
    } else if ((c == ',' || c == '.' || c == '\'' || c == ' ') && c != decimal && after_point < 0 &&
               digits_seen > 0) {
      continue;  // thousands separator
    } else {
      return bad();
    }
  }
  if (digits_seen == 0) return bad();
  for (int d = std::clamp(after_point, 0, wanted); d < wanted; ++d) {
    if (value > kMinorMax / 10) return bad();
    value *= 10;
  }
  if (round_up) ++value;
  return Money{negative ? -value : value, currency};
}

Result<Money> to_money(double amount, Currency currency) {
  const double scaled = std::round(amount * std::pow(10.0, minor_digits(currency)));
  if (!std::isfinite(scaled) || std::abs(scaled) > static_cast<double>(kMinorMax))
    return fail(Code::kBadAmount, "{}", amount);
  return Money{static_cast<std::int64_t>(scaled), currency};
}

std::string format_amount(Money money) {
  const int digits = minor_digits(money.currency);
  const std::uint64_t whole =
      money.minor < 0 ? -static_cast<std::uint64_t>(money.minor) : static_cast<std::uint64_t>(money.minor);
  const std::uint64_t scale = digits == 0 ? 1 : digits == 2 ? 100 : 1000;
  const char* sign = money.minor < 0 ? "-" : "";
  if (digits == 0) return fmt::format("{}{}", sign, whole);
  return fmt::format("{}{}.{:0{}}", sign, whole / scale, whole % scale, digits);
}

}  // namespace zhike
