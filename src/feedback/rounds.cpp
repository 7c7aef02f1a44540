#include "feedback/rounds.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>

namespace zhike::feedback {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, kLeftCount> kLeft{"unknown",       "repeated",   "spoke",
                                                         "quarantined",   "own_limit",  "refused",
                                                         "no_identifier", "no_address", "not_drawn"};
constexpr std::size_t kKeyBytesMax = 80, kChannelBytesMax = 80, kFilterBytesMax = 4'000;
constexpr std::size_t kSubjectBytesMax = 300, kTextBytesMax = 4'000;

std::string context_of(SurveyLinkId link) { return "survey_ask/" + link.str(); }

json::object to_json(const Message& message) {
  return {{"subject", message.subject}, {"text", message.text}};
}

/// What was wanted: of a list its length and a fingerprint, so that a repeat can be told from another.
std::string spec_of(const RoundPlan& plan) {
  json::object out{{"sample", plan.sample},
                   {"silent_days", plan.silent_days},
                   {"channel", plan.channel},
                   {"connector", plan.connector},
                   {"expires", plan.expires.value_or(Instant{}).ms},
                   {"reminders", plan.reminders},
                   {"remind_days", plan.remind_days},
                   {"subject", plan.message.subject},
                   {"text", plan.message.text}};
  // Absent where they say nothing: a plan that was recorded before there were any is still the same plan.
  if (!plan.zh.text.empty()) out["zh"] = to_json(plan.zh);
  if (!plan.en.text.empty()) out["en"] = to_json(plan.en);
  if (plan.customers.empty()) {
    out["filter"] = plan.filter_text;
  } else {
    std::string all;
    for (const CustomerId one : plan.customers) all += one.str() + "\n";
    out["customers"] = plan.customers.size();
    out["customers_hash"] = fmt::format("{:016x}", crypto::fingerprint(all).high);
  }
  return json::serialize(out);
}

std::string to_json(const RoundOutcome& outcome) {
  json::object out{{"population", outcome.population},
                   {"looked_at", outcome.looked_at},
                   {"asked", outcome.asked},
                   {"seed", outcome.seed}};
  for (std::size_t i = 0; i < kLeftCount; ++i) out[kLeft[i]] = outcome.left[i];
  return json::serialize(out);
}

Result<RoundOutcome> outcome_of(std::string_view text) {
  boost::system::error_code bad;
  const json::value root = json::parse(json::string_view(text.data(), text.size()), bad);
  if (bad || !root.is_object()) return fail(Code::kBadRecord, "survey_rounds.outcome");
  const auto number = [&](std::string_view key) {
    const json::value* value = root.get_object().if_contains(key);
    return value != nullptr && value->is_int64() ? static_cast<std::uint64_t>(value->get_int64()) : 0U;
  };
  RoundOutcome out{.population = number("population"),
                   .looked_at = number("looked_at"),
                   .asked = number("asked"),
                   .seed = number("seed")};
  for (std::size_t i = 0; i < kLeftCount; ++i) out.left[i] = number(kLeft[i]);
  return out;
}

Result<void> check(const Message& message) {
  if (message.subject.size() > kSubjectBytesMax || message.text.size() > kTextBytesMax)
    return fail(Code::kBadField, "'subject' and 'text': up to {} and {} bytes", kSubjectBytesMax,
                kTextBytesMax);
  if (!message.text.empty() && message.text.find("{link}") == message.text.npos)
    return fail(Code::kBadField, "'text' does not say {{link}}");
  return {};
}

Result<void> check(const RoundPlan& plan, Instant now) {
  if (plan.sample > Rounds::kAskedMax)
    return fail(Code::kBadField, "'sample': at most {}", Rounds::kAskedMax);
  if (plan.silent_days > Rounds::kDaysMax)
    return fail(Code::kBadField, "'silent_days': at most {}", Rounds::kDaysMax);
  if (plan.seed.value_or(0) >> 53U != 0) return fail(Code::kBadField, "'seed': below 2^53");
  if (plan.channel.size() > kChannelBytesMax)
    return fail(Code::kBadField, "'channel': up to {} bytes", kChannelBytesMax);
  if (plan.filter_text.size() > kFilterBytesMax)
    return fail(Code::kBadField, "'filter': up to {} bytes", kFilterBytesMax);
  if (plan.expires && *plan.expires <= now) return fail(Code::kBadField, "'expires' is over");
  if (plan.reminders > Rounds::kRemindersMax)
    return fail(Code::kBadField, "'reminders': at most {}", Rounds::kRemindersMax);
  if (plan.reminders != 0 && (plan.remind_days == 0 || plan.remind_days > Rounds::kDaysMax))
    return fail(Code::kBadField, "'remind_days': 1 to {}", Rounds::kDaysMax);
  if (plan.reminders != 0 && plan.connector == 0)
    return fail(Code::kBadField, "'reminders' need a connector that sends them");
  for (const Message* one : {&plan.message, &plan.zh, &plan.en}) {
    CX_TRY(check(*one));
  }
  return {};
}

constexpr std::string_view kRoundColumns =
    "SELECT id, survey, key, spec, outcome, channel, connector, reminders, remind_after, expires, told, "
    "actor, "
    "created FROM survey_rounds ";

Result<Round> round_of(const ledger::Statement& row) {
  Round out{.id = {row.u64(0)},
            .survey = {row.u64(1)},
            .key = std::string(row.text(2)),
            .spec = std::string(row.text(3)),
            .channel = std::string(row.text(5)),
            .connector = row.u64(6),
            .reminders = static_cast<std::uint32_t>(row.i64(7)),
            .remind_days = static_cast<std::uint32_t>(row.i64(8) / days(1).value),
            .actor = {row.u64(11)},
            .created = {row.i64(12)}};
  CX_TRY(out.outcome, outcome_of(row.text(4)));
  if (row.i64(9) != 0) out.expires = Instant{row.i64(9)};
  if (row.i64(10) != 0) out.told = Instant{row.i64(10)};
  return out;
}

}  // namespace

