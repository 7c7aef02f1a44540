// The choice of blocking rules.
#include <algorithm>
#include <numeric>
#include <optional>

#include "base/tasks.h"
#include "match/blocking.h"

namespace zhike::match {
namespace {

constexpr double kAllPairs = 2e6;  ///< as many are simply all compared
constexpr std::size_t kSampleRecords = 200'000;
constexpr double kSingleShare = 0.2;  ///< of the pairs wanted, that one rule may take

/// Views of a kind from coarse to narrow.
std::vector<View> views_of(Kind kind) {
  switch (kind) {
    case Kind::kGivenName:
    case Kind::kSurname:
    case Kind::kEmail:
    case Kind::kPhone:
    case Kind::kPhrase:
      return {View::kSound, View::kValue};
    case Kind::kFullName:
      return {View::kTokens, View::kSound, View::kValue};
    case Kind::kText:
      return {View::kTokens, View::kValue};
    case Kind::kPostcode:
      return {View::kPrefix, View::kValue};
    case Kind::kDate:
    case Kind::kIdNumber:
    case Kind::kYear:
    case Kind::kSmallNumber:
    case Kind::kCategory:
      return {View::kValue};
    case Kind::kNumber:
    case Kind::kIgnored:
      break;
  }
  return {};
}

/// A part of the records, so that counting pairs of many rules stays cheap.
struct Sample {
  Prepared records{};
  double scale = 1;  ///< pairs of all records for each pair of the sample
};

Sample sample_of(const Prepared& all) {
  if (all.rows <= kSampleRecords) return {.records = all};
  Sample out;
  out.records = all;
  const std::size_t step = (all.rows + kSampleRecords - 1) / kSampleRecords;
  out.records.codes.clear();
  out.records.rows = 0;
  for (std::size_t record = 0; record < all.rows; ++record) {
    if (mix(record) % step != 0) continue;
    out.records.codes.insert(out.records.codes.end(), all.row(record), all.row(record) + all.width);
    ++out.records.rows;
  }
  const double ratio = static_cast<double>(all.rows) / static_cast<double>(out.records.rows);
  out.scale = ratio * ratio;
  return out;
}

class Proposer {
 public:
  Proposer(const Prepared& records, const std::vector<Comparison>& comparisons, double wanted,
           const Limits& limits, std::size_t threads)
      : all_(records),
        sample_(sample_of(records)),
        comparisons_(comparisons),
        wanted_(wanted),
        limits_(limits),
        threads_(threads) {}

  std::vector<Rule> propose() {
    for (std::size_t k = 0; k < comparisons_.size(); ++k) add_single(k);
    add_joined(2);
    if (rules_.empty() || spent_ < wanted_ / 20) add_joined(3);
    if (rules_.empty()) add_smallest();
    return std::move(rules_);
  }

 private:
  struct Sized {
    Rule rule{};
    RuleSize size{};
    std::size_t number = 0;  ///< in the order of the columns
  };

  RuleSize measure(const Rule& rule) const {
    if (rule.keys[0].view == View::kTokens) return size_of(rule, all_, limits_.block_pairs_max);
    RuleSize size = size_of(rule, sample_.records, limits_.block_pairs_max / sample_.scale);
    size.pairs *= sample_.scale;
    size.largest *= sample_.scale;
    return size;
  }

  bool fits(const RuleSize& size) const { return size.pairs > 0 && size.pairs <= wanted_ * kSingleShare; }

  void add_single(std::size_t k) {
    open_.resize(comparisons_.size());
    const bool narrow = comparisons_[k].kind == Kind::kCategory ||
                        comparisons_[k].kind == Kind::kSmallNumber || comparisons_[k].kind == Kind::kYear;
    for (const View view : views_of(comparisons_[k].kind)) {
      if (view == View::kTokens) {
        take({.rule = {{{k, view}}}, .size = measure({{{k, view}}})});
        continue;
      }
      const Rule rule{{{k, view}}};
      const RuleSize size = measure(rule);
      if (!narrow && fits(size)) {
        take({.rule = rule, .size = size});
        if (size.left_out > 0 && !open_[k]) open_[k] = view;  // its giant blocks need narrower rules
        return;
      }
      if (!open_[k]) open_[k] = view;
    }
  }

  void take(Sized made) {
    if (rules_.size() >= kRulesMax) return;
    spent_ += made.size.pairs;
    rules_.push_back(std::move(made.rule));
    whole_.push_back(made.size.left_out == 0);
  }

  /// Where all are too coarse: the column that is least so, for better or worse.
  void add_smallest() {
    std::optional<Sized> best;
    for (std::size_t k = 0; k < comparisons_.size(); ++k) {
      if (views_of(comparisons_[k].kind).empty()) continue;
      const Rule rule{{{k, View::kValue}}};
      const RuleSize size = measure(rule);
      if (!best || size.largest < best->size.largest) best = {.rule = rule, .size = size};
    }
    if (best) take(std::move(*best));
  }

  /// Rules of several columns that are too coarse alone, the smallest first.
  void add_joined(std::size_t count) {
    std::vector<std::size_t> open;
    for (std::size_t k = 0; k < open_.size(); ++k)
      if (open_[k]) open.push_back(k);
    std::vector<Sized> found;
    std::vector<std::size_t> chosen;
    const auto extend = [&](auto&& self, std::size_t from) -> void {
      if (chosen.size() == count) {
        Rule rule;
        for (const std::size_t k : chosen) rule.keys.push_back({k, *open_[k]});
        found.push_back({.rule = std::move(rule), .size = {}, .number = found.size()});
        return;
      }
      for (std::size_t i = from; i < open.size(); ++i) {
        chosen.push_back(open[i]);
        self(self, i + 1);
        chosen.pop_back();
      }
    };
    extend(extend, 0);
    constexpr std::size_t kTriedMax = 120;
    if (found.size() > kTriedMax) found.resize(kTriedMax);
    run_tasks(found.size(), threads_, [&](std::size_t i) { found[i].size = measure(found[i].rule); });
    std::ranges::sort(found, {}, [](const Sized& a) { return std::pair(a.size.pairs, a.number); });
    for (Sized& made : found)
      if (fits(made.size) && spent_ + made.size.pairs <= wanted_ && !is_covered(made.rule))
        take(std::move(made));
  }

  /// Some rule finds all pairs of this one.
  [[nodiscard]] bool is_covered(const Rule& rule) const {
    for (std::size_t r = 0; r < rules_.size(); ++r)
      if (whole_[r] && std::ranges::all_of(rules_[r].keys, [&](const Key& key) {
            return std::ranges::find(rule.keys, key) != rule.keys.end();
          }))
        return true;
    return false;
  }

  const Prepared& all_;
  Sample sample_;
  const std::vector<Comparison>& comparisons_;
  double wanted_, spent_ = 0;
  const Limits& limits_;
  std::size_t threads_;
  std::vector<std::optional<View>> open_;
  std::vector<Rule> rules_;
  std::vector<bool> whole_;  ///< by rule: no block of it is left out
};

}  // namespace

std::vector<Rule> propose_rules(const Prepared& records, const std::vector<Comparison>& comparisons,
                                double pairs_wanted, const Limits& limits, std::size_t threads) {
  const auto rows = static_cast<double>(records.rows);
  if (rows * (rows - 1) / 2 <= kAllPairs) return {Rule{}};
  return Proposer(records, comparisons, pairs_wanted, limits, threads).propose();
}

}  // namespace zhike::match
