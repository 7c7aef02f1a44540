// One replication: events in the order of time.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <mutex>
#include <queue>
#include <utility>
#include <vector>

#include "base/mix.h"
#include "base/tasks.h"
#include "journey/performance.h"
#include "journey/simulation_model.h"
#include "stats/interval.h"

namespace zhike::journey::simulated {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kDayMs = 24 * kHourMs, kGraceMs = 366 * kDayMs;
constexpr std::size_t kDaySlots = 24 * kSlotsAnHour;
constexpr std::int64_t kHourKeys = 1LL << 32;  // apart from those of days

/// What a random number is for. Each is named by what it decides and not drawn in turn, so that both sides of
/// a comparison meet the same luck (common random numbers).
enum class For : std::uint64_t {
  kRoute,
  kCopies,
  kCopyTime,
  kCount,
  kTime,
  kWork,
  kAutomatic,
  kPresence,
  kReroute,
  kCopyHour,
  kLeaving,
  kHolding
};

double uniform(std::uint64_t key, std::uint64_t number, For what) {
  return static_cast<double>(mix(mix(key ^ number) ^ static_cast<std::uint64_t>(what)) >> 11U) * 0x1p-53;
}

/// By inversion, in parts that do not underflow: a sum of Poisson counts is one.
std::uint64_t poisson(double mean, std::uint64_t key) {
  constexpr double kPart = 200;
  std::uint64_t out = 0;
  for (std::uint64_t part = 0; mean > 0; ++part, mean -= kPart) {
    const double of = std::min(mean, kPart), u = uniform(key, part, For::kCount);
    double chance = std::exp(-of), sum = chance;
    for (std::uint64_t n = 1; u >= sum && chance > 0; ++n, ++out) {
      chance *= of / static_cast<double>(n);
      sum += chance;
    }
  }
  return out;
}

struct Arrival {
  double at = 0;
  std::uint64_t key = 0;  ///< of the case's random numbers
};

/// When a copy of an arrival comes: at the same time of another week near it. Beside the arrival itself it
/// would make busy hours busier than more cases do, which come independently of those there are.
double copy_of(double at, double span, std::uint64_t own, std::uint64_t copy) {
  constexpr double kWeekMs = 7 * kDayMs;
  constexpr double kFar = 4;  // weeks, so that the log's trend stays
  const double number = std::floor(uniform(own, copy, For::kCopyTime) * 2 * kFar);
  const double weeks = number < kFar ? number - kFar : number - kFar + 1;
  for (const double away : {weeks, -weeks, weeks > 0 ? 1.0 : -1.0, weeks > 0 ? -1.0 : 1.0})
    if (const double then = at + away * kWeekMs; then >= 0 && then <= span) return then;
  // Less than two weeks: somewhere in the hour, so that a copy of the day's last case does not come by night.
  const double hour = std::floor(at / kHourMs) * kHourMs;
  return std::min(hour + uniform(own, copy, For::kCopyHour) * kHourMs, span);
}

/// Those of the log, each so many times as arrivals are scaled.
std::vector<Arrival> observed_arrivals(const Scenario& of, std::uint64_t key) {
  const auto& seen = of.model->arrivals;
  std::vector<Arrival> out;
  const auto whole = static_cast<std::uint64_t>(of.arrivals);
  const double part = of.arrivals - static_cast<double>(whole);
  for (std::size_t i = 0; i < seen.size(); ++i) {
    const std::uint64_t own = mix(key ^ (i << 8U));
    const std::uint64_t copies = whole + (uniform(own, 0, For::kCopies) < part ? 1U : 0U);
    for (std::uint64_t copy = 0; copy < copies; ++copy)
      out.push_back({copy == 0 ? seen[i] : copy_of(seen[i], of.model->span, own, copy), mix(own + copy)});
  }
  return out;
}

std::vector<Arrival> drawn_arrivals(const Scenario& of, std::uint64_t key) {
  std::vector<Arrival> out;
  const Model& model = *of.model;
  for (std::size_t k = 0; k < model.hour_of_week.size(); ++k) {
    const std::uint64_t own = mix(key ^ (k << 24U));
    const double mean = model.rate[model.hour_of_week[k]] * of.arrivals;
    const std::uint64_t n = poisson(mean, own);
    for (std::uint64_t i = 0; i < n; ++i) {
      const double at = (static_cast<double>(k) + uniform(own, i, For::kTime)) * kHourMs;
      if (at <= model.span) out.push_back({at, mix(own + i)});
    }
  }
  return out;
}

struct Case {
  double arrived = 0, seen = 0, waited = 0;
  std::uint64_t key = 0;
  std::uint32_t next = 0, end = 0,
                left = 0;  ///< steps: first of the next stage, end of the plan; of this stage
  std::uint32_t plan = 0;
};

enum class What : std::uint8_t { kDone, kReady, kWake };
struct Event {
  double at = 0;
  std::uint64_t order = 0;
  std::uint32_t which = 0, step = 0;  ///< case or group
  What what = What::kDone;
};
struct Later {
  bool operator()(const Event& a, const Event& b) const {
    return a.at != b.at ? a.at > b.at : a.order > b.order;
  }
};
struct Waiting {
  double since = 0;
  std::uint32_t which = 0, step = 0;
};
struct Desk {
  std::vector<Waiting> queue;
  std::size_t head = 0;
  std::uint32_t busy = 0, over = 0;  ///< steps in hand; of them, of people who have left and end them
  std::int64_t turned = -1;          ///< slot up to which people have left
  bool wakes = false;
  double worked = 0;  ///< while arrivals count
  std::int64_t slot = -1;
  std::uint32_t there = 0;  ///< in that slot
};
struct Sum {
  double waiting = 0, working = 0;
  std::uint64_t n = 0;
};

class Replication {
 public:
  Replication(const Scenario& scenario, const RunOptions& options, std::uint64_t key)
      : of_(scenario), model_(*scenario.model), options_(options), key_(key) {}

