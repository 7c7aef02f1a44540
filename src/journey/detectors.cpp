#include "journey/detectors.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace zhike::journey {
namespace {

constexpr std::int64_t kVisitMs = 1'800'000, kRageMs = 10'000, kBounceMs = 3 * 86'400'000LL;
constexpr std::uint32_t kLoopVisits = 4, kMenuVisits = 3;

constexpr std::array<std::string_view, 10> kNames{
    "",         "abandoned", "back_and_forth", "channel_bounce",   "dead_end",
    "ivr_loop", "loop",      "rage",           "repeated_contact", "wait"};

}  // namespace

std::string_view to_string(Detector detector) noexcept { return kNames[static_cast<std::size_t>(detector)]; }

Detector parse_detector(std::string_view text) noexcept {
  const auto at = std::ranges::find(kNames, text);
  return at == kNames.end() ? Detector::kNone : static_cast<Detector>(at - kNames.begin());
}

Detectors::Detectors(const CaseKinds& kinds, const DetectorLimits& limits)
    : kinds_(kinds),
      limits_(limits),
      logistics_(kinds.number("logistics")),
      campaign_(kinds.number("campaign")),
      shipping_(kinds.number("shipping")),
      delivery_(kinds.number("delivery")),
      contact_(kinds.number("contact")),
      ticket_(kinds.number("ticket")),
      checkout_(kinds.number("checkout")),
      order_(kinds.number("order")),
      payment_(kinds.number("payment")),
      self_service_(kinds.number("self_service")) {}

void Detectors::look(std::span<const CaseEvent> every) {
  steps_.clear();
  strikes_.clear();
  is_complete_ = false;
  for (const CaseEvent& event : every) {
    if (event.is_answer) continue;
    steps_.push_back(event);
    is_complete_ = is_complete_ || of(event).is_end;
  }
  find_turns();
  find_loops();
  find_returns();
  find_rage();
  find_dead_ends();
  find_ivr_loops();
  find_bounces();
  find_contacts();
  find_waits();
  find_abandoned();
  std::ranges::sort(strikes_);
  const auto rest = std::ranges::unique(strikes_, {}, &Strike::key);
  strikes_.erase(rest.begin(), rest.end());
}

void Detectors::strike(Detector detector, std::uint32_t place, std::uint32_t other, std::int64_t ms) {
  strikes_.push_back({.key = {.detector = detector, .place = place, .other = other}, .ms = ms});
}

/// Visits, the changes of place in them, and those of channel where the customer came to us.
void Detectors::find_turns() {
  visits_.clear();
  turns_.clear();
  hops_.clear();
  std::uint32_t visit = 0;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const CaseEvent& step = steps_[i];
    const CaseKinds::Kind& kind = of(step);
    if (i > 0 && step.ms - steps_[i - 1].ms > kVisitMs) ++visit;
    visits_.push_back(visit);
    if (turns_.empty() || turns_.back().place != kind.touchpoint || turns_.back().visit != visit)
      turns_.push_back({.ms = step.ms, .place = kind.touchpoint, .visit = visit});
    const auto is = [](std::uint32_t name, std::uint32_t wanted) { return wanted != 0 && name == wanted; };
    const bool comes = kind.channel != 0 && !is(kind.channel, logistics_) &&
                       !is(kind.touchpoint, campaign_) && !is(kind.touchpoint, shipping_) &&
                       !is(kind.touchpoint, delivery_);
    if (comes && (hops_.empty() || hops_.back().place != kind.channel))
      hops_.push_back({.ms = step.ms, .place = kind.channel, .visit = visit});
  }
}

void Detectors::find_loops() {
  seen_.clear();
  for (const Turn& turn : turns_) {
    const std::uint64_t which = std::uint64_t{turn.visit} << 32U | turn.place;
    auto at = std::ranges::find(seen_, which, &std::pair<std::uint64_t, std::uint32_t>::first);
    if (at == seen_.end()) {
      // What was seen in an earlier visit does not come again.
      if (!seen_.empty() && seen_.back().first >> 32U != turn.visit) seen_.clear();
      at = seen_.insert(seen_.end(), {which, 0});
    }
    if (++at->second == kLoopVisits) strike(Detector::kLoop, turn.place, 0, turn.ms);
  }
}

void Detectors::find_returns() {
  for (std::size_t i = 3; i < turns_.size(); ++i) {
    const Turn &a = turns_[i - 3], &b = turns_[i - 2], &c = turns_[i - 1], &d = turns_[i];
    if (a.place == c.place && b.place == d.place && a.visit == d.visit)
      strike(Detector::kBackAndForth, std::min(a.place, b.place), std::max(a.place, b.place), d.ms);
  }
}

