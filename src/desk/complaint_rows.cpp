// Complaints in the ledger: rows, seals, the history.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstring>

#include "desk/complaints.h"
#include "desk/row_parts.h"

namespace zhike::desk {
namespace {

namespace json = boost::json;

// In the order of Complaint; the last three are sealed.
constexpr std::string_view kColumns =
    "SELECT id, number, channel, source, unit, category, suggested, confidence, chosen, severity, state, "
    "first_owner, owner, opened, accept_due, due, accepted, resolved, closed, reopened, cause_class, cause, "
    "subject, (SELECT COUNT(*) FROM complaint_steps s WHERE s.complaint = complaints.id AND s.state = 1), "
    "wrapped, person, said FROM complaints ";

std::optional<Instant> time_or_none(std::int64_t ms) {
  return ms == 0 ? std::nullopt : std::optional(Instant{ms});
}
std::int64_t zero_or_time(const std::optional<Instant>& at) { return at ? at->ms : 0; }

std::string context(ComplaintId id, std::string_view what) {
  return fmt::format("complaint/{}/{}", id.str(), what);
}

std::string person_json(const std::vector<Identifier>& person) {
  json::array out;
  for (const Identifier& one : person)
    out.push_back(json::object{{"kind", to_string(one.kind)}, {"value", one.value}});
  return json::serialize(out);
}

Result<std::vector<Identifier>> parse_person(std::string_view text) {
  boost::system::error_code wrong;
  const json::value root = json::parse(json::string_view(text.data(), text.size()), wrong);
  if (wrong || !root.is_array()) return fail(Code::kBadRecord, "person of a complaint");
  std::vector<Identifier> out;
  for (const json::value& one : root.get_array()) {
    const auto kind = parse_identifier_kind(std::string_view(one.at("kind").as_string()));
    if (!kind) return fail(Code::kBadRecord, "person of a complaint");
    out.push_back({*kind, std::string(one.at("value").as_string())});
  }
  return out;
}

Step step_in(const ledger::Statement& row) {
  Step out{.id = {row.u64(0)},
           .at = {row.i64(1)},
           .actor = {row.u64(2)},
           .kind = std::string(row.text(3)),
           .detail = std::string(row.text(4)),
           .state = static_cast<StepState>(row.i64(8))};
  if (!row.text(7).empty())
    if (const auto currency = parse_currency(row.text(7))) out.cost = Money{row.i64(6), *currency};
  if (!row.is_null(9))
    out.approval = Approval{
        .why = std::string(row.text(9)), .decided_by = {row.u64(10)}, .decided = time_or_none(row.i64(11))};
  return out;
}

constexpr std::string_view kStepColumns =
    "SELECT s.id, s.at, s.actor, s.kind, s.detail, s.note, s.cost, s.currency, s.state, a.why, a.decided_by, "
    "a.decided_at, a.note FROM complaint_steps s LEFT JOIN complaint_approvals a ON a.step = s.id ";

Result<Step> open_step(const ledger::Statement& row, const crypto::Key& key, ComplaintId id) {
  Step out = step_in(row);
  if (!row.blob(5).empty()) {
    CX_TRY(out.note, crypto::open(key, row.blob(5), context(id, "note")));
  }
  if (out.approval && !row.blob(12).empty()) {
    CX_TRY(out.approval->note, crypto::open(key, row.blob(12), context(id, "note")));
  }
  return out;
}

}  // namespace

/// Shared with the report, which reads many.
Complaint complaint_in(const ledger::Statement& row) {
  return {.id = {row.u64(0)},
          .number = std::string(row.text(1)),
          .channel = std::string(row.text(2)),
          .source = std::string(row.text(3)),
          .unit = std::string(row.text(4)),
          .category = std::string(row.text(5)),
          .suggested = std::string(row.text(6)),
          .confidence = row.real(7),
          .chosen = row.i64(8) != 0,
          .severity = static_cast<Severity>(row.i64(9)),
          .state = static_cast<State>(row.i64(10)),
          .first_owner = {row.u64(11)},
          .owner = {row.u64(12)},
          .opened = {row.i64(13)},
          .accept_due = {row.i64(14)},
          .due = {row.i64(15)},
          .accepted = time_or_none(row.i64(16)),
          .resolved = time_or_none(row.i64(17)),
          .closed = time_or_none(row.i64(18)),
          .reopened = static_cast<std::uint32_t>(row.i64(19)),
          .cause_class = static_cast<CauseClass>(row.i64(20)),
          .cause = std::string(row.text(21)),
          .subject = {row.u64(22)},
          .waits_for_approval = row.i64(23) != 0};
}
std::string_view complaint_columns() { return kColumns; }

std::string seal_note(const crypto::Key& key, ComplaintId id, const std::string& note) {
  return note.empty() ? std::string() : crypto::seal(key, note, context(id, "note"));
}

Result<std::optional<Complaints::Stored>> Complaints::read_row(ledger::Tx& tx, std::string_view where,
                                                               std::string_view value) {
  ledger::Statement& row = tx.sql(fmt::format("{}WHERE {} = $1", kColumns, where));
  if (where == "id") {
    CX_TRY(const ComplaintId id, parse_id<ComplaintId>(value));
    row.bind(1, id);
  } else {
    row.bind(1, value);
  }
  CX_TRY(const bool there, row.step());
  if (!there) return std::nullopt;
  return Stored{.complaint = complaint_in(row),
                .sealed = {.wrapped = std::string(row.blob(24)),
                           .person = std::string(row.blob(25)),
                           .said = std::string(row.blob(26))}};
}

Result<Complaints::Stored> Complaints::found(ledger::Tx& tx, const Grant& grant, Permission needed,
                                             ComplaintId id) {
  if (!grant.may(needed)) return fail(Code::kPermissionMissing, "{}", to_string(needed));
  CX_TRY(auto row, read_row(tx, "id", id.str()));
  if (!row || !(grant.all_units || std::ranges::find(grant.units, row->complaint.unit) != grant.units.end()))
    return fail(Code::kUnknownComplaint, "{}", id.str());
  return *std::move(row);
}

Result<crypto::Key> Complaints::key_of(const Stored& row) const {
  CX_TRY(const std::string bytes,
         crypto::open(parts_.keys.complaints(), row.sealed.wrapped, context(row.complaint.id, "key")));
  crypto::Key key;
  if (bytes.size() != key.bytes.size()) return fail(Code::kSealBroken, "key of a complaint");
  std::memcpy(key.bytes.data(), bytes.data(), bytes.size());
  return key;
}

Result<void> Complaints::unseal(Stored& row) const {
  CX_TRY(const crypto::Key key, key_of(row));
  CX_TRY(row.complaint.text, crypto::open(key, row.sealed.said, context(row.complaint.id, "said")));
  CX_TRY(const std::string person, crypto::open(key, row.sealed.person, context(row.complaint.id, "person")));
  CX_TRY(row.complaint.person, parse_person(person));
  return {};
}

Result<void> Complaints::insert_row(ledger::Tx& tx, const Stored& row, const std::string& client) {
  const Complaint& c = row.complaint;
  CX_TRY(tx.sql("INSERT INTO complaints (id, number, client, channel, source, unit, category, suggested, "
                "confidence, "
                "chosen, severity, state, first_owner, owner, opened, accept_due, due, accepted, resolved, "
                "closed, "
                "reopened, cause_class, cause, subject, anonymous, wrapped, person, said) VALUES ($1, $2, "
                "$3, $4, $5, $6, $7, "
                "$8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 0, 0, 0, 0, 0, '', $18, $19, $20, $21, $22)")
             .bind(1, c.id)
             .bind(2, c.number)
             .bind(3, client)
             .bind(4, c.channel)
             .bind(5, c.source)
             .bind(6, c.unit)
             .bind(7, c.category)
             .bind(8, c.suggested)
             .bind(9, c.confidence)
             .bind(10, c.chosen)
             .bind(11, static_cast<std::int64_t>(c.severity))
             .bind(12, static_cast<std::int64_t>(c.state))
             .bind(13, c.first_owner)
             .bind(14, c.owner)
             .bind(15, c.opened)
             .bind(16, c.accept_due)
             .bind(17, c.due)
             .bind(18, c.subject)
             .bind(19, c.person.empty())
             .bind(20, ledger::Blob{row.sealed.wrapped})
             .bind(21, ledger::Blob{row.sealed.person})
             .bind(22, ledger::Blob{row.sealed.said})
             .run());
  return {};
}

void seal_into(const crypto::Key& master, const Complaint& complaint, std::string& wrapped,
               std::string& person, std::string& said) {
  const crypto::Key key = crypto::random_key();
  const std::string_view bytes(reinterpret_cast<const char*>(key.bytes.data()), key.bytes.size());
  wrapped = crypto::seal(master, bytes, context(complaint.id, "key"));
  person = crypto::seal(key, person_json(complaint.person), context(complaint.id, "person"));
  said = crypto::seal(key, complaint.text, context(complaint.id, "said"));
}

Result<void> Complaints::update_row(ledger::Tx& tx, const Complaint& c) {
  CX_TRY(
      tx.sql("UPDATE complaints SET category = $2, chosen = $3, severity = $4, state = $5, first_owner = $6, "
             "owner = $7, accept_due = $8, due = $9, accepted = $10, resolved = $11, closed = $12, reopened "
             "= $13, "
             "cause_class = $14, cause = $15 WHERE id = $1")
          .bind(1, c.id)
          .bind(2, c.category)
          .bind(3, c.chosen)
          .bind(4, static_cast<std::int64_t>(c.severity))
          .bind(5, static_cast<std::int64_t>(c.state))
          .bind(6, c.first_owner)
          .bind(7, c.owner)
          .bind(8, c.accept_due)
          .bind(9, c.due)
          .bind(10, zero_or_time(c.accepted))
          .bind(11, zero_or_time(c.resolved))
          .bind(12, zero_or_time(c.closed))
          .bind(13, static_cast<std::int64_t>(c.reopened))
          .bind(14, static_cast<std::int64_t>(c.cause_class))
          .bind(15, c.cause)
          .run());
  return {};
}

Result<StepId> Complaints::write_step(ledger::Tx& tx, const Stored& row, UserId actor, StepRow step) {
  CX_TRY(const crypto::Key key, key_of(row));
  ledger::Statement& newest = tx.sql("SELECT COALESCE(MAX(id), 0) FROM complaint_steps");
  CX_TRY(newest.step());
  const StepId id{newest.u64(0) + 1};
  const std::string note = seal_note(key, row.complaint.id, step.note);
  CX_TRY(tx.sql("INSERT INTO complaint_steps (id, complaint, at, actor, kind, detail, note, cost, currency, "
                "state, "
                "client) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)")
             .bind(1, id)
             .bind(2, row.complaint.id)
             .bind(3, parts_.clock.now())
             .bind(4, actor)
             .bind(5, step.kind)
             .bind(6, step.detail)
             .bind(7, ledger::Blob{note})
             .bind(8, step.cost ? step.cost->minor : std::int64_t{0})
             .bind(9, step.cost ? step.cost->currency.str() : std::string_view{})
             .bind(10, static_cast<std::int64_t>(step.state))
             .bind(11, step.client)
             .run());
  return id;
}

Result<std::vector<Step>> Complaints::steps_of(ledger::Tx& tx, const crypto::Key& key, ComplaintId id) {
  static const std::string kSql = std::string(kStepColumns) + "WHERE s.complaint = $1 ORDER BY s.id";
  ledger::Statement& row = tx.sql(kSql).bind(1, id);
  std::vector<Step> out;
  for (;;) {
    CX_TRY(const bool more, row.step());
    if (!more) return out;
    CX_TRY(Step step, open_step(row, key, id));
    out.push_back(std::move(step));
  }
}

Result<Step> Complaints::step_of(ledger::Tx& tx, const crypto::Key& key, ComplaintId id, StepId step) {
  static const std::string kSql = std::string(kStepColumns) + "WHERE s.complaint = $1 AND s.id = $2";
  ledger::Statement& row = tx.sql(kSql).bind(1, id).bind(2, step);
  CX_TRY(const bool there, row.step());
  if (!there) return fail(Code::kUnknownComplaint, "step {}", step.str());
  return open_step(row, key, id);
}

Result<void> Complaints::record(ledger::Tx& tx, const Grant& grant, std::string_view action, ComplaintId id,
                                std::string detail) {
  return parts_.audit.append(tx, {.seq = 0,
                                  .at = parts_.clock.now(),
                                  .actor = grant.user,
                                  .action = std::string(action),
                                  .target = "complaint/" + id.str(),
                                  .detail = std::move(detail)});
}

}  // namespace zhike::desk
