#include "journey/simulation_calendar.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <numeric>
#include <span>
#include <utility>

#include "journey/performance.h"
#include "journey/simulation_people.h"

namespace zhike::journey::simulated {
namespace {

using Millis64 = std::int64_t;
constexpr Millis64 kMinute = 60'000, kHour = 60 * kMinute, kDay = 24 * kHour;
constexpr Millis64 kSlot = kHour / static_cast<Millis64>(kSlotsAnHour);
constexpr Millis64 kLyingMin = kDay / 2;      // longer steps lie overnight, nobody works on them
constexpr Millis64 kSessionMax = 20 * kHour;  // within which the longest pause is sought
constexpr Millis64 kReach = 16 * kHour;  // that anybody is there before the first and after the last deed
constexpr double kMainShare = 0.2;       // of their steps: groups whose work somebody is asked to do
constexpr double kMostly = 0.8;          // of their steps: groups that have somebody to themselves
constexpr double kPrior = 1;             // sessions that the wider pool is worth
constexpr double kUnlikely = 1e-6;

// Slots are counted from noon before the day that a session belongs to, so that nights are not cut.
constexpr Millis64 kBefore = 12 * kHour;
constexpr std::size_t kSlots = static_cast<std::size_t>((kBefore + 3 * kDay) / kSlot);
using Chances = std::array<double, kSlots>;

Millis64 floor_to(Millis64 value, Millis64 unit) {
  return value >= 0 ? value / unit : -((-value + unit - 1) / unit);
}
/// 1970-01-01 was a Thursday; Monday is 0.
std::size_t weekday_of(Millis64 day) { return static_cast<std::size_t>(((day + 3) % 7 + 7) % 7); }

/// What there was to do in a group: times at which its work was begun, and spans in which work waited.
struct Demand {
  std::vector<Millis64> begun{};
  std::vector<std::pair<Millis64, Millis64>> waits{};  ///< apart, ascending
  std::vector<double> waited{};                        ///< before each of them

  void settle() {
    std::ranges::sort(begun);
    std::ranges::sort(waits);
    std::size_t kept = 0;
    for (const auto& span : waits) {
      if (kept > 0 && span.first <= waits[kept - 1].second) {
        waits[kept - 1].second = std::max(waits[kept - 1].second, span.second);
      } else {
        waits[kept++] = span;
      }
    }
    waits.resize(kept);
    double sum = 0;
    for (const auto& [from, to] : waits) {
      waited.push_back(sum);
      sum += static_cast<double>(to - from);
    }
  }
  [[nodiscard]] double begun_in(Millis64 from, Millis64 to) const {
    if (to <= from) return 0;
    return static_cast<double>(std::ranges::lower_bound(begun, to) - std::ranges::lower_bound(begun, from));
  }
  [[nodiscard]] double waited_in(Millis64 from, Millis64 to) const {
    return to <= from ? 0 : waited_until(to) - waited_until(from);
  }

