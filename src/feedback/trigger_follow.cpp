// Triggers at work: what fits of the events that have arrived, and who is due.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <chrono>

#include "base/log.h"
#include "base/thread.h"
#include "feedback/sql.h"
#include "feedback/trigger_query.h"
#include "feedback/triggers.h"
#include "query/prepare.h"

namespace zhike::feedback {
namespace {

constexpr std::uint64_t kPage = 10'000;
constexpr std::size_t kAtOnce = 200;
constexpr Millis kLookBack = days(30);  // of conditions on what the customer did

Result<void> add_left(ledger::Tx& tx, TriggerId trigger, std::string_view why, std::uint64_t events) {
  if (events == 0) return {};
  CX_TRY(tx.sql("INSERT INTO survey_trigger_left (trigger_id, why, events) VALUES ($1, $2, $3) "
                "ON CONFLICT (trigger_id, why) DO UPDATE SET events = survey_trigger_left.events + "
                "excluded.events")
             .bind(1, trigger)
             .bind(2, why)
             .bind(3, events)
             .run());
  return {};
}

}  // namespace

void Triggers::start() {
  thread_ = std::thread([this] { loop(); });
}

void Triggers::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

/// False: it is time to stop.
bool Triggers::pause(Millis longest) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, std::chrono::milliseconds(longest.value), [&] { return stopping_; });
}

void Triggers::loop() {
  name_thread("triggers");
  auto asked = std::chrono::steady_clock::now() - std::chrono::milliseconds(kAskStep.value);
  do {
    if (const auto done = follow(); !done) log::error("survey_triggers_not_followed", done.error());
    const auto now = std::chrono::steady_clock::now();
    if (now - asked < std::chrono::milliseconds(kAskStep.value)) continue;
    asked = now;
    if (const auto done = ask_due(); !done) log::error("survey_triggers_not_asked", done.error());
  } while (pause(kRest));
}

Result<query::Prepared> Triggers::prepared(const Grant& grant, const TriggerPlan& plan, std::string_view sql,
                                           query::Range range) {
  CX_TRY(query::Filter filter, parts_.filter_of(grant, plan.filter));
  filter.range = range;
  filter.by_wall_clock = false;
  CX_TRY(query::Prepared out, query::prepare(grant, Permission::kManageData, filter, sql));
  std::vector<std::string> keys, wanted;
  for (const auto& [key, values] : plan.properties) {
    boost::json::array list;
    for (const std::string& one : values) list.emplace_back(one);
    keys.push_back(key);
    wanted.push_back(boost::json::serialize(list));
  }
  out.params.set("keys", keys).set("wanted", wanted);
  return out;
}

Result<std::uint64_t> Triggers::follow() {
  const std::lock_guard turn(following_);
  const std::uint64_t upto = last_event_of(parts_.arrived(BlockId{}, Millis{0}));
  CX_TRY(const auto triggers, read("WHERE state = 0 AND mark < $1", upto, false));
  std::uint64_t out = 0;
  for (const Trigger& trigger : triggers) {
    std::uint64_t mark = 0;
    CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
      ledger::Statement& row = tx.sql("SELECT mark FROM survey_triggers WHERE id = $1").bind(1, trigger.id);
      CX_TRY(row.step());
      mark = row.u64(0);
      return {};
    }));
    const auto found = look(trigger, mark, upto);
    if (found) out += *found;
    // One that cannot be looked at now is looked at later, and holds up no other.
    note(trigger.id, found ? std::string() : to_string(found.error()));
    if (!found)
      log::warn("survey_trigger_not_followed",
                {{"trigger", trigger.id.str()}, {"error", to_string(found.error())}});
  }
  return out;
}

