#include "feedback/surveys.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "base/log.h"
#include "feedback/benchmarks.h"
#include "feedback/rounds.h"
#include "feedback/triggers.h"

namespace zhike::feedback {
namespace {

constexpr std::size_t kParsedMax = 64;  // documents that are kept parsed; further ones are parsed again
constexpr std::size_t kVersionsShown = 200;

struct Move {
  SurveyState from, to;
};
constexpr std::array kMoves{Move{SurveyState::kDraft, SurveyState::kOpen},
                            Move{SurveyState::kOpen, SurveyState::kClosed},
                            Move{SurveyState::kClosed, SurveyState::kOpen}};

constexpr std::string_view kHeadColumns =
    "SELECT id, name, state, version, title_zh, title_en, unit, created, changed FROM surveys ";

SurveyHead head_of(const ledger::Statement& row) {
  return {.id = {row.u64(0)},
          .key = std::string(row.text(1)),
          .state = static_cast<SurveyState>(row.i64(2)),
          .version = static_cast<std::uint32_t>(row.i64(3)),
          .title = {.zh = std::string(row.text(4)), .en = std::string(row.text(5))},
          .unit = std::string(row.text(6)),
          .created = {row.i64(7)},
          .changed = {row.i64(8)}};
}

Result<void> demand(const Grant& grant, Permission needed) {
  if (grant.may(needed)) return {};
  return fail(Code::kPermissionMissing, "{}", to_string(needed));
}

bool sees(const Grant& grant, const std::string& unit) {
  return grant.all_units || std::ranges::find(grant.units, unit) != grant.units.end();
}

/// The document as it is kept: what was sent, with the version it became.
std::string with_version(std::string_view document, std::uint32_t version) {
  boost::json::value root = boost::json::parse(boost::json::string_view(document.data(), document.size()));
  root.as_object()["version"] = version;
  return boost::json::serialize(root);
}

}  // namespace

std::string_view to_string(SurveyState state) noexcept {
  switch (state) {
    case SurveyState::kDraft:
      return "draft";
    case SurveyState::kOpen:
      return "open";
    case SurveyState::kClosed:
      return "closed";
  }
  return {};
}

Surveys::Surveys(Parts parts) : parts_(std::move(parts)) {}
Surveys::~Surveys() = default;

void Surveys::attach(std::unique_ptr<Rounds> rounds) { rounds_ = std::move(rounds); }
void Surveys::attach(std::unique_ptr<Triggers> triggers) { triggers_ = std::move(triggers); }
void Surveys::attach(std::unique_ptr<Benchmarks> benchmarks) { benchmarks_ = std::move(benchmarks); }

Result<std::unique_ptr<Surveys>> Surveys::open(Parts parts) {
  std::unique_ptr<Surveys> out(new Surveys(std::move(parts)));
  if (const auto sent = out->send_pending(out->parts_.clock.now()); !sent)
    log::error("surveys_not_sent", sent.error());
  return out;
}

Result<std::vector<SurveyHead>> Surveys::list(const Grant& grant) {
  CX_TRY(demand(grant, Permission::kViewMetrics));
  std::vector<SurveyHead> out;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    static const std::string kSql = std::string(kHeadColumns) + "ORDER BY id DESC";
    ledger::Statement& row = tx.sql(kSql);
    for (;;) {
      CX_TRY(const bool more, row.step());
      if (!more) return {};
      SurveyHead head = head_of(row);
      if (sees(grant, head.unit)) out.push_back(std::move(head));
    }
  }));
  return out;
}

Result<SurveyHead> Surveys::found(const Grant& grant, Permission needed, SurveyId id) {
  CX_TRY(demand(grant, needed));
  std::optional<SurveyHead> head;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    static const std::string kSql = std::string(kHeadColumns) + "WHERE id = $1";
    ledger::Statement& row = tx.sql(kSql).bind(1, id);
    CX_TRY(const bool there, row.step());
    if (there) head = head_of(row);
    return {};
  }));
  if (!head || !sees(grant, head->unit)) return fail(Code::kUnknownSurvey, "{}", id.str());
  return *std::move(head);
}