  Run play() {
    const auto arrivals =
        options_.arrivals == Arrivals::kObserved ? observed_arrivals(of_, key_) : drawn_arrivals(of_, key_);
    auto order = arrivals;
    std::ranges::stable_sort(order, {}, &Arrival::at);
    desks_.resize(of_.at_work.size());
    sums_.resize(of_.work.size());
    cases_.reserve(order.size());
    const double until = 10 * model_.span + kGraceMs;
    constexpr std::uint64_t kAskEvery = 4096;  // events: less than a millisecond
    std::size_t next = 0;
    std::uint64_t happened = 0;
    while (next < order.size() || !events_.empty()) {
      if (happened++ % kAskEvery == 0 && options_.stopped && options_.stopped()) return {.stopped = true};
      // At the same time work ends before a case comes, so that it finds who has become free.
      if (next < order.size() && (events_.empty() || order[next].at < events_.top().at)) {
        arrive(order[next++]);
        continue;
      }
      const Event event = events_.top();
      if (event.at > until) return {.piled_up = true};
      events_.pop();
      now_ = event.at;
      happen(event);
    }
    return outcome();
  }

 private:
  void put(double at, What what, std::uint32_t which, std::uint32_t step) {
    events_.push({at, order_++, which, step, what});
  }
  [[nodiscard]] bool counts(const Case& of) const { return of.arrived >= model_.warmup; }

  void arrive(const Arrival& arrival) {
    now_ = arrival.at;
    const std::uint32_t plan = plan_of(arrival.key);
    cases_.push_back({.arrived = now_,
                      .seen = kNaN,
                      .key = arrival.key,
                      .next = of_.plans.offsets[plan],
                      .end = of_.plans.offsets[plan + 1],
                      .plan = plan});
    begin_stage(static_cast<std::uint32_t>(cases_.size() - 1));
  }

  /// The case of the log whose steps are taken. With weights as often the same as without them as can be: it
  /// is kept with its weight, and where it is not, drawn from those that gained (a maximal coupling).
  [[nodiscard]] std::uint32_t plan_of(std::uint64_t key) const {
    const auto plan =
        static_cast<std::uint32_t>(uniform(key, 0, For::kRoute) * static_cast<double>(of_.plans.size()));
    if (of_.weight.empty() || uniform(key, 0, For::kReroute) < of_.weight[plan]) return plan;
    const double at = uniform(key, 1, For::kReroute) * of_.gained.back();
    const auto found = std::ranges::upper_bound(of_.gained, at);
    return static_cast<std::uint32_t>(std::min(found, of_.gained.end() - 1) - of_.gained.begin());
  }