std::string_view to_string(Left left) noexcept { return kLeft[static_cast<std::size_t>(left)]; }

void Rounds::start_post(std::unique_ptr<Postman> postman, std::string public_url) {
  postman_ = std::move(postman);
  post_ = std::make_unique<RoundPost>(RoundPost::Parts{.ledger = parts_.ledger,
                                                       .surveys = parts_.surveys,
                                                       .postman = *postman_,
                                                       .clock = parts_.clock,
                                                       .public_url = std::move(public_url)});
  post_->start();
}

void Rounds::stop_post() {
  if (post_) post_->stop();
}

Result<SurveyHead> Rounds::head_of(const Grant& grant, SurveyId survey) {
  return parts_.surveys.found(grant, Permission::kManageData, survey);
}

Result<void> Rounds::check_plan(const RoundPlan& plan, Instant now) { return check(plan, now); }
std::string Rounds::spec(const RoundPlan& plan) { return spec_of(plan); }

Result<RoundOutcome> Rounds::preview(const Grant& grant, SurveyId survey, const RoundPlan& plan) {
  CX_TRY(head_of(grant, survey));
  CX_TRY(check(plan, parts_.clock.now()));
  CX_TRY(const auto names, names_wanted(survey, plan));
  CX_TRY(const Drawn drawn, draw(grant, plan, names));
  return drawn.outcome;
}

Result<std::optional<Round>> Rounds::existing(ledger::Tx& tx, SurveyId survey, std::string_view key) {
  static const std::string kSql = std::string(kRoundColumns) + "WHERE survey = $1 AND key = $2";
  ledger::Statement& row = tx.sql(kSql).bind(1, survey).bind(2, key);
  CX_TRY(const bool there, row.step());
  if (!there) return std::nullopt;
  CX_TRY(Round out, round_of(row));
  std::vector<Round> one{std::move(out)};
  CX_TRY(count(tx, survey, one));
  return std::move(one.front());
}

