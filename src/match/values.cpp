#include "match/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <optional>

#include "base/ascii.h"
#include "clean/email.h"
#include "clean/phone.h"
#include "clean/width.h"
#include "match/distance.h"
#include "match/words.h"

namespace zhike::match {
namespace {

constexpr std::array<std::string_view, kViewCount> kViewNames{"value", "sound", "prefix", "tokens"};
constexpr std::size_t kPhoneEnding = 7;
constexpr std::size_t kTextBytesMax = 2000;

std::string digits_of(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (ascii::is_digit(c)) out.push_back(c);
  return out;
}

std::string squeezed(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (c != ' ') out.push_back(c);
  return out;
}

/// "tq13 8df" and "tq138df" are one; what stands before the last three is the area of a British code, the
/// first half of any other.
std::size_t area_length(std::string_view code) {
  const bool has_letter = std::ranges::any_of(code, [](char c) { return ascii::is_letter(c); });
  if (has_letter && code.size() >= 5) return code.size() - 3;
  return std::max<std::size_t>(1, (code.size() + 1) / 2);
}

std::string comparable_number(std::string_view raw) {
  std::string kept;
  for (const char c : clean::half_width(raw))
    if (ascii::is_digit(c) || c == '.' || c == '-') kept.push_back(c);
  const auto number = ascii::parse_number<double>(kept);
  return number ? fmt::format("{}", *number) : std::string();
}

/// The words of a name, titles left out, in letters, short forms in full.
std::vector<std::string> name_words(std::string_view text) {
  std::vector<std::string> out;
  const std::string letters = latin_name(text);
  for (const std::string_view word : split(letters)) out.emplace_back(full_form(word));
  return out;
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += word;
  return out;
}

class Maker {
 public:
  Maker(Kind kind, const Dictionary& texts, std::span<const std::uint32_t> counts)
      : texts_(texts), counts_(counts) {
    out_.kind = kind;
  }

  Values make() {
    const std::size_t n = texts_.size();
    out_.letters_from.reserve(n + 1);
    out_.letters_from.push_back(0);
    for (auto& view : out_.views) view.assign(n, 0);
    out_.views[static_cast<std::size_t>(View::kTokens)].clear();
    out_.tokens_from.assign(1, 0);
    if (is_name(out_.kind))
      for (auto* keys : {&out_.sorted, &out_.turned, &out_.straight}) keys->assign(n, 0);
    if (has_number()) out_.number.assign(n, std::numeric_limits<double>::quiet_NaN());
    if (out_.kind == Kind::kEmail || out_.kind == Kind::kPostcode) out_.area.assign(n, 0);
    for (std::uint32_t code = 0; code < n; ++code) add(code);
    weigh_tokens();
    return std::move(out_);
  }

 private:
  [[nodiscard]] bool has_number() const {
    return out_.kind == Kind::kDate || out_.kind == Kind::kYear || out_.kind == Kind::kSmallNumber ||
           out_.kind == Kind::kNumber;
  }
  void view(View which, std::uint32_t code, std::string_view key) {
    const auto at = static_cast<std::size_t>(which);
    out_.views[at][code] = keys_[at].add(key);
  }

  void add(std::uint32_t code) {
    const std::string& text = texts_.text(code);
    const std::u16string wide = to_utf16(out_.kind == Kind::kText ? std::string_view() : text);
    out_.letters.insert(out_.letters.end(), wide.begin(), wide.end());
    out_.letters_from.push_back(static_cast<std::uint32_t>(out_.letters.size()));
    out_.views[0][code] = code;
    if (code != 0) add_known(code, text, wide);
    if (has_words(out_.kind)) {
      std::vector<std::uint32_t> ids;
      for (const std::string& word : match::tokens_of(text)) ids.push_back(words_.add(word));
      std::ranges::sort(ids);
      ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
      out_.tokens.insert(out_.tokens.end(), ids.begin(), ids.end());
      out_.tokens_from.push_back(static_cast<std::uint32_t>(out_.tokens.size()));
    }
  }

  void add_known(std::uint32_t code, const std::string& text, std::u16string_view wide) {
    switch (out_.kind) {
      case Kind::kGivenName:
      case Kind::kSurname:
      case Kind::kFullName:
        add_name(code, text);
        break;
      case Kind::kDate:
        if (const auto date = parse_date(text, DayOrder::kDayFirst))
          if (const auto day = date->day_number()) out_.number[code] = *day;
        view(View::kPrefix, code, text.substr(0, 6));
        break;
      case Kind::kYear:
      case Kind::kSmallNumber:
      case Kind::kNumber:
        if (const auto number = ascii::parse_number<double>(text)) out_.number[code] = *number;
        break;
      case Kind::kEmail: {
        const std::size_t at = std::min(text.find('@'), text.size());
        out_.area[code] = static_cast<std::uint32_t>(to_utf16(text.substr(0, at)).size());
        view(View::kSound, code, text.substr(0, at));
        view(View::kPrefix, code, text.substr(0, std::min<std::size_t>(5, at)));
        break;
      }
      case Kind::kPhone:
        view(View::kSound, code, text.size() > kPhoneEnding ? text.substr(text.size() - kPhoneEnding) : text);
        break;
      case Kind::kPostcode:
        out_.area[code] = static_cast<std::uint32_t>(area_length(text));
        view(View::kPrefix, code, text.substr(0, area_length(text)));
        break;
      case Kind::kPhrase:
        view(View::kSound, code, sound_of(text));
        view(View::kPrefix, code, text.substr(0, wide.size() == text.size() ? 5 : 6));
        break;
      case Kind::kIdNumber:
      case Kind::kCategory:
      case Kind::kText:
      case Kind::kIgnored:
        break;
    }
  }

