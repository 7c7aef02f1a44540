// Steps of a recovery, and what they may cost whom.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "desk/complaints.h"
#include "desk/row_parts.h"
#include "govern/users.h"

namespace zhike::desk {
namespace {

constexpr std::int64_t kDay = 86'400'000;
constexpr std::int64_t kMinorMax = 1'000'000'000'000;  // of one step: beyond it a digit was typed too many

Instant day_begin(Instant at, const Zone& zone) {
  const std::int64_t local = zone.to_local_ms(at);
  return zone.to_instant(local - local % kDay);
}

/// What is done, approved or asked for on a complaint, in one currency. What waits counts too: two remedies
/// that each fit would pass the limit together once the first is approved.
Result<std::int64_t> given_for(ledger::Tx& tx, ComplaintId id, Currency currency, StepId except = {}) {
  ledger::Statement& row =
      tx.sql(
            "SELECT COALESCE(SUM(cost), 0) FROM complaint_steps WHERE complaint = $1 AND "
            "currency = $2 AND state <> 3 AND id <> $3")
          .bind(1, id)
          .bind(2, currency.str())
          .bind(3, except);
  CX_TRY(row.step());
  return row.i64(0);
}

/// What a user gave since `from` on his own decision: his steps without approval, and what he approved.
Result<std::int64_t> given_by(ledger::Tx& tx, UserId user, Currency currency, Instant from) {
  ledger::Statement& row = tx.sql(
                                 "SELECT COALESCE((SELECT SUM(cost) FROM complaint_steps WHERE actor = $1 "
                                 "AND at >= $2 AND currency = $3 "
                                 "AND state = 0), 0) + COALESCE((SELECT SUM(s.cost) FROM complaint_approvals "
                                 "a JOIN complaint_steps s ON "
                                 "s.id = a.step WHERE a.decided_by = $1 AND a.decided_at >= $2 AND "
                                 "a.approved = 1 AND s.currency = $3), 0)")
                               .bind(1, user)
                               .bind(2, from)
                               .bind(3, currency.str());
  CX_TRY(row.step());
  return row.i64(0);
}

Result<std::optional<StepId>> known_step(ledger::Tx& tx, ComplaintId id, const std::string& client) {
  if (client.empty()) return std::nullopt;
  ledger::Statement& row = tx.sql("SELECT id FROM complaint_steps WHERE complaint = $1 AND client = $2")
                               .bind(1, id)
                               .bind(2, client);
  CX_TRY(const bool there, row.step());
  return there ? std::optional(StepId{row.u64(0)}) : std::nullopt;
}

/// For the audit: nothing personal.
std::string step_detail(StepKind kind, const std::optional<Money>& cost, Refusal why) {
  std::string out(to_string(kind));
  if (cost) out += fmt::format(" {} {}", format_amount(*cost), cost->currency.str());
  if (why != Refusal::kNone) out += fmt::format(" ({})", to_string(why));
  return out;
}

std::string limits_text(const std::vector<RoleLimit>& limits) {
  std::vector<std::string> out;
  for (const RoleLimit& one : limits)
    out.push_back(fmt::format("{} {} {}/{}", one.role, one.currency.str(), one.complaint, one.day));
  return fmt::format("{}", fmt::join(out, "; "));
}

Result<void> check_step(const NewStep& wanted) {
  CX_TRY(check_text("note", wanted.note, Complaints::kNoteBytesMax,
                    wanted.kind != StepKind::kNote && wanted.kind != StepKind::kContact));
  CX_TRY(check_text("client", wanted.client, Complaints::kClientBytesMax, true));
  if (!wanted.cost) return {};
  if (wanted.kind == StepKind::kNote) return fail(Code::kBadComplaint, "'cost': a note costs nothing");
  if (!wanted.cost->currency.is_set() || wanted.cost->minor < 0 || wanted.cost->minor > kMinorMax)
    return fail(Code::kBadComplaint, "'cost' is not an amount from 0 to {} minor units", kMinorMax);
  return {};
}

}  // namespace

/// Of whom nobody signed in for, the owner of the machine: administrator.
Result<std::string> Complaints::role_of(ledger::Tx& tx, const Grant& grant) const {
  if (!grant.user.is_set()) return std::string(govern::kAdministrator);
  CX_TRY(const govern::User user, govern::load_user(tx, grant.user));
  return user.role;
}

Result<std::optional<RoleLimit>> Complaints::limit_of(ledger::Tx& tx, const std::string& role,
                                                      Currency currency) const {
  if (role == govern::kAdministrator)
    return RoleLimit{.role = role, .currency = currency, .complaint = -1, .day = -1};
  ledger::Statement& row =
      tx.sql("SELECT complaint, day FROM complaint_limits WHERE role = $1 AND currency = $2")
          .bind(1, role)
          .bind(2, currency.str());
  CX_TRY(const bool there, row.step());
  if (there) return RoleLimit{.role = role, .currency = currency, .complaint = row.i64(0), .day = row.i64(1)};
  ledger::Statement& any = tx.sql("SELECT COUNT(*) FROM complaint_limits");
  CX_TRY(any.step());
  if (any.i64(0) > 0) return std::nullopt;  // a table of one's own stands for all of the catalogue's
  for (const RoleLimit& limit : parts_.catalogue.limits)
    if (limit.role == role && limit.currency == currency) return limit;
  return std::nullopt;
}

Result<Refusal> Complaints::check(ledger::Tx& tx, const Grant& grant, const Complaint& complaint, Money cost,
                                  StepId except) const {
  CX_TRY(const std::string role, role_of(tx, grant));
  CX_TRY(const auto limit, limit_of(tx, role, cost.currency));
  CX_TRY(const auto of_complaint, given_for(tx, complaint.id, cost.currency, except));
  const Instant today = day_begin(parts_.clock.now(), parts_.units.current()->zone_of(complaint.unit));
  CX_TRY(const auto of_day, given_by(tx, grant.user, cost.currency, today));
  return check_limit(limit ? &*limit : nullptr, cost.minor, of_complaint, of_day);
}

Result<Step> Complaints::add_step(const Grant& grant, ComplaintId id, const NewStep& wanted) {
  CX_TRY(check_step(wanted));
  Step out;
  CX_TRY(parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(Stored row, found(tx, grant, Permission::kHandleComplaints, id));
    CX_TRY(const crypto::Key key, key_of(row));
    CX_TRY(const auto known, known_step(tx, id, wanted.client));
    if (known) {
      CX_TRY(out, step_of(tx, key, id, *known));
      return {};
    }
    StepRow step{
        .kind = to_string(wanted.kind), .note = wanted.note, .cost = wanted.cost, .client = wanted.client};
    Complaint& one = row.complaint;
    if (wanted.kind != StepKind::kNote) {
      const auto to = after(one.state, Move::kRecover);
      if (!to) return fail(Code::kComplaintState, "{}", to_string(one.state));
      one.state = *to;
      CX_TRY(update_row(tx, one));
    }
    Refusal why = Refusal::kNone;
    if (wanted.cost) {
      CX_TRY(why, check(tx, grant, one, *wanted.cost, {}));
    }
    if (why != Refusal::kNone) step.state = StepState::kWaiting;
    CX_TRY(const StepId made, write_step(tx, row, grant.user, std::move(step)));
    if (why != Refusal::kNone) {
      CX_TRY(tx.sql("INSERT INTO complaint_approvals (step, complaint, why, approved, decided_by, "
                    "decided_at, note) "
                    "VALUES ($1, $2, $3, 0, 0, 0, $4)")
                 .bind(1, made)
                 .bind(2, id)
                 .bind(3, to_string(why))
                 .bind(4, ledger::Blob{""})
                 .run());
    } else if (wanted.kind != StepKind::kNote) {
      CX_TRY(enqueue_remedy(tx, row, made, to_string(wanted.kind), wanted.cost, parts_.clock.now()));
    }
    CX_TRY(record(tx, grant, why == Refusal::kNone ? "complaint_step" : "complaint_step_waiting", id,
                  step_detail(wanted.kind, wanted.cost, why)));
    CX_TRY(out, step_of(tx, key, id, made));
    return {};
  }));
  send_now();
  return out;
}