 private:
  [[nodiscard]] double waited_until(Millis64 time) const {
    const auto after = std::ranges::upper_bound(waits, time, {}, &std::pair<Millis64, Millis64>::first);
    if (after == waits.begin()) return 0;
    const auto at = static_cast<std::size_t>(after - waits.begin()) - 1;
    return waited[at] + static_cast<double>(std::min(time, waits[at].second) - waits[at].first);
  }
};

struct Deed {
  std::uint32_t who = 0;
  Millis64 begin = 0, end = 0;
  friend auto operator<=>(const Deed&, const Deed&) = default;
};
/// Begins of the first and of the last step, and the end of all of them.
struct Session {
  Millis64 from = 0, last = 0, until = 0;
  Millis64 day = 0;  ///< that it belongs to
  // How likely what was seen is if they came `came.size() - 1 - i` slots before the first begin, and if they
  // left i slots after the last.
  std::vector<double> came{}, left{};
  /// Slots between in which they began nothing, and how likely that is if they were there.
  std::vector<std::pair<std::size_t, double>> still{};
  [[nodiscard]] std::size_t slot_of(Millis64 time) const {
    return static_cast<std::size_t>((time - day * kDay + kBefore) / kSlot);
  }
};
/// How often somebody begins something while they are there and free.
struct Pace {
  double begun = 0, waiting_ms = 0, taken = 0;  ///< the last two while they were free
  void add(const Pace& of) {
    begun += of.begun;
    waiting_ms += of.waiting_ms;
    taken += of.taken;
  }
};
struct Person {
  std::uint32_t who = 0;
  std::vector<std::uint32_t> groups{};  ///< the first is that of most of their steps
  std::vector<Session> sessions{};
  std::span<const Deed> deeds{};  ///< borrowed
  Chances away{};                 ///< of having a break, by slot
  Pace pace{};
  bool alone = true;  ///< nothing but their own begins tells when there was work
};

std::vector<Demand> demands_of(const StepLog& log, const Zone& zone, const std::vector<bool>& paused,
                               const Model& model) {
  std::vector<Demand> out(model.groups.size());
  for (std::size_t c = 0; c < log.cases(); ++c)
    each_step(log.of(c), [&](const Step& step, const Step* before, double waiting) {
      const std::uint32_t group = model.group[step.activity];
      if (group == kNoGroup || !by_person(step)) return;
      const Millis64 at = zone.to_local_ms({step.at()});
      out[group].begun.push_back(at);
      if (before != nullptr && waiting > 0 && !paused[step.activity])
        out[group].waits.emplace_back(at - static_cast<Millis64>(waiting), at);
    });
  for (Demand& of : out) of.settle();
  return out;
}

std::vector<Deed> deeds_of(const StepLog& log, const Zone& zone) {
  std::vector<Deed> out;
  for (const Step& step : log.steps) {
    if (!by_person(step)) continue;
    const Millis64 at = zone.to_local_ms({step.at()}), took = step.end - step.at();
    out.push_back({step.resource, at, took < kLyingMin ? at + took : at});
  }
  std::ranges::sort(out);
  return out;
}

/// Cuts one person's deeds at the longest pause within a day of each first one.
std::vector<Session> sessions_of(std::span<const Deed> deeds) {
  std::vector<Session> out;
  for (std::size_t first = 0; first < deeds.size();) {
    std::size_t cut = first;
    Millis64 until = deeds[first].end, busy = until, longest = -kDay;
    for (std::size_t i = first; i < deeds.size() && deeds[i].begin <= deeds[first].begin + kSessionMax; ++i) {
      busy = std::max(busy, deeds[i].end);
      const Millis64 pause = i + 1 < deeds.size() ? deeds[i + 1].begin - busy : kDay;
      if (pause < longest) continue;
      longest = pause;
      cut = i;
      until = busy;
    }
    out.push_back({.from = deeds[first].begin, .last = deeds[cut].begin, .until = until});
    first = cut + 1;
  }
  return out;
}

/// The day a session belongs to begins half a day from the middle of a person's sessions (their mean on the
/// circle: Mardia and Jupp 2000, Directional Statistics, 2.2).
void give_days(Person* person) {
  double x = 0, y = 0;
  for (const Session& of : person->sessions) {
    const Millis64 middle = of.from + (of.last - of.from) / 2;
    const double angle =
        2 * std::numbers::pi * static_cast<double>(middle % kDay) / static_cast<double>(kDay);
    x += std::cos(angle);
    y += std::sin(angle);
  }
  auto begins = static_cast<Millis64>(std::atan2(y, x) / (2 * std::numbers::pi) * static_cast<double>(kDay));
  begins += begins > 0 ? -kDay / 2 : kDay / 2;  // from noon to noon
  for (Session& of : person->sessions) of.day = floor_to(of.from - begins, kDay);
}

/// What is known of the pace between the steps of a session, in which the person was there.
Pace pace_of(std::span<const Deed> deeds, const Person& person, const std::vector<Demand>& demands) {
  Pace out;
  auto session = person.sessions.begin();
  Millis64 busy = 0;
  for (std::size_t i = 0; i < deeds.size(); ++i) {
    if (i > 0 && deeds[i].begin <= session->last) {
      ++out.begun;
      for (const std::uint32_t group : person.groups) {
        out.waiting_ms += demands[group].waited_in(busy, deeds[i].begin);
        out.taken += demands[group].begun_in(busy, deeds[i].begin);
      }
      busy = std::max(busy, deeds[i].end);
    } else {
      if (i > 0) ++session;
      busy = deeds[i].end;
    }
  }
  return out;
}

/// Minus the logarithm of how likely it is that somebody who is there and free begins nothing.
class Refusals {
 public:
  /// The pace of a person leans on that of their group, with the weight of one begin.
  Refusals(const Person& person, const Pace& group, const std::vector<Demand>& demands)
      : person_(person), demands_(demands) {
    const auto hazard = [](double begun, double time) { return (begun + 0.5) / (time + kMinute); };
    const double waiting = hazard(group.begun, group.waiting_ms);
    at_waiting_ = std::min((person.pace.begun + 1) / (person.pace.waiting_ms + 1 / waiting), 1.0 / kMinute);
    const double taken = (group.begun + 0.5) / (group.begun + group.taken + 1);
    const double own = (person.pace.begun + 1) / (person.pace.begun + person.pace.taken + 1 / taken);
    at_taken_ = -std::log1p(-std::min(own, 0.9));
  }
  [[nodiscard]] double in(Millis64 from, Millis64 to) const {
    if (to <= from) return 0;
    double out = 0;
    for (const std::uint32_t group : person_.groups)
      out +=
          at_waiting_ * demands_[group].waited_in(from, to) + at_taken_ * demands_[group].begun_in(from, to);
    return out;
  }

