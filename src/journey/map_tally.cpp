#include "journey/map_tally.h"

#include <algorithm>
#include <limits>

namespace zhike::journey {
namespace {

constexpr std::uint32_t kNoPart = std::numeric_limits<std::uint32_t>::max();

void add_count(MapTally::Count& to, const MapTally::Count& more) {
  to.journeys += more.journeys;
  to.customers += more.customers;
  to.events += more.events;
}

}  // namespace

void MapTally::Lane::add(std::uint32_t kind, std::uint32_t stage, std::uint32_t name) {
  auto at =
      std::ranges::find_if(parts, [&](const Part& one) { return one.stage == stage && one.name == name; });
  if (at == parts.end()) at = parts.insert(parts.end(), {.stage = stage, .name = name});
  of_kind[kind] = static_cast<std::uint32_t>(at - parts.begin());
}

void MapTally::Lane::add(const Lane& other) {
  for (std::size_t i = 0; i < parts.size(); ++i) add_count(parts[i].count, other.parts[i].count);
}

MapTally::MapTally(const CaseKinds& kinds, const DetectorLimits& limits)
    : kinds_(kinds), detectors_(kinds, limits) {
  for (Lane* lane : {&touchpoints_, &channels_, &actions_}) lane->of_kind.assign(kinds.kinds.size(), kNoPart);
  for (std::uint32_t kind = 0; kind < kinds.kinds.size(); ++kind) {
    const CaseKinds::Kind& of = kinds.kinds[kind];
    if (of.touchpoint == 0 || of.stage == 0) continue;
    stages_.try_emplace(of.stage);
    touchpoints_.add(kind, of.stage, of.touchpoint);
    if (of.channel != 0) channels_.add(kind, of.stage, of.channel);
    actions_.add(kind, of.stage, of.name);
  }
}

void MapTally::count(Count& into, std::uint64_t events) const {
  into.events += events;
  if (std::exchange(into.seen_case, cases_) == cases_) return;
  ++into.journeys;
  if (std::exchange(into.seen_customer, customers_) != customers_) ++into.customers;
}

void MapTally::count_step(const CaseEvent& step) {
  const std::uint32_t stage = kinds_.of(step).stage;
  if (stage == 0) return;  // it counts for the journey alone
  Stage& in = stages_.at(stage);
  if (in.count.seen_case != cases_) in.in_case = 0;
  count(in.count);
  // The square of n is the sum of the first n odd numbers.
  in.squares += static_cast<double>(2 * in.in_case++ + 1);
  for (Lane* lane : {&touchpoints_, &channels_, &actions_})
    if (const std::uint32_t part = lane->of_kind[step.kind]; part != kNoPart) count(lane->parts[part].count);
}

void MapTally::count_waits() {
  const std::span<const CaseEvent> steps = detectors_.steps();
  for (std::size_t i = 1; i < steps.size(); ++i) {
    const std::uint32_t stage = kinds_.of(steps[i - 1]).stage;
    if (stage == 0 || stage == kinds_.of(steps[i]).stage) continue;
    Stage& in = stages_.at(stage);
    if (std::exchange(in.left_case, cases_) != cases_) in.waits_ms.push_back(steps[i].ms - steps[i - 1].ms);
  }
}

void MapTally::take(std::uint64_t customer, std::span<const CaseEvent> every) {
  detectors_.look(every);
  ++cases_;
  if (customers_ == 0 || customer != customer_) ++customers_;
  customer_ = customer;
  const std::span<const CaseEvent> steps = detectors_.steps();
  count(all_, steps.size());
  complete_ += detectors_.is_complete() ? 1 : 0;
  for (const CaseEvent& step : steps) count_step(step);
  if (const std::uint32_t last = kinds_.of(steps.back()).stage; last != 0) ++stages_.at(last).ended;
  count_waits();
  for (const Strike& strike : detectors_.strikes()) {
    const auto at = std::ranges::find(steps, strike.ms, &CaseEvent::ms);
    if (at == steps.end() || kinds_.of(*at).stage == 0) continue;
    count(pains_[{kinds_.of(*at).stage, strike.key}]);
  }
}

void MapTally::add(MapTally&& other) {
  add_count(all_, other.all_);
  complete_ += other.complete_;
  for (auto& [name, more] : other.stages_) {
    Stage& to = stages_[name];
    add_count(to.count, more.count);
    to.ended += more.ended;
    to.squares += more.squares;
    to.waits_ms.insert(to.waits_ms.end(), more.waits_ms.begin(), more.waits_ms.end());
  }
  touchpoints_.add(other.touchpoints_);
  channels_.add(other.channels_);
  actions_.add(other.actions_);
  for (const auto& [key, more] : other.pains_) add_count(pains_[key], more);
}

}  // namespace zhike::journey
