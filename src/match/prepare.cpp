#include "match/prepare.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/tasks.h"
#include "match/words.h"

namespace zhike::match {
namespace {

/// The words of `text` that none of `others` has.
std::string rest_of(std::string_view text, const std::vector<std::string>& others) {
  std::string out;
  for (const std::string_view word : split(text)) {
    const bool told = std::ranges::any_of(others, [&](const std::string& other) {
      const auto words = split(other);
      return std::ranges::find(words, word) != words.end();
    });
    if (told) continue;
    if (!out.empty()) out.push_back(' ');
    out += word;
  }
  return out;
}

/// Numbers of comparable values by record, and the values.
struct Coded {
  Dictionary texts;
  std::vector<std::uint32_t> codes;
};

void code_column(const Table& table, const Comparison& comparison, const Column& column, Dictionary& texts,
                 std::vector<std::uint32_t>& codes) {
  codes.resize(table.rows());
  if (comparison.without.empty()) {
    std::vector<std::uint32_t> by_raw(column.values.size());
    for (std::uint32_t raw = 1; raw < by_raw.size(); ++raw)
      by_raw[raw] = texts.add(comparable(comparison.kind, column.values.text(raw), comparison.day_order));
    for (std::size_t row = 0; row < codes.size(); ++row) codes[row] = by_raw[column.codes[row]];
    return;
  }
  std::vector<const Column*> others;
  for (const std::string& name : comparison.without)
    if (const Column* other = table.find(name)) others.push_back(other);
  std::vector<std::string> told(others.size());
  for (std::size_t row = 0; row < codes.size(); ++row) {
    for (std::size_t i = 0; i < others.size(); ++i)
      told[i] = plain(others[i]->values.text(others[i]->codes[row]));
    const std::string whole =
        comparable(comparison.kind, column.values.text(column.codes[row]), comparison.day_order);
    codes[row] = texts.add(rest_of(whole, told));
  }
}

/// The mailbox of many an address is its owner's mobile number (13912345678@163.com): it stands in for a
/// missing phone.
void phones_from_mail(const Column& mail, Dictionary& texts, std::vector<std::uint32_t>& codes) {
  constexpr std::size_t kDigitsFrom = 11, kDigitsTo = 15;  // shorter ones are rather QQ numbers
  std::vector<std::uint32_t> by_mail(mail.values.size());
  for (std::uint32_t raw = 1; raw < by_mail.size(); ++raw) {
    const std::string_view text = mail.values.text(raw);
    const std::string_view user = text.substr(0, text.find('@'));
    if (user.size() >= kDigitsFrom && user.size() <= kDigitsTo && std::ranges::all_of(user, ascii::is_digit))
      by_mail[raw] = texts.add(comparable(Kind::kPhone, user, DayOrder::kDayFirst));
  }
  for (std::size_t row = 0; row < codes.size(); ++row)
    if (codes[row] == 0) codes[row] = by_mail[mail.codes[row]];
}

/// What should name one customer and is with hundreds names nobody: a shop's own phone, test@test.com,
/// 000000. Learning from it would turn the evidence of the whole column around.
constexpr std::uint32_t kSharedFrom = 100;

bool names_one(Kind kind) { return kind == Kind::kPhone || kind == Kind::kEmail || kind == Kind::kIdNumber; }

/// Takes such values as missing. How many values it were.
std::size_t leave_out_shared(std::vector<std::uint32_t>& codes, std::vector<std::uint32_t>& counts) {
  std::size_t out = 0;
  for (std::size_t code = 1; code < counts.size(); ++code) out += counts[code] >= kSharedFrom ? 1 : 0;
  if (out == 0) return 0;
  for (std::uint32_t& code : codes)
    if (counts[code] >= kSharedFrom) code = 0;
  for (std::size_t code = 1; code < counts.size(); ++code)
    if (counts[code] >= kSharedFrom) counts[code] = 0;
  return out;
}

}  // namespace

double Prepared::pairs() const {
  const auto pairs_of = [](double n) { return n * (n - 1) / 2; };
  double out = pairs_of(static_cast<double>(rows));
  if (!known.empty())
    out -= pairs_of(static_cast<double>(std::ranges::count_if(known, [](auto at) { return at != 0; })));
  if (!between_sources) return out;
  std::vector<double> sizes(source_count);
  for (const std::uint8_t source : sources) ++sizes[source];
  for (const double size : sizes) out -= pairs_of(size);
  return out;
}

Result<Prepared> prepare(const Table& table, std::span<const Comparison> comparisons, bool between_sources,
                         std::size_t threads) {
  Prepared out{.rows = table.rows(),
               .width = comparisons.size(),
               .sources = table.sources,
               .source_count = table.source_count,
               .between_sources = between_sources};
  for (const Comparison& comparison : comparisons)
    if (table.find(comparison.column) == nullptr)
      return fail(Code::kMatchColumnMissing, "{}", comparison.column);
  const std::size_t width = out.width;
  out.values.resize(width);
  out.counts.resize(width);
  out.shared.resize(width);
  std::vector<std::vector<std::uint32_t>> by_column(width);
  run_tasks(width, threads, [&](std::size_t k) {
    const auto mail = std::ranges::find(comparisons, Kind::kEmail, &Comparison::kind);
    const std::size_t partner = comparisons[k].swaps_with;
    if (partner != kNone && partner < k) return;  // made with its partner
    Dictionary texts;
    code_column(table, comparisons[k], *table.find(comparisons[k].column), texts, by_column[k]);
    if (comparisons[k].kind == Kind::kPhone && mail != comparisons.end())
      phones_from_mail(*table.find(mail->column), texts, by_column[k]);
    if (partner != kNone)
      code_column(table, comparisons[partner], *table.find(comparisons[partner].column), texts,
                  by_column[partner]);
    std::vector<std::uint32_t> both(texts.size());
    for (const std::size_t j : {k, partner}) {
      if (j == kNone) continue;
      out.counts[j].assign(texts.size(), 0);
      for (const std::uint32_t code : by_column[j]) ++out.counts[j][code];
      if (names_one(comparisons[j].kind)) out.shared[j] = leave_out_shared(by_column[j], out.counts[j]);
      for (std::size_t code = 0; code < both.size(); ++code) both[code] += out.counts[j][code];
    }
    out.values[k] = std::make_shared<const Values>(make_values(comparisons[k].kind, texts, both));
    if (partner != kNone) out.values[partner] = out.values[k];
  });
  out.codes.resize(out.rows * width);
  for (std::size_t k = 0; k < width; ++k)
    for (std::size_t row = 0; row < out.rows; ++row) out.codes[row * width + k] = by_column[k][row];
  return out;
}

}  // namespace zhike::match
