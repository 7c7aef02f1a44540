#include "desk/complaints.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "desk/row_parts.h"
#include "desk/rules.h"
#include "govern/users.h"

namespace zhike::desk {
namespace {

Result<void> demand(const Grant& grant, Permission needed) {
  if (grant.may(needed)) return {};
  return fail(Code::kPermissionMissing, "{}", to_string(needed));
}

bool sees(const Grant& grant, const std::string& unit) {
  return grant.all_units || std::ranges::find(grant.units, unit) != grant.units.end();
}

bool is_of(std::string_view category, std::string_view wanted) {
  return category == wanted ||
         (category.starts_with(wanted) && category.size() > wanted.size() && category[wanted.size()] == '.');
}

std::string_view step_of_move(Move move) {
  switch (move) {
    case Move::kAccept:
      return "accepted";
    case Move::kResolve:
      return "resolved";
    case Move::kClose:
      return "closed";
    case Move::kReopen:
      return "reopened";
    case Move::kRecover:
      break;
  }
  return {};
}

std::string_view event_of_move(Move move) {
  switch (move) {
    case Move::kAccept:
      return "Complaint Accepted";
    case Move::kResolve:
      return "Complaint Resolved";
    case Move::kClose:
      return "Complaint Closed";
    case Move::kReopen:
      return "Complaint Reopened";
    case Move::kRecover:
      break;
  }
  return {};
}

}  // namespace

Result<void> check_text(std::string_view field, std::string_view text, std::size_t bytes_max,
                        bool may_be_empty) {
  if (text.empty() && !may_be_empty) return fail(Code::kBadComplaint, "'{}' is empty", field);
  if (text.size() > bytes_max)
    return fail(Code::kBadComplaint, "'{}' is longer than {} bytes", field, bytes_max);
  const bool has_control = std::ranges::any_of(text, [](char c) {
    return (static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\r' && c != '\t') || c == '\x7f';
  });
  if (has_control) return fail(Code::kBadComplaint, "'{}' has control characters", field);
  return {};
}

Complaints::Complaints(Parts parts)
    : parts_(std::move(parts)), suggester_(parts_.catalogue, parts_.aspects ? &*parts_.aspects : nullptr) {}
Complaints::~Complaints() = default;

void Complaints::attach(std::unique_ptr<ComplaintRules> rules) {
  cx_check(rules_ == nullptr, "rules are attached once");
  rules_ = std::move(rules);
}

Result<std::unique_ptr<Complaints>> Complaints::open(Parts parts) {
  std::unique_ptr<Complaints> out(new Complaints(std::move(parts)));
  out->send_now();
  return out;
}

void Complaints::set_clock(Complaint& complaint) const {
  const ClockTimes& times = parts_.catalogue.clock(complaint.severity);
  const Zone zone = parts_.units.current()->zone_of(complaint.unit);
  complaint.accept_due = due_after(complaint.opened, times.accept, parts_.catalogue.hours, zone);
  complaint.due = due_after(complaint.opened, times.resolve, parts_.catalogue.hours, zone);
}

Result<std::vector<Identifier>> Complaints::person_of(const NewComplaint& wanted) const {
  if (wanted.person.size() > EventLimits::kIdentifiersMax)
    return fail(Code::kBadComplaint, "'person' has too many");
  for (const Identifier& one : wanted.person)
    if (identity::normalize(one).empty())
      return fail(Code::kBadComplaint, "'person': {} is not usable", to_string(one.kind));
  if (!wanted.person.empty() || !wanted.customer.is_set()) return wanted.person;
  CX_TRY(const auto known, parts_.graph.identifiers_of(wanted.customer, 1, identity::Graph::kAllKinds));
  for (const auto& one : known)
    if (!one.shared) return std::vector<Identifier>{{one.kind, one.value}};
  return fail(Code::kBadComplaint, "'customer' {} has no identifier of its own", wanted.customer.str());
}

/// The row to be, but for its id; who says it and what are in clear.
Result<Complaints::Stored> Complaints::prepare(const Grant& grant, NewComplaint& wanted) const {
  const Instant now = parts_.clock.now();
  if (!sees(grant, wanted.unit))
    return fail(Code::kBadComplaint, "'unit': {}", wanted.unit.empty() ? "is missing" : "is not yours");
  CX_TRY(check_text("text", wanted.text, kTextBytesMax, false));
  CX_TRY(check_text("client", wanted.client, kClientBytesMax, true));
  CX_TRY(check_text("channel", wanted.channel, 60, true));
  if (wanted.opened) {
    CX_TRY(demand(grant, Permission::kManageData));
    if (*wanted.opened > now || wanted.opened->ms <= 0)
      return fail(Code::kBadComplaint, "'opened' is in the future");
  }
  Stored row;
  Complaint& out = row.complaint;
  CX_TRY(out.person, person_of(wanted));
  CX_TRY(classify(out, wanted.text, wanted.category, wanted.severity));
  out.channel = wanted.channel.empty() ? "other" : wanted.channel;
  out.source = wanted.source;
  out.unit = wanted.unit;
  out.text = wanted.text;
  out.opened = wanted.opened.value_or(now);
  out.first_owner = out.owner = grant.user;
  set_clock(out);
  if (!out.person.empty()) {
    CX_TRY(const auto subject, parts_.graph.subject(out.person.front()));
    out.subject = subject.value_or(SubjectId{});
  }
  if (wanted.client.empty()) wanted.client = "one/" + crypto::random_token(16);
  return row;
}

/// The category that was chosen, or that the words speak for; and how severe such complaints are.
Result<void> Complaints::classify(Complaint& one, const std::string& words, const std::string& chosen,
                                  std::optional<Severity> severity) const {
  const auto suggested = suggester_.suggest(words, 1);
  if (!suggested.empty()) {
    one.suggested = suggested.front().category;
    one.confidence = suggested.front().confidence;
  }
  one.chosen = !chosen.empty();
  one.category = one.chosen ? chosen : one.suggested.empty() ? std::string(Catalogue::kOther) : one.suggested;
  const Category* category = parts_.catalogue.find(one.category);
  if (category == nullptr) return fail(Code::kBadComplaint, "'category': there is no '{}'", one.category);
  one.severity = severity.value_or(category->severity);
  return {};
}

/// Numbers, seals and writes it down, with its first step and the event that tells of it.
Result<void> Complaints::put_new(ledger::Tx& tx, Stored& row, const std::string& client, UserId actor) {
  ledger::Statement& newest = tx.sql("SELECT COALESCE(MAX(id), 0) FROM complaints");
  CX_TRY(newest.step());
  row.complaint.id = {newest.u64(0) + 1};
  row.complaint.number = fmt::format("C-{:06}", row.complaint.id.value);
  seal_into(parts_.keys.complaints(), row.complaint, row.sealed.wrapped, row.sealed.person, row.sealed.said);
  CX_TRY(insert_row(tx, row, client));
  CX_TRY(const StepId step, write_step(tx, row, actor, {.kind = "opened", .detail = row.complaint.category}));
  return enqueue(tx, row, step, "Complaint Opened", properties_of(row.complaint), row.complaint.opened);
}

Result<Complaint> Complaints::create(const Grant& grant, NewComplaint wanted) {
  CX_TRY(demand(grant, Permission::kHandleComplaints));
  CX_TRY(Stored row, prepare(grant, wanted));
  CX_TRY(parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(auto known, read_row(tx, "client", wanted.client));
    if (known) {
      if (!sees(grant, known->complaint.unit)) return fail(Code::kBadComplaint, "'client' is taken");
      row = *std::move(known);
      return unseal(row);
    }
    CX_TRY(put_new(tx, row, wanted.client, grant.user));
    return record(tx, grant, "complaint_opened", row.complaint.id, row.complaint.category);
  }));
  send_now();
  return std::move(row.complaint);
}

