#include "journey/feelings.h"

#include <algorithm>

namespace zhike::journey {
namespace {

void keep(FeelingTally::Extremes& of, std::pair<double, std::uint64_t> one) {
  of.insert(std::ranges::upper_bound(of, one), one);
  if (of.size() > FeelingTally::kExtremes) of.pop_back();
}

}  // namespace

MapFigure ces_of(const MapFigure& level) {
  // The scale is straight: an answer is 3 less twice its feeling.
  const auto answer = [](double value) { return 3 - 2 * value; };
  MapFigure out{.n = level.n};
  if (level.value) out.value = answer(*level.value);
  if (level.interval)
    out.interval = stats::Interval{answer(level.interval->high), answer(level.interval->low)};
  return out;
}

void FeelingTally::count(std::uint32_t stage, std::uint32_t source, const FeltMarks::Mark& mark) {
  auto at = std::ranges::find_if(mine_,
                                 [&](const Mine& one) { return one.stage == stage && one.source == source; });
  if (at == mine_.end()) at = mine_.insert(mine_.end(), {.stage = stage, .source = source});
  ++at->n;
  at->sum += mark.value;
  Felt& of = felt_[{stage, source}];
  ++of.marks;
  of.below += mark.value < 0 ? 1 : 0;
  of.above += mark.value > 0 ? 1 : 0;
  if (source != mark.source || source != comment_) return;
  if (mark.emotions != 0) ++of.emotions[mark.emotions];
  if (mark.value < 0) keep(of.worst, {mark.value, mark.event_id});
  if (mark.value > 0) keep(of.best, {-mark.value, mark.event_id});
}

void FeelingTally::take(std::uint64_t customer, std::span<const CaseEvent> every) {
  if (customer != customer_) settle();
  customer_ = customer;
  each_felt(kinds_, marks_, every,
            [&](const CaseEvent&, std::uint32_t stage, std::span<const FeltMarks::Mark> said) {
              for (const FeltMarks::Mark& mark : said) {
                if (!mark.has_value()) continue;
                count(stage, mark.source, mark);
                count(stage, 0, mark);
              }
            });
}

/// The customer at hand counts once wherever something was said.
void FeelingTally::settle() {
  for (const Mine& one : mine_) {
    stats::Moments& of = felt_[{one.stage, one.source}].customers;
    const double mean = one.sum / static_cast<double>(one.n);
    ++of.n;
    of.sum += mean;
    of.sum_squares += mean * mean;
  }
  mine_.clear();
}

void FeelingTally::add(FeelingTally&& other) {
  settle();
  other.settle();
  for (auto& [where, more] : other.felt_) {
    Felt& to = felt_[where];
    to.customers.n += more.customers.n;
    to.customers.sum += more.customers.sum;
    to.customers.sum_squares += more.customers.sum_squares;
    to.marks += more.marks;
    to.below += more.below;
    to.above += more.above;
    for (const auto& [set, n] : more.emotions) to.emotions[set] += n;
    for (const auto& one : more.worst) keep(to.worst, one);
    for (const auto& one : more.best) keep(to.best, one);
  }
}

const FeelingTally::All& FeelingTally::felt() {
  settle();
  return felt_;
}

}  // namespace zhike::journey
