// Links to surveys: made, listed, counted.
#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "feedback/rounds.h"
#include "feedback/surveys.h"

namespace zhike::feedback {
namespace {

namespace json = boost::json;

using Named = std::pair<std::string_view, LinkKind>;
constexpr std::array kKinds{Named{"public", LinkKind::kPublic}, Named{"single", LinkKind::kSingle},
                            Named{"personal", LinkKind::kPersonal}};
constexpr std::size_t kTokenBytes = 16;
constexpr std::size_t kPublicShown = 100;
constexpr std::size_t kTraitsMax = 20, kTraitBytesMax = 400;

std::string context_of(SurveyLinkId id) { return "survey_link/" + id.str(); }

std::string to_json(const Respondent& person) {
  json::array identifiers;
  for (const Identifier& one : person.identifiers)
    identifiers.push_back(json::object{{"kind", to_string(one.kind)}, {"value", one.value}});
  json::object traits;
  for (const auto& [name, value] : person.traits) traits[name] = value;
  json::object out{{"identifiers", std::move(identifiers)}, {"traits", std::move(traits)}};
  if (person.entered_by.is_set()) out["entered_by"] = person.entered_by.str();
  return json::serialize(out);
}

std::string text_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

Result<void> check(const NewLink& link) {
  const Respondent& person = link.person;
  if ((link.kind == LinkKind::kPersonal) == person.identifiers.empty())
    return fail(Code::kBadField, "'customer': {}",
                person.identifiers.empty() ? "whose link is it?" : "is for personal links only");
  if (person.traits.size() > kTraitsMax || std::ranges::any_of(person.traits, [](const auto& trait) {
        return trait.first.size() > kTraitBytesMax || trait.second.size() > kTraitBytesMax;
      }))
    return fail(Code::kBadField, "'traits': up to {} of up to {} bytes", kTraitsMax, kTraitBytesMax);
  return {};
}

}  // namespace

std::string_view to_string(LinkKind kind) noexcept {
  return std::ranges::find(kKinds, kind, &Named::second)->first;
}

std::optional<LinkKind> parse_link_kind(std::string_view text) noexcept {
  const auto at = std::ranges::find(kKinds, text, &Named::first);
  if (at == kKinds.end()) return std::nullopt;
  return at->second;
}

std::string Surveys::hash(std::string_view token) const {
  const crypto::Hash128 hashed = crypto::keyed_hash(parts_.key, token);
  return fmt::format("{:016x}{:016x}", hashed.high, hashed.low);
}

Result<SurveyLink> Surveys::make_link(ledger::Tx& tx, const Grant& grant, SurveyId id,
                                      const NewLink& wanted) {
  ledger::Statement& newest = tx.sql("SELECT COALESCE(MAX(id), 0) FROM survey_links");
  CX_TRY(newest.step());
  SurveyLink link{.id = {newest.u64(0) + 1},
                  .kind = wanted.kind,
                  .token = crypto::random_token(kTokenBytes),
                  .channel = wanted.channel.empty() ? "web" : wanted.channel,
                  .expires = wanted.expires,
                  .created = parts_.clock.now()};
  const std::string hashed = hash("link:" + link.token);
  std::string sealed;
  if (link.kind == LinkKind::kPublic) sealed = crypto::seal(parts_.key, link.token, context_of(link.id));
  if (link.kind == LinkKind::kPersonal)
    sealed = crypto::seal(parts_.key, to_json(wanted.person), context_of(link.id));
  CX_TRY(tx.sql("INSERT INTO survey_links (id, survey, kind, token, sealed, channel, expires, opened, actor, "
                "created) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9)")
             .bind(1, link.id)
             .bind(2, id)
             .bind(3, static_cast<std::int64_t>(link.kind))
             .bind(4, ledger::Blob{hashed})
             .bind(5, ledger::Blob{sealed})
             .bind(6, link.channel)
             .bind(7, link.expires.value_or(Instant{}))
             .bind(8, grant.user)
             .bind(9, link.created)
             .run());
  return link;
}

Result<std::vector<SurveyLink>> Surveys::make_links(const Grant& grant, SurveyId id,
                                                    std::span<const NewLink> wanted) {
  CX_TRY(const SurveyHead head, found(grant, Permission::kManageData, id));
  if (wanted.empty() || wanted.size() > kLinksAtOnceMax)
    return fail(Code::kBadField, "1 to {} links at once", kLinksAtOnceMax);
  for (const NewLink& link : wanted) {
    CX_TRY(check(link));
  }
  std::vector<NewLink> filled(wanted.begin(), wanted.end());
  if (rounds_ != nullptr && filled.front().kind == LinkKind::kPersonal) {
    CX_TRY(const auto newest, parsed(id, head.version));
    for (NewLink& link : filled) {
      CX_TRY(rounds_->fill(*newest, link.person));
    }
  }
  std::vector<SurveyLink> out;
  CX_TRY(parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    for (const NewLink& link : filled) {
      CX_TRY(out.emplace_back(), make_link(tx, grant, id, link));
    }
    return record(tx, grant, "survey_links_made", id,
                  fmt::format("{} × {}", out.size(), to_string(out[0].kind)));
  }));
  return out;
}

