#include "match/profile.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/ascii.h"
#include "clean/width.h"
#include "match/words.h"

namespace zhike::match {
namespace {

constexpr std::size_t kRowsLooked = 4000;

/// What the words of a column's name hint at. The first line that has one of them decides.
struct Hint {
  std::string_view words;  ///< between blanks; Chinese ones match anywhere in the name
  Kind kind;
};
constexpr std::array kHints{
    Hint{"cluster truth groundtruth label ismatch entity trueid goldid duplicateof sourcedataset split",
         Kind::kIgnored},
    Hint{"email mail 邮箱 邮件", Kind::kEmail},
    Hint{"phone mobile tel telephone cell fax 手机 电话", Kind::kPhone},
    Hint{"postcode zip postal zipcode plz pcode 邮编 邮政", Kind::kPostcode},
    Hint{"title product description model 商品 标题 描述", Kind::kText},
    Hint{"company manufacturer brand employer organisation organization business venue 公司 单位 品牌",
         Kind::kPhrase},
    Hint{"address addr street road 地址 住址", Kind::kPhrase},
    Hint{"suburb city town county district place region country state province 城市 省 区", Kind::kPhrase},
    Hint{"given first fname forename firstname givenname middle", Kind::kGivenName},
    Hint{"surname last lname family lastname familyname", Kind::kSurname},
    Hint{"fullname name customer person contact author authors 姓名 名字 客户 联系人", Kind::kFullName},
    Hint{"price amount cost total salary income revenue 价格 金额", Kind::kNumber},
    Hint{"dob birth birthday birthdate date 生日 出生", Kind::kDate},
    Hint{"year by byear yob", Kind::kYear},
    Hint{"month day bm bd number no num house age", Kind::kSmallNumber},
    Hint{"ssn sin id passport licence license card sec account member sku ean isbn upc 身份证 证件 会员 卡号",
         Kind::kIdNumber},
};

/// The words of a column's name: cut at signs and where capitals begin; and the whole without signs.
std::vector<std::string> words_of_name(std::string_view name) {
  std::vector<std::string> out(1);
  std::string whole;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool wide = static_cast<unsigned char>(c) >= 0x80;
    if (!ascii::is_letter(c) && !wide) {
      if (!out.back().empty()) out.emplace_back();
      continue;
    }
    if (i > 0 && c != ascii::lower(c) && name[i - 1] == ascii::lower(name[i - 1]) && !out.back().empty())
      out.emplace_back();
    out.back().push_back(ascii::lower(c));
    whole.push_back(ascii::lower(c));
  }
  out.push_back(whole);
  return out;
}

std::optional<Kind> hinted(std::string_view name) {
  const auto words = words_of_name(name);
  for (const Hint& hint : kHints)
    for (const std::string_view word : split(hint.words)) {
      const bool wide = static_cast<unsigned char>(word[0]) >= 0x80;
      if (wide ? name.find(word) != std::string_view::npos : std::ranges::find(words, word) != words.end())
        return hint.kind;
    }
  return std::nullopt;
}

/// Shares of the values looked at.
struct Shape {
  double email = 0, date = 0, digits = 0, number = 0, fraction = 0, year = 0, has_digit = 0, mobile = 0,
         cjk = 0;
  double words = 0, characters = 0;  ///< means
  std::size_t longest_digits = 0;
  double month_first = 0, day_first = 0;  ///< values that are dates in this order only
};

void look(std::string_view raw, Shape& shape) {
  const std::string text = clean::half_width(raw);
  const bool digits = std::ranges::all_of(text, ascii::is_digit);
  shape.email += text.find('@') != std::string::npos ? 1 : 0;
  shape.digits += digits ? 1 : 0;
  shape.has_digit += std::ranges::any_of(text, ascii::is_digit) ? 1 : 0;
  shape.cjk += clean::has_cjk(text) ? 1 : 0;
  const auto number = ascii::parse_number<double>(text.starts_with('$') ? text.substr(1) : text);
  shape.number += number ? 1 : 0;
  shape.fraction += number && text.find('.') != std::string::npos ? 1 : 0;
  shape.year += digits && text.size() == 4 && text >= "1800" && text <= "2100" ? 1 : 0;
  shape.mobile += digits && text.size() == 11 && text[0] == '1' && text[1] >= '3' ? 1 : 0;
  shape.mobile += text.starts_with('+') ? 1 : 0;
  if (digits) shape.longest_digits = std::max(shape.longest_digits, text.size());
  const bool as_day = [&] {
    const auto date = parse_date(text, DayOrder::kDayFirst);
    return date && date->day_number();
  }();
  const bool as_month = [&] {
    const auto date = parse_date(text, DayOrder::kMonthFirst);
    return date && date->day_number();
  }();
  shape.date += as_day || as_month ? 1 : 0;
  shape.month_first += as_month && !as_day ? 1 : 0;
  shape.day_first += as_day && !as_month ? 1 : 0;
  const std::string words = plain(raw);
  shape.words += static_cast<double>(split(words).size());
  shape.characters += static_cast<double>(to_utf16(words).size());
}

/// Of records, not of values: of a column with few values most of the different ones may be mistyped.
Shape shape_of(const Column& column) {
  Shape shape;
  const std::size_t step = std::max<std::size_t>(1, column.codes.size() / kRowsLooked);
  double seen = 0;
  for (std::size_t row = 0; row < column.codes.size(); row += step) {
    if (column.codes[row] == 0) continue;
    look(column.values.text(column.codes[row]), shape);
    ++seen;
  }
  if (seen == 0) return shape;
  for (double* share : {&shape.email, &shape.date, &shape.digits, &shape.number, &shape.fraction, &shape.year,
                        &shape.has_digit, &shape.mobile, &shape.cjk, &shape.words, &shape.characters})
    *share /= seen;
  return shape;
}

Kind kind_of_digits(const Shape& shape, std::optional<Kind> hint, const ColumnProfile& at) {
  if (hint == Kind::kPostcode || hint == Kind::kPhone || hint == Kind::kNumber) return *hint;
  if (shape.year > 0.9) return Kind::kYear;
  if (hint == Kind::kIdNumber && shape.longest_digits > 3) return *hint;
  if (shape.mobile > 0.7) return Kind::kPhone;
  if (shape.longest_digits <= 4) return Kind::kSmallNumber;
  const bool mostly_different = at.distinct * 3 > at.records;
  return shape.longest_digits <= 6 && !mostly_different ? Kind::kPostcode : Kind::kIdNumber;
}

bool looks_like_code(const Shape& shape) {
  return shape.has_digit > 0.6 && shape.characters <= 24 && shape.words <= 2.5;
}

Kind kind_of_words(const Shape& shape, std::optional<Kind> hint, const ColumnProfile& at) {
  if (hint && is_name(*hint) && shape.has_digit < 0.3 && shape.characters < 60) return *hint;
  const bool few = at.distinct <= 30 || (at.distinct <= 300 && at.distinct * 200 < at.records);
  if (few && shape.words < 3 && at.records > 2 * at.distinct) return Kind::kCategory;
  if (hint == Kind::kPostcode) return *hint;
  const bool long_text = shape.cjk > 0.5 ? shape.characters > 9 : shape.words > 4.5 || shape.characters > 45;
  if (long_text || (hint == Kind::kText && shape.words > 2)) return Kind::kText;
  if (looks_like_code(shape) && hint != Kind::kPhrase)
    return hint == Kind::kPhone ? Kind::kPhone : Kind::kIdNumber;
  if (!hint && shape.cjk > 0.7 && shape.characters >= 2 && shape.characters <= 4) return Kind::kFullName;
  return Kind::kPhrase;
}

void decide(const Shape& shape, ColumnProfile& at) {
  const auto hint = hinted(at.column);
  at.day_order = shape.month_first > shape.day_first ? DayOrder::kMonthFirst : DayOrder::kDayFirst;
  if (hint == Kind::kIgnored) {
    at.why = "truth";
  } else if (at.distinct == 0) {
    at.why = "empty";
  } else if (at.distinct == 1) {
    at.why = "constant";
  } else if (shape.email > 0.6) {
    at.kind = Kind::kEmail;
  } else if (shape.date > 0.75 && hint != Kind::kPhone && hint != Kind::kIdNumber) {
    at.kind = Kind::kDate;
  } else if (hint == Kind::kPhone && shape.has_digit > 0.6) {
    at.kind = Kind::kPhone;
  } else if (shape.digits > 0.8 || (shape.mobile > 0.7 && shape.has_digit > 0.8)) {
    at.kind = shape.mobile > 0.7 ? Kind::kPhone : kind_of_digits(shape, hint, at);
  } else if (shape.number > 0.8) {
    at.kind = shape.fraction < 0.01 && hint != Kind::kNumber ? Kind::kSmallNumber : Kind::kNumber;
  } else {
    at.kind = kind_of_words(shape, hint, at);
  }
  const bool is_code = at.kind == Kind::kIdNumber || at.kind == Kind::kSmallNumber;
  if (is_code && at.distinct == at.records) {
    at.kind = Kind::kIgnored;
    at.why = "unique";
  }
}

using Words = std::vector<std::string>;

/// The words of some records by column, where the columns are texts.
std::vector<std::vector<Words>> words_of_rows(const Table& table, const std::vector<std::size_t>& columns) {
  std::vector<std::vector<Words>> out(columns.size());
  const std::size_t step = std::max<std::size_t>(1, table.rows() / kRowsLooked);
  for (std::size_t c = 0; c < columns.size(); ++c)
    for (std::size_t row = 0; row < table.rows(); row += step) {
      const Column& column = table.columns[columns[c]];
      Words words = tokens_of(plain(column.values.text(column.codes[row])));
      std::ranges::sort(words);
      out[c].push_back(std::move(words));
    }
  return out;
}

/// Share of records whose words of `part` are all in `whole`, of those that have both.
double within(const std::vector<Words>& part, const std::vector<Words>& whole) {
  double both = 0, held = 0;
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (part[i].empty() || whole[i].empty()) continue;
    ++both;
    held += std::ranges::includes(whole[i], part[i]) ? 1 : 0;
  }
  return both < 20 ? 0 : held / both;
}