void Detectors::find_rage() {
  for (std::size_t i = 3; i < steps_.size(); ++i) {
    const std::uint32_t kind = steps_[i].kind;
    if (steps_[i - 3].kind == kind && steps_[i - 2].kind == kind && steps_[i - 1].kind == kind &&
        steps_[i].ms - steps_[i - 3].ms <= kRageMs)
      strike(Detector::kRage, of(steps_[i]).touchpoint, of(steps_[i]).name, steps_[i].ms);
  }
}

void Detectors::find_dead_ends() {
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const bool is_last = i + 1 == steps_.size() || visits_[i + 1] != visits_[i];
    if (is_last && of(steps_[i]).is_failure && steps_[i].ms + kVisitMs <= limits_.until_ms)
      strike(Detector::kDeadEnd, of(steps_[i]).touchpoint, of(steps_[i]).name, steps_[i].ms);
  }
}

/// Menus are told apart by the names of their events: events of one name are one stay, however many.
void Detectors::find_ivr_loops() {
  if (self_service_ == 0) return;
  seen_.clear();
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    if (i > 0 && visits_[i] != visits_[i - 1]) seen_.clear();
    if (of(steps_[i]).touchpoint != self_service_) continue;
    const std::uint64_t menu = of(steps_[i]).name;
    const bool stays = i > 0 && visits_[i] == visits_[i - 1] &&
                       of(steps_[i - 1]).touchpoint == self_service_ && of(steps_[i - 1]).name == menu;
    if (stays) continue;
    auto at = std::ranges::find(seen_, menu, &std::pair<std::uint64_t, std::uint32_t>::first);
    if (at == seen_.end()) at = seen_.insert(seen_.end(), {menu, 0});
    if (++at->second == kMenuVisits)
      strike(Detector::kIvrLoop, self_service_, static_cast<std::uint32_t>(menu), steps_[i].ms);
  }
}

void Detectors::find_bounces() {
  for (std::size_t i = 3; i < hops_.size(); ++i) {
    const Turn &a = hops_[i - 3], &b = hops_[i - 2], &d = hops_[i];
    if (d.ms - a.ms <= kBounceMs)
      strike(Detector::kChannelBounce, std::min(a.place, b.place), std::max(a.place, b.place), d.ms);
  }
}

void Detectors::find_contacts() {
  bool is_first = true;
  std::uint64_t first = 0;
  std::uint32_t place = 0;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const std::uint32_t touchpoint = of(steps_[i]).touchpoint;
    if (touchpoint != contact_ && touchpoint != ticket_) continue;
    const std::uint64_t about = steps_[i].matter != 0 ? steps_[i].matter : visits_[i];
    if (std::exchange(is_first, false)) {
      first = about;
      place = touchpoint;
    } else if (about != first) {
      strike(Detector::kRepeatedContact, place, 0, steps_[i].ms);
      return;
    }
  }
}

void Detectors::find_waits() {
  if (limits_.fences.empty()) return;
  worked_.clear();
  for (const CaseEvent& step : steps_)
    if (step.matter != 0) worked_.push_back(step);
  std::ranges::stable_sort(worked_, {}, &CaseEvent::matter);
  for (std::size_t i = 1; i < worked_.size(); ++i) {
    const CaseEvent &one = worked_[i - 1], &next = worked_[i];
    if (one.matter != next.matter) continue;
    const auto fence = limits_.fences.find(std::uint64_t{one.kind} << 32U | next.kind);
    if (fence != limits_.fences.end() && next.ms - one.ms > fence->second)
      strike(Detector::kWait, of(one).name, of(next).name, next.ms);
  }
}

void Detectors::find_abandoned() {
  const CaseEvent& last = steps_.back();
  if (last.ms + limits_.pause_ms > limits_.until_ms) return;
  if (limits_.has_ends) {
    if (!is_complete_) strike(Detector::kAbandoned, of(last).touchpoint, 0, last.ms);
    return;
  }
  const auto passes = [&](std::uint32_t place) {
    return place != 0 &&
           std::ranges::any_of(steps_, [&](const CaseEvent& s) { return of(s).touchpoint == place; });
  };
  if (passes(checkout_) && !passes(order_) && !passes(payment_))
    strike(Detector::kAbandoned, checkout_, 0, last.ms);
}

}  // namespace zhike::journey
