#include "match/dependence.h"

#include <algorithm>
#include <optional>
#include <span>

namespace zhike::match {
namespace {

constexpr std::size_t kGroupFrom = 15;     ///< records of a group; duplicates of one customer are fewer
constexpr std::size_t kGroupsFrom = 5;     ///< groups it takes
constexpr std::size_t kCoveredFrom = 200;  ///< and records in them
constexpr double kTold = 0.7;              ///< share of a group that agree
constexpr double kGain = 0.5;              ///< how much of the doubt without the telling column must go

bool can_tell(Kind kind) {
  return kind != Kind::kPhone && kind != Kind::kEmail && kind != Kind::kIdNumber && kind != Kind::kText;
}
bool can_be_told(Kind kind) {
  return kind == Kind::kPhrase || kind == Kind::kCategory || kind == Kind::kPostcode || kind == Kind::kYear ||
         kind == Kind::kSmallNumber;
}

class Finder {
 public:
  Finder(const Prepared& records, const std::vector<Comparison>& comparisons)
      : records_(records), comparisons_(comparisons) {}

  /// Share of what `told` holds that `teller` tells; nothing: it does not, or there is too little to say so.
  std::optional<double> share(std::size_t teller, std::size_t told) const {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> both;
    for (std::size_t row = 0; row < records_.rows; ++row) {
      const std::uint32_t key = key_of(teller, row), value = records_.row(row)[told];
      if (key != 0 && value != 0) both.emplace_back(key, value);
    }
    std::ranges::sort(both);
    std::size_t covered = 0, right = 0, groups = 0;
    std::vector<std::uint32_t> values;
    for (std::size_t from = 0, to = 0; from < both.size(); from = to) {
      while (to < both.size() && both[to].first == both[from].first) ++to;
      if (to - from < kGroupFrom) continue;
      ++groups;
      covered += to - from;
      right += longest_run(std::span(both).subspan(from, to - from));
      for (std::size_t i = from; i < to; ++i) values.push_back(both[i].second);
    }
    if (groups < kGroupsFrom || covered < kCoveredFrom) return std::nullopt;
    std::ranges::sort(values);
    const double told_share = static_cast<double>(right) / static_cast<double>(covered);
    const double usual = static_cast<double>(longest_run(values)) / static_cast<double>(covered);
    if (told_share < kTold || 1 - told_share > kGain * (1 - usual)) return std::nullopt;
    return told_share;
  }

 private:
  std::uint32_t key_of(std::size_t k, std::size_t row) const {
    const std::uint32_t code = records_.row(row)[k];
    const View view = comparisons_[k].kind == Kind::kPostcode ? View::kPrefix : View::kValue;
    const auto& views = records_.values[k]->views[static_cast<std::size_t>(view)];
    return views.empty() ? code : views[code];
  }

  static std::size_t longest_run(std::span<const std::pair<std::uint32_t, std::uint32_t>> sorted) {
    std::size_t best = 0, run = 0;
    for (std::size_t i = 0; i < sorted.size(); ++i) {
      run = i > 0 && sorted[i].second == sorted[i - 1].second ? run + 1 : 1;
      best = std::max(best, run);
    }
    return best;
  }
  static std::size_t longest_run(const std::vector<std::uint32_t>& sorted) {
    std::size_t best = 0, run = 0;
    for (std::size_t i = 0; i < sorted.size(); ++i) {
      run = i > 0 && sorted[i] == sorted[i - 1] ? run + 1 : 1;
      best = std::max(best, run);
    }
    return best;
  }

  const Prepared& records_;
  const std::vector<Comparison>& comparisons_;
};

}  // namespace

void find_dependence(const Prepared& records, std::vector<Comparison>& comparisons) {
  const Finder finder(records, comparisons);
  for (std::size_t told = 0; told < comparisons.size(); ++told) {
    if (!can_be_told(comparisons[told].kind)) continue;
    double best = 0;
    for (std::size_t teller = 0; teller < comparisons.size(); ++teller) {
      // What is told tells nothing more itself: no two may wait for each other.
      if (teller == told || !can_tell(comparisons[teller].kind) || comparisons[teller].told_by != kNone)
        continue;
      if (std::ranges::any_of(comparisons, [&](const Comparison& c) { return c.told_by == told; })) break;
      if (const auto share = finder.share(teller, told); share && *share > best) {
        best = *share;
        comparisons[told].told_by = teller;
      }
    }
  }
}

}  // namespace zhike::match
