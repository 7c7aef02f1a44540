#include "journey/case_tally.h"

#include <algorithm>
#include <limits>
#include <string>
#include <tuple>

#include "journey/cases.h"
#include "journey/tallies.h"
#include "query/filter.h"

namespace zhike::journey {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr double kMedian = 0.5, kLate = 0.9;

CaseDuration duration_of(std::vector<std::int64_t>& times) {
  CaseDuration out{.n = times.size()};
  if (times.empty()) return out;
  out.median_ms = static_cast<double>(*time_quantile(times, kMedian));
  out.p90_ms = static_cast<double>(*time_quantile(times, kLate));
  std::ranges::sort(times);
  if (const auto ranks = stats::quantile_ranks(times.size(), kMedian))
    out.median_range = stats::Interval{static_cast<double>(times[ranks->low - 1]),
                                       static_cast<double>(times[ranks->high - 1])};
  return out;
}

std::int32_t day_of(const Zone& zone, std::int64_t ms) {
  const std::int64_t local = zone.to_local_ms({ms});
  return static_cast<std::int32_t>((local - ((local % kDayMs) + kDayMs) % kDayMs) / kDayMs);
}

std::uint64_t& counter(auto& of, CaseState state) {
  if (state == CaseState::kRunning) return of.running;
  return state == CaseState::kComplete ? of.complete : of.left;
}

}  // namespace

CaseTally::CaseTally(const CaseKinds& kinds, const CaseQuestion& question, const query::Filter& filter)
    : kinds_(&kinds),
      question_(&question),
      filter_(&filter),
      pause_ms_(pause_of(question.definition)),
      stage_(kinds.number(question.stage)),
      touchpoint_(kinds.number(question.touchpoint)),
      lists_none_((!question.stage.empty() && stage_ == 0) ||
                  (!question.touchpoint.empty() && touchpoint_ == 0)),
      last_customer_(std::numeric_limits<std::uint64_t>::max()) {}

/// A kind that came since the names were asked for has none.
CaseKinds::Kind CaseTally::kind(std::uint32_t number) const {
  return number < kinds_->kinds.size() ? kinds_->kinds[number] : CaseKinds::Kind{};
}