Result<Round> Rounds::make(const Grant& grant, SurveyId survey, std::string_view key, const RoundPlan& plan) {
  CX_TRY(const SurveyHead head, head_of(grant, survey));
  if (key.empty() || key.size() > kKeyBytesMax)
    return fail(Code::kBadField, "'key': 1 to {} bytes", kKeyBytesMax);
  if (key.starts_with(kStandingKey))
    return fail(Code::kBadField, "'key': '{}' begins those of triggers", kStandingKey);
  const std::string spec = spec_of(plan);
  const std::lock_guard lock(making_);
  std::optional<Round> there;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(there, existing(tx, survey, key));
    return {};
  }));
  if (there) {
    if (there->spec != spec || (plan.seed && *plan.seed != there->outcome.seed))
      return fail(Code::kKeyReused, "round {}", there->id.str());
    return *std::move(there);
  }
  const Instant now = parts_.clock.now();
  CX_TRY(check(plan, now));
  if (plan.connector != 0 && !parts_.has_address)
    return fail(Code::kBadField, "'connector': set server.public_url, so that links lead here");
  if (head.state != SurveyState::kOpen) return fail(Code::kSurveyState, "{}", to_string(head.state));
  CX_TRY(const auto names, names_wanted(survey, plan));
  CX_TRY(const Drawn drawn, draw(grant, plan, names));
  if (drawn.chosen.empty()) return fail(Code::kBadField, "nobody is left to ask; the preview says why");
  Round round{.id = {},
              .survey = survey,
              .key = std::string(key),
              .spec = spec,
              .outcome = drawn.outcome,
              .channel = plan.channel.empty() ? "web" : plan.channel,
              .connector = plan.connector,
              .reminders = plan.reminders,
              .remind_days = plan.remind_days,
              .expires = plan.expires,
              .actor = grant.user,
              .created = now,
              .is_new = true};
  CX_TRY(parts_.ledger.write(
      [&](ledger::Tx& tx) -> Result<void> { return write(tx, grant, round, drawn.chosen); }));
  round.funnel.sent = plan.connector == 0 ? drawn.chosen.size() : 0;
  round.waiting = plan.connector == 0 ? 0 : drawn.chosen.size();
  return round;
}

Result<void> Rounds::insert(ledger::Tx& tx, const Grant& grant, Round& round) {
  ledger::Statement& newest = tx.sql("SELECT COALESCE(MAX(id), 0) FROM survey_rounds");
  CX_TRY(newest.step());
  round.id = {newest.u64(0) + 1};
  CX_TRY(tx.sql("INSERT INTO survey_rounds (id, survey, key, spec, outcome, channel, connector, reminders, "
                "remind_after, expires, told, actor, created) "
                "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, $12)")
             .bind(1, round.id)
             .bind(2, round.survey)
             .bind(3, round.key)
             .bind(4, round.spec)
             .bind(5, to_json(round.outcome))
             .bind(6, round.channel)
             .bind(7, round.connector)
             .bind(8, static_cast<std::int64_t>(round.reminders))
             .bind(9, days(round.remind_days).value)
             .bind(10, round.expires.value_or(Instant{}))
             .bind(11, grant.user)
             .bind(12, round.created)
             .run());
  return {};
}

/// A link of the customer's own, and the message that tells of it.
Result<SurveyLinkId> Rounds::ask(ledger::Tx& tx, const Grant& grant, const Round& round, const Chosen& chosen,
                                 std::optional<Instant> expires) {
  const Instant now = parts_.clock.now();
  CX_TRY(const SurveyLink link, parts_.surveys.make_link(tx, grant, round.survey,
                                                         {.kind = LinkKind::kPersonal,
                                                          .channel = round.channel,
                                                          .expires = expires,
                                                          .person = chosen.person}));
  json::object traits;
  for (const auto& [name, value] : chosen.person.traits) traits[name] = value;
  json::object needed{{"token", link.token}, {"address", chosen.address}, {"traits", std::move(traits)}};
  if (chosen.tongue) needed["language"] = to_string(*chosen.tongue);
  CX_TRY(tx.sql("INSERT INTO survey_asks (link, round, survey, subject, sealed, at) VALUES ($1, $2, $3, $4, "
                "$5, $6)")
             .bind(1, link.id)
             .bind(2, round.id)
             .bind(3, round.survey)
             .bind(4, chosen.customer)
             .bind(5, ledger::Blob{crypto::seal(parts_.surveys.parts_.key, json::serialize(needed),
                                                context_of(link.id))})
             .bind(6, now)
             .run());
  if (round.connector == 0) return link.id;
  CX_TRY(
      tx.sql("INSERT INTO survey_messages (link, step, round, due, state, attempts, error, at) VALUES ($1, "
             "0, $2, $3, 0, 0, '', 0)")
          .bind(1, link.id)
          .bind(2, round.id)
          .bind(3, now)
          .run());
  return link.id;
}