Result<std::vector<SurveyLink>> Surveys::public_links(const Grant& grant, SurveyId id) {
  CX_TRY(find(grant, id));
  std::vector<SurveyLink> out;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& row =
        tx.sql(
              "SELECT id, sealed, channel, expires, opened, created, revoked FROM survey_links "
              "WHERE survey = $1 AND kind = 0 ORDER BY id DESC LIMIT $2")
            .bind(1, id)
            .bind(2, static_cast<std::int64_t>(kPublicShown));
    for (;;) {
      CX_TRY(const bool more, row.step());
      if (!more) return {};
      SurveyLink link{.id = {row.u64(0)},
                      .channel = std::string(row.text(2)),
                      .opened = row.u64(4),
                      .created = {row.i64(5)}};
      CX_TRY(link.token, crypto::open(parts_.key, row.blob(1), context_of(link.id)));
      if (row.i64(3) != 0) link.expires = Instant{row.i64(3)};
      if (row.i64(6) != 0) link.revoked = Instant{row.i64(6)};
      out.push_back(std::move(link));
    }
  }));
  return out;
}

Result<void> Surveys::revoke(const Grant& grant, SurveyId id, SurveyLinkId link) {
  CX_TRY(found(grant, Permission::kManageData, id));
  return parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& row =
        tx.sql("SELECT revoked FROM survey_links WHERE id = $1 AND survey = $2").bind(1, link).bind(2, id);
    CX_TRY(const bool there, row.step());
    if (!there) return fail(Code::kUnknownLink);
    if (row.i64(0) != 0) return {};
    CX_TRY(tx.sql("UPDATE survey_links SET revoked = $2 WHERE id = $1")
               .bind(1, link)
               .bind(2, parts_.clock.now())
               .run());
    return record(tx, grant, "survey_link_expired", id, "link " + link.str());
  });
}

Result<void> Surveys::revoke(const Grant& grant, SurveyId id, std::string_view token) {
  CX_TRY(found(grant, Permission::kManageData, id));
  if (!is_token(token)) return fail(Code::kUnknownLink);
  const std::string hashed = hash("link:" + std::string(token));
  SurveyLinkId link;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& row =
        tx.sql("SELECT id FROM survey_links WHERE token = $1").bind(1, ledger::Blob{hashed});
    CX_TRY(const bool there, row.step());
    if (!there) return fail(Code::kUnknownLink);
    link = {row.u64(0)};
    return {};
  }));
  return revoke(grant, id, link);
}

std::vector<std::string> Surveys::origins(std::string_view token) {
  if (!is_token(token)) return {};
  const std::string hashed = hash("link:" + std::string(token));
  SurveyId id;
  const auto looked = parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& row =
        tx.sql("SELECT survey FROM survey_links WHERE token = $1").bind(1, ledger::Blob{hashed});
    CX_TRY(const bool there, row.step());
    if (there) id = {row.u64(0)};
    return {};
  });
  if (!looked || !id.is_set()) return {};
  const auto newest = survey(Grant::owner(), id);
  return newest ? (*newest)->origins : std::vector<std::string>{};
}

Result<SurveyFunnel> Surveys::funnel(const Grant& grant, SurveyId id) {
  CX_TRY(find(grant, id));
  SurveyFunnel out;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& links = tx.sql(
                                     "SELECT COUNT(CASE WHEN kind > 0 THEN 1 END), "
                                     "COUNT(CASE WHEN kind > 0 AND opened > 0 THEN 1 END), "
                                     "COALESCE(SUM(opened), 0) FROM survey_links WHERE survey = $1")
                                   .bind(1, id);
    CX_TRY(links.step());
    out.sent = links.u64(0);
    out.sent_opened = links.u64(1);
    out.opened = links.u64(2);
    ledger::Statement& responses =
        tx.sql("SELECT state, COUNT(*) FROM survey_responses WHERE survey = $1 GROUP BY state").bind(1, id);
    for (;;) {
      CX_TRY(const bool more, responses.step());
      if (!more) return {};
      const auto state = static_cast<Visit::State>(responses.i64(0) + 1);
      out.started += responses.u64(1);
      if (state == Visit::State::kSending || state == Visit::State::kDone) out.completed += responses.u64(1);
      if (state == Visit::State::kTurnedAway) out.turned_away += responses.u64(1);
    }
  }));
  return out;
}

Result<Respondent> open_person(const crypto::Key& key, SurveyLinkId link, std::string_view sealed) {
  CX_TRY(const std::string text, crypto::open(key, sealed, context_of(link)));
  boost::system::error_code bad;
  const json::value root = json::parse(text, bad);
  Respondent out;
  if (bad || !root.is_object()) return fail(Code::kBadRecord, "{}", context_of(link));
  if (const json::value* list = root.get_object().if_contains("identifiers"); list && list->is_array())
    for (const json::value& one : list->get_array()) {
      const auto kind = parse_identifier_kind(one.is_object() ? text_at(one.get_object(), "kind") : "");
      if (!kind) return fail(Code::kBadRecord, "{}", context_of(link));
      out.identifiers.push_back({*kind, text_at(one.get_object(), "value")});
    }
  if (const json::value* traits = root.get_object().if_contains("traits"); traits && traits->is_object())
    for (const auto& [name, value] : traits->get_object())
      if (value.is_string()) out.traits[std::string(name)] = std::string(value.get_string());
  if (const std::string by = text_at(root.get_object(), "entered_by"); !by.empty()) {
    CX_TRY(out.entered_by, parse_id<UserId>(by));
  }
  return out;
}

}  // namespace zhike::feedback