  void add_name(std::uint32_t code, const std::string& text) {
    std::vector<std::string> words = name_words(text);
    if (words.empty()) return;
    const std::string straight = joined(words);
    std::string letters = straight;
    out_.straight[code] = names_.add(straight);
    std::vector<std::string> turned = words;
    if (turned.size() > 1) {
      const bool family_first = clean::has_cjk(text);
      std::ranges::rotate(turned, family_first ? turned.begin() + 1 : turned.end() - 1);
    }
    out_.turned[code] = names_.add(joined(turned));
    std::ranges::sort(words);
    out_.sorted[code] = names_.add(joined(words));
    std::ranges::sort(letters);
    view(View::kSound, code, out_.kind == Kind::kFullName ? letters : sound_of(straight));
    view(View::kPrefix, code, straight.substr(0, 4));
  }

  /// Inverse document frequency by record, as a vector of length 1 for each value: the cosine of two values
  /// is the sum of products over common words (Salton and Buckley 1988).
  void weigh_tokens() {
    if (!has_words(out_.kind)) return;
    std::vector<double> records_with(words_.size(), 0);
    double records = 0;
    for (std::uint32_t code = 1; code < out_.size(); ++code) {
      records += counts_[code];
      for (const std::uint32_t token : out_.tokens_of(code)) records_with[token] += counts_[code];
    }
    out_.token_weight.resize(out_.tokens.size());
    for (std::uint32_t code = 1; code < out_.size(); ++code) {
      double square = 0;
      for (std::uint32_t i = out_.tokens_from[code]; i < out_.tokens_from[code + 1]; ++i) {
        const double weight = std::log(1 + records / std::max(1.0, records_with[out_.tokens[i]]));
        out_.token_weight[i] = static_cast<float>(weight);
        square += weight * weight;
      }
      for (std::uint32_t i = out_.tokens_from[code]; i < out_.tokens_from[code + 1]; ++i)
        out_.token_weight[i] /= static_cast<float>(std::sqrt(square));
    }
  }

  const Dictionary& texts_;
  std::span<const std::uint32_t> counts_;
  Values out_;
  Dictionary keys_[kViewCount], names_, words_;
};

}  // namespace

std::string_view to_string(View view) noexcept { return kViewNames[static_cast<std::size_t>(view)]; }

std::optional<View> parse_view(std::string_view text) noexcept {
  const auto it = std::ranges::find(kViewNames, text);
  if (it == kViewNames.end()) return std::nullopt;
  return static_cast<View>(it - kViewNames.begin());
}

namespace {

void fill_bags(Values& out) {
  switch (out.kind) {
    case Kind::kGivenName:
    case Kind::kSurname:
    case Kind::kEmail:
    case Kind::kDate:
    case Kind::kPhone:
    case Kind::kPostcode:
    case Kind::kIdNumber:
    case Kind::kPhrase:
      break;
    default:
      return;
  }
  out.bags.resize(out.size());
  for (std::uint32_t code = 1; code < out.size(); ++code) {
    const auto text = out.text(code).substr(0, out.kind == Kind::kEmail ? out.area[code] : Pattern::kMax);
    for (const char16_t c : text.substr(0, Pattern::kMax))
      out.bags[code][c / 8U % 2U] += std::uint64_t{1} << (c % 8U * 8U);
  }
}

}  // namespace

Values make_values(Kind kind, const Dictionary& texts, std::span<const std::uint32_t> counts) {
  Values out = Maker(kind, texts, counts).make();
  fill_bags(out);
  if (counts.empty()) return out;
  std::vector<std::uint32_t> rest(counts.begin() + 1, counts.end());
  const std::size_t common = std::min(rest.size(), Values::kCommon);
  std::ranges::nth_element(rest, rest.begin() + static_cast<std::ptrdiff_t>(common), std::greater());
  const double all = std::accumulate(rest.begin(), rest.end(), 0.0);
  if (all > 0)
    out.common_share =
        std::accumulate(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(common), 0.0) / all;
  return out;
}

std::string comparable(Kind kind, std::string_view raw, DayOrder order) {
  if (is_missing(raw)) return {};
  switch (kind) {
    case Kind::kDate: {
      const auto date = parse_date(clean::half_width(raw), order);
      return date ? date->digits() : std::string();
    }
    case Kind::kYear:
    case Kind::kSmallNumber:
    case Kind::kNumber:
      return comparable_number(raw);
    case Kind::kEmail: {
      std::string address = clean::email(raw);
      return address.empty() ? plain(raw) : address;
    }
    case Kind::kPhone: {
      std::string digits = clean::phone(raw).digits;
      if (digits.empty()) digits = digits_of(clean::half_width(raw));
      return digits;
    }
    case Kind::kPostcode:
    case Kind::kIdNumber:
      return squeezed(plain(raw));
    case Kind::kText:
      return plain(raw, kTextBytesMax);
    case Kind::kGivenName:
    case Kind::kSurname:
    case Kind::kFullName:
    case Kind::kCategory:
    case Kind::kPhrase:
      return plain(raw);
    case Kind::kIgnored:
      break;
  }
  return {};
}

}  // namespace zhike::match