namespace {

bool fits(const Complaint& one, const ComplaintFilter& filter, Instant now) {
  const auto is = [](const std::vector<std::string>& wanted, const std::string& value) {
    return wanted.empty() || std::ranges::find(wanted, value) != wanted.end();
  };
  if (!filter.states.empty() && std::ranges::find(filter.states, one.state) == filter.states.end())
    return false;
  if (!filter.category.empty() && !is_of(one.category, filter.category)) return false;
  if (!is(filter.channels, one.channel) || !is(filter.units, one.unit)) return false;
  if (!filter.number.empty() && filter.number != one.number) return false;
  if (filter.severity && *filter.severity != one.severity) return false;
  if (filter.owner && *filter.owner != one.owner) return false;
  if (filter.from && one.opened < *filter.from) return false;
  if (filter.to && one.opened >= *filter.to) return false;
  if (filter.overdue && !(is_open(one.state) && one.due < now)) return false;
  return !filter.waiting || one.waits_for_approval;
}

}  // namespace

Result<ComplaintPage> Complaints::list(const Grant& grant, const ComplaintFilter& filter,
                                       std::uint64_t before, std::uint32_t count) {
  CX_TRY(demand(grant, Permission::kViewCustomers));
  std::vector<SubjectId> subjects;
  if (filter.customer) {
    CX_TRY(subjects, parts_.graph.subjects_of(*filter.customer));
  }
  const Instant now = parts_.clock.now();
  ComplaintPage out;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    static const std::string kSql =
        std::string(complaint_columns()) + "WHERE ($1 = 0 OR id < $1) ORDER BY id DESC";
    ledger::Statement& row = tx.sql(kSql).bind(1, before);
    for (;;) {
      CX_TRY(const bool more, row.step());
      if (!more) return {};
      Complaint one = complaint_in(row);
      if (!sees(grant, one.unit) || !fits(one, filter, now)) continue;
      if (filter.customer && std::ranges::find(subjects, one.subject) == subjects.end()) continue;
      if (out.items.size() == count) {
        out.next = out.items.back().id.value;
        return {};
      }
      out.items.push_back(std::move(one));
    }
  }));
  return out;
}

