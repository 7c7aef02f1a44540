#include "clean/phone.h"

#include <phonenumbers/phonenumberutil.h>

#include <array>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>

#include "base/ascii.h"
#include "clean/width.h"

namespace zhike::clean {
namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

constexpr std::size_t kDigitsMin = 7, kDigitsMax = 15;  // E.164; shorter ones are no customer's
constexpr std::size_t kRawMax = 64;                     // longer is no number
constexpr std::string_view kNoRegion = "ZZ";            // as libphonenumber calls it

bool is_china_mobile(std::string_view d) { return d.size() == 11 && d[0] == '1' && d[1] >= '3'; }

/// 2 to 9, any, any: an area code or an exchange of North America.
bool is_nanp_part(std::string_view d) { return d[0] >= '2'; }
bool is_north_american(std::string_view d) {
  return d.size() == 11 && d[0] == '1' && is_nanp_part(d.substr(1)) && is_nanp_part(d.substr(4));
}

struct Written {
  std::string digits;
  bool international = false;  // +, 00, or the plus in brackets
  bool plain = true;           // nothing but digits, blanks and the usual separators
};

/// Nothing in `digits`: letters before a number was there.
Written read(std::string_view text) {
  Written out;
  out.international = text.starts_with("+") || text.starts_with("(+");
  for (const char c : text) {
    if (ascii::is_digit(c)) {
      out.digits.push_back(c);
    } else if (ascii::is_letter(c) || c == '#' || c == ';' || c == ',') {
      if (out.digits.size() < kDigitsMin) return {};
      break;  // an extension
    } else if (c == '(' && out.international && !out.digits.empty()) {
      out.plain = false;  // +44 (0)20: the trunk prefix does not belong to it
    }
  }
  if (!out.international && out.digits.starts_with("00")) {
    out.digits.erase(0, 2);
    out.international = true;
  }
  return out;
}

bool fits(std::string_view digits) { return digits.size() >= kDigitsMin && digits.size() <= kDigitsMax; }

/// What libphonenumber reads; not certain: nothing that could be dialled.
Phone ask(const std::string& text, const std::string& region) {
  const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
  PhoneNumber number;
  if (util.Parse(text, region, &number) != PhoneNumberUtil::NO_PARSING_ERROR) return {};
  if (!util.IsPossibleNumber(number)) return {};
  if (region != kNoRegion && !util.IsValidNumber(number)) return {};
  std::string out;
  util.Format(number, PhoneNumberUtil::E164, &out);
  if (!out.starts_with('+') || !fits(std::string_view(out).substr(1))) return {};
  return {out.substr(1), true};
}

/// The same number comes again and again within a file or a session; 20 to 50 µs are saved each time.
Phone ask_once(const std::string& text, const std::string& region) {
  struct Entry {
    std::string key;
    Phone answer;
  };
  constexpr std::size_t kEntries = 1024;
  static thread_local std::array<Entry, kEntries> known;
  std::string key = region + text;
  Entry& entry = known[std::hash<std::string>{}(key) % kEntries];
  if (entry.key != key) entry = {std::move(key), ask(text, region)};
  return entry.answer;
}

}  // namespace

Phone phone(std::string_view raw, std::string_view region) {
  const std::string text = without_blanks(raw);
  if (text.size() > kRawMax) return {};
  Written w = read(text);
  if (w.digits.empty()) return {};
  if (!w.international && is_china_mobile(w.digits) && (region.empty() || region == "CN"))
    return {"86" + w.digits, true};
  if (w.digits.size() == 13 && w.digits.starts_with("86") &&
      is_china_mobile(std::string_view(w.digits).substr(2)))
    return {std::move(w.digits), true};
  if (w.international && w.plain && is_north_american(w.digits)) return {std::move(w.digits), true};
  const std::string uncertain = fits(w.digits) ? w.digits : std::string();
  Phone found;
  if (w.international) {
    // What the brackets hold must reach the library; "00" is not the prefix of every country, a plus is.
    const bool plus = text.find('+') < 2;
    found = ask_once(plus ? text.substr(text.find('+')) : "+" + w.digits, std::string(kNoRegion));
  } else if (!region.empty() && w.digits.size() >= kDigitsMin) {
    found = ask_once(text, std::string(region));
  }
  return found.is_certain ? found : Phone{uncertain, false};
}

bool is_region(std::string_view region) {
  if (region.size() != 2) return false;
  return PhoneNumberUtil::GetInstance()->GetCountryCodeForRegion(std::string(region)) != 0;
}

std::string region_of_zone(std::string_view zone) {
  static const auto regions = [] {
    std::map<std::string, std::string, std::less<>> out;
    std::ifstream in("/usr/share/zoneinfo/zone.tab");  // country, coordinates, zone
    for (std::string line; std::getline(in, line);) {
      if (line.starts_with('#')) continue;
      std::istringstream words(line);
      std::string country, place, name;
      if (words >> country >> place >> name) out.emplace(std::move(name), std::move(country));
    }
    // Old names that zone.tab leaves out.
    for (const char* name : {"Asia/Chongqing", "Asia/Harbin", "Asia/Chungking", "PRC"})
      out.emplace(name, "CN");
    return out;
  }();
  const auto at = regions.find(zone);
  return at == regions.end() ? std::string() : at->second;
}

}  // namespace zhike::clean
