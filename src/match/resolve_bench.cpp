// resolve_bench [RECORDS [PAIRS_PER_RECORD]]: pairs a second and core of each comparator and of the textbook
// forms; then records to customers in one run.
#include <fmt/core.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <thread>

#include "match/compare.h"
#include "match/resolve.h"
#include "match/test_naive.h"
#include "match/test_people.h"

namespace {

using namespace zhike;
using namespace zhike::match;
using WallClock = std::chrono::steady_clock;

double seconds_since(WallClock::time_point start) {
  return std::chrono::duration<double>(WallClock::now() - start).count();
}

struct Pairs {
  Values values;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
};

/// Pairs of values that differ, one value held against many, as blocks bring them.
Pairs pairs_of(const Column& column, Kind kind) {
  constexpr std::size_t kValues = 4000, kEach = 250;
  Dictionary texts;
  for (std::uint32_t code = 1; code < column.values.size() && texts.size() <= kValues; ++code)
    texts.add(comparable(kind, column.values.text(code), DayOrder::kDayFirst));
  const std::vector<std::uint32_t> counts(texts.size(), 1);
  Pairs out{.values = make_values(kind, texts, counts), .pairs = {}};
  const auto n = static_cast<std::uint32_t>(texts.size() - 1);
  for (std::uint32_t a = 1; a <= n; ++a)
    for (std::uint32_t i = 0; i < kEach; ++i) {
      const auto b = static_cast<std::uint32_t>(1 + mix(a * kEach + i) % n);
      if (a != b) out.pairs.emplace_back(a, b);
    }
  return out;
}

template <class Compare>
double rate(const Pairs& pairs, const Compare& compare) {
  const auto start = WallClock::now();
  double sum = 0;
  for (const auto& [a, b] : pairs.pairs) sum += compare(a, b);
  const double seconds = seconds_since(start);
  cx_check(sum >= 0, "compared");
  return static_cast<double>(pairs.pairs.size()) / seconds / 1e6;
}

void comparators(const Table& table) {
  struct Line {
    std::string_view column;
    Kind kind;
  };
  fmt::print("{:>14} {:>16} {:>16} {:>16}   million pairs/s per core\n", "kind", "new pairs", "remembered",
             "textbook");
  for (const Line& line : {Line{"given_name", Kind::kGivenName},
                           {"surname", Kind::kSurname},
                           {"surname", Kind::kFullName},
                           {"date_of_birth", Kind::kDate},
                           {"street", Kind::kPhrase},
                           {"street", Kind::kText},
                           {"postcode", Kind::kPostcode},
                           {"phone", Kind::kPhone},
                           {"email", Kind::kEmail}}) {
    const Pairs pairs = pairs_of(*table.find(line.column), line.kind);
    Comparer fresh(pairs.values, 0), known(pairs.values, 21);
    const double first = rate(pairs, [&](auto a, auto b) { return fresh.different(a, b); });
    (void)rate(pairs, [&](auto a, auto b) { return known.level(a, b); });
    const double again = rate(pairs, [&](auto a, auto b) { return known.level(a, b); });
    const double naive = line.kind == Kind::kText ? 0 : rate(pairs, [&](auto a, auto b) {
      const auto x = pairs.values.text(a), y = pairs.values.text(b);
      return naive_jaro_winkler(x, y) + naive_damerau_levenshtein(x, y);
    });
    fmt::print("{:>14} {:>16.1f} {:>16.1f} {:>16.1f}\n", to_string(line.kind), first, again, naive);
    fmt::print("figure compare_{} {:.1f} Mpairs/s\n", to_string(line.kind), first);
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
  constexpr double kUsual = ResolveOptions{}.pairs_per_record;
  const double wide = argc > 2 ? std::strtod(argv[2], nullptr) : 250;
  const std::size_t records = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  comparators(western_people(20'000, 1).table);
  chinese(records / 10);
  whole(records / 10, "", kUsual);
  whole(records, "", kUsual);
  whole(records * 23 / 20, "_wide", wide);  // of a million: 100 million pairs
}
