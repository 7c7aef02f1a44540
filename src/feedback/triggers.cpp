#include "feedback/triggers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>

#include "feedback/sql.h"
#include "feedback/trigger_query.h"

namespace zhike::feedback {
namespace {

constexpr std::size_t kKeyBytesMax = 80;
using Named = std::pair<std::string_view, TriggerState>;
constexpr std::array kStates{Named{"on", TriggerState::kOn}, Named{"paused", TriggerState::kPaused},
                             Named{"ended", TriggerState::kEnded}};

constexpr std::string_view kColumns =
    "SELECT id, survey, key, round, spec, state, matched, actor, created FROM survey_triggers ";

Result<Trigger> trigger_of(const ledger::Statement& row) {
  Trigger out{.id = {row.u64(0)},
              .survey = {row.u64(1)},
              .key = std::string(row.text(2)),
              .state = static_cast<TriggerState>(row.i64(5)),
              .actor = {row.u64(7)},
              .created = {row.i64(8)},
              .matched = row.u64(6)};
  CX_TRY(out.plan, trigger_plan_of(row.text(4)));
  out.round.id = {row.u64(3)};
  out.round.survey = out.survey;
  out.round.channel = out.plan.ask.channel.empty() ? "web" : out.plan.ask.channel;
  out.round.connector = out.plan.ask.connector;
  out.round.reminders = out.plan.ask.reminders;
  out.round.remind_days = out.plan.ask.remind_days;
  return out;
}

/// Days from the first of the preview on; nothing: before it.
std::optional<std::size_t> day_of(Instant at, Instant now, const Zone& zone) {
  constexpr std::int64_t kDay = days(1).value;
  const auto day = [&](Instant of) {
    const std::int64_t local = zone.to_local_ms(of);
    return (local - (local % kDay + kDay) % kDay) / kDay;
  };
  const std::int64_t place = TriggerPreview::kDays - 1 - (day(now) - day(at));
  if (place < 0 || place >= TriggerPreview::kDays) return std::nullopt;
  return static_cast<std::size_t>(place);
}

}  // namespace

std::string_view to_string(TriggerState state) noexcept {
  return std::ranges::find(kStates, state, &Named::second)->first;
}

std::optional<TriggerState> parse_trigger_state(std::string_view text) noexcept {
  const auto at = std::ranges::find(kStates, text, &Named::first);
  if (at == kStates.end()) return std::nullopt;
  return at->second;
}

Grant Triggers::grant_of(const Trigger& trigger) {
  Grant out = Grant::owner();
  out.user = trigger.actor;
  out.all_units = trigger.plan.all_units;
  out.units = trigger.plan.units;
  return out;
}

void Triggers::note(TriggerId trigger, std::string error) {
  const std::lock_guard lock(mutex_);
  if (error.empty())
    errors_.erase(trigger);
  else
    errors_[trigger] = std::move(error);
}

Result<TriggerPreview> Triggers::preview(const Grant& grant, SurveyId survey, const TriggerPlan& plan) {
  CX_TRY(parts_.surveys.rounds().head_of(grant, survey));
  CX_TRY(check(plan));
  const Instant now = parts_.clock.now();
  const query::Range range{now - days(TriggerPreview::kDays), now + seconds(1)};
  CX_TRY(auto prepared, this->prepared(grant, plan, sql::kTriggerPast, range));
  prepared.params.set("rows", kPastMax + 1);
  CX_TRY(const auto table, parts_.client.select(prepared.query({.result_rows_max = kPastMax + 1})));
  TriggerPreview out{.events = table.rows.size(), .is_cut = table.rows.size() > kPastMax};
  const Millis quarantine = parts_.surveys.rounds().parts_.quarantine;
  std::unordered_set<std::uint64_t> customers;
  std::unordered_map<std::uint64_t, Instant> asked;
  for (auto row = table.rows.rbegin(); row != table.rows.rend(); ++row) {
    const std::uint64_t event = warehouse::as_u64((*row)[0]), customer = warehouse::as_u64((*row)[1]);
    const Instant at{warehouse::as_i64((*row)[2])};
    customers.insert(customer);
    if (const auto day = day_of(at, now, parts_.zone)) ++out.by_day[*day];
    // The trigger has no number yet: that of none draws a share like any other.
    if (!is_drawn(0, event, plan.share)) continue;
    ++out.drawn;
    const Instant due = after_quiet(plan.quiet, due_of(plan, at, now), parts_.zone);
    const auto last = asked.find(customer);
    if (last != asked.end() && due - last->second < quarantine) continue;
    asked[customer] = due;
    ++out.asked;
  }
  out.customers = customers.size();
  return out;
}

Result<Trigger> Triggers::make(const Grant& grant, SurveyId survey, std::string_view key, TriggerPlan plan) {
  Rounds& rounds = parts_.surveys.rounds();
  CX_TRY(rounds.head_of(grant, survey));
  if (key.empty() || key.size() > kKeyBytesMax)
    return fail(Code::kBadField, "'key': 1 to {} bytes", kKeyBytesMax);
  plan.all_units = grant.all_units;
  plan.units = grant.all_units ? std::vector<std::string>{} : grant.units;
  CX_TRY(check(plan));
  const Instant now = parts_.clock.now();
  CX_TRY(Rounds::check_plan(plan.ask, now));
  if (!rounds.parts_.has_address)
    return fail(Code::kBadField, "'connector': set server.public_url, so that links lead here");
  CX_TRY(this->prepared(grant, plan, sql::kTriggerPast,
                        {now - days(1), now}));  // what cannot be asked is told now
  const std::string spec = to_json(plan);
  const std::uint64_t mark = last_event_of(parts_.arrived(BlockId{}, Millis{0}));
  Trigger out{
      .id = {}, .survey = survey, .key = std::string(key), .plan = plan, .actor = grant.user, .created = now};
  CX_TRY(parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& known = tx.sql("SELECT id, spec FROM survey_triggers WHERE survey = $1 AND key = $2")
                                   .bind(1, survey)
                                   .bind(2, key);
    CX_TRY(const bool there, known.step());
    if (there) {
      if (known.text(1) != spec) return fail(Code::kKeyReused, "trigger {}", known.u64(0));
      out.id = {known.u64(0)};
      return {};
    }
    ledger::Statement& newest =
        tx.sql("SELECT COALESCE(MAX(id), 0), COUNT(CASE WHEN state <> 2 THEN 1 END) FROM survey_triggers");
    CX_TRY(newest.step());
    if (newest.u64(1) >= kTriggersMax) return fail(Code::kBadField, "more than {} triggers", kTriggersMax);
    out.id = {newest.u64(0) + 1};
    out.is_new = true;
    Round round{.id = {},
                .survey = survey,
                .key = std::string(Rounds::kStandingKey) + out.id.str(),
                .spec = Rounds::spec(plan.ask),
                .channel = plan.ask.channel.empty() ? "web" : plan.ask.channel,
                .connector = plan.ask.connector,
                .reminders = plan.ask.reminders,
                .remind_days = plan.ask.remind_days,
                .actor = grant.user,
                .created = now};
    CX_TRY(rounds.insert(tx, grant, round));
    CX_TRY(tx.sql("INSERT INTO survey_triggers (id, survey, key, round, spec, state, mark, matched, actor, "
                  "created, "
                  "changed) VALUES ($1, $2, $3, $4, $5, 0, $6, 0, $7, $8, $8)")
               .bind(1, out.id)
               .bind(2, survey)
               .bind(3, out.key)
               .bind(4, round.id)
               .bind(5, spec)
               .bind(6, mark)
               .bind(7, grant.user)
               .bind(8, now)
               .run());
    return parts_.surveys.record(tx, grant, "survey_trigger_made", survey, out.key);
  }));
  CX_TRY(auto made, read("WHERE id = $1", out.id.value));
  if (made.empty()) return fail(Code::kNotFound, "trigger {}", out.id.str());
  made.front().is_new = out.is_new;
  return std::move(made.front());
}