Result<Step> Complaints::decide(const Grant& grant, ComplaintId id, StepId step, bool approve,
                                const std::string& note) {
  CX_TRY(check_text("note", note, kNoteBytesMax, approve));
  Step out;
  CX_TRY(parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(Stored row, found(tx, grant, Permission::kHandleComplaints, id));
    CX_TRY(const crypto::Key key, key_of(row));
    CX_TRY(out, step_of(tx, key, id, step));
    const StepState wanted = approve ? StepState::kApproved : StepState::kRefused;
    // A repeat of one's own decision changes nothing.
    if (out.state == wanted && out.approval && out.approval->decided_by == grant.user) return {};
    if (out.state != StepState::kWaiting || !out.cost)
      return fail(Code::kComplaintState, "{}", to_string(out.state));
    CX_TRY(const std::string role, role_of(tx, grant));
    // Who asked may take the wish back, but not approve it; the owner of the machine answers to nobody.
    if (approve && out.actor == grant.user && grant.user.is_set())
      return fail(Code::kApprovalNotAllowed, "own step");
    CX_TRY(const Refusal why, check(tx, grant, row.complaint, *out.cost, step));
    const bool takes_back = !approve && out.actor == grant.user;
    if (why != Refusal::kNone && !takes_back)
      return fail(Code::kApprovalNotAllowed, "{}: {}", role, to_string(why));
    CX_TRY(tx.sql("UPDATE complaint_steps SET state = $2 WHERE id = $1 AND state = 1")
               .bind(1, step)
               .bind(2, static_cast<std::int64_t>(wanted))
               .run());
    CX_TRY(tx.sql("UPDATE complaint_approvals SET approved = $2, decided_by = $3, decided_at = $4, note = $5 "
                  "WHERE "
                  "step = $1")
               .bind(1, step)
               .bind(2, approve)
               .bind(3, grant.user)
               .bind(4, parts_.clock.now())
               .bind(5, ledger::Blob{seal_note(key, id, note)})
               .run());
    if (approve) {
      CX_TRY(enqueue_remedy(tx, row, step, out.kind, out.cost, parts_.clock.now()));
    }
    CX_TRY(record(tx, grant, approve ? "complaint_step_approved" : "complaint_step_refused", id,
                  "step/" + step.str()));
    CX_TRY(out, step_of(tx, key, id, step));
    return {};
  }));
  send_now();
  return out;
}