Result<void> Rounds::write(ledger::Tx& tx, const Grant& grant, Round& round,
                           const std::vector<Chosen>& chosen) {
  CX_TRY(insert(tx, grant, round));
  for (const Chosen& one : chosen) {
    CX_TRY(ask(tx, grant, round, one, round.expires));
  }
  return parts_.surveys.record(tx, grant, "survey_round_made", round.survey,
                               fmt::format("{}: {} asked", round.key, chosen.size()));
}

/// Who answered has opened: a form that is sent without its page being asked for counts as both.
Result<void> Rounds::count(ledger::Tx& tx, SurveyId survey, std::vector<Round>& rounds) {
  const auto of = [&](std::uint64_t id) { return std::ranges::find(rounds, RoundId{id}, &Round::id); };
  ledger::Statement& row =
      tx.sql(
            "SELECT a.round, COUNT(*), COUNT(CASE WHEN l.opened > 0 OR r.id IS NOT NULL THEN 1 END), "
            "COUNT(r.id), COUNT(CASE WHEN r.state IN (1, 2) THEN 1 END) FROM survey_asks a "
            "JOIN survey_links l ON l.id = a.link LEFT JOIN survey_responses r ON r.link = a.link "
            "WHERE a.survey = $1 AND a.round > 0 GROUP BY a.round")
          .bind(1, survey);
  for (;;) {
    CX_TRY(const bool more, row.step());
    if (!more) break;
    if (const auto at = of(row.u64(0)); at != rounds.end())
      at->funnel = {.sent = row.u64(1), .opened = row.u64(2), .started = row.u64(3), .completed = row.u64(4)};
  }
  ledger::Statement& message =
      tx.sql(
            "SELECT m.round, COUNT(CASE WHEN m.state = 0 THEN 1 END), COUNT(CASE WHEN m.state = 2 THEN 1 "
            "END), "
            "COUNT(CASE WHEN m.state = 1 AND m.step = 0 THEN 1 END), "
            "COUNT(CASE WHEN m.state = 1 AND m.step > 0 THEN 1 END) FROM survey_messages m "
            "JOIN survey_rounds s ON s.id = m.round WHERE s.survey = $1 GROUP BY m.round")
          .bind(1, survey);
  for (;;) {
    CX_TRY(const bool more, message.step());
    if (!more) return {};
    const auto at = of(message.u64(0));
    if (at == rounds.end()) continue;
    at->waiting = message.u64(1);
    at->given_up = message.u64(2);
    at->funnel.sent = message.u64(3);
    at->reminded = message.u64(4);
  }
}

Result<std::vector<Round>> Rounds::list(const Grant& grant, SurveyId survey) {
  CX_TRY(head_of(grant, survey));
  std::vector<Round> out;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    static const std::string kSql =
        std::string(kRoundColumns) +
        "WHERE survey = $1 AND NOT EXISTS (SELECT 1 FROM survey_triggers t WHERE t.round = survey_rounds.id) "
        "ORDER BY id DESC LIMIT $2";
    ledger::Statement& row = tx.sql(kSql).bind(1, survey).bind(2, static_cast<std::int64_t>(kRoundsShown));
    for (;;) {
      CX_TRY(const bool more, row.step());
      if (!more) break;
      CX_TRY(out.emplace_back(), round_of(row));
    }
    return count(tx, survey, out);
  }));
  return out;
}

Result<std::vector<ChannelFunnel>> Rounds::channels(const Grant& grant, SurveyId survey) {
  CX_TRY(head_of(grant, survey));
  std::vector<ChannelFunnel> out;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& row =
        tx.sql(
              "SELECT l.channel, COUNT(*), COUNT(CASE WHEN l.opened > 0 OR r.id IS NOT NULL THEN 1 END), "
              "COUNT(r.id), COUNT(CASE WHEN r.state IN (1, 2) THEN 1 END) FROM survey_links l "
              "LEFT JOIN survey_responses r ON r.link = l.id WHERE l.survey = $1 AND l.kind > 0 "
              "GROUP BY l.channel ORDER BY l.channel")
            .bind(1, survey);
    for (;;) {
      CX_TRY(const bool more, row.step());
      if (!more) return {};
      out.push_back(
          {.channel = std::string(row.text(0)),
           .funnel = {
               .sent = row.u64(1), .opened = row.u64(2), .started = row.u64(3), .completed = row.u64(4)}});
    }
  }));
  return out;
}

