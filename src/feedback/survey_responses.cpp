// Responses: begun, kept while they are filled in, accepted once, and sent to the journal.
#include <algorithm>
#include <boost/json.hpp>

#include "base/ascii.h"
#include "base/log.h"
#include "feedback/rounds.h"
#include "feedback/surveys.h"

namespace zhike::feedback {

/// survey_links.cpp. The person of a personal link. Errors: kSealBroken, kBadRecord.
Result<Respondent> open_person(const crypto::Key& key, SurveyLinkId link, std::string_view sealed);

namespace {

constexpr std::size_t kTokenCharacters = 22;  // 16 bytes in base64

std::string context_of(const std::string& response) { return "survey_response/" + response; }

}  // namespace

bool Surveys::is_token(std::string_view text) noexcept {
  return text.size() == kTokenCharacters &&
         std::ranges::all_of(text, [](char c) { return ascii::is_alnum(c) || c == '-' || c == '_'; });
}

Result<Visit> Surveys::visit(std::string_view token, std::string_view respondent) {
  if (!is_token(token)) return fail(Code::kUnknownLink);
  const std::string hashed = hash("link:" + std::string(token));
  Visit out;
  std::optional<Instant> expires;
  bool revoked = false;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& row =
        tx.sql(
              "SELECT id, survey, kind, sealed, channel, expires, revoked FROM survey_links "
              "WHERE token = $1")
            .bind(1, ledger::Blob{hashed});
    CX_TRY(const bool there, row.step());
    if (!there) return fail(Code::kUnknownLink);
    out.link = {row.u64(0)};
    out.head.id = {row.u64(1)};
    out.kind = static_cast<LinkKind>(row.i64(2));
    out.channel = std::string(row.text(4));
    if (row.i64(5) != 0) expires = Instant{row.i64(5)};
    revoked = row.i64(6) != 0;
    if (out.kind == LinkKind::kPersonal) {
      CX_TRY(out.person, open_person(parts_.key, out.link, row.blob(3)));
    }
    return {};
  }));
  CX_TRY(out.head, found(Grant::owner(), Permission::kViewMetrics, out.head.id));
  if (out.kind != LinkKind::kPublic)
    out.response = hash("response:" + out.link.str());
  else if (is_token(respondent))
    out.response = hash("response:" + out.link.str() + ":" + std::string(respondent));
  CX_TRY(load_response(out));
  if (out.state >= Visit::State::kSending) return out;  // who has answered may see so, whatever came after
  if (revoked) return fail(Code::kLinkExpired);
  if (out.head.state != SurveyState::kOpen) return fail(Code::kSurveyClosed, "{}", to_string(out.head.state));
  if (expires && *expires <= parts_.clock.now()) return fail(Code::kLinkExpired);
  return out;
}

/// Sets state, answers and the version that the response was begun with.
Result<void> Surveys::load_response(Visit& visit) {
  std::uint32_t version = visit.head.version;
  boost::json::value answers;
  if (!visit.response.empty()) {
    CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
      ledger::Statement& row = tx.sql("SELECT version, state, answers FROM survey_responses WHERE id = $1")
                                   .bind(1, visit.response);
      CX_TRY(const bool there, row.step());
      if (!there) return {};
      version = static_cast<std::uint32_t>(row.i64(0));
      visit.state = static_cast<Visit::State>(row.i64(1) + 1);
      if (row.blob(2).empty()) return {};
      CX_TRY(const std::string text, crypto::open(parts_.key, row.blob(2), context_of(visit.response)));
      boost::system::error_code bad;
      answers = boost::json::parse(text, bad);
      if (bad) return fail(Code::kBadRecord, "{}", context_of(visit.response));
      return {};
    }));
  }
  CX_TRY(visit.survey, parsed(visit.head.id, version));
  if (answers.is_object()) {
    CX_TRY(visit.answers, read_answers(*visit.survey, answers));
  }
  return {};
}

Result<void> Surveys::count_opened(const Visit& visit) {
  return parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("UPDATE survey_links SET opened = opened + 1 WHERE id = $1").bind(1, visit.link).run());
    return {};
  });
}

Result<void> Surveys::keep(const Visit& visit, const Answers& answers) {
  if (visit.response.empty()) return fail(Code::kUnknownLink);
  const std::string sealed =
      crypto::seal(parts_.key, boost::json::serialize(answers_json(answers)), context_of(visit.response));
  std::int64_t kept = 0;
  CX_TRY(parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(
        kept,
        tx.sql("INSERT INTO survey_responses (id, survey, version, link, state, answers, started, changed) "
               "VALUES ($1, $2, $3, $4, 0, $5, $6, $6) ON CONFLICT (id) DO UPDATE SET "
               "answers = excluded.answers, changed = excluded.changed "
               "WHERE survey_responses.state = 0")
            .bind(1, visit.response)
            .bind(2, visit.head.id)
            .bind(3, static_cast<std::int64_t>(visit.survey->version))
            .bind(4, visit.link)
            .bind(5, ledger::Blob{sealed})
            .bind(6, parts_.clock.now())
            .run());
    return {};
  }));
  if (kept == 0) return fail(Code::kLinkUsed);
  return {};
}