/// Page by page: what fits is noted in the transaction that moves the mark.
Result<std::uint64_t> Triggers::look(const Trigger& trigger, std::uint64_t mark, std::uint64_t upto) {
  std::uint64_t found = 0;
  while (mark < upto) {
    const Instant now = parts_.clock.now();
    CX_TRY(auto prepared, this->prepared(grant_of(trigger), trigger.plan, sql::kTriggerEvents,
                                         {now - std::max(kLookBack, trigger.plan.fresh), now + days(1)}));
    prepared.params.set("after", mark)
        .set("upto", upto)
        .set("since", now - trigger.plan.fresh)
        .set("rows", kPage);
    CX_TRY(const auto table, parts_.client.select(prepared.query({.result_rows_max = kPage})));
    const std::uint64_t from = mark;
    mark = table.rows.size() < kPage ? upto : warehouse::as_u64(table.rows.back()[0]);
    CX_TRY(parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
      // Paused, ended or gone on meanwhile: then these events are none of its.
      CX_TRY(const auto moved, tx.sql("UPDATE survey_triggers SET mark = $3, matched = matched + $4 "
                                      "WHERE id = $1 AND mark = $2 AND state = 0")
                                   .bind(1, trigger.id)
                                   .bind(2, from)
                                   .bind(3, mark)
                                   .bind(4, std::uint64_t{table.rows.size()})
                                   .run());
      if (moved == 0) {
        mark = upto;
        return {};
      }
      std::uint64_t not_drawn = 0;
      for (const auto& row : table.rows) {
        const std::uint64_t event = warehouse::as_u64(row[0]);
        if (!is_drawn(trigger.id.value, event, trigger.plan.share)) {
          ++not_drawn;
          continue;
        }
        CX_TRY(tx.sql("INSERT INTO survey_trigger_events (trigger_id, event, subject, due, link) "
                      "VALUES ($1, $2, $3, $4, 0) ON CONFLICT (trigger_id, event) DO NOTHING")
                   .bind(1, trigger.id)
                   .bind(2, event)
                   .bind(3, warehouse::as_u64(row[1]))
                   .bind(4, due_of(trigger.plan, Instant{warehouse::as_i64(row[2])}, now))
                   .run());
      }
      found += table.rows.size();
      return add_left(tx, trigger.id, to_string(Left::kNotDrawn), not_drawn);
    }));
  }
  return found;
}

Result<std::vector<Triggers::Waiting>> Triggers::due() {
  std::vector<Waiting> out;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    out.clear();
    ledger::Statement& row =
        tx.sql(
              "SELECT e.trigger_id, e.event, e.subject, e.due, t.state, s.state FROM survey_trigger_events e "
              "JOIN survey_triggers t ON t.id = e.trigger_id JOIN surveys s ON s.id = t.survey "
              "WHERE e.link = 0 AND e.due <= $1 ORDER BY e.due, e.trigger_id, e.event LIMIT $2")
            .bind(1, parts_.clock.now())
            .bind(2, static_cast<std::int64_t>(kAtOnce));
    for (;;) {
      CX_TRY(const bool more, row.step());
      if (!more) return {};
      out.push_back({.trigger = {row.u64(0)},
                     .event = row.u64(1),
                     .subject = {row.u64(2)},
                     .due = {row.i64(3)},
                     .state = static_cast<TriggerState>(row.i64(4)),
                     .survey = static_cast<SurveyState>(row.i64(5))});
    }
  }));
  return out;
}

/// The event asks nobody; counted once.
Result<void> Triggers::leave(const Waiting& one, std::string_view why) {
  return parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(const auto gone,
           tx.sql("DELETE FROM survey_trigger_events WHERE trigger_id = $1 AND event = $2 AND link = 0")
               .bind(1, one.trigger)
               .bind(2, one.event)
               .run());
    return add_left(tx, one.trigger, why, static_cast<std::uint64_t>(gone));
  });
}