Result<std::vector<Rounds::Told>> Rounds::tell(const Grant& grant, SurveyId survey, RoundId round) {
  CX_TRY(head_of(grant, survey));
  if (!grant.may(Permission::kViewCustomers))
    return fail(Code::kPermissionMissing, "{}", to_string(Permission::kViewCustomers));
  std::vector<Told> out;
  CX_TRY(parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& known =
        tx.sql("SELECT told FROM survey_rounds WHERE id = $1 AND survey = $2").bind(1, round).bind(2, survey);
    CX_TRY(const bool there, known.step());
    if (!there) return fail(Code::kNotFound, "round {}", round.str());
    if (known.i64(0) != 0) return {};
    CX_TRY(tx.sql("UPDATE survey_rounds SET told = $2 WHERE id = $1")
               .bind(1, round)
               .bind(2, parts_.clock.now())
               .run());
    ledger::Statement& row =
        tx.sql("SELECT link, subject, sealed FROM survey_asks WHERE round = $1 ORDER BY link").bind(1, round);
    for (;;) {
      CX_TRY(const bool more, row.step());
      if (!more) break;
      if (row.blob(2).empty()) continue;  // a connector has sent it, and has nothing more to say
      CX_TRY(const std::string text,
             crypto::open(parts_.surveys.parts_.key, row.blob(2), context_of({row.u64(0)})));
      boost::system::error_code bad;
      const json::value needed = json::parse(text, bad);
      if (bad || !needed.is_object()) return fail(Code::kBadRecord, "{}", context_of({row.u64(0)}));
      const auto today = parts_.graph.customer_of(SubjectId{row.u64(1)});
      out.push_back({.customer = today ? *today : CustomerId{row.u64(1)},
                     .token = std::string(needed.at("token").as_string())});
    }
    CX_TRY(tx.sql("UPDATE survey_asks SET sealed = $2 WHERE round = $1 AND NOT EXISTS (SELECT 1 FROM "
                  "survey_rounds s WHERE s.id = $1 AND s.connector > 0)")
               .bind(1, round)
               .bind(2, ledger::Blob{""})
               .run());
    return parts_.surveys.record(tx, grant, "survey_round_told", survey, fmt::format("{} links", out.size()));
  }));
  return out;
}

Result<Rounds::Interview> Rounds::interview(const Grant& grant, SurveyId survey, CustomerId customer,
                                            std::string channel) {
  CX_TRY(const SurveyHead head, head_of(grant, survey));
  if (!grant.may(Permission::kViewCustomers))
    return fail(Code::kPermissionMissing, "{}", to_string(Permission::kViewCustomers));
  if (channel.size() > kChannelBytesMax)
    return fail(Code::kBadField, "'channel': up to {} bytes", kChannelBytesMax);
  if (head.state != SurveyState::kOpen) return fail(Code::kSurveyState, "{}", to_string(head.state));
  CX_TRY(const CustomerId today, parts_.graph.customer_of(SubjectId{customer.value}));
  if (!sees(grant, today)) return fail(Code::kNotFound, "customer {}", customer.str());
  const std::lock_guard lock(making_);
  CX_TRY(const LastAsked asked, last_asked());
  Chosen one;
  // Consent to be written to is not asked for: the customer is there, or on the line, and may say no.
  CX_TRY(const auto names, names_wanted(survey, {}));
  CX_TRY(know(today, channel, names, one));
  if (one.person.identifiers.empty())
    return fail(Code::kNotFound, "customer {} has no identifier of its own", customer.str());
  one.person.entered_by = grant.user;
  Interview out;
  if (const auto at = asked.find(today); at != asked.end()) out.asked = at->second;
  CX_TRY(parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(out.link, parts_.surveys.make_link(
                         tx, grant, survey,
                         {.kind = LinkKind::kPersonal, .channel = std::move(channel), .person = one.person}));
    CX_TRY(
        tx.sql(
              "INSERT INTO survey_asks (link, round, survey, subject, sealed, at) VALUES ($1, 0, $2, $3, $4, "
              "$5)")
            .bind(1, out.link.id)
            .bind(2, survey)
            .bind(3, today)
            .bind(4, ledger::Blob{""})
            .bind(5, parts_.clock.now())
            .run());
    return parts_.surveys.record(tx, grant, "survey_interview", survey, "customer " + today.str());
  }));
  return out;
}

}  // namespace zhike::feedback
