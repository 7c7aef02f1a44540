#include "clean/currency.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "clean/width.h"

namespace zhike::clean {
namespace {

struct Alias {
  std::string_view written, code;
};
constexpr std::array kAliases{
    Alias{"RMB", "CNY"},      Alias{"CNH", "CNY"},    Alias{"CN¥", "CNY"},      Alias{"人民币", "CNY"},
    Alias{"人民币元", "CNY"}, Alias{"元", "CNY"},     Alias{"US$", "USD"},      Alias{"美元", "USD"},
    Alias{"美金", "USD"},     Alias{"HK$", "HKD"},    Alias{"港币", "HKD"},     Alias{"港元", "HKD"},
    Alias{"NT$", "TWD"},      Alias{"新台币", "TWD"}, Alias{"€", "EUR"},        Alias{"欧元", "EUR"},
    Alias{"£", "GBP"},        Alias{"英镑", "GBP"},   Alias{"JP¥", "JPY"},      Alias{"円", "JPY"},
    Alias{"日元", "JPY"},     Alias{"₩", "KRW"},      Alias{"韩元", "KRW"},     Alias{"₹", "INR"},
    Alias{"R$", "BRL"},       Alias{"A$", "AUD"},     Alias{"澳元", "AUD"},     Alias{"C$", "CAD"},
    Alias{"加元", "CAD"},     Alias{"S$", "SGD"},     Alias{"新加坡元", "SGD"}, Alias{"₽", "RUB"},
    Alias{"฿", "THB"},        Alias{"泰铢", "THB"},   Alias{"₫", "VND"},        Alias{"瑞士法郎", "CHF"}};

bool same(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, [](char c) { return ascii::upper(c); });
}

}  // namespace

std::string_view currency_code(std::string_view text) noexcept {
  text = trim(text);
  const auto* at = std::ranges::find_if(kAliases, [&](const Alias& a) { return same(text, a.written); });
  return at == kAliases.end() ? text : at->code;
}

}  // namespace zhike::clean