Result<SurveyHead> Surveys::find(const Grant& grant, SurveyId id) {
  return found(grant, Permission::kViewMetrics, id);
}

Result<std::string> Surveys::document(const Grant& grant, SurveyId id, std::uint32_t version) {
  CX_TRY(const SurveyHead head, find(grant, id));
  std::string out;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& row = tx.sql("SELECT document FROM survey_versions WHERE survey = $1 AND version = $2")
                                 .bind(1, id)
                                 .bind(2, static_cast<std::int64_t>(version == 0 ? head.version : version));
    CX_TRY(const bool there, row.step());
    if (!there) return fail(Code::kUnknownSurvey, "version {}", version);
    out = std::string(row.text(0));
    return {};
  }));
  return out;
}

Result<std::vector<SurveyVersion>> Surveys::versions(const Grant& grant, SurveyId id) {
  CX_TRY(find(grant, id));
  std::vector<SurveyVersion> out;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& row = tx.sql(
                                   "SELECT version, actor, at FROM survey_versions WHERE survey = $1 "
                                   "ORDER BY version DESC LIMIT $2")
                                 .bind(1, id)
                                 .bind(2, static_cast<std::int64_t>(kVersionsShown));
    for (;;) {
      CX_TRY(const bool more, row.step());
      if (!more) return {};
      out.push_back({static_cast<std::uint32_t>(row.i64(0)), {row.u64(1)}, {row.i64(2)}});
    }
  }));
  return out;
}

Result<void> Surveys::record(ledger::Tx& tx, const Grant& grant, std::string_view action, SurveyId id,
                             std::string detail) {
  return parts_.audit.append(tx, {.seq = 0,
                                  .at = parts_.clock.now(),
                                  .actor = grant.user,
                                  .action = std::string(action),
                                  .target = "survey/" + id.str(),
                                  .detail = std::move(detail)});
}

Result<void> Surveys::write_version(ledger::Tx& tx, const SurveyHead& head, std::string_view document,
                                    UserId actor) {
  const std::string kept = with_version(document, head.version);
  CX_TRY(
      tx.sql("INSERT INTO survey_versions (survey, version, document, actor, at) VALUES ($1, $2, $3, $4, $5)")
          .bind(1, head.id)
          .bind(2, static_cast<std::int64_t>(head.version))
          .bind(3, kept)
          .bind(4, actor)
          .bind(5, head.changed)
          .run());
  return {};
}

Result<SurveyHead> Surveys::create(const Grant& grant, std::string_view document, std::string unit,
                                   Tongue tongue) {
  CX_TRY(demand(grant, Permission::kManageData));
  if (!sees(grant, unit))
    return fail(Code::kBadField, "'unit': {}", unit.empty() ? "is missing" : "is not yours");
  CX_TRY(const auto survey, parse_survey(document, tongue));
  const Instant now = parts_.clock.now();
  SurveyHead head{.id = {},
                  .key = survey->id,
                  .title = survey->title,
                  .unit = std::move(unit),
                  .created = now,
                  .changed = now};
  CX_TRY(parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& row =
        tx.sql("SELECT COALESCE(MAX(id), 0), COUNT(*), COUNT(CASE WHEN name = $1 THEN 1 END) FROM surveys");
    CX_TRY(row.bind(1, head.key).step());
    head.id = {row.u64(0) + 1};
    if (row.u64(1) >= kSurveysMax) return fail(Code::kBadSurvey, "/ more than {} surveys", kSurveysMax);
    if (row.u64(2) != 0)
      return fail(Code::kBadSurvey, "/id {}",
                  Texts{.zh = "已有同名问卷", .en = "another survey has this id"}.in(tongue));
    CX_TRY(
        tx.sql("INSERT INTO surveys (id, name, state, version, title_zh, title_en, unit, created, changed) "
               "VALUES ($1, $2, 0, 1, $3, $4, $5, $6, $6)")
            .bind(1, head.id)
            .bind(2, head.key)
            .bind(3, head.title.zh)
            .bind(4, head.title.en)
            .bind(5, head.unit)
            .bind(6, now)
            .run());
    CX_TRY(write_version(tx, head, document, grant.user));
    return record(tx, grant, "survey_created", head.id, head.key);
  }));
  return head;
}