void CaseTally::take(const CaseRow& row) {
  if (row.began_ms < filter_->range.from.ms || row.began_ms >= filter_->range.to.ms) return;
  const CaseState state = state_of(row, pause_ms_, question_->now.ms);
  count(row, state);
  if (!is_listed(row, state)) return;
  ++listed_;
  items_.push_back(row);
  if (items_.size() >= 2 * (question_->offset + question_->limit) + 1'000) keep_first();
}

void CaseTally::count(const CaseRow& row, CaseState state) {
  if (row.customer != last_customer_) ++customers_;
  last_customer_ = row.customer;
  const CaseKinds::Kind last = kind(row.last_kind);
  Place& place = places_[{last.stage, last.touchpoint}];
  ++counter(place, state);
  if (state == CaseState::kRunning)
    place.quiet_ms.push_back(std::max<std::int64_t>(question_->now.ms - row.last_ms, 0));
  if (state == CaseState::kComplete) took_ms_.push_back(row.stepped_ms - row.began_ms);
  CaseDay& day = days_[day_of(filter_->zone, row.began_ms)];
  ++day.began;
  if (state == CaseState::kComplete) ++day.complete;
  if (state == CaseState::kLeft) ++day.left;
}

bool CaseTally::is_listed(const CaseRow& row, CaseState state) const {
  if (lists_none_ || (question_->state && *question_->state != state)) return false;
  const CaseKinds::Kind last = kind(row.last_kind);
  if (stage_ != 0 && last.stage != stage_) return false;
  if (touchpoint_ != 0 && last.touchpoint != touchpoint_) return false;
  return question_->now.ms - row.last_ms >= question_->quiet_least.value;
}

bool CaseTally::comes_before(const CaseRow& a, const CaseRow& b) const {
  const auto key = [&](const CaseRow& row) -> std::int64_t {
    switch (question_->order) {
      case CaseOrder::kQuiet:
        return row.last_ms;
      case CaseOrder::kBegan:
        return -row.began_ms;
      case CaseOrder::kSteps:
        return -std::int64_t{row.steps};
      case CaseOrder::kFailures:
        return -std::int64_t{row.failures};
    }
    return 0;
  };
  return std::tuple(key(a), a.customer, a.began_ms) < std::tuple(key(b), b.customer, b.began_ms);
}

void CaseTally::keep_first() {
  const std::size_t count = std::min(items_.size(), question_->offset + question_->limit);
  std::ranges::partial_sort(items_, items_.begin() + static_cast<std::ptrdiff_t>(count),
                            [this](const CaseRow& a, const CaseRow& b) { return comes_before(a, b); });
  items_.resize(count);
}

void CaseTally::add(CaseTally&& other) {
  customers_ += other.customers_;
  listed_ += other.listed_;
  for (auto& [at, place] : other.places_) {
    Place& mine = places_[at];
    mine.running += place.running;
    mine.complete += place.complete;
    mine.left += place.left;
    mine.quiet_ms.insert(mine.quiet_ms.end(), place.quiet_ms.begin(), place.quiet_ms.end());
  }
  for (const auto& [day, counts] : other.days_) {
    CaseDay& mine = days_[day];
    mine.began += counts.began;
    mine.complete += counts.complete;
    mine.left += counts.left;
  }
  took_ms_.insert(took_ms_.end(), other.took_ms_.begin(), other.took_ms_.end());
  items_.insert(items_.end(), other.items_.begin(), other.items_.end());
}

CaseReport CaseTally::report() {
  CaseReport out;
  out.customers = customers_;
  std::vector<std::int64_t> quiet_ms;
  for (auto& [at, place] : places_) {
    out.running += place.running;
    out.complete += place.complete;
    out.left += place.left;
    quiet_ms.insert(quiet_ms.end(), place.quiet_ms.begin(), place.quiet_ms.end());
    out.places.push_back({.stage = kinds_->names[at.first],
                          .touchpoint = kinds_->names[at.second],
                          .running = place.running,
                          .complete = place.complete,
                          .left = place.left,
                          .quiet = duration_of(place.quiet_ms)});
  }
  std::ranges::stable_sort(out.places, std::greater{}, [](const CasePlace& one) {
    return std::tuple(one.running, one.left, one.complete);
  });
  const stats::Share over{.hits = out.complete, .n = out.complete + out.left};
  if (!question_->definition.ends.empty() && over.n > 0) out.completion = stats::wilson(over);
  out.took = duration_of(took_ms_);
  out.quiet = duration_of(quiet_ms);
  std::vector<std::int32_t> all = query::buckets(filter_->range, filter_->zone, query::Grain::kDay);
  // Ranges may be as long as time: from the first day that has a case.
  const std::int32_t first = days_.empty() ? std::numeric_limits<std::int32_t>::max() : days_.begin()->first;
  std::erase_if(all, [&](std::int32_t day) { return day < first; });
  if (all.size() > CaseReport::kDaysMax)
    all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(CaseReport::kDaysMax));
  for (const std::int32_t day : all) {
    CaseDay one = days_.contains(day) ? days_[day] : CaseDay{};
    one.day = day;
    out.days.push_back(one);
  }
  keep_first();
  out.listed = listed_;
  for (std::size_t i = question_->offset; i < items_.size(); ++i) {
    const CaseKinds::Kind last = kind(items_[i].last_kind), opening = kind(items_[i].first_kind);
    out.items.push_back({.row = items_[i],
                         .state = state_of(items_[i], pause_ms_, question_->now.ms),
                         .stage = kinds_->names[last.stage],
                         .touchpoint = kinds_->names[last.touchpoint],
                         .channel = kinds_->names[last.channel],
                         .first_channel = kinds_->names[opening.channel]});
  }
  return out;
}

}  // namespace zhike::journey