  void begin_stage(std::uint32_t which) {
    Case& of = cases_[which];
    if (of.next == of.end) {
      leave(of);
      return;
    }
    const std::uint32_t first = of.next, stage = of_.plans.steps[first].stage;
    while (of.next < of.end && of_.plans.steps[of.next].stage == stage) ++of.next;
    const std::uint32_t end = of.next;
    of.left = end - first;
    for (std::uint32_t s = first; s < end; ++s) {
      if (of_.plans.steps[s].gap > 0) {
        put(now_ + of_.plans.steps[s].gap, What::kReady, which, s);
      } else {
        ready(which, s);
      }
    }
  }

  void ready(std::uint32_t which, std::uint32_t s) {
    const Planned& step = of_.plans.steps[s];
    Case& of = cases_[which];
    if (of_.automated[step.activity] > 0 &&
        uniform(of.key, step.place, For::kAutomatic) < of_.automated[step.activity]) {
      see(of, now_);
      if (counts(of)) add(step, step.gap, 0);
      put(now_, What::kDone, which, s);
      return;
    }
    if (step.group == kNoGroup) {
      work(which, s, step.gap);
      return;
    }
    desks_[step.group].queue.push_back({now_, which, s});
    serve(step.group);
  }

  void work(std::uint32_t which, std::uint32_t s, double waited) {
    const Planned& step = of_.plans.steps[s];
    Case& of = cases_[which];
    const double took = of_.work[step.activity].draw(uniform(of.key, step.place, For::kWork));
    const bool from_end = of_.plans.from_end[of.plan];
    see(of, from_end ? now_ + took : now_);
    if (counts(of)) add(step, waited, took);
    if (step.group != kNoGroup) {
      const double from = std::max(now_, model_.warmup), to = std::min(now_ + took, model_.span);
      if (to > from) desks_[step.group].worked += to - from;
    }
    put(now_ + took, What::kDone, which, s);
  }

  static void see(Case& of, double at) {
    if (std::isnan(of.seen)) of.seen = at;
  }
  void add(const Planned& step, double waited, double took) {
    Sum& sum = sums_[step.activity];
    sum.waiting += waited;
    sum.working += took;
    ++sum.n;
  }

