#include "ingest/detect.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <span>

#include "base/ascii.h"
#include "clean/width.h"

namespace zhike::ingest {
namespace {

using ascii::is_alnum;
using ascii::is_digit;
using ascii::lower;

struct Group {
  std::size_t from, to;
};
/// Of digits that stand apart, "1 3 8 0 0 ...", a mobile number has 13 with its country; all else has few.
constexpr std::size_t kGroupsMax = 16, kFewGroups = 8;

/// A full-width digit at the front, whose first byte is known.
bool is_wide_digit(std::string_view text) noexcept {
  return text.size() >= 3 && text[1] == '\xbc' && text[2] >= '\x90' && text[2] <= '\x99';
}

bool is_chinese_mobile(std::string_view d) {
  if (d.starts_with("0086"))
    d.remove_prefix(4);
  else if (d.size() == 13 && d.starts_with("86"))
    d.remove_prefix(2);
  return d.size() == 11 && d[0] == '1' && d[1] >= '3';
}

// Payment cards begin with 2 to 6 (Mastercard, Amex, Visa, UnionPay ...) and have 13 to 19 digits.
bool is_card(std::string_view d) {
  return d.size() >= 13 && d.size() <= 19 && d[0] >= '2' && d[0] <= '6' && luhn_holds(d);
}

std::size_t size_of(const Group& group) { return group.to - group.from; }

// Cards are written in fours, or in parts of their own; a row of small numbers is none.
bool is_written_as_card(std::span<const Group> groups) {
  return std::ranges::all_of(groups.first(groups.size() - 1), [](const Group& g) { return size_of(g) >= 4; });
}

// Groups as people write landlines and American numbers: 010-12345678, 010 6552 9988, 415-555-2671.
bool is_grouped_phone(std::string_view text, std::span<const Group> groups) {
  if (groups.size() < 2 || groups.size() > 3) return false;
  const char first = text[groups[0].from];
  const std::size_t area = size_of(groups[0]);
  std::size_t rest = 0;
  for (const Group& g : groups.subspan(1)) rest += size_of(g);
  if (first == '0') {
    // In the middle of a row of numbers it is no area code.
    const std::size_t at = groups[0].from;
    if (groups.size() == 3 && at >= 2 && is_digit(text[at - 2]) && !is_alnum(text[at - 1])) return false;
    return (area == 3 || area == 4) && (rest == 7 || rest == 8);
  }
  return groups.size() == 3 && area == 3 && size_of(groups[1]) == 3 && rest == 7 && first >= '2';
}

// Without a gap: 01065529988 and 02161234567, the two digits of the largest cities; 0912345678 of Taiwan.
bool is_plain_landline(std::string_view d) {
  if (d.size() == 10) return d.starts_with("09");
  return d.size() == 11 && (d.starts_with("010") || d.starts_with("02")) && d[3] >= '2' && d[3] <= '8';
}

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::vector<Found> run() {
    std::size_t i = 0;
    while (i < text_.size()) {
      const char c = text_[i];
      if (c == '@' || (c == '%' && text_.substr(i, 3) == "%40")) {
        i = email(i);
      } else if (is_digit(c) && (i == 0 || !is_alnum(text_[i - 1]))) {
        i = numbers(i);
      } else if (c == '?' || c == '&') {
        i = parameter(i);
      } else {
        ++i;
      }
    }
    return std::move(found_);
  }

 private:
  void add(std::size_t from, std::size_t to, Sensitive kind) {
    while (!found_.empty() && found_.back().to > from) {
      from = std::min(from, found_.back().from);
      found_.pop_back();
    }
    found_.push_back({from, to, kind});
  }

  static bool is_local(char c) {
    return is_alnum(c) || std::string_view("._%+-").find(c) != std::string_view::npos;
  }
  static bool is_host(char c) { return is_alnum(c) || c == '.' || c == '-'; }

  std::size_t email(std::size_t at) {
    const std::size_t mark = text_[at] == '@' ? 1 : 3;
    std::size_t from = at, to = at + mark;
    while (from > 0 && at - from < 64 && is_local(text_[from - 1])) --from;
    while (to < text_.size() && to - at < 255 && is_host(text_[to])) ++to;
    while (to > at && (text_[to - 1] == '.' || text_[to - 1] == '-')) --to;
    const std::string_view host = text_.substr(std::min(to, at + mark), to > at + mark ? to - at - mark : 0);
    const std::size_t dot = host.rfind('.');
    if (from == at || dot == host.npos || dot == 0 || host.size() - dot < 3) return at + mark;
    add(from, to, Sensitive::kEmail);
    return to;
  }

  // Digit groups from `at` on, joined by one blank, dash, dot or bracket.
  std::size_t numbers(std::size_t at) {
    std::array<Group, kGroupsMax> groups{};
    std::size_t count = 0, i = at;
    while (count < kGroupsMax && i < text_.size() && is_digit(text_[i])) {
      const std::size_t from = i;
      while (i < text_.size() && is_digit(text_[i])) ++i;
      groups[count++] = {from, i};
      std::size_t gap = i;
      while (gap < text_.size() && gap - i < 2 &&
             std::string_view(" -.()").find(text_[gap]) != std::string_view::npos)
        ++gap;
      if (gap == i || gap >= text_.size() || !is_digit(text_[gap])) break;
      i = gap;
    }
    // The last group must end where a word ends; an X may close an identity number.
    std::size_t end = groups[count - 1].to;
    const bool x = end < text_.size() && (text_[end] == 'X' || text_[end] == 'x');
    const std::size_t after = end + (x ? 1 : 0);
    if (after < text_.size() && is_alnum(text_[after])) --count;
    if (count == 0) return end;
    match({groups.data(), count}, x);
    return end;
  }

