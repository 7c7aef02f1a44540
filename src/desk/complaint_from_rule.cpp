// Complaints that rules open: one for each event, none where the customer has one of the category open.
#include <fmt/format.h>

#include <algorithm>

#include "desk/complaints.h"
#include "desk/row_parts.h"
#include "govern/users.h"

namespace zhike::desk {
namespace {

constexpr std::size_t kSubjectsMax = 1'000;  // of one customer; who has more is no person

/// The newest open complaint of these subjects in the category that was opened since.
Result<std::optional<ComplaintId>> open_one(ledger::Tx& tx, const std::vector<SubjectId>& subjects,
                                            const std::string& category, Instant since) {
  std::optional<ComplaintId> out;
  for (const SubjectId subject : subjects) {
    ledger::Statement& row =
        tx.sql(
              "SELECT COALESCE(MAX(id), 0) FROM complaints WHERE subject = $1 AND category = $2 AND "
              "state NOT IN (3, 4) AND opened >= $3")
            .bind(1, subject)
            .bind(2, category)
            .bind(3, since);
    CX_TRY(row.step());
    if (row.u64(0) > 0 && (!out || row.u64(0) > out->value)) out = ComplaintId{row.u64(0)};
  }
  return out;
}

Result<void> note_event(ledger::Tx& tx, std::uint64_t event, std::uint64_t rule, ComplaintId complaint,
                        bool joined, Instant now) {
  CX_TRY(tx.sql("INSERT INTO complaint_rule_events (event, rule, complaint, joined, at) VALUES ($1, $2, $3, "
                "$4, $5)")
             .bind(1, event)
             .bind(2, rule)
             .bind(3, complaint)
             .bind(4, joined)
             .bind(5, now)
             .run());
  return {};
}

}  // namespace

/// By the event's own identifier, so that what is told of the complaint is the same customer's; by another of
/// the customer where it is shared or gone; by none where there is none.
Result<Complaints::Drafted> Complaints::draft(const FromRule& from) const {
  Drafted out{.row = {}, .subjects = {from.subject}};
  Complaint& one = out.row.complaint;
  const auto own = parts_.graph.identifier(from.subject);
  if (!own && own.error().code != Code::kNotFound) return std::unexpected(own.error());
  if (own && !own->shared) one.person = {{own->kind, own->value}};
  if (from.customer.is_set()) {
    CX_TRY(out.subjects, parts_.graph.subjects_of(from.customer));
    if (out.subjects.size() > kSubjectsMax) out.subjects.resize(kSubjectsMax);
    if (std::ranges::find(out.subjects, from.subject) == out.subjects.end())
      out.subjects.push_back(from.subject);
    if (one.person.empty()) {
      CX_TRY(const auto known, parts_.graph.identifiers_of(from.customer, 1, identity::Graph::kAllKinds));
      const auto usable = std::ranges::find(known, false, &identity::Graph::Known::shared);
      if (usable != known.end()) one.person = {{usable->kind, usable->value}};
    }
  }
  CX_TRY(classify(one, from.words, from.category, from.severity));
  one.channel = from.channel.empty() ? "other" : from.channel;
  one.source = "rule";
  one.unit = from.unit;
  one.text = from.words;
  one.opened = std::min(from.at, parts_.clock.now());
  one.subject = from.subject;
  set_clock(one);
  return out;
}

/// Nobody where the owner has left, or may no longer handle complaints: then whoever accepts it owns it.
Result<UserId> Complaints::owner_now(ledger::Tx& tx, UserId owner) const {
  if (!owner.is_set()) return owner;
  const auto user = govern::load_user(tx, owner);
  const bool can = user && user->enabled && govern::grant_of(*user).may(Permission::kHandleComplaints);
  return can ? owner : UserId{};
}

Result<Complaints::Taken> Complaints::take(ledger::Tx& tx, Drafted& drafted, const FromRule& from) {
  Stored& row = drafted.row;
  const Instant now = parts_.clock.now();
  ledger::Statement& seen =
      tx.sql("SELECT complaint FROM complaint_rule_events WHERE event = $1").bind(1, from.event);
  CX_TRY(const bool is_seen, seen.step());
  if (is_seen) return Taken::kKnown;
  // The retry key is that of opening it by hand, from the comment: whoever comes first, there is one.
  const std::string client = fmt::format("event/{}", from.event);
  CX_TRY(const auto by_hand, read_row(tx, "client", client));
  if (by_hand) {
    CX_TRY(note_event(tx, from.event, from.rule, by_hand->complaint.id, true, now));
    return Taken::kKnown;
  }
  std::optional<ComplaintId> open;
  if (from.quiet > Millis{}) {
    CX_TRY(open, open_one(tx, drafted.subjects, row.complaint.category, row.complaint.opened - from.quiet));
  }
  Grant service;
  if (open) {
    CX_TRY(const auto found, read_row(tx, "id", open->str()));
    if (!found) return fail(Code::kUnknownComplaint, "{}", open->str());
    const std::string detail = fmt::format("event/{}", from.event);
    CX_TRY(write_step(tx, *found, {}, {.kind = "joined", .detail = detail, .note = from.words}));
    CX_TRY(note_event(tx, from.event, from.rule, *open, true, now));
    CX_TRY(record(tx, service, "complaint_joined", *open, fmt::format("rule/{}", from.rule)));
    return Taken::kJoined;
  }
  CX_TRY(row.complaint.owner, owner_now(tx, from.owner));
  row.complaint.first_owner = row.complaint.owner;
  CX_TRY(put_new(tx, row, client, {}));
  CX_TRY(note_event(tx, from.event, from.rule, row.complaint.id, false, now));
  CX_TRY(record(tx, service, "complaint_opened", row.complaint.id,
                fmt::format("{}; rule/{}", row.complaint.category, from.rule)));
  return Taken::kOpened;
}

}  // namespace zhike::desk