Result<Complaints::Everything> Complaints::everything(const Grant& grant, const ComplaintFilter& filter) {
  CX_TRY(demand(grant, Permission::kViewMetrics));
  const Instant now = parts_.clock.now();
  Everything out;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    static const std::string kSql = std::string(complaint_columns()) + "ORDER BY id";
    ledger::Statement& row = tx.sql(kSql);
    for (;;) {
      CX_TRY(const bool more, row.step());
      if (!more) break;
      Complaint one = complaint_in(row);
      if (sees(grant, one.unit) && fits(one, filter, now)) out.complaints.push_back(std::move(one));
    }
    ledger::Statement& cost = tx.sql(
        "SELECT complaint, currency, state, SUM(cost) FROM complaint_steps WHERE currency <> '' AND state <> "
        "3 "
        "GROUP BY complaint, currency, state ORDER BY complaint, currency, state");
    for (;;) {
      CX_TRY(const bool more, cost.step());
      if (!more) break;
      CX_TRY(const Currency currency, parse_currency(cost.text(1)));
      const Cost found{.complaint = {cost.u64(0)},
                       .money = {cost.i64(3), currency},
                       .waiting = static_cast<StepState>(cost.i64(2)) == StepState::kWaiting};
      if (std::ranges::binary_search(out.complaints, found.complaint, {}, &Complaint::id))
        out.costs.push_back(found);
    }
    ledger::Statement& first =
        tx.sql("SELECT complaint, MIN(at) FROM complaint_steps WHERE kind = 'resolved' GROUP BY complaint");
    for (;;) {
      CX_TRY(const bool more, first.step());
      if (!more) return {};
      out.first_resolved.emplace(ComplaintId{first.u64(0)}, Instant{first.i64(1)});
    }
  }));
  return out;
}

Result<ComplaintDetail> Complaints::find(const Grant& grant, ComplaintId id) {
  ComplaintDetail out;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(Stored row, found(tx, grant, Permission::kViewCustomers, id));
    CX_TRY(unseal(row));
    CX_TRY(const crypto::Key key, key_of(row));
    CX_TRY(out.steps, steps_of(tx, key, id));
    out.complaint = std::move(row.complaint);
    return {};
  }));
  return out;
}

Result<std::optional<ComplaintId>> Complaints::of_client(const Grant& grant, std::string_view client) {
  CX_TRY(demand(grant, Permission::kViewCustomers));
  std::optional<ComplaintId> out;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(const auto row, read_row(tx, "client", client));
    if (row && sees(grant, row->complaint.unit)) out = row->complaint.id;
    return {};
  }));
  return out;
}

Result<CustomerId> Complaints::customer_of(const Complaint& complaint) {
  if (!complaint.subject.is_set()) return CustomerId{};
  auto customer = parts_.graph.customer_of(complaint.subject);
  if (!customer && customer.error().code == Code::kNotFound) return CustomerId{};
  return customer;
}

