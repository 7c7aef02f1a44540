// Complaints for those who work on them: the list, one with its history, what moves it on.
#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/split.hpp>

#include "desk/complaints.h"
#include "desk/event_text.h"
#include "server/api.h"
#include "server/complaint_json.h"

namespace zhike::server {
namespace {

using desk::ComplaintId;

constexpr std::size_t kBodyTextMax = 20'000;  // what is longer is refused before it is looked at

/// A text as people write it, with line breaks; the complaints look at the rest. Absent: empty.
Result<std::string> prose(const Fields& fields, std::string_view name) {
  const json::value* value = fields.object().if_contains(name);
  if (value == nullptr) return std::string();
  if (!value->is_string() || value->get_string().size() > kBodyTextMax)
    return fail(Code::kBadField, "'{}' is not a text, or is too long", name);
  return std::string(value->get_string());
}

Result<Response> detail(Call& call, ComplaintId id, int status = 200) {
  CX_TRY(const auto found, call.app.complaints().find(call.grant, id));
  CX_TRY(const auto writer, ComplaintWriter::make(call));
  CX_TRY(const auto out, writer.detail(found));
  return answer(out, status);
}

Result<desk::ComplaintFilter> list_filter(const Call& call) {
  CX_TRY(auto out, complaint_filter(call));
  if (!call.param("state").empty()) {
    std::vector<std::string> names;
    boost::split(names, call.param("state"), boost::is_any_of(","));
    for (const std::string& name : names) {
      const auto state = desk::parse_state(name);
      if (!state) return fail(Code::kBadField, "'state': there is no '{}'", name);
      out.states.push_back(*state);
    }
  }
  if (!call.param("severity").empty()) {
    out.severity = desk::parse_severity(call.param("severity"));
    if (!out.severity) return fail(Code::kBadField, "'severity'");
  }
  if (call.param("owner") == "me") {
    out.owner = call.grant.user;
  } else if (!call.param("owner").empty()) {
    CX_TRY(out.owner, parse_id<UserId>(call.param("owner")));
  }
  if (!call.param("customer").empty()) {
    CX_TRY(out.customer, parse_id<CustomerId>(call.param("customer")));
  }
  out.number = call.param("number");
  out.overdue = call.param("overdue") == "true";
  out.waiting = call.param("waiting") == "true";
  return out;
}

Result<Response> list_complaints(Call& call) {
  CX_TRY(const auto filter, list_filter(call));
  CX_TRY(const auto count, call.limit());
  std::uint64_t before = 0;
  if (!call.param("cursor").empty()) {
    CX_TRY(const auto id, parse_id<ComplaintId>(call.param("cursor")));
    before = id.value;
  }
  CX_TRY(const auto page, call.app.complaints().list(call.grant, filter, before, count));
  CX_TRY(const auto writer, ComplaintWriter::make(call));
  json::array items;
  for (const auto& one : page.items) {
    CX_TRY(auto entry, writer.complaint(one));
    items.push_back(std::move(entry));
  }
  return answer(json::object{
      {"items", std::move(items)},
      {"next_cursor", page.next == 0 ? json::value(nullptr) : json::value(std::to_string(page.next))}});
}

Result<std::vector<Identifier>> person_in(const Fields& fields) {
  std::vector<Identifier> out;
  const json::value* list = fields.object().if_contains("person");
  if (list == nullptr) return out;
  if (!list->is_array() || list->get_array().size() > EventLimits::kIdentifiersMax)
    return fail(Code::kBadField, "'person' is not a list of identifiers");
  for (const json::value& entry : list->get_array()) {
    CX_TRY(const auto one, Fields::of(entry, "person"));
    CX_TRY(const std::string kind, one.text("kind", 40));
    CX_TRY(std::string value, one.text("value", EventLimits::kIdentifierBytesMax));
    const auto parsed = parse_identifier_kind(kind);
    if (!parsed) return fail(Code::kBadField, "'person': there is no kind '{}'", kind);
    out.push_back({*parsed, std::move(value)});
  }
  return out;
}

/// What an event said, and who. Whoever may not see its unit does not find it.
Result<void> take_event(Call& call, std::string_view event, desk::NewComplaint& out) {
  CX_TRY(const auto id, parse_id<Id<struct EventTag>>(event));
  CX_TRY(const auto said, desk::event_text(call.app.warehouse(), call.grant, id.value));
  out.client = "event/" + id.str();
  out.source = "event";
  if (out.text.empty()) out.text = said.text;
  if (out.channel.empty()) out.channel = said.channel;
  if (out.unit.empty()) out.unit = said.unit;
  if (out.person.empty() && !out.customer.is_set()) out.customer = said.customer;
  return {};
}

Result<Response> create_complaint(Call& call) {
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  desk::NewComplaint wanted;
  CX_TRY(wanted.text, prose(fields, "text"));
  CX_TRY(wanted.channel, fields.text_or("channel", "", 60));
  CX_TRY(wanted.unit, fields.text_or("unit", "", 1000));
  CX_TRY(wanted.category, fields.text_or("category", "", 60));
  CX_TRY(const std::string client, fields.text_or("client", "", desk::Complaints::kClientBytesMax));
  if (!client.empty()) wanted.client = "key/" + client;
  CX_TRY(wanted.person, person_in(fields));
  if (fields.has("customer_id")) {
    CX_TRY(const std::string customer, fields.text("customer_id", 20));
    CX_TRY(wanted.customer, parse_id<CustomerId>(customer));
    CX_TRY(call.app.profiles().find(call.grant, wanted.customer));
  }
  if (fields.has("severity")) {
    CX_TRY(const std::string severity, fields.text("severity", 20));
    wanted.severity = desk::parse_severity(severity);
    if (!wanted.severity) return fail(Code::kBadField, "'severity': there is no '{}'", severity);
  }
  if (fields.has("opened")) {
    CX_TRY(const std::string opened, fields.text("opened", 40));
    CX_TRY(wanted.opened, parse_time(opened, call.app.zone()));
  }
  if (fields.has("event")) {
    CX_TRY(const std::string event, fields.text("event", 20));
    CX_TRY(take_event(call, event, wanted));
  }
  CX_TRY(const auto made, call.app.complaints().create(call.grant, std::move(wanted)));
  return detail(call, made.id, 201);
}

Result<Response> get_complaint(Call& call) {
  CX_TRY(const auto id, call.id<ComplaintId>("id"));
  return detail(call, id);
}

Result<Response> change_complaint(Call& call) {
  CX_TRY(const auto id, call.id<ComplaintId>("id"));
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  desk::ComplaintChange wanted;
  CX_TRY(wanted.note, prose(fields, "note"));
  if (fields.has("category")) {
    CX_TRY(wanted.category, fields.text("category", 60));
  }
  if (fields.has("severity")) {
    CX_TRY(const std::string severity, fields.text("severity", 20));
    wanted.severity = desk::parse_severity(severity);
    if (!wanted.severity) return fail(Code::kBadField, "'severity': there is no '{}'", severity);
  }
  if (fields.has("owner")) {
    CX_TRY(const std::string owner, fields.text("owner", 20));
    CX_TRY(wanted.owner, parse_id<UserId>(owner));
  }
  CX_TRY(call.app.complaints().change(call.grant, id, wanted));
  return detail(call, id);
}

Result<Response> move_complaint(Call& call) {
  CX_TRY(const auto id, call.id<ComplaintId>("id"));
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  desk::MoveWish wish;
  CX_TRY(const std::string to, fields.text("to", 20));
  const auto move = desk::parse_move(to);
  if (!move) return fail(Code::kBadField, "'to': there is no '{}'", to);
  wish.move = *move;
  CX_TRY(wish.note, prose(fields, "note"));
  CX_TRY(wish.cause, fields.text_or("cause", "", 1000));
  if (fields.has("cause_class")) {
    CX_TRY(const std::string cause, fields.text("cause_class", 20));
    const auto parsed = desk::parse_cause(cause);
    if (!parsed) return fail(Code::kBadField, "'cause_class': there is no '{}'", cause);
    wish.cause_class = *parsed;
  }
  CX_TRY(call.app.complaints().move(call.grant, id, wish));
  return detail(call, id);
}

Result<Response> add_step(Call& call) {
  CX_TRY(const auto id, call.id<ComplaintId>("id"));
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  desk::NewStep wanted;
  CX_TRY(const std::string kind, fields.text("kind", 20));
  const auto parsed = desk::parse_step(kind);
  if (!parsed) return fail(Code::kBadField, "'kind': there is no '{}'", kind);
  wanted.kind = *parsed;
  CX_TRY(wanted.note, prose(fields, "note"));
  CX_TRY(wanted.client, fields.text_or("client", "", desk::Complaints::kClientBytesMax));
  if (const json::value* cost = fields.object().if_contains("cost"); cost != nullptr && !cost->is_null()) {
    CX_TRY(wanted.cost, money_of(*cost, "cost"));
  }
  CX_TRY(call.app.complaints().add_step(call.grant, id, wanted));
  return detail(call, id, 201);
}

Result<Response> decide_step(Call& call) {
  CX_TRY(const auto id, call.id<ComplaintId>("id"));
  CX_TRY(const auto step, call.id<desk::StepId>("step"));
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  if (!fields.has("approve")) return fail(Code::kBadField, "'approve' is missing");
  CX_TRY(const bool approve, fields.flag_or("approve", false));
  CX_TRY(const std::string note, prose(fields, "note"));
  CX_TRY(call.app.complaints().decide(call.grant, id, step, approve, note));
  return detail(call, id);
}

}  // namespace

void add_complaint_handlers(Handlers& handlers) {
  handlers["listComplaints"] = list_complaints;
  handlers["createComplaint"] = create_complaint;
  handlers["getComplaint"] = get_complaint;
  handlers["changeComplaint"] = change_complaint;
  handlers["moveComplaint"] = move_complaint;
  handlers["addComplaintStep"] = add_step;
  handlers["decideComplaintStep"] = decide_step;
}

}  // namespace zhike::server
