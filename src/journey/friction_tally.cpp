#include "journey/friction_tally.h"

#include <algorithm>
#include <cstddef>
#include <tuple>
#include <utility>

#include "base/mix.h"

namespace zhike::journey {
namespace {

constexpr std::size_t kExamples = 5;

/// Drawn by hash, so that the same ones are shown again.
auto draw(const FrictionExample& one) {
  return std::tuple(mix(one.customer ^ mix(static_cast<std::uint64_t>(one.began.ms))), one.customer,
                    one.began.ms, one.at.ms);
}

void keep_example(std::vector<FrictionExample>& kept, const FrictionExample& one) {
  const auto at = std::ranges::upper_bound(kept, draw(one), {}, draw);
  if (at - kept.begin() >= static_cast<std::ptrdiff_t>(kExamples)) return;
  kept.insert(at, one);
  if (kept.size() > kExamples) kept.pop_back();
}

void add_moments(stats::Moments& to, const stats::Moments& more) {
  to.n += more.n;
  to.sum += more.sum;
  to.sum_squares += more.sum_squares;
}
stats::Moments moments_of(double answer) { return {.n = 1, .sum = answer, .sum_squares = answer * answer}; }

std::uint64_t place_of(std::uint32_t stratum, std::uint32_t group) {
  return std::uint64_t{stratum} << 8U | group;
}

bool newest_first(const Affected& a, const Affected& b) {
  return a.at.ms != b.at.ms ? a.at.ms > b.at.ms : a.customer < b.customer;
}

}  // namespace

struct FrictionTally::Case {
  std::uint64_t customer = 0;
  std::int64_t began_ms = 0;
  std::uint32_t stratum = 0, group = 0;
  const CaseEvent* answer = nullptr;  ///< the last one
  double spent = 0;
};

std::uint32_t FrictionTally::stratum_of(std::int64_t began_ms) {
  const std::span<const CaseEvent> steps = detectors_.steps();
  const std::int64_t quarter =
      4 * (began_ms - since_ms_) / std::max<std::int64_t>(limits_.until_ms - since_ms_, 1);
  alike_.assign({static_cast<std::uint32_t>(quarter), kinds_.of(steps.front()).channel});
  for (const CaseEvent& step : steps) {
    const std::uint32_t stage = kinds_.of(step).stage;
    if (std::find(alike_.begin() + 2, alike_.end(), stage) == alike_.end()) alike_.push_back(stage);
  }
  std::sort(alike_.begin() + 2, alike_.end());
  return strata_.try_emplace(alike_, static_cast<std::uint32_t>(strata_.size())).first->second;
}

void FrictionTally::count(Item& item, const Case& one, std::int64_t struck_ms) {
  ++item.sum.journeys;
  if (std::exchange(item.customer, customers_) != customers_) {
    ++item.sum.customers;
    item.sum.value += one.spent;
  }
  keep_example(item.sum.examples, {.customer = one.customer, .began = {one.began_ms}, .at = {struck_ms}});
  if (one.answer == nullptr && &item != &all_) return;
  FrictionCell& cell = item.cells[place_of(one.stratum, one.group)];
  cell.stratum = one.stratum;
  cell.group = one.group;
  if (one.answer == nullptr) return;
  const stats::Moments answer = moments_of(static_cast<double>(one.answer->answer));
  add_moments(cell.any, answer);
  if (one.answer->ms > struck_ms) add_moments(cell.later, answer);
}

void FrictionTally::take(std::uint64_t customer, std::span<const CaseEvent> every) {
  detectors_.look(every);
  if (customers_ == 0 || customer != customer_) ++customers_;
  customer_ = customer;
  const std::span<const CaseEvent> steps = detectors_.steps();
  Case one{.customer = customer,
           .began_ms = steps.front().ms,
           .stratum = stratum_of(steps.front().ms),
           .group = static_cast<std::uint32_t>(mix(customer) % kFrictionGroups)};
  for (const CaseEvent& event : every)
    if (event.has_answer()) one.answer = &event;
  if (const auto spent = spending_.find(customer); spent != spending_.end()) one.spent = spent->second;
  answered_ += one.answer != nullptr ? 1 : 0;
  complete_ += detectors_.is_complete() ? 1 : 0;
  took_ms_.push_back(steps.back().ms - steps.front().ms);
  count(all_, one, 0);
  for (const Strike& strike : detectors_.strikes()) count(items_[strike.key], one, strike.ms);
}

void FrictionTally::add(Item& to, Item&& more, std::span<const std::uint32_t> strata) {
  to.sum.journeys += more.sum.journeys;
  to.sum.customers += more.sum.customers;
  to.sum.value += more.sum.value;
  for (const FrictionExample& one : more.sum.examples) keep_example(to.sum.examples, one);
  for (const auto& [place, theirs] : more.cells) {
    const std::uint32_t stratum = strata[theirs.stratum];
    FrictionCell& cell = to.cells[place_of(stratum, theirs.group)];
    cell.stratum = stratum;
    cell.group = theirs.group;
    add_moments(cell.any, theirs.any);
    add_moments(cell.later, theirs.later);
  }
}

void FrictionTally::add(FrictionTally&& other) {
  std::vector<std::uint32_t> strata(other.strata_.size());
  for (const auto& [alike, number] : other.strata_)
    strata[number] = strata_.try_emplace(alike, static_cast<std::uint32_t>(strata_.size())).first->second;
  add(all_, std::move(other.all_), strata);
  for (auto& [key, item] : other.items_) add(items_[key], std::move(item), strata);
  complete_ += other.complete_;
  answered_ += other.answered_;
  took_ms_.insert(took_ms_.end(), other.took_ms_.begin(), other.took_ms_.end());
}

std::map<FrictionKey, FrictionSum> FrictionTally::frictions() const {
  std::map<FrictionKey, FrictionSum> out;
  for (const auto& [key, item] : items_) out.emplace(key, item.sum);
  return out;
}

std::vector<FrictionCell> FrictionTally::cells(const FrictionKey& of) const {
  const Item* item = &all_;
  if (of.detector != Detector::kNone) {
    const auto found = items_.find(of);
    if (found == items_.end()) return {};
    item = &found->second;
  }
  std::vector<std::uint32_t> ranks(strata_.size());
  std::uint32_t rank = 0;
  for (const auto& [alike, number] : strata_) ranks[number] = rank++;
  std::vector<FrictionCell> out;
  for (const auto& [place, cell] : item->cells) {
    out.push_back(cell);
    out.back().stratum = ranks[cell.stratum];
  }
  std::ranges::sort(out, {}, [](const FrictionCell& cell) { return std::pair(cell.stratum, cell.group); });
  return out;
}

void AffectedTally::take(std::uint64_t customer, std::span<const CaseEvent> every) {
  detectors_.look(every);
  const auto strike = std::ranges::find(detectors_.strikes(), key_, &Strike::key);
  if (strike == detectors_.strikes().end()) return;
  if (customer != current_.customer || current_.journeys == 0) {
    keep(current_);
    current_ = {.customer = customer, .began = {}, .at = {}, .journeys = 0};
  }
  if (current_.journeys == 0 || strike->ms > current_.at.ms) {
    current_.began = {detectors_.steps().front().ms};
    current_.at = {strike->ms};
  }
  ++current_.journeys;
}

void AffectedTally::keep(const Affected& one) {
  if (one.journeys == 0) return;
  kept_.push_back(one);
  std::ranges::push_heap(kept_, newest_first);
  if (kept_.size() <= count_) return;
  std::ranges::pop_heap(kept_, newest_first);
  kept_.pop_back();
}

void AffectedTally::add(AffectedTally&& other) {
  for (const Affected& one : other.kept_) keep(one);
  keep(other.current_);
}

std::vector<Affected> AffectedTally::newest() const {
  AffectedTally all = *this;
  all.keep(std::exchange(all.current_, {}));
  std::ranges::sort(all.kept_, newest_first);
  return all.kept_;
}

}  // namespace zhike::journey