Result<std::vector<RoleLimit>> Complaints::limits() {
  std::vector<RoleLimit> out;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& row =
        tx.sql("SELECT role, currency, complaint, day FROM complaint_limits ORDER BY role, currency");
    for (;;) {
      CX_TRY(const bool more, row.step());
      if (!more) return {};
      CX_TRY(const Currency currency, parse_currency(row.text(1)));
      out.push_back({std::string(row.text(0)), currency, row.i64(2), row.i64(3)});
    }
  }));
  return out.empty() ? parts_.catalogue.limits : out;
}

Result<void> Complaints::put_limits(const Grant& grant, const std::vector<RoleLimit>& limits) {
  if (!grant.may(Permission::kManageUsers))
    return fail(Code::kPermissionMissing, "{}", to_string(Permission::kManageUsers));
  if (limits.size() > kLimitsMax) return fail(Code::kBadComplaint, "more than {} limits", kLimitsMax);
  for (auto at = limits.begin(); at != limits.end(); ++at) {
    if (govern::find_role(at->role) == nullptr)
      return fail(Code::kBadComplaint, "'role': there is no '{}'", at->role);
    if (!at->currency.is_set() || at->complaint < -1 || at->day < -1 || at->complaint > kMinorMax ||
        at->day > kMinorMax)
      return fail(Code::kBadComplaint, "the limit of '{}' is not an amount", at->role);
    const bool twice = std::any_of(limits.begin(), at, [&](const RoleLimit& before) {
      return before.role == at->role && before.currency == at->currency;
    });
    if (twice) return fail(Code::kBadComplaint, "'{}' has two limits in {}", at->role, at->currency.str());
  }
  return parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("DELETE FROM complaint_limits").run());
    for (const RoleLimit& limit : limits) {
      CX_TRY(tx.sql("INSERT INTO complaint_limits (role, currency, complaint, day) VALUES ($1, $2, $3, $4)")
                 .bind(1, limit.role)
                 .bind(2, limit.currency.str())
                 .bind(3, limit.complaint)
                 .bind(4, limit.day)
                 .run());
    }
    return parts_.audit.append(tx, {.seq = 0,
                                    .at = parts_.clock.now(),
                                    .actor = grant.user,
                                    .action = "complaint_limits_changed",
                                    .target = "complaint_limits",
                                    .detail = limits_text(limits)});
  });
}

}  // namespace zhike::desk