/// Moves an open response to accepted and counts its quotas, in one transaction: of two requests at the same
/// time one finds it open. False: a quota is full.
Result<bool> Surveys::accept(const Visit& visit, const Answers& accepted) {
  // Read before the transaction: who has answered is another file's business.
  std::optional<CustomerId> known;
  if (rounds_ != nullptr && visit.kind != LinkKind::kPersonal) {
    const auto found = rounds_->respondent(*visit.survey, accepted);
    if (found)
      known = *found;
    else
      log::warn("respondent_not_looked_up", {{"error", to_string(found.error())}});
  }
  bool full = false;
  CX_TRY(parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(const auto moved,
           tx.sql("UPDATE survey_responses SET state = 1, changed = $2 WHERE id = $1 AND state = 0")
               .bind(1, visit.response)
               .bind(2, parts_.clock.now())
               .run());
    if (moved == 0) return {};  // it was accepted before
    std::vector<std::string> counted;
    for (const Quota& quota : visit.survey->quotas) {
      if (quota.when && !holds(*quota.when, accepted)) continue;
      ledger::Statement& row = tx.sql("SELECT taken FROM survey_quotas WHERE survey = $1 AND name = $2")
                                   .bind(1, visit.head.id)
                                   .bind(2, quota.id);
      CX_TRY(const bool there, row.step());
      full = full || (there && row.u64(0) >= quota.most);
      counted.push_back(quota.id);
    }
    if (full) {
      CX_TRY(tx.sql("UPDATE survey_responses SET state = 3, answers = $2 WHERE id = $1")
                 .bind(1, visit.response)
                 .bind(2, ledger::Blob{""})
                 .run());
      return {};
    }
    if (known) {
      CX_TRY(note_respondent(tx, visit, *known));
    }
    for (const std::string& quota : counted) {
      CX_TRY(tx.sql("INSERT INTO survey_quotas (survey, name, taken) VALUES ($1, $2, 1) "
                    "ON CONFLICT (survey, name) DO UPDATE SET taken = survey_quotas.taken + 1")
                 .bind(1, visit.head.id)
                 .bind(2, quota)
                 .run());
    }
    return {};
  }));
  return !full;
}

Result<void> Surveys::note_respondent(ledger::Tx& tx, const Visit& visit, CustomerId customer) {
  CX_TRY(tx.sql("INSERT INTO survey_answered (response, survey, subject, at) VALUES ($1, $2, $3, $4) "
                "ON CONFLICT (response) DO NOTHING")
             .bind(1, visit.response)
             .bind(2, visit.head.id)
             .bind(3, customer)
             .bind(4, parts_.clock.now())
             .run());
  return {};
}

Result<void> Surveys::submit(const Visit& visit, const Answers& answers, Tongue tongue) {
  if (visit.state < Visit::State::kSending) {
    const Walk walked = walk(*visit.survey, answers);
    if (!walked.problems.empty())
      return fail(Code::kBadAnswer, "/{} {}", walked.problems.front().question,
                  walked.problems.front().what.in(tongue));
    const auto kept = keep(visit, walked.accepted);
    if (!kept && kept.error().code != Code::kLinkUsed) return std::unexpected(kept.error());
    CX_TRY(const bool taken, accept(visit, walked.accepted));
    if (!taken) return fail(Code::kSurveyFull);
  }
  // What counts is what was accepted first, and that is what is in the ledger now.
  Visit stored = visit;
  CX_TRY(load_response(stored));
  if (stored.state == Visit::State::kTurnedAway) return fail(Code::kSurveyFull);
  if (stored.state == Visit::State::kDone) return {};
  return send(stored, stored.answers);
}

Result<void> Surveys::send(const Visit& visit, const Answers& accepted) {
  CX_TRY(const auto source,
         parts_.sources.find_or_make(
             {.id = {}, .name = "survey/" + visit.head.key, .kind = "form", .zone = parts_.zone}));
  ingest::Parsed parsed;
  parsed.events = events_of({.survey = *visit.survey,
                             .accepted = accepted,
                             .by = visit.person,
                             .response = visit.response,
                             .unit = visit.head.unit,
                             .channel = visit.channel,
                             .at = parts_.clock.now()});
  CX_TRY(parts_.intake.accept(source, std::move(parsed)));
  return parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(
        tx.sql(
              "UPDATE survey_responses SET state = 2, answers = $2, changed = $3 WHERE id = $1 AND state = 1")
            .bind(1, visit.response)
            .bind(2, ledger::Blob{""})
            .bind(3, parts_.clock.now())
            .run());
    return {};
  });
}

Result<void> Surveys::send_pending(Instant before) {
  std::vector<Visit> waiting;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& row = tx.sql(
        "SELECT r.id, r.survey, l.id, l.kind, l.sealed, l.channel FROM survey_responses r "
        "JOIN survey_links l ON l.id = r.link WHERE r.state = 1 AND r.changed <= $1 ORDER BY r.changed");
    row.bind(1, before);
    for (;;) {
      CX_TRY(const bool more, row.step());
      if (!more) return {};
      Visit visit;
      visit.response = std::string(row.text(0));
      visit.head.id = {row.u64(1)};
      visit.link = {row.u64(2)};
      visit.kind = static_cast<LinkKind>(row.i64(3));
      visit.channel = std::string(row.text(5));
      if (visit.kind == LinkKind::kPersonal) {
        CX_TRY(visit.person, open_person(parts_.key, visit.link, row.blob(4)));
      }
      waiting.push_back(std::move(visit));
    }
  }));
  for (Visit& visit : waiting) {
    CX_TRY(visit.head, found(Grant::owner(), Permission::kViewMetrics, visit.head.id));
    CX_TRY(load_response(visit));
    CX_TRY(send(visit, visit.answers));
  }
  return {};
}

}  // namespace zhike::feedback