/// The link and the note that the event has asked, in one transaction. False: it had asked before.
Result<bool> Triggers::settle(const Waiting& one, const Trigger& trigger, const Rounds::Chosen& chosen) {
  const auto expires = trigger.plan.expires_days == 0
                           ? std::optional<Instant>{}
                           : std::optional(parts_.clock.now() + days(trigger.plan.expires_days));
  bool asked = false;
  CX_TRY(parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& row =
        tx.sql("SELECT link FROM survey_trigger_events WHERE trigger_id = $1 AND event = $2")
            .bind(1, one.trigger)
            .bind(2, one.event);
    CX_TRY(const bool there, row.step());
    asked = there && row.u64(0) == 0;
    if (!asked) return {};
    CX_TRY(const SurveyLinkId link,
           parts_.surveys.rounds().ask(tx, grant_of(trigger), trigger.round, chosen, expires));
    CX_TRY(tx.sql("UPDATE survey_trigger_events SET link = $3 WHERE trigger_id = $1 AND event = $2")
               .bind(1, one.trigger)
               .bind(2, one.event)
               .bind(3, link)
               .run());
    return {};
  }));
  return asked;
}

/// `asked`: whom surveys asked lately, those of this call among them. True: this one was asked, too.
Result<bool> Triggers::ask(const Waiting& one, const Trigger& trigger, Rounds::LastAsked& asked) {
  Rounds& rounds = parts_.surveys.rounds();
  const Instant now = parts_.clock.now();
  const auto left = [&](std::string_view why) -> Result<bool> {
    CX_TRY(leave(one, why));
    return false;
  };
  if (one.state != TriggerState::kOn) return left("stopped");
  if (one.survey != SurveyState::kOpen) return left("closed");
  const auto customer = parts_.graph.customer_of(one.subject);
  if (!customer && customer.error().code != Code::kNotFound) return std::unexpected(customer.error());
  if (!customer || !rounds.sees(grant_of(trigger), *customer)) return left(to_string(Left::kUnknown));
  std::optional<Instant> last;
  if (const auto at = asked.find(*customer); at != asked.end()) last = at->second;
  if (last && now - *last < rounds.parts_.quarantine) return left(to_string(Left::kQuarantined));
  CX_TRY(const auto names, rounds.names_wanted(trigger.survey, trigger.plan.ask));
  Rounds::Chosen chosen;
  CX_TRY(const auto why, rounds.look_at(*customer, trigger.plan.ask, names, last, chosen));
  if (why) return left(to_string(*why));
  CX_TRY(const bool done, settle(one, trigger, chosen));
  if (done) asked[*customer] = now;
  return done;
}

Result<std::size_t> Triggers::ask_due() {
  const std::lock_guard turn(asking_);
  std::size_t out = 0;
  for (;;) {
    CX_TRY(const auto waiting, due());
    if (waiting.empty()) return out;
    Rounds& rounds = parts_.surveys.rounds();
    const std::lock_guard lock(rounds.making_);
    CX_TRY(Rounds::LastAsked asked, rounds.last_asked());
    std::map<TriggerId, Trigger> known;
    for (const Waiting& one : waiting) {
      if (!pause(Millis{0})) return out;
      if (!known.contains(one.trigger)) {
        CX_TRY(auto found, read("WHERE id = $1", one.trigger.value, false));
        if (found.empty()) return fail(Code::kBadRecord, "survey_triggers {}", one.trigger.str());
        known.emplace(one.trigger, std::move(found.front()));
      }
      const Trigger& trigger = known.at(one.trigger);
      const Instant now = parts_.clock.now();
      const Instant later = after_quiet(trigger.plan.quiet, now, parts_.zone);
      if (now - one.due > trigger.plan.fresh) {
        CX_TRY(leave(one, "stale"));
      } else if (later > now && one.state == TriggerState::kOn) {
        CX_TRY(postpone(one, later));
      } else {
        CX_TRY(const bool done, ask(one, trigger, asked));
        out += done ? 1 : 0;
      }
    }
    if (waiting.size() < kAtOnce) return out;
  }
}

Result<void> Triggers::postpone(const Waiting& one, Instant until) {
  return parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(
        tx.sql("UPDATE survey_trigger_events SET due = $3 WHERE trigger_id = $1 AND event = $2 AND link = 0")
            .bind(1, one.trigger)
            .bind(2, one.event)
            .bind(3, until)
            .run());
    return {};
  });
}

}  // namespace zhike::feedback
