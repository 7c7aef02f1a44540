#include "clean/address.h"

#include <array>
#include <optional>

#include "base/ascii.h"
#include "clean/chinese.h"
#include "clean/width.h"

namespace zhike::clean {
namespace {

struct Province {
  std::string_view full, brief, below;
};
constexpr Province kProvinces[] = {
#include "clean/divisions.inc"
};
constexpr std::array<std::string_view, 4> kCitySuffixes{"自治州", "地区", "市", "盟"};
constexpr std::array<std::string_view, 5> kDistrictSuffixes{"自治县", "区", "县", "旗", "市"};
constexpr std::array<std::string_view, 3> kHolders{"市辖区", "省直辖县级行政区划", "自治区直辖县级行政区划"};
constexpr std::size_t kAddressMax = 512;    // bytes
constexpr std::size_t kCharactersMax = 12;  // of a division's name
constexpr std::size_t kNameMin = 6;         // bytes: no division has a name of one character and a suffix ...
constexpr std::string_view kBreaks = " ,.-/()0123456789";

bool take(std::string_view& text, std::string_view front) {
  if (!text.starts_with(front)) return false;
  text.remove_prefix(front.size());
  return true;
}

void skip_separators(std::string_view& text) {
  while (!text.empty() && (text[0] == ' ' || text[0] == ',' || text[0] == '-' || text[0] == '/'))
    text.remove_prefix(1);
}

/// Up to and with the first of the suffixes, when it comes within a division's length; empty: it does not.
template <std::size_t N>
std::string_view up_to(std::string_view text, const std::array<std::string_view, N>& suffixes) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < kCharactersMax && at < text.size(); ++i) {
    if (kBreaks.find(text[at]) != kBreaks.npos) return {};
    if (at >= 3)  // a name before its suffix
      for (const std::string_view suffix : suffixes)
        if (text.substr(at).starts_with(suffix) && at + suffix.size() >= kNameMin)
          return text.substr(0, at + suffix.size());
    at += character_at(text.substr(at));
  }
  return {};
}

struct Found {
  const Province* province;
  std::string city;  // empty: only the province
};

/// A city of the province at the front: with a suffix, or bare when the province was named before.
std::optional<std::string> city_of(const Province& province, std::string_view& text, bool may_be_bare) {
  std::string_view names = province.below;
  while (!names.empty()) {
    const std::size_t end = std::min(names.find(' '), names.size());
    const std::string_view name = names.substr(0, end);
    names.remove_prefix(std::min(end + 1, names.size()));
    if (!text.starts_with(name)) continue;
    const std::string_view rest = text.substr(name.size());
    if (const std::string_view whole = up_to(text, kCitySuffixes); !whole.empty()) {
      // "恩施土家族苗族自治州": what stands between name and suffix belongs to it, a district does not.
      const std::string_view between = whole.substr(name.size());
      if (between == "市" || between == "地区" || between == "盟" || between.ends_with("自治州")) {
        text.remove_prefix(whole.size());
        return std::string(whole);
      }
    }
    if (!may_be_bare || rest.starts_with("区") || rest.starts_with("县") || rest.starts_with("路")) continue;
    text = rest;
    return std::string(name) + "市";
  }
  return std::nullopt;
}

std::optional<Found> province_at(std::string_view& text) {
  for (const Province& p : kProvinces) {
    if (take(text, p.full)) return Found{&p, {}};
    std::string_view rest = text;
    if (!take(rest, p.brief)) continue;
    // 吉林市 is a city of 吉林省; 朝阳区 is none of 辽宁's.
    if (rest.starts_with("市") && !p.below.empty()) continue;
    if (rest.starts_with("路") || rest.starts_with("街") || rest.starts_with("大街")) return std::nullopt;
    (void)take(rest, "省");
    (void)take(rest, "自治区");
    text = rest;
    return Found{&p, {}};
  }
  for (const Province& p : kProvinces)
    if (auto city = city_of(p, text, false)) return Found{&p, std::move(*city)};
  return std::nullopt;
}

}  // namespace

Divisions divide(std::string_view address) {
  if (address.size() > kAddressMax || !has_cjk(address)) return {};
  const std::string plain = simplified(half_width(address));
  std::string_view text = plain;
  if (text.size() > 6 && ascii::is_digit(text[0]) && text.find_first_not_of("0123456789") == 6) {
    text.remove_prefix(6);  // a postcode
    skip_separators(text);
  }
  for (const std::string_view country : {"中华人民共和国", "中国大陆", "中国"})
    if (take(text, country)) break;
  skip_separators(text);
  auto found = province_at(text);
  if (!found) return {};
  const Province& province = *found->province;
  Divisions out{std::string(province.full), std::move(found->city), {}};
  skip_separators(text);
  if (province.below.empty()) {
    if (province.full.ends_with("市")) out.city = province.full;
    if (!take(text, province.full)) (void)take(text, province.brief);  // written twice: province and city
  } else if (out.city.empty()) {
    out.city = city_of(province, text, true).value_or(std::string());
  }
  skip_separators(text);
  for (const std::string_view holder : kHolders) (void)take(text, holder);
  skip_separators(text);
  if (!out.city.empty() || province.below.empty()) out.district = up_to(text, kDistrictSuffixes);
  return out;
}

}  // namespace zhike::clean