 private:
  const Person& person_;
  const std::vector<Demand>& demands_;
  double at_waiting_ = 0, at_taken_ = 0;
};

/// Slots beyond which nobody is taken to be there unless seen: of somebody whose work nothing else tells of,
/// nineteen in twenty sessions are within.
std::pair<std::size_t, std::size_t> bounds_of(const Person& person) {
  if (!person.alone) return {0, kSlots - 1};
  std::vector<std::size_t> came, left;
  for (const Session& of : person.sessions) {
    came.push_back(of.slot_of(of.from));
    left.push_back(of.slot_of(of.last));
  }
  std::ranges::sort(came);
  std::ranges::sort(left);
  return {came[came.size() / 20], left[left.size() - 1 - left.size() / 20]};
}

/// How likely each slot is as that in which they came, and that in which they left.
void weigh(const Refusals& refusals, Person* person) {
  auto& sessions = person->sessions;
  const auto [lowest, highest] = bounds_of(*person);
  const auto slots = [](std::size_t count) { return static_cast<Millis64>(count) * kSlot; };
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    Session& of = sessions[i];
    const Millis64 zero = of.day * kDay - kBefore;
    const Millis64 earliest =
        std::max({zero + slots(lowest), of.from - kReach, i > 0 ? sessions[i - 1].until : zero});
    std::vector<double> back{1};
    for (Millis64 slot = zero + slots(of.slot_of(of.from)) - kSlot; slot >= earliest; slot -= kSlot) {
      const double chance = std::exp(-refusals.in(slot, of.from));
      if (chance < kUnlikely) break;
      back.push_back(chance);
    }
    of.came.assign(back.rbegin(), back.rend());
    const Millis64 end = zero + slots(highest + 1);
    const Millis64 latest =
        std::min({end, of.last + kReach, i + 1 < sessions.size() ? sessions[i + 1].from : end});
    of.left = {1};
    for (Millis64 slot = zero + slots(of.slot_of(of.last) + 1); slot + kSlot <= latest; slot += kSlot) {
      const double chance = std::exp(-refusals.in(of.until, slot + kSlot));
      if (chance < kUnlikely) break;
      of.left.push_back(chance);
    }
  }
}

/// How often somebody is away in a slot in which they are at work: of greatest likelihood, where they began
/// something in `began` of the sessions and in others nothing, each so likely if they were there.
double away_of(double began, const std::vector<double>& still) {
  constexpr int kRoundsMax = 40;
  // A break is what they have on most days and what chance does not explain (likelihood ratio, 1 %, Wilks
  // 1938): who does other work now and then is there.
  constexpr double kMost = 0.5, kLikelier = 6.63 / 2;
  const auto idle = static_cast<double>(still.size());
  if (still.empty() || idle < kMost * (began + idle)) return 0;
  double away = kMost;
  for (int round = 0; round < kRoundsMax; ++round) {
    double sum = 0;
    for (const double chance : still) sum += away / (away + (1 - away) * chance);
    away = sum / (began + idle);
  }
  double gain = away < 1 ? began * std::log1p(-away) : 0;
  for (const double chance : still) gain += std::log((away + (1 - away) * chance) / chance);
  return away > kMost && gain > kLikelier ? away : 0;
}

/// Breaks between the first and the last step of a session, at the same time of most days.
void find_breaks(const Refusals& refusals, Person* person) {
  std::vector<std::vector<double>> still(kSlots);
  Chances began{};
  auto deed = person->deeds.begin();
  for (Session& of : person->sessions) {
    const Millis64 zero = of.day * kDay - kBefore;
    Millis64 busy = of.from;
    for (std::size_t slot = of.slot_of(of.from); slot < of.slot_of(of.last); ++slot) {
      const Millis64 from = std::max(busy, zero + static_cast<Millis64>(slot) * kSlot);
      const Millis64 to = zero + static_cast<Millis64>(slot + 1) * kSlot;
      bool any = false;
      for (; deed != person->deeds.end() && deed->begin < to; ++deed) {
        busy = std::max(busy, deed->end);
        any = true;
      }
      if (any) {
        ++began[slot];
      } else if (from < to) {
        of.still.emplace_back(slot, std::max(std::exp(-refusals.in(from, to)), kUnlikely));
        still[slot].push_back(of.still.back().second);
      }
    }
    while (deed != person->deeds.end() && deed->begin <= of.last) ++deed;
  }
  for (std::size_t slot = 0; slot < kSlots; ++slot) person->away[slot] = away_of(began[slot], still[slot]);
}

/// The slots that a session says something of, and how likely each is.
struct Told {
  std::size_t first = 0, seen = 0;  ///< `seen`: that of the first or last begin itself
  std::span<const double> chance{};
};
Told came_of(const Session& of) {
  const std::size_t seen = of.slot_of(of.from);
  return {seen + 1 - of.came.size(), seen, of.came};
}
Told left_of(const Session& of) { return {of.slot_of(of.last), of.slot_of(of.last), of.left}; }

double likelihood(const Told& told, const Chances& chances) {
  double out = 0;
  for (std::size_t i = 0; i < told.chance.size(); ++i) out += told.chance[i] * chances[told.first + i];
  return out;
}

/// Chances by slot of greatest likelihood, leaning on those of a wider pool. Slots in which somebody was seen
/// to come or leave are enough: being there for longer than any day shows makes no day likelier.
Chances fitted(const std::vector<Told>& told, const Chances* wider) {
  constexpr int kRoundsMax = 60;
  constexpr double kNear = 1e-4;
  // A slot that explains less than half a session is left out, else chance days would each have their own
  // (minimum message length of a mixture: Figueiredo and Jain 2002, IEEE PAMI 24:381, eq. 17).
  constexpr double kPays = 0.5;
  Chances out{};
  for (const Told& of : told) out[of.seen] += 1.0 / static_cast<double>(told.size());
  for (std::size_t i = 0; i < kSlots; ++i) out[i] += wider != nullptr ? (*wider)[i] : 0;
  for (int round = 0; round < kRoundsMax; ++round) {
    Chances next{};
    if (wider != nullptr)
      for (std::size_t i = 0; i < kSlots; ++i) next[i] = kPrior * (*wider)[i];
    for (const Told& of : told) {
      const double all = likelihood(of, out);
      if (all <= 0) ++next[of.seen];
      for (std::size_t i = 0; all > 0 && i < of.chance.size(); ++i)
        next[of.first + i] += of.chance[i] * out[of.first + i] / all;
    }
    double weight = 0;
    for (double& value : next) weight += value = std::max(0.0, value - kPays);
    double off = 0;
    for (std::size_t i = 0; i < kSlots; ++i) {
      next[i] /= weight;
      off = std::max(off, std::abs(next[i] - out[i]));
    }
    out = next;
    if (off < kNear) break;
  }
  return out;
}

/// How likely somebody is there, and how likely they come or leave as a slot begins, summed over sessions.
struct Presence {
  Week there{}, coming{}, leaving{};
};

/// Adds a session, slot by slot.
void add_session(const Session& of, const Chances& away, const Chances& came, const Chances& left,
                 Presence* out) {
  const Told first = came_of(of), last = left_of(of);
  const double all_came = likelihood(first, came), all_left = likelihood(last, left);
  const std::size_t begin = of.slot_of(of.from), end = of.slot_of(of.last);
  const std::size_t noon =
      weekday_of(of.day) * kSlotsAnHour * 24 + kWeek - static_cast<std::size_t>(kBefore / kSlot);
  const auto add = [&](std::size_t slot, double chance) { out->there[(noon + slot) % kWeek] += chance; };
  double there = 0;
  for (std::size_t i = 0; i < first.chance.size(); ++i) {
    const bool seen = i + 1 == first.chance.size();
    const double comes = all_came > 0 ? first.chance[i] * came[first.first + i] / all_came : (seen ? 1 : 0);
    out->coming[(noon + first.first + i) % kWeek] += comes;
    there += comes;
    if (!seen) add(first.first + i, there);
  }
  for (std::size_t slot = begin; slot <= end; ++slot) add(slot, 1);
  for (const auto& [slot, chance] : of.still)
    if (away[slot] > 0) add(slot, -away[slot] / (away[slot] + (1 - away[slot]) * chance));
  there = 1;
  for (std::size_t i = 0; i < last.chance.size(); ++i) {
    const double leaves = all_left > 0 ? last.chance[i] * left[last.first + i] / all_left : (i == 0 ? 1 : 0);
    out->leaving[(noon + last.first + i + 1) % kWeek] += leaves;
    there -= leaves;
    if (i + 1 < last.chance.size()) add(last.first + i + 1, std::max(there, 0.0));
  }
}

using Pick = Told (*)(const Session&);
Chances fit_of(const std::vector<const Session*>& sessions, Pick pick, const Chances* wider) {
  std::vector<Told> told;
  for (const Session* of : sessions) told.push_back(pick(*of));
  return fitted(told, wider);
}

Presence presence_of(const Person& person, const Chances& came, const Chances& left) {
  std::array<std::vector<const Session*>, 7> by_day;
  std::vector<const Session*> all;
  for (const Session& of : person.sessions) {
    all.push_back(&of);
    by_day[weekday_of(of.day)].push_back(&of);
  }
  const Chances own_came = fit_of(all, came_of, &came), own_left = fit_of(all, left_of, &left);
  Presence out;
  for (const auto& sessions : by_day) {
    if (sessions.empty()) continue;
    const Chances first = fit_of(sessions, came_of, &own_came), last = fit_of(sessions, left_of, &own_left);
    for (const Session* of : sessions) add_session(*of, person.away, first, last, &out);
  }
  return out;
}

std::vector<Person> people_of(std::span<const Deed> deeds, const std::vector<std::vector<GroupShare>>& shares,
                              const std::vector<Demand>& demands) {
  std::vector<Person> out;
  for (std::size_t i = 0; i < deeds.size();) {
    std::size_t end = i;
    while (end < deeds.size() && deeds[end].who == deeds[i].who) ++end;
    const auto own = deeds.subspan(i, end - i);
    Person person{.who = own.front().who, .sessions = sessions_of(own), .deeds = own};
    auto of_theirs = shares[person.who];
    std::ranges::sort(of_theirs, [](const GroupShare& a, const GroupShare& b) {
      return a.share != b.share ? a.share > b.share : a.group < b.group;
    });
    for (const GroupShare& of : of_theirs)
      if (of.share >= kMainShare || person.groups.empty()) person.groups.push_back(of.group);
    double begun = 0;
    for (const std::uint32_t group : person.groups) {
      begun += static_cast<double>(demands[group].begun.size());
      if (!demands[group].waits.empty()) person.alone = false;
    }
    if (begun > static_cast<double>(own.size())) person.alone = false;
    give_days(&person);
    person.pace = pace_of(own, person, demands);
    if (!person.groups.empty()) out.push_back(std::move(person));
    i = end;
  }
  return out;
}

/// How often each day of the week lies between two days.
std::array<double, 7> days_between(Millis64 first, Millis64 last) {
  std::array<double, 7> out{};
  for (Millis64 day = first; day <= last; ++day) ++out[weekday_of(day)];
  return out;
}

}  // namespace