Result<std::vector<Trigger>> Triggers::read(std::string_view where, std::uint64_t value, bool counted) {
  std::vector<Trigger> out;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    out.clear();
    const std::string sql = std::string(kColumns) + std::string(where) + " ORDER BY id DESC";
    ledger::Statement& row = tx.sql(sql).bind(1, value);
    for (;;) {
      CX_TRY(const bool more, row.step());
      if (!more) break;
      CX_TRY(out.emplace_back(), trigger_of(row));
    }
    return counted ? count(tx, out) : Result<void>{};
  }));
  const std::lock_guard lock(mutex_);
  for (Trigger& one : out)
    if (const auto at = errors_.find(one.id); at != errors_.end()) one.error = at->second;
  return out;
}

/// What its events came to, and how far those came who were asked.
Result<void> Triggers::count(ledger::Tx& tx, std::vector<Trigger>& triggers) {
  for (Trigger& one : triggers) {
    ledger::Statement& events =
        tx.sql(
              "SELECT COUNT(CASE WHEN link = 0 THEN 1 END), COUNT(CASE WHEN link > 0 THEN 1 "
              "END) FROM survey_trigger_events WHERE trigger_id = $1")
            .bind(1, one.id);
    CX_TRY(events.step());
    one.waiting = events.u64(0);
    one.asked = events.u64(1);
    ledger::Statement& left =
        tx.sql("SELECT why, events FROM survey_trigger_left WHERE trigger_id = $1 ORDER BY why")
            .bind(1, one.id);
    for (;;) {
      CX_TRY(const bool more, left.step());
      if (!more) break;
      one.left.emplace_back(std::string(left.text(0)), left.u64(1));
    }
    std::vector<Round> rounds{one.round};
    CX_TRY(parts_.surveys.rounds().count(tx, one.survey, rounds));
    one.round = std::move(rounds.front());
  }
  return {};
}

