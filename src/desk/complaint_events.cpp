// What happens to complaints, told to the journal: written down with the deed in one transaction, sent after
// it, sent again until it has arrived.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/log.h"
#include "desk/complaints.h"
#include "desk/row_parts.h"

namespace zhike::desk {
namespace {

namespace json = boost::json;

constexpr std::int64_t kAtOnce = 500;

struct Waiting {
  StepId step;
  ComplaintId complaint;
  std::string name, properties;
  Instant at;
};

RawEvent event_of(const Waiting& waiting, const Complaint& complaint) {
  RawEvent out;
  out.name = waiting.name;
  out.message_id = fmt::format("complaint:{}:{}", complaint.number, waiting.step.str());
  out.identifiers = complaint.person;
  if (out.identifiers.empty())
    out.identifiers.push_back({IdentifierKind::kAnonymousId, "complaint:" + complaint.number});
  out.occurred_at = waiting.at;
  out.unit = complaint.unit;
  out.channel = complaint.channel;
  out.case_id = complaint.number;
  if (waiting.name == "Complaint Opened") out.text = complaint.text;
  out.properties.push_back({"complaint", complaint.number});
  const json::value properties = json::parse(waiting.properties);
  for (const auto& [key, value] : properties.get_object())
    out.properties.push_back({std::string(key), std::string(value.as_string())});
  return out;
}

}  // namespace

std::string Complaints::properties_of(const Complaint& complaint) {
  json::object out{{"category", complaint.category}, {"severity", to_string(complaint.severity)}};
  if (complaint.cause_class != CauseClass::kNone) out["cause_class"] = to_string(complaint.cause_class);
  return json::serialize(out);
}

Result<void> Complaints::enqueue(ledger::Tx& tx, const Stored& row, StepId step, std::string_view name,
                                 std::string properties, Instant at) {
  CX_TRY(tx.sql("INSERT INTO complaint_outbox (step, complaint, name, at, properties) VALUES ($1, $2, $3, "
                "$4, $5)")
             .bind(1, step)
             .bind(2, row.complaint.id)
             .bind(3, name)
             .bind(4, at)
             .bind(5, properties)
             .run());
  return {};
}

Result<void> Complaints::enqueue_remedy(ledger::Tx& tx, const Stored& row, StepId step, std::string_view kind,
                                        const std::optional<Money>& cost, Instant at) {
  // The cost is a property and not the event's amount: what customers pay is summed up from amounts.
  json::object out{{"category", row.complaint.category}, {"remedy", kind}};
  if (cost) {
    out["cost"] = format_amount(*cost);
    out["currency"] = cost->currency.str();
  }
  return enqueue(tx, row, step, "Complaint Remedy Given", json::serialize(out), at);
}

void Complaints::send_now() {
  if (const auto sent = send_pending(); !sent) log::error("complaints_not_sent", sent.error());
}

Result<void> Complaints::send_pending() {
  for (;;) {
    std::vector<Waiting> waiting;
    std::vector<Stored> rows;
    CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
      ledger::Statement& row =
          tx.sql("SELECT step, complaint, name, at, properties FROM complaint_outbox ORDER BY step LIMIT $1")
              .bind(1, kAtOnce);
      for (;;) {
        CX_TRY(const bool more, row.step());
        if (!more) break;
        waiting.push_back({.step = {row.u64(0)},
                           .complaint = {row.u64(1)},
                           .name = std::string(row.text(2)),
                           .properties = std::string(row.text(4)),
                           .at = {row.i64(3)}});
      }
      for (const Waiting& one : waiting) {
        CX_TRY(auto found, read_row(tx, "id", one.complaint.str()));
        if (!found) return fail(Code::kUnknownComplaint, "{}", one.complaint.str());
        rows.push_back(*std::move(found));
      }
      return {};
    }));
    if (waiting.empty()) return {};
    ingest::Parsed parsed;
    for (std::size_t i = 0; i < waiting.size(); ++i) {
      CX_TRY(unseal(rows[i]));
      parsed.events.push_back(event_of(waiting[i], rows[i].complaint));
    }
    CX_TRY(const auto source,
           parts_.sources.find_or_make(
               {.id = {}, .name = "complaints", .kind = "form", .zone = parts_.zone.name()}));
    CX_TRY(parts_.intake.accept(source, std::move(parsed)));
    CX_TRY(parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
      for (const Waiting& one : waiting) {
        CX_TRY(tx.sql("DELETE FROM complaint_outbox WHERE step = $1").bind(1, one.step).run());
      }
      return {};
    }));
  }
}

Result<void> Complaints::look_up_subjects() {
  std::vector<Stored> rows;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& row =
        tx.sql("SELECT id FROM complaints WHERE subject = 0 AND anonymous = 0 ORDER BY id DESC LIMIT $1");
    row.bind(1, kAtOnce);
    std::vector<ComplaintId> ids;
    for (;;) {
      CX_TRY(const bool more, row.step());
      if (!more) break;
      ids.push_back({row.u64(0)});
    }
    for (const ComplaintId id : ids) {
      CX_TRY(auto found, read_row(tx, "id", id.str()));
      if (found) rows.push_back(*std::move(found));
    }
    return {};
  }));
  for (Stored& row : rows) {
    CX_TRY(unseal(row));
    const Complaint& one = row.complaint;
    if (one.person.empty()) continue;
    CX_TRY(const auto subject, parts_.graph.subject(one.person.front()));
    if (!subject) continue;
    CX_TRY(parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
      CX_TRY(
          tx.sql("UPDATE complaints SET subject = $2 WHERE id = $1").bind(1, one.id).bind(2, *subject).run());
      return {};
    }));
  }
  return {};
}

Result<void> Complaints::catch_up() {
  CX_TRY(send_pending());
  return look_up_subjects();
}

}  // namespace zhike::desk
