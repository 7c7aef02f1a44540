#include "match/dependence.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/tasks.h"
#include "match/compare.h"

namespace zhike::match {
namespace {

constexpr std::size_t kGroupFrom = 15;  ///< records of a group; duplicates of one customer are fewer
constexpr std::size_t kPairsMax = 50'000, kGroupsFrom = 5;
constexpr double kAgreeingFrom = 10;  ///< pairs that agree on both; fewer may be chance
constexpr double kUnseen = 0.5;       ///< pairs imagined where none agree
constexpr double kBitsFrom = 2;       ///< of false evidence from which columns are no longer independent
constexpr double kSimilar = 0.5;      ///< part of the strongest teller's bits that a further one must have

class Finder {
 public:
  Finder(const Prepared& records, const std::vector<Comparison>& comparisons, std::size_t threads)
      : records_(records), comparisons_(comparisons), threads_(threads) {
    for (std::size_t i = 0; i < kPairsMax; ++i) {
      const std::uint64_t drawn = mix(i + 1);
      any_.emplace_back((drawn >> 32U) % records.rows, (drawn & 0xffffffffU) % records.rows);
    }
  }

  /// By column told and column telling: how many bits of false evidence strangers who agree on the second
  /// have in the first. The coarser column of two tells the finer, so that none tells itself in the end.
  std::vector<std::vector<double>> bits() const {
    std::vector<std::vector<double>> out(records_.width, std::vector<double>(records_.width));
    std::vector<double> pairs(records_.width);
    run_tasks(records_.width, threads_,
              [&](std::size_t k) { pairs[k] = Agreeing(records_, comparisons_[k].kind, k, 2).pairs(); });
    run_tasks(records_.width, threads_, [&](std::size_t teller) {
      const Agreeing agreeing(records_, comparisons_[teller].kind, teller, kGroupFrom);
      if (agreeing.groups() < kGroupsFrom) return;
      const auto told = counts(agreeing.draw(kPairsMax, 0), teller, true),
                 usual = counts(any_, teller, false);
      for (std::size_t k = 0; k < records_.width; ++k)
        if (std::pair(pairs[teller], k) > std::pair(pairs[k], teller))
          out[k][teller] = excess(told[k], usual[k]);
    });
    return out;
  }

 private:
  using Counts = std::array<double, kLevelsMax>;

  /// Levels of each column, over the pairs that the rest of the columns do not make look like one customer.
  std::vector<Counts> counts(const std::vector<RecordPair>& pairs, std::size_t teller, bool told) const {
    std::vector<Comparer> comparers;
    for (std::size_t k = 0; k < records_.width; ++k) comparers.emplace_back(*records_.values[k]);
    std::vector<Counts> out(records_.width);
    std::vector<Level> levels(records_.width);
    for (const auto& [a, b] : pairs) {
      if (a == b) continue;
      double known = 0, alike = 0;
      for (std::size_t k = 0; k < records_.width; ++k) {
        levels[k] = comparers[k].level(records_.row(a)[k], records_.row(b)[k]);
        if (k == teller) continue;
        known += levels[k] != kMissing ? 1 : 0;
        alike += levels[k] > kElse ? 1 : 0;
      }
      if (told && levels[teller] < tells_from(comparisons_[teller].kind)) continue;
      for (std::size_t k = 0; k < records_.width; ++k) {
        if (k == teller || levels[k] == kMissing) continue;
        const double others = known - 1, same = alike - (levels[k] > kElse ? 1 : 0);
        if (others > 0 && same * 2 <= others) ++out[k][levels[k]];
      }
    }
    return out;
  }

  /// log2 of how much more often the told pairs agree than the usual ones, at the level where it is most.
  static double excess(const Counts& told, const Counts& usual) {
    const double all = std::accumulate(told.begin() + kElse, told.end(), 0.0);
    const double all_usual = std::accumulate(usual.begin() + kElse, usual.end(), 0.0);
    double out = 0, agreeing = 0, agreeing_usual = kUnseen;
    for (Level level = kLevelsMax - 1; level > kElse; --level) {
      agreeing += told[level];
      agreeing_usual += usual[level];
      if (agreeing >= kAgreeingFrom)
        out = std::max(out, std::log2(agreeing / all / (agreeing_usual / std::max(all_usual, 1.0))));
    }
    return out;
  }

  const Prepared& records_;
  const std::vector<Comparison>& comparisons_;
  const std::size_t threads_;
  std::vector<RecordPair> any_;
};

}  // namespace

Agreeing::Agreeing(const Prepared& records, Kind kind, std::size_t comparison, std::size_t group_from) {
  const View view = kind == Kind::kPostcode ? View::kPrefix : is_name(kind) ? View::kSound : View::kValue;
  const auto& views = records.values[comparison]->views[static_cast<std::size_t>(view)];
  std::vector<std::pair<std::uint32_t, std::uint32_t>> by_key;
  for (std::size_t row = 0; row < records.rows; ++row) {
    const std::uint32_t code = records.row(row)[comparison], key = views.empty() ? code : views[code];
    if (key != 0) by_key.emplace_back(key, static_cast<std::uint32_t>(row));
  }
  std::ranges::sort(by_key);
  for (std::size_t from = 0, to = 0; from < by_key.size(); from = to) {
    while (to < by_key.size() && by_key[to].first == by_key[from].first) ++to;
    const std::size_t size = to - from;
    if (size < group_from) continue;
    groups_.push_back({records_.size(), size, pairs_});
    pairs_ += size * (size - 1) / 2;
    for (std::size_t i = from; i < to; ++i) records_.push_back(by_key[i].second);
  }
}

std::vector<RecordPair> Agreeing::draw(std::size_t count, std::uint64_t seed) const {
  std::vector<RecordPair> out;
  if (pairs_ == 0) return out;
  out.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t drawn = mix(mix(seed) + i);
    const auto after = std::ranges::upper_bound(groups_, drawn % pairs_, {}, &Group::before);
    const Group& group = *(after - 1);
    const std::uint64_t within = mix(drawn);
    const std::size_t a = (within >> 32U) % group.size, b = (within & 0xffffffffU) % (group.size - 1);
    out.emplace_back(records_[group.from + a], records_[group.from + (b >= a ? b + 1 : b)]);
  }
  return out;
}

void find_dependence(const Prepared& records, std::vector<Comparison>& comparisons, std::size_t threads) {
  if (records.rows < kGroupFrom) return;
  const Finder finder(records, comparisons, threads);
  const auto bits = finder.bits();
  for (std::size_t told = 0; told < comparisons.size(); ++told) {
    const double strongest = std::ranges::max(bits[told]);
    for (std::size_t teller = 0; teller < comparisons.size(); ++teller)
      if (bits[told][teller] >= std::max(kBitsFrom, kSimilar * strongest))
        comparisons[told].told_by |= 1U << teller;
  }
}

}  // namespace zhike::match