Result<std::vector<Trigger>> Triggers::list(const Grant& grant, SurveyId survey) {
  CX_TRY(parts_.surveys.rounds().head_of(grant, survey));
  return read("WHERE survey = $1", survey.value);
}

Result<Trigger> Triggers::move(const Grant& grant, SurveyId survey, TriggerId trigger, TriggerState to) {
  CX_TRY(parts_.surveys.rounds().head_of(grant, survey));
  // Going on begins with what arrives from now on, as making it did.
  const std::uint64_t mark = last_event_of(parts_.arrived(BlockId{}, Millis{0}));
  CX_TRY(parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& row = tx.sql("SELECT state, key FROM survey_triggers WHERE id = $1 AND survey = $2")
                                 .bind(1, trigger)
                                 .bind(2, survey);
    CX_TRY(const bool there, row.step());
    if (!there) return fail(Code::kNotFound, "trigger {}", trigger.str());
    const auto from = static_cast<TriggerState>(row.i64(0));
    const std::string key(row.text(1));
    if (from == to) return {};
    if (from == TriggerState::kEnded) return fail(Code::kSurveyState, "{}", to_string(from));
    CX_TRY(
        tx.sql("UPDATE survey_triggers SET state = $2, changed = $3, mark = CASE WHEN $2 = 0 AND mark < $4 "
               "THEN $4 ELSE mark END WHERE id = $1")
            .bind(1, trigger)
            .bind(2, static_cast<std::int64_t>(to))
            .bind(3, parts_.clock.now())
            .bind(4, mark)
            .run());
    return parts_.surveys.record(tx, grant, "survey_trigger_" + std::string(to_string(to)), survey, key);
  }));
  if (to != TriggerState::kOn) note(trigger, {});
  CX_TRY(auto found, read("WHERE id = $1", trigger.value));
  if (found.empty()) return fail(Code::kNotFound, "trigger {}", trigger.str());
  return std::move(found.front());
}

}  // namespace zhike::feedback