  /// Steps that the people at work in a quarter of an hour may have in hand: of a fraction one more, on so
  /// many of the days, then all day long; of people who do mostly other work, in so many of the hours.
  std::uint32_t hands(std::uint32_t group, std::int64_t slot) {
    Desk& desk = desks_[group];
    if (desk.slot == slot) return desk.there;
    const double mean = of_.at_work[group][slot_of_week(slot)] * model_.groups[group].in_hand;
    const double shared = mean * model_.groups[group].shared;
    desk.slot = slot;
    desk.there = steady_hands(group, slot);
    if (shared > 0)
      desk.there += drawn(shared, group, slot / static_cast<std::int64_t>(kSlotsAnHour) + kHourKeys);
    if (options_.endless_people && mean > 0) desk.there = std::numeric_limits<std::uint32_t>::max();
    return desk.there;
  }
  [[nodiscard]] std::uint32_t steady_hands(std::uint32_t group, std::int64_t slot) const {
    const Group& of = model_.groups[group];
    return drawn(of_.at_work[group][slot_of_week(slot)] * of.in_hand * (1 - of.shared), group, day_of(slot));
  }
  [[nodiscard]] std::uint32_t drawn(double mean, std::uint32_t group, std::int64_t when) const {
    const std::uint64_t key = key_ ^ (static_cast<std::uint64_t>(group) << 40U);
    // Dust of a sum of shares is no person.
    const double luck = std::min(uniform(key, static_cast<std::uint64_t>(when), For::kPresence), 1 - 1e-9);
    return static_cast<std::uint32_t>(std::floor(mean + luck));
  }
  [[nodiscard]] std::size_t slot_of_week(std::int64_t slot) const {
    const auto& known = model_.hour_of_week;
    const auto at = static_cast<std::size_t>(slot) / kSlotsAnHour;
    const std::size_t hour =
        at < known.size() ? known[at] : (known.back() + (at - known.size() + 1)) % kHours;
    return hour * kSlotsAnHour + static_cast<std::size_t>(slot) % kSlotsAnHour;
  }
  [[nodiscard]] std::int64_t day_of(std::int64_t slot) const {
    return (slot / static_cast<std::int64_t>(kSlotsAnHour) + model_.hour_of_week.front() % 24) / 24;
  }
  /// People leave with what they have in hand, and whoever comes in their place is free: which of the steps
  /// are taken along is left to chance.
  void turn_over(std::uint32_t group, std::int64_t now) {
    Desk& desk = desks_[group];
    const std::uint64_t key = mix(key_ ^ (static_cast<std::uint64_t>(group) << 48U));
    for (std::int64_t slot = std::max<std::int64_t>(desk.turned + 1, 1); slot <= now && desk.busy > desk.over;
         ++slot) {
      const std::size_t was = slot_of_week(slot - 1), is = slot_of_week(slot);
      const double mean = of_.relieved[group][is] * model_.groups[group].in_hand;
      // Within a day whose numbers do not change nobody leaves.
      if (mean <= 0 && of_.at_work[group][was] == of_.at_work[group][is] && was / kDaySlots == is / kDaySlots)
        continue;
      const auto name = static_cast<std::uint64_t>(slot);
      const std::uint32_t before = steady_hands(group, slot - 1), after = steady_hands(group, slot);
      const auto leave = static_cast<std::uint32_t>(std::floor(mean + uniform(key, name, For::kLeaving))) +
                         (before > after ? before - after : 0);
      const double were = std::max(1U, hands(group, slot - 1));
      for (std::uint32_t i = 0; i < leave && desk.busy > desk.over; ++i) {
        const double held = (desk.busy - desk.over) / std::max(1.0, were - i);
        if (uniform(mix(key + name), i, For::kHolding) < held) ++desk.over;
      }
    }
    desk.turned = now;
  }
  /// A step of the group has ended.
  void lay_down(std::uint32_t group, const Case& of, std::uint32_t place) {
    Desk& desk = desks_[group];
    const double over = static_cast<double>(desk.over) / desk.busy;
    if (desk.over > 0 && uniform(of.key, place, For::kHolding) < over) --desk.over;
    --desk.busy;
  }
  /// The next slot in which somebody of the group is there; none in a week: the one a week on.
  std::int64_t next_staffed(std::uint32_t group, std::int64_t slot) {
    const std::int64_t last = slot + static_cast<std::int64_t>(kWeek);
    for (++slot; slot < last && hands(group, slot) == 0;) ++slot;
    return slot;
  }

  void serve(std::uint32_t group) {
    Desk& desk = desks_[group];
    const auto slot = static_cast<std::int64_t>(now_ / kSlotMs);
    turn_over(group, slot);
    while (desk.head < desk.queue.size() && desk.busy - desk.over < hands(group, slot)) {
      const Waiting first = desk.queue[desk.head++];
      ++desk.busy;
      const double waited = now_ - first.since;
      cases_[first.which].waited += waited;
      work(first.which, first.step, waited + of_.plans.steps[first.step].gap);
    }
    if (desk.head == desk.queue.size()) {
      desk.queue.clear();
      desk.head = 0;
    } else if (!desk.wakes) {
      desk.wakes = true;
      put(static_cast<double>(next_staffed(group, slot)) * kSlotMs, What::kWake, group, 0);
    }
  }

  void happen(const Event& event) {
    if (event.what == What::kReady) {
      ready(event.which, event.step);
    } else if (event.what == What::kWake) {
      desks_[event.which].wakes = false;
      serve(event.which);
    } else {
      done(event.which, event.step);
    }
  }

  void done(std::uint32_t which, std::uint32_t s) {
    const Planned& step = of_.plans.steps[s];
    const bool by_person =
        step.group != kNoGroup &&
        !(of_.automated[step.activity] > 0 &&
          uniform(cases_[which].key, step.place, For::kAutomatic) < of_.automated[step.activity]);
    if (now_ >= model_.warmup && now_ <= model_.span) cost_ += model_.each[step.activity];
    if (--cases_[which].left == 0) begin_stage(which);
    if (by_person) {
      turn_over(step.group, static_cast<std::int64_t>(now_ / kSlotMs));
      lay_down(step.group, cases_[which], step.place);
      serve(step.group);
    }
  }

  void leave(const Case& of) {
    if (now_ >= model_.warmup && now_ <= model_.span) ++ended_;
    if (!counts(of)) return;
    cycles_.push_back(now_ - of.arrived);
    seen_.push_back(now_ - (std::isnan(of.seen) ? of.arrived : of.seen));
    waited_ += of.waited;
    within_ += of.waited <= options_.wait_max ? 1 : 0;
  }