Result<SurveyHead> Surveys::put(const Grant& grant, SurveyId id, std::string_view document, Tongue tongue) {
  CX_TRY(SurveyHead head, found(grant, Permission::kManageData, id));
  CX_TRY(const auto survey, parse_survey(document, tongue));
  if (survey->id != head.key)
    return fail(Code::kBadSurvey, "/id {}",
                Texts{.zh = "问卷编号不可更改", .en = "the id of a survey does not change"}.in(tongue));
  if (head.state == SurveyState::kClosed) return fail(Code::kSurveyState, "{}", to_string(head.state));
  if (survey->version != head.version)
    return fail(Code::kSurveyChanged, "made from version {}, the newest is {}", survey->version,
                head.version);
  head.changed = parts_.clock.now();
  head.title = survey->title;
  CX_TRY(parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(const auto rows, tx.sql("UPDATE surveys SET version = $2 + 1, title_zh = $3, title_en = $4, "
                                   "changed = $5 WHERE id = $1 AND version = $2")
                                .bind(1, id)
                                .bind(2, static_cast<std::int64_t>(head.version))
                                .bind(3, head.title.zh)
                                .bind(4, head.title.en)
                                .bind(5, head.changed)
                                .run());
    if (rows == 0) return fail(Code::kSurveyChanged, "made from version {}", head.version);
    ++head.version;
    CX_TRY(write_version(tx, head, document, grant.user));
    return record(tx, grant, "survey_changed", id, fmt::format("version {}", head.version));
  }));
  return head;
}

Result<SurveyHead> Surveys::move(const Grant& grant, SurveyId id, SurveyState to) {
  CX_TRY(SurveyHead head, found(grant, Permission::kManageData, id));
  const bool allowed = std::ranges::any_of(
      kMoves, [&](const Move& known) { return known.from == head.state && known.to == to; });
  if (!allowed) return fail(Code::kSurveyState, "{}", to_string(head.state));
  const SurveyState from = head.state;
  head.state = to;
  head.changed = parts_.clock.now();
  CX_TRY(parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(const auto rows, tx.sql("UPDATE surveys SET state = $2, changed = $3 WHERE id = $1 AND state = $4")
                                .bind(1, id)
                                .bind(2, static_cast<std::int64_t>(to))
                                .bind(3, head.changed)
                                .bind(4, static_cast<std::int64_t>(from))
                                .run());
    if (rows == 0) return fail(Code::kSurveyState, "changed meanwhile");
    return record(tx, grant, to == SurveyState::kOpen ? "survey_opened" : "survey_closed", id, head.key);
  }));
  return head;
}

Result<std::optional<SourceId>> Surveys::source(const Grant& grant, SurveyId id) {
  CX_TRY(const SurveyHead head, find(grant, id));
  const auto source = parts_.sources.find(std::string_view("survey/" + head.key));
  if (!source) return std::nullopt;
  return source->id;
}

Result<std::shared_ptr<const Survey>> Surveys::survey(const Grant& grant, SurveyId id,
                                                      std::uint32_t version) {
  CX_TRY(const SurveyHead head, find(grant, id));
  return parsed(id, version == 0 ? head.version : version);
}

Result<std::shared_ptr<const Survey>> Surveys::parsed(SurveyId id, std::uint32_t version) {
  const std::pair key{id.value, version};
  {
    const std::lock_guard lock(mutex_);
    if (const auto at = parsed_.find(key); at != parsed_.end()) return at->second;
  }
  CX_TRY(const std::string text, document(Grant::owner(), id, version));
  CX_TRY(auto survey, parse_survey(text, Tongue::kEn));
  const std::lock_guard lock(mutex_);
  if (parsed_.size() >= kParsedMax) parsed_.erase(parsed_.begin());
  parsed_.emplace(key, survey);
  return survey;
}

}  // namespace zhike::feedback
