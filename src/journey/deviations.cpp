#include "journey/deviations.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <span>
#include <unordered_map>
#include <utility>

#include "mining/align.h"
#include "mining/conform.h"
#include "mining/states.h"

namespace zhike::journey {
namespace {

using Key = std::pair<DeviationKind, std::string>;
using Found = std::map<Key, std::uint64_t>;  // deviations of a variant, how often each

/// Time and cost of cases, about the means of the log: squares of long times of day would cancel.
struct Cost {
  std::optional<double> time, money;
};

struct Row {
  std::uint64_t cases = 0, times = 0;
  stats::Moments time, money;
};

void add_to(stats::Moments& moments, std::optional<double> value) {
  if (!value) return;
  ++moments.n;
  moments.sum += *value;
  moments.sum_squares += *value * *value;
}

stats::Moments without(const stats::Moments& all, const stats::Moments& part) {
  return {.n = all.n - part.n,
          .sum = all.sum - part.sum,
          .sum_squares = std::max(0.0, all.sum_squares - part.sum_squares)};
}

std::vector<Cost> costs_of(const StepLog& log, const ActivitySet& ends) {
  std::vector<Cost> out(log.cases());
  stats::Moments time, money;
  for (std::size_t c = 0; c < out.size(); ++c) {
    out[c].time = throughput_of(log.of(c), ends);
    for (const Step& step : log.of(c))
      if (!std::isnan(step.cost)) out[c].money = out[c].money.value_or(0) + step.cost;
    add_to(time, out[c].time);
    add_to(money, out[c].money);
  }
  for (Cost& cost : out) {
    if (cost.time) *cost.time -= time.mean();
    if (cost.money) *cost.money -= money.mean();
  }
  return out;
}

class Aligned {
 public:
  Aligned(const StepLog& log, const mining::Net& net, std::size_t bytes_max)
      : log_(log),
        net_(net),
        labels_(mining::labels_of(log.activities, net)),
        states_(net, bytes_max),
        aligner_(states_, bytes_max) {}

  Result<Found> of(std::span<const mining::Activity> variant) {
    std::vector<mining::Activity> trace;
    for (const mining::Activity activity : variant) trace.push_back(labels_[activity]);
    CX_TRY(const mining::Alignment alignment, aligner_.align(trace));
    Found out;
    std::size_t place = 0;
    for (const mining::Move& move : alignment.moves) switch (move.kind) {
        case mining::Move::Kind::kSync:
          ++place;
          break;
        case mining::Move::Kind::kLog:
          ++out[{DeviationKind::kExtra, log_.activities[variant[place++]]}];
          break;
        case mining::Move::Kind::kModel:
          ++out[{DeviationKind::kSkipped, net_.labels[net_.transitions[move.transition].label]}];
          break;
        case mining::Move::Kind::kSilent:
          break;
      }
    return out;
  }

 private:
  const StepLog& log_;
  const mining::Net& net_;
  std::vector<mining::Activity> labels_;
  mining::States states_;
  mining::Aligner aligner_;
};

/// The variant of each case, in order of first appearance.
struct Variants {
  std::vector<std::vector<mining::Activity>> sequences;
  std::vector<std::uint32_t> of_case;
};

Variants variants_of(const StepLog& log) {
  Variants out;
  std::unordered_map<std::string, std::uint32_t> places;
  std::vector<mining::Activity> sequence;
  for (std::size_t c = 0; c < log.cases(); ++c) {
    sequence.clear();
    for (const Step& step : log.of(c)) sequence.push_back(step.activity);
    const std::string key(reinterpret_cast<const char*>(sequence.data()),
                          sequence.size() * sizeof(mining::Activity));
    const auto [at, is_new] = places.try_emplace(key, static_cast<std::uint32_t>(out.sequences.size()));
    if (is_new) out.sequences.push_back(sequence);
    out.of_case.push_back(at->second);
  }
  return out;
}

Deviation deviation_of(const Key& key, const Row& row, const stats::Moments& time,
                       const stats::Moments& money) {
  Deviation out{.kind = key.first,
                .activity = key.second,
                .cases = row.cases,
                .times = row.times,
                .throughput_ms = stats::compare(without(time, row.time), row.time),
                .cost = stats::compare(without(money, row.money), row.money),
                .total_ms = {},
                .total_cost = {}};
  if (out.throughput_ms) out.total_ms = out.throughput_ms->difference * static_cast<double>(row.time.n);
  if (out.cost) out.total_cost = out.cost->difference * static_cast<double>(row.money.n);
  return out;
}

}  // namespace

mining::Net net_of_steps(const std::vector<std::string>& steps) {
  mining::Tree tree{.op = mining::Operator::kSequence, .activity = 0, .children = {}};
  for (mining::Activity a = 0; a < steps.size(); ++a)
    tree.children.push_back({.op = mining::Operator::kActivity, .activity = a, .children = {}});
  return mining::net_of(tree, steps);
}

Result<Deviations> deviations_of(const StepLog& log, const mining::Net& net, const ActivitySet& ends,
                                 const DeviationOptions& options) {
  const Variants variants = variants_of(log);
  Aligned aligned(log, net, options.bytes_max);
  std::vector<Found> found;
  for (const auto& sequence : variants.sequences) {
    CX_TRY(found.emplace_back(), aligned.of(sequence));
    if (options.progress)
      options.progress(static_cast<double>(found.size()) / static_cast<double>(variants.sequences.size()));
  }
  const std::vector<Cost> costs = costs_of(log, ends);
  Deviations out;
  stats::Moments time, money;
  std::map<Key, Row> rows;
  for (std::size_t c = 0; c < log.cases(); ++c) {
    ++out.cases;
    add_to(time, costs[c].time);
    add_to(money, costs[c].money);
    const Found& of = found[variants.of_case[c]];
    out.fitting += of.empty() ? 1U : 0U;
    for (const auto& [key, times] : of) {
      Row& row = rows[key];
      ++row.cases;
      row.times += times;
      add_to(row.time, costs[c].time);
      add_to(row.money, costs[c].money);
    }
  }
  for (const auto& [key, row] : rows) out.items.push_back(deviation_of(key, row, time, money));
  const auto weight = [&](const Deviation& of) {
    return (log.has_costs ? of.total_cost : of.total_ms).value_or(-HUGE_VAL);
  };
  std::ranges::stable_sort(out.items,
                           [&](const Deviation& a, const Deviation& b) { return weight(a) > weight(b); });
  return out;
}

}  // namespace zhike::journey