  Run outcome() {
    Run out;
    const auto n = static_cast<double>(cycles_.size());
    out.waited = n > 0 ? waited_ / n : kNaN;
    out.within = n > 0 ? within_ / n : kNaN;
    const Spread cycle = spread_of(cycles_), seen = spread_of(seen_);
    out.mean = cycle.mean.value_or(kNaN);
    out.median = cycle.median.value_or(kNaN);
    out.p90 = cycle.p90.value_or(kNaN);
    out.seen_mean = seen.mean.value_or(kNaN);
    out.seen_p90 = seen.p90.value_or(kNaN);
    out.throughput_a_day = static_cast<double>(ended_) / ((model_.span - model_.warmup) / kDayMs);
    for (const Sum& sum : sums_) {
      out.step_waiting.push_back(sum.n > 0 ? sum.waiting / static_cast<double>(sum.n) : kNaN);
      out.step_working.push_back(sum.n > 0 ? sum.working / static_cast<double>(sum.n) : kNaN);
    }
    for (std::uint32_t g = 0; g < desks_.size(); ++g) {
      const double there = time_of_hands(g);
      out.utilisation.push_back(there > 0 ? desks_[g].worked / there : kNaN);
      cost_ += model_.hourly[g] * there / model_.groups[g].in_hand / kHourMs;
    }
    out.cost = model_.has_costs && ended_ > 0 ? cost_ / static_cast<double>(ended_) : kNaN;
    return out;
  }

  double time_of_hands(std::uint32_t group) {
    double out = 0;
    const auto last = static_cast<std::int64_t>(model_.span / kSlotMs);
    for (auto slot = static_cast<std::int64_t>(model_.warmup / kSlotMs); slot <= last; ++slot) {
      const double from = std::max(model_.warmup, static_cast<double>(slot) * kSlotMs);
      const double to = std::min(model_.span, static_cast<double>(slot + 1) * kSlotMs);
      out += (to - from) * hands(group, slot);
    }
    return out;
  }

  const Scenario& of_;
  const Model& model_;
  const RunOptions& options_;
  std::uint64_t key_, order_ = 0, ended_ = 0;
  double now_ = 0, waited_ = 0, within_ = 0, cost_ = 0;
  std::vector<Case> cases_;
  std::vector<Desk> desks_;
  std::vector<Sum> sums_;
  std::vector<double> cycles_, seen_;
  std::priority_queue<Event, std::vector<Event>, Later> events_;
};

}  // namespace

double Work::draw(double u) const {
  if (exponential) return -scale * fixed * std::log1p(-u);
  if (sorted.empty()) return scale * fixed;
  return scale * sorted[static_cast<std::size_t>(u * static_cast<double>(sorted.size()))];
}

double Work::mean() const {
  if (sorted.empty()) return scale * fixed;
  double sum = 0;
  for (const double value : sorted) sum += value;
  return scale * sum / static_cast<double>(sorted.size());
}

std::vector<Run> run(const Scenario& scenario, const RunOptions& options) {
  std::vector<Run> out(static_cast<std::size_t>(options.replications));
  std::mutex telling;
  run_tasks(out.size(), options.threads, [&](std::size_t r) {
    out[r] = Replication(scenario, options, mix(options.seed * 0x10001ULL + r)).play();
    if (!options.done_one) return;
    const std::scoped_lock lock(telling);
    options.done_one();
  });
  return out;
}

Simulated over(const std::vector<double>& values) {
  std::vector<double> known;
  for (const double value : values)
    if (!std::isnan(value)) known.push_back(value);
  if (known.empty()) return {.value = kNaN};
  const stats::Moments moments = stats::moments(known);
  return {.value = moments.mean(), .interval = stats::mean_interval(moments)};
}

double steps_of(const Scenario& scenario) {
  const Plans& plans = scenario.plans;
  double steps = 0;
  for (std::size_t c = 0; c < plans.size(); ++c)
    steps += (plans.offsets[c + 1] - plans.offsets[c]) * (scenario.weight.empty() ? 1 : scenario.weight[c]);
  return steps / static_cast<double>(plans.size()) * static_cast<double>(scenario.model->arrivals.size()) *
         scenario.arrivals;
}

}  // namespace zhike::journey::simulated
