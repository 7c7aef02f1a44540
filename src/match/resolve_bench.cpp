// resolve_bench [RECORDS [PAIRS_PER_RECORD]]: pairs a second and core of each comparator and of the textbook
// forms; then records to customers in one run.
#include <fmt/core.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <thread>

#include "match/compare.h"
#include "match/resolve.h"
#include "match/test_naive_level.h"
#include "match/test_people.h"

namespace {

using namespace zhike;
using namespace zhike::match;
using WallClock = std::chrono::steady_clock;

double seconds_since(WallClock::time_point start) {
  return std::chrono::duration<double>(WallClock::now() - start).count();
}

struct Pairs {
  Dictionary texts;
  Values values;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
};

/// Pairs of values that differ, one value held against many, as blocks bring them.
Pairs pairs_of(Kind kind, const Column& column, const std::function<std::string(std::string_view)>& part) {
  constexpr std::size_t kValues = 4000, kEach = 250, kPairs = kValues * kEach;
  Pairs out;
  for (std::uint32_t code = 1; code < column.values.size() && out.texts.size() <= kValues; ++code)
    out.texts.add(comparable(kind, part(column.values.text(code)), DayOrder::kDayFirst));
  const std::vector<std::uint32_t> counts(out.texts.size(), 1);
  out.values = make_values(kind, out.texts, counts);
  const auto n = static_cast<std::uint32_t>(out.texts.size() - 1);
  for (std::uint32_t i = 0; i < kPairs; ++i) {
    const auto a = 1 + static_cast<std::uint32_t>(i / kEach % n),
               b = static_cast<std::uint32_t>(1 + mix(i) % n);
    if (a != b) out.pairs.emplace_back(a, b);
  }
  return out;
}

/// Million pairs a second.
template <class Compare>
double rate(const Pairs& pairs, const Compare& compare) {
  const auto start = WallClock::now();
  double sum = 0;
  for (const auto& [a, b] : pairs.pairs) sum += compare(a, b);
  const double seconds = seconds_since(start);
  cx_check(sum >= 0, "compared");
  return static_cast<double>(pairs.pairs.size()) / seconds / 1e6;
}

std::string whole_text(std::string_view text) { return std::string(text); }
std::string first_four(std::string_view text) { return std::string(text.substr(0, 4)); }
std::string last_two(std::string_view text) { return std::string(text.substr(text.size() - 2)); }
/// "ann.smith7@example.com" → "ann smith"
std::string name_in_mail(std::string_view text) {
  std::string out(text.substr(0, text.find_first_of("0123456789@")));
  std::ranges::replace(out, '.', ' ');
  return out;
}

/// Each kind from the column of people that is like it; of an amount the digits of a phone.
constexpr struct {
  Kind kind;
  std::string_view column;
  std::string (*part)(std::string_view);
} kComparators[] = {
    {Kind::kGivenName, "given_name", whole_text}, {Kind::kSurname, "surname", whole_text},
    {Kind::kFullName, "email", name_in_mail},     {Kind::kDate, "date_of_birth", whole_text},
    {Kind::kYear, "date_of_birth", first_four},   {Kind::kSmallNumber, "date_of_birth", last_two},
    {Kind::kNumber, "phone", whole_text},         {Kind::kEmail, "email", whole_text},
    {Kind::kPhone, "phone", whole_text},          {Kind::kPostcode, "postcode", whole_text},
    {Kind::kIdNumber, "phone", whole_text},       {Kind::kCategory, "city", whole_text},
    {Kind::kPhrase, "street", whole_text},        {Kind::kText, "street", whole_text},
};

void comparators(const Table& table) {
  fmt::print("{:>14} {:>10} {:>12} {:>12} {:>9}   million pairs/s per core\n", "kind", "new pairs",
             "remembered", "textbook", "times");
  for (const auto& [kind, column, part] : kComparators) {
    const Pairs pairs = pairs_of(kind, *table.find(column), part);
    Comparer fresh(pairs.values, 0), known(pairs.values, 21);
    const NaiveComparer book(pairs.values, pairs.texts);
    const double first = rate(pairs, [&](auto a, auto b) { return fresh.different(a, b); });
    (void)rate(pairs, [&](auto a, auto b) { return known.level(a, b); });
    const double again = rate(pairs, [&](auto a, auto b) { return known.level(a, b); });
    const double naive = rate(pairs, [&](auto a, auto b) { return book.level(a, b); });
    fmt::print("{:>14} {:>10.1f} {:>12.1f} {:>12.1f} {:>9.1f}\n", to_string(kind), first, again, naive,
               first / naive);
    fmt::print("figure compare_{} {:.1f} Mpairs/s\n", to_string(kind), first);
    fmt::print("figure compare_{}_textbook {:.1f} Mpairs/s\n", to_string(kind), naive);
  }
}

ResolveOptions all_processors() {
  ResolveOptions out;
  out.estimate.threads = std::max(1U, std::thread::hardware_concurrency());
  out.limits.giant = Giant::kSkip;
  return out;
}

/// Chinese names, homophones, traditional forms, pinyin, missing and stale phones (test_people.cpp).
void chinese(std::size_t customers) {
  const People people = chinese_people(customers, 1);
  const ResolveOptions options = all_processors();
  const auto start = WallClock::now();
  const auto out = resolve_auto(people.table, false, options);
  cx_check(out.has_value(), "resolves");
  const Quality quality = against_truth(out->clusters.of, people.truth);
  fmt::print("{} Chinese customers in {} records: {:.1f} s, precision {:.4f}, recall {:.4f}\n", customers,
             people.table.rows(), seconds_since(start), quality.precision(), quality.recall());
  fmt::print("figure resolve_chinese_{}k_f1 {:.4f} F1{}\n", customers / 1000, quality.f1(),
             customers == 100'000 ? " >= 0.95" : "");
}

/// A tenth of the records comes to clusters that are known.
void late(const People& people, const Resolution& all, const ResolveOptions& how) {
  ResolveOptions options = how;
  options.known.assign(people.table.rows(), 0);
  for (std::size_t row = 0; row < people.table.rows() * 9 / 10; ++row)
    options.known[row] = all.clusters.of[row] + 1;
  const auto start = WallClock::now();
  const auto out = resolve_by(all.model, people.table, false, options);
  const double seconds = seconds_since(start);
  cx_check(out.has_value(), "resolves");
  fmt::print("the last tenth of {} records to known clusters: {:.0f} pairs, {:.1f} s, F1 {:.4f}\n",
             people.table.rows(), out->compared_pairs, seconds,
             against_truth(out->clusters.of, people.truth).f1());
  fmt::print("figure resolve_{}k_tenth {:.1f} s\n", people.table.rows() / 1000, seconds);
}

/// "_wide" with rules that propose more pairs than the usual ones.
void whole(std::size_t records, std::string_view name, double pairs_per_record) {
  const People people = western_people(records, 1);
  ResolveOptions options = all_processors();
  options.pairs_per_record = pairs_per_record;
  const auto start = WallClock::now();
  const auto out = resolve_auto(people.table, false, options);
  const double seconds = seconds_since(start);
  cx_check(out.has_value(), "resolves");
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const Quality quality = against_truth(out->clusters.of, people.truth);
  fmt::print("{} records, {:.0f} pairs compared, {:.1f} s, precision {:.4f}, recall {:.4f}\n", records,
             out->compared_pairs, seconds, quality.precision(), quality.recall());
  const std::string what = fmt::format("figure resolve_{}k{}", records / 1000, name);
  fmt::print("{} {:.1f} s{}\n", what, seconds, records >= 1'000'000 ? " <= 60" : "");
  fmt::print("{}_pairs {:.1f} Mpairs/s\n", what, out->compared_pairs / seconds / 1e6);
  fmt::print("{}_memory {:.0f} MB{}\n", what, static_cast<double>(usage.ru_maxrss) / 1024,
             records >= 1'000'000 ? " <= 4000" : "");
  fmt::print("{}_f1 {:.4f} F1\n", what, quality.f1());
  for (std::size_t i = 0; i < out->rule_sizes.size(); ++i)
    fmt::print("  {}: {:.0f} pairs\n", describe(out->model.rules[i], out->model), out->rule_sizes[i].pairs);
  if (name.empty()) late(people, *out, options);
}

}  // namespace

int main(int argc, char** argv) {
  const double kUsual = ResolveOptions{}.pairs_per_record;
  const double wide = argc > 2 ? std::strtod(argv[2], nullptr) : 250;
  const std::size_t records = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  comparators(western_people(20'000, 1).table);
  chinese(records / 10);
  whole(records / 10, "", kUsual);
  whole(records, "", kUsual);
  whole(records * 23 / 20, "_wide", wide);  // of a million: 100 million pairs
}
