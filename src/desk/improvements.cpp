// What was changed because of complaints, and the message back to everybody who had complained.
#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "desk/complaints.h"
#include "desk/row_parts.h"

namespace zhike::desk {
namespace {

constexpr std::string_view kColumns =
    "SELECT i.id, i.title, i.message, i.actor, i.at, "
    "(SELECT COUNT(*) FROM complaint_improved l WHERE l.improvement = i.id), "
    "(SELECT COUNT(*) FROM complaint_improved l WHERE l.improvement = i.id AND l.step <> 0) "
    "FROM complaint_improvements i ";

Improvement improvement_in(const ledger::Statement& row) {
  return {.id = {row.u64(0)},
          .title = std::string(row.text(1)),
          .message = std::string(row.text(2)),
          .actor = {row.u64(3)},
          .at = {row.i64(4)},
          .complaints = row.u64(5),
          .told = row.u64(6)};
}

Result<std::optional<Improvement>> improvement_where(ledger::Tx& tx, std::string_view where,
                                                     std::string_view client, ImprovementId id) {
  ledger::Statement& row = tx.sql(std::string(kColumns) + std::string(where));
  if (id.is_set())
    row.bind(1, id);
  else
    row.bind(1, client);
  CX_TRY(const bool there, row.step());
  return there ? std::optional(improvement_in(row)) : std::nullopt;
}

}  // namespace

Result<Improvement> Complaints::improve(const Grant& grant, const NewImprovement& wanted) {
  CX_TRY(check_text("title", wanted.title, 200, false));
  CX_TRY(check_text("message", wanted.message, 2'000, false));
  CX_TRY(check_text("client", wanted.client, kClientBytesMax, true));
  if (wanted.complaints.empty() || wanted.complaints.size() > kConcernedMax)
    return fail(Code::kBadComplaint, "'complaints' is not a list of 1 to {}", kConcernedMax);
  CX_TRY(look_up_subjects());
  const std::string client =
      wanted.client.empty() ? "one/" + crypto::random_token(16) : "key/" + wanted.client;
  const std::set<ComplaintId> concerned(wanted.complaints.begin(), wanted.complaints.end());
  Improvement out;
  CX_TRY(parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    // The right to it first: a repeat must not tell a stranger what was changed.
    std::vector<Stored> rows;
    for (const ComplaintId id : concerned) {
      CX_TRY(Stored row, found(tx, grant, Permission::kHandleComplaints, id));
      rows.push_back(std::move(row));
    }
    CX_TRY(const auto known, improvement_where(tx, "WHERE i.client = $1", client, {}));
    if (known) {
      out = *known;
      return {};
    }
    ledger::Statement& newest = tx.sql("SELECT COALESCE(MAX(id), 0) FROM complaint_improvements");
    CX_TRY(newest.step());
    const ImprovementId id{newest.u64(0) + 1};
    const Instant now = parts_.clock.now();
    CX_TRY(tx.sql("INSERT INTO complaint_improvements (id, client, title, message, actor, at) VALUES ($1, "
                  "$2, $3, "
                  "$4, $5, $6)")
               .bind(1, id)
               .bind(2, client)
               .bind(3, wanted.title)
               .bind(4, wanted.message)
               .bind(5, grant.user)
               .bind(6, now)
               .run());
    std::set<CustomerId> told;
    for (const Stored& row : rows) {
      CX_TRY(const CustomerId customer, customer_of(row.complaint));
      StepId step;
      if (!customer.is_set() || told.insert(customer).second) {
        CX_TRY(step, write_step(tx, row, grant.user,
                                {.kind = "told", .detail = wanted.title, .note = wanted.message}));
        const std::string properties =
            boost::json::serialize(boost::json::object{{"category", row.complaint.category},
                                                       {"improvement", id.str()},
                                                       {"title", wanted.title},
                                                       {"message", wanted.message}});
        CX_TRY(enqueue(tx, row, step, "Complaint Improvement Told", properties, now));
      }
      CX_TRY(tx.sql("INSERT INTO complaint_improved (improvement, complaint, step) VALUES ($1, $2, $3)")
                 .bind(1, id)
                 .bind(2, row.complaint.id)
                 .bind(3, step)
                 .run());
      CX_TRY(record(tx, grant, "complaint_improved", row.complaint.id, "improvement/" + id.str()));
    }
    CX_TRY(const auto made, improvement_where(tx, "WHERE i.id = $1", {}, id));
    if (made) out = *made;
    return {};
  }));
  send_now();
  return out;
}

Result<std::vector<Improvement>> Complaints::improvements(const Grant& grant) {
  if (!grant.may(Permission::kViewCustomers))
    return fail(Code::kPermissionMissing, "{}", to_string(Permission::kViewCustomers));
  std::vector<Improvement> out;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    // A list that is limited to units shows an improvement of which one complaint is theirs.
    std::set<std::uint64_t> visible;
    if (!grant.all_units) {
      ledger::Statement& link = tx.sql(
          "SELECT DISTINCT l.improvement, c.unit FROM complaint_improved l JOIN complaints c ON c.id = "
          "l.complaint");
      for (;;) {
        CX_TRY(const bool more, link.step());
        if (!more) break;
        if (std::ranges::find(grant.units, link.text(1)) != grant.units.end()) visible.insert(link.u64(0));
      }
    }
    ledger::Statement& row = tx.sql(std::string(kColumns) + "ORDER BY i.id DESC LIMIT 200");
    for (;;) {
      CX_TRY(const bool more, row.step());
      if (!more) return {};
      if (grant.all_units || visible.contains(row.u64(0))) out.push_back(improvement_in(row));
    }
  }));
  return out;
}

}  // namespace zhike::desk