  void match(std::span<const Group> groups, bool x) {
    for (std::size_t first = 0; first < groups.size(); ++first) {
      for (std::size_t last = groups.size(); last-- > first;) {
        const auto some = groups.subspan(first, last - first + 1);
        const auto kind = kind_of(some, x && last + 1 == groups.size());
        if (!kind) continue;
        std::size_t from = some.front().from, to = some.back().to;
        if (*kind == Sensitive::kNationalId && x && last + 1 == groups.size()) ++to;
        if (from > 0 && (text_[from - 1] == '+' || text_[from - 1] == '(')) --from;
        add(from, to, *kind);
        first = last;
        break;
      }
    }
  }

  std::optional<Sensitive> kind_of(std::span<const Group> groups, bool x) const {
    std::size_t count = 0;
    for (const Group& g : groups) count += size_of(g);
    if (count < 7 || count > 19) return std::nullopt;
    std::string digits;
    for (const Group& g : groups) digits.append(text_.substr(g.from, size_of(g)));
    if (groups.size() <= 4 && is_chinese_id(x ? digits + "X" : digits)) return Sensitive::kNationalId;
    if (is_chinese_mobile(digits)) return Sensitive::kPhone;
    if (groups.size() > kFewGroups) return std::nullopt;
    const std::size_t from = groups.front().from;
    if (from > 0 && text_[from - 1] == '+' && digits.size() >= 8 && digits.size() <= 15)
      return Sensitive::kPhone;
    if (is_card(digits) && is_written_as_card(groups)) return Sensitive::kCard;
    if (is_grouped_phone(text_, groups) || (groups.size() <= 3 && is_plain_landline(digits)))
      return Sensitive::kPhone;
    return std::nullopt;
  }

  // ?token=... and &password=...: the value is a secret whatever it looks like.
  std::size_t parameter(std::size_t at) {
    constexpr std::array<std::string_view, 17> kNames{
        "token",     "access_token", "refresh_token", "id_token", "key", "api_key",
        "apikey",    "secret",       "password",      "passwd",   "pwd", "sig",
        "signature", "auth",         "session",       "code",     "otp"};
    std::size_t equal = at + 1;
    while (equal < text_.size() && equal - at < 32 &&
           (is_alnum(text_[equal]) || text_[equal] == '_' || text_[equal] == '-'))
      ++equal;
    if (equal >= text_.size() || text_[equal] != '=') return at + 1;
    std::string name(text_.substr(at + 1, equal - at - 1));
    for (char& c : name) c = lower(c);
    if (std::ranges::find(kNames, name) == kNames.end()) return equal + 1;
    std::size_t to = equal + 1;
    while (to < text_.size() && text_[to] != '&' && text_[to] != '#' &&
           !std::isspace(static_cast<unsigned char>(text_[to])))
      ++to;
    if (to > equal + 1) add(equal + 1, to, Sensitive::kSecret);
    return to;
  }

  std::string_view text_;
  std::vector<Found> found_;
};

}  // namespace

std::string_view placeholder(Sensitive kind) noexcept {
  switch (kind) {
    case Sensitive::kPhone:
      return "[phone]";
    case Sensitive::kEmail:
      return "[email]";
    case Sensitive::kCard:
      return "[card]";
    case Sensitive::kNationalId:
      return "[id]";
    case Sensitive::kSecret:
      return "[secret]";
  }
  return "[hidden]";
}

bool luhn_holds(std::string_view digits) noexcept {
  int sum = 0;
  bool twice = false;
  for (std::size_t i = digits.size(); i-- > 0; twice = !twice) {
    int d = digits[i] - '0';
    if (twice && (d *= 2) > 9) d -= 9;
    sum += d;
  }
  return sum % 10 == 0;
}

bool is_chinese_id(std::string_view text) noexcept {
  constexpr std::array kWeights{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  if (text.size() != 18) return false;
  int sum = 0;
  for (std::size_t i = 0; i < 17; ++i) {
    if (!is_digit(text[i])) return false;
    sum += (text[i] - '0') * kWeights[i];
  }
  const int year = (text[6] - '0') * 1000 + (text[7] - '0') * 100 + (text[8] - '0') * 10 + (text[9] - '0');
  const int month = (text[10] - '0') * 10 + (text[11] - '0'), day = (text[12] - '0') * 10 + (text[13] - '0');
  if (year < 1900 || year > 2100 || month < 1 || month > 12 || day < 1 || day > 31) return false;
  return "10X98765432"[sum % 11] == (text[17] == 'x' ? 'X' : text[17]);
}

bool may_be_sensitive(std::string_view text) noexcept {
  std::size_t digits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_digit(c) || (c == '\xef' && is_wide_digit(text.substr(i)))) {
      if (++digits >= 7) return true;
    } else if (c == '@' || c == '%' || c == '?' || c == '&') {
      return true;
    }
  }
  return false;
}

std::vector<Found> find_sensitive(std::string_view text) { return Scanner(text).run(); }

std::string scrub(std::string_view text, std::size_t* found) {
  if (!may_be_sensitive(text)) return std::string(text);
  const std::vector<Found> all = find_sensitive(text);
  // Full-width digits read the same: what they hide is taken out of the half-width form.
  if (all.empty() && clean::has_full_width(text)) {
    const std::string narrow = clean::half_width(text);
    return find_sensitive(narrow).empty() ? std::string(text) : scrub(narrow, found);
  }
  if (found != nullptr) *found += all.size();
  std::string out;
  std::size_t at = 0;
  for (const Found& f : all) {
    out.append(text.substr(at, f.from - at)).append(placeholder(f.kind));
    at = f.to;
  }
  out.append(text.substr(at));
  return out;
}

}  // namespace zhike::ingest