/// Share of records whose words of `whole` are all in some part.
double told_by(const std::vector<Words>& whole, const std::vector<const std::vector<Words>*>& parts) {
  double seen = 0, told = 0;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    if (whole[i].empty()) continue;
    ++seen;
    told += std::ranges::all_of(whole[i], [&](const std::string& word) {
      return std::ranges::any_of(
          parts, [&](const auto* part) { return std::ranges::binary_search((*part)[i], word); });
    });
  }
  return seen == 0 ? 0 : told / seen;
}

constexpr double kIsPart = 0.8;

/// Takes out what columns repeat of one another: names of the parts, by column.
std::vector<std::vector<std::string>> find_parts(const Table& table, std::vector<ColumnProfile>& profiles) {
  std::vector<std::vector<std::string>> parts(profiles.size());
  std::vector<std::size_t> texts;
  for (std::size_t c = 0; c < profiles.size(); ++c)
    if (is_name(profiles[c].kind) || profiles[c].kind == Kind::kPhrase || profiles[c].kind == Kind::kText ||
        profiles[c].kind == Kind::kCategory || profiles[c].kind == Kind::kPostcode)
      texts.push_back(c);
  const auto words = words_of_rows(table, texts);
  std::vector<bool> gone(texts.size());
  for (std::size_t x = 0; x < texts.size(); ++x) {
    std::vector<const std::vector<Words>*> found;
    for (std::size_t y = 0; y < texts.size(); ++y) {
      if (x == y || gone[y] || within(words[y], words[x]) < kIsPart) continue;
      if (y > x && within(words[x], words[y]) >= kIsPart) continue;  // the same: the later one goes
      found.push_back(&words[y]);
      parts[texts[x]].push_back(profiles[texts[y]].column);
    }
    if (found.empty() || told_by(words[x], found) < kIsPart) continue;
    gone[x] = true;
    profiles[texts[x]].kind = Kind::kIgnored;
    profiles[texts[x]].why = "told";
    parts[texts[x]].clear();
  }
  return parts;
}

}  // namespace