Result<Complaint> Complaints::change(const Grant& grant, ComplaintId id, const ComplaintChange& wanted) {
  CX_TRY(check_text("note", wanted.note, kNoteBytesMax, true));
  if (wanted.category && parts_.catalogue.find(*wanted.category) == nullptr)
    return fail(Code::kBadComplaint, "'category': there is no '{}'", *wanted.category);
  Stored row;
  CX_TRY(parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(row, found(tx, grant, Permission::kHandleComplaints, id));
    Complaint& one = row.complaint;
    if (one.state == State::kClosed) return fail(Code::kComplaintState, "{}", to_string(one.state));
    std::vector<std::string> what;
    if (wanted.category && *wanted.category != one.category) {
      what.push_back(fmt::format("category: {} → {}", one.category, *wanted.category));
      one.category = *wanted.category;
    }
    one.chosen = one.chosen || wanted.category.has_value();
    if (wanted.severity && *wanted.severity != one.severity) {
      what.push_back(fmt::format("severity: {} → {}", to_string(one.severity), to_string(*wanted.severity)));
      one.severity = *wanted.severity;
      set_clock(one);
    }
    if (wanted.owner && *wanted.owner != one.owner) {
      const auto user = govern::load_user(tx, *wanted.owner);
      if (!user || !user->enabled || !govern::grant_of(*user).may(Permission::kHandleComplaints))
        return fail(Code::kBadComplaint, "'owner' is nobody who handles complaints");
      what.push_back(fmt::format("owner: {} → {}", one.owner.str(), wanted.owner->str()));
      one.owner = *wanted.owner;
      if (!one.first_owner.is_set()) one.first_owner = one.owner;
    }
    CX_TRY(update_row(tx, one));
    if (what.empty() && wanted.note.empty()) return {};
    const std::string detail = fmt::format("{}", fmt::join(what, "; "));
    CX_TRY(write_step(tx, row, grant.user, {.kind = "changed", .detail = detail, .note = wanted.note}));
    return record(tx, grant, "complaint_changed", id, detail);
  }));
  CX_TRY(unseal(row));
  return std::move(row.complaint);
}

Result<Complaint> Complaints::move(const Grant& grant, ComplaintId id, const MoveWish& wish) {
  CX_TRY(check_text("note", wish.note, kNoteBytesMax, true));
  CX_TRY(check_text("cause", wish.cause, kCauseBytesMax, true));
  Stored row;
  CX_TRY(parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(row, found(tx, grant, Permission::kHandleComplaints, id));
    Complaint& one = row.complaint;
    const auto to = after(one.state, wish.move);
    if (!to || wish.move == Move::kRecover) return fail(Code::kComplaintState, "{}", to_string(one.state));
    if (wish.move == Move::kResolve && one.waits_for_approval)
      return fail(Code::kComplaintState, "a remedy waits for approval");
    if (wish.cause_class != CauseClass::kNone) {
      one.cause_class = wish.cause_class;
      one.cause = wish.cause;
    }
    if (wish.move == Move::kClose && one.cause_class == CauseClass::kNone)
      return fail(Code::kBadComplaint, "'cause_class' is missing");
    const Instant now = parts_.clock.now();
    one.state = *to;
    if (wish.move == Move::kAccept) {
      one.accepted = now;
      if (!one.owner.is_set()) one.owner = grant.user;
      if (!one.first_owner.is_set()) one.first_owner = grant.user;
    }
    if (wish.move == Move::kResolve) one.resolved = now;
    if (wish.move == Move::kClose) one.closed = now;
    if (wish.move == Move::kReopen) {
      one.resolved = one.closed = std::nullopt;
      ++one.reopened;
    }
    CX_TRY(update_row(tx, one));
    const std::string detail = wish.cause_class == CauseClass::kNone
                                   ? ""
                                   : fmt::format("{}: {}", to_string(one.cause_class), one.cause);
    CX_TRY(const StepId step,
           write_step(tx, row, grant.user,
                      {.kind = step_of_move(wish.move), .detail = detail, .note = wish.note}));
    CX_TRY(enqueue(tx, row, step, event_of_move(wish.move), properties_of(one), now));
    return record(tx, grant, fmt::format("complaint_{}", step_of_move(wish.move)), id, detail);
  }));
  send_now();
  CX_TRY(unseal(row));
  return std::move(row.complaint);
}

}  // namespace zhike::desk