void fit_calendar(const StepLog& log, const Zone& zone, const std::vector<std::vector<GroupShare>>& shares,
                  const std::vector<bool>& paused, std::size_t given, Model* model) {
  const std::vector<Deed> deeds = deeds_of(log, zone);
  if (deeds.empty()) return;
  const std::vector<Demand> demands = demands_of(log, zone, paused, *model);
  std::vector<Person> people = people_of(deeds, shares, demands);
  std::vector<std::vector<Person*>> members(model->groups.size());
  std::vector<double> shared(model->groups.size(), 0);
  std::vector<Week> coming(model->groups.size(), Week{});
  for (Person& of : people) members[of.groups.front()].push_back(&of);
  for (const auto& group : members) {
    if (group.empty()) continue;
    Pace pace;
    for (const Person* of : group) pace.add(of->pace);
    std::vector<const Session*> sessions;
    for (Person* of : group) {
      const Refusals refusals(*of, pace, demands);
      weigh(refusals, of);
      find_breaks(refusals, of);
      for (const Session& one : of->sessions) sessions.push_back(&one);
    }
    const Chances came = fit_of(sessions, came_of, nullptr), left = fit_of(sessions, left_of, nullptr);
    for (const Person* of : group) {
      const Presence week = presence_of(*of, came, left);
      for (const GroupShare& one : shares[of->who]) {
        if (one.group < given) continue;
        for (std::size_t s = 0; s < kWeek; ++s) {
          model->groups[one.group].at_work[s] += one.share * week.there[s];
          coming[one.group][s] += one.share * week.coming[s];
          model->groups[one.group].relieved[s] += one.share * week.leaving[s];
        }
        if (one.share < kMostly)
          shared[one.group] += one.share * std::accumulate(week.there.begin(), week.there.end(), 0.0);
      }
    }
  }
  for (std::size_t g = given; g < model->groups.size(); ++g) {
    const double all = std::accumulate(model->groups[g].at_work.begin(), model->groups[g].at_work.end(), 0.0);
    if (all > 0) model->groups[g].shared = shared[g] / all;
  }
  const auto [first, last] = std::ranges::minmax(deeds, {}, &Deed::begin);
  const auto days = days_between(floor_to(first.begin, kDay), floor_to(last.begin, kDay));
  for (std::size_t g = given; g < model->groups.size(); ++g)
    for (std::size_t s = 0; s < kWeek; ++s) {
      const double n = std::max(1.0, days[s / (24 * kSlotsAnHour)]);
      model->groups[g].at_work[s] /= n;
      model->groups[g].relieved[s] = std::min(coming[g][s], model->groups[g].relieved[s]) / n;
    }
}

}  // namespace zhike::journey::simulated