std::vector<ColumnProfile> profile(const Table& table) {
  std::vector<ColumnProfile> out;
  for (const Column& column : table.columns) {
    ColumnProfile at{.column = column.name, .distinct = column.values.size() - 1};
    for (const std::uint32_t code : column.codes) at.records += code != 0 ? 1 : 0;
    decide(shape_of(column), at);
    out.push_back(std::move(at));
  }
  return out;
}

std::vector<Comparison> propose(const Table& table, std::vector<ColumnProfile>& profiles) {
  const auto parts = find_parts(table, profiles);
  std::vector<Comparison> out;
  for (std::size_t c = 0; c < profiles.size() && out.size() < kComparisonsMax; ++c) {
    const ColumnProfile& at = profiles[c];
    if (at.kind == Kind::kIgnored) continue;
    Comparison made{.column = at.column, .kind = at.kind, .day_order = at.day_order, .without = parts[c]};
    if (!made.without.empty() && is_name(made.kind)) made.kind = Kind::kPhrase;
    out.push_back(std::move(made));
  }
  std::size_t given = kNone, family = kNone;
  for (std::size_t k = 0; k < out.size(); ++k) {
    if (out[k].kind == Kind::kGivenName && given == kNone) given = k;
    if (out[k].kind == Kind::kSurname && family == kNone) family = k;
  }
  if (given != kNone && family != kNone) {
    out[given].swaps_with = family;
    out[family].swaps_with = given;
  }
  return out;
}

}  // namespace zhike::match
