#include "server/complaint_json.h"

#include <array>
#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/split.hpp>
#include <charconv>

namespace zhike::server {
namespace {

constexpr std::int64_t kSoon = 4;  // the last quarter of the time

std::string_view clock_of(const desk::Complaint& one, Instant now) {
  if (one.resolved) return *one.resolved <= one.due ? "met" : "missed";
  const Instant due = one.state == desk::State::kNew ? one.accept_due : one.due;
  if (now > due) return "late";
  return (due - now).value * kSoon < (due - one.opened).value ? "soon" : "running";
}

json::array allowed_of(const desk::Complaint& one) {
  static constexpr std::array kMoves{
      std::pair{desk::Move::kAccept, "accept"}, std::pair{desk::Move::kRecover, "step"},
      std::pair{desk::Move::kResolve, "resolve"}, std::pair{desk::Move::kClose, "close"},
      std::pair{desk::Move::kReopen, "reopen"}};
  json::array out;
  for (const auto& [move, name] : kMoves)
    if (desk::after(one.state, move)) out.emplace_back(name);
  return out;
}

}  // namespace

Result<ComplaintWriter> ComplaintWriter::make(Call& call) {
  ComplaintWriter out(call);
  CX_TRY(const auto users, call.app.users().list());
  for (const govern::User& user : users)
    out.colleagues_.emplace(
        user.id,
        Colleague{.name = user.name.empty() ? user.login : user.name,
                  .handles = user.enabled && govern::grant_of(user).may(Permission::kHandleComplaints)});
  return out;
}

json::object ComplaintWriter::person(UserId user) const {
  const auto at = colleagues_.find(user);
  return {{"id", user_or_null(user)}, {"name", at == colleagues_.end() ? std::string() : at->second.name}};
}

json::array ComplaintWriter::people() const {
  json::array out;
  if (!call_.grant.may(Permission::kHandleComplaints)) return out;
  for (const auto& [id, one] : colleagues_)
    if (one.handles) out.push_back(person(id));
  return out;
}

Result<json::object> ComplaintWriter::complaint(const desk::Complaint& one) const {
  desk::Complaints& complaints = call_.app.complaints();
  CX_TRY(const CustomerId customer, complaints.customer_of(one));
  std::string name;
  if (customer.is_set()) {
    CX_TRY(name, call_.app.names().of(customer));
  }
  return json::object{{"id", one.id.str()},
                      {"number", one.number},
                      {"state", desk::to_string(one.state)},
                      {"severity", desk::to_string(one.severity)},
                      {"category", one.category},
                      {"suggested", one.suggested},
                      {"confidence", one.confidence},
                      {"chosen", one.chosen},
                      {"channel", one.channel},
                      {"source", one.source},
                      {"unit", one.unit},
                      {"customer_id", customer.is_set() ? json::value(customer.str()) : json::value(nullptr)},
                      {"customer", name},
                      {"owner", person(one.owner)},
                      {"first_owner", person(one.first_owner)},
                      {"opened", time_text(one.opened)},
                      {"accept_due", time_text(one.accept_due)},
                      {"due", time_text(one.due)},
                      {"accepted", time_or_null(one.accepted)},
                      {"resolved", time_or_null(one.resolved)},
                      {"closed", time_or_null(one.closed)},
                      {"reopened", one.reopened},
                      {"clock", clock_of(one, complaints.now())},
                      {"cause_class", desk::to_string(one.cause_class)},
                      {"cause", one.cause},
                      {"waiting", one.waits_for_approval}};
}

json::object ComplaintWriter::step(const desk::Step& one, bool may_read) const {
  json::object out{{"id", one.id.str()},
                   {"at", time_text(one.at)},
                   {"by", person(one.actor)},
                   {"kind", one.kind},
                   {"detail", one.detail},
                   {"note", may_read ? one.note : std::string()},
                   {"cost", one.cost ? json::value(money_json(*one.cost)) : json::value(nullptr)},
                   {"state", desk::to_string(one.state)},
                   {"why", ""},
                   {"decided_by", person({})},
                   {"decided", nullptr},
                   {"decision", ""},
                   {"mine", one.actor == call_.grant.user}};
  if (one.approval) {
    out["why"] = one.approval->why;
    out["decided_by"] = person(one.approval->decided_by);
    out["decided"] = time_or_null(one.approval->decided);
    out["decision"] = may_read ? one.approval->note : std::string();
  }
  return out;
}

Result<json::object> ComplaintWriter::detail(const desk::ComplaintDetail& detail) const {
  const bool may_read = call_.grant.may(Permission::kHandleComplaints);
  json::array steps, suggestions;
  for (const desk::Step& one : detail.steps) steps.push_back(step(one, may_read));
  if (may_read)
    for (const auto& one : call_.app.complaints().suggester().suggest(detail.complaint.text))
      suggestions.push_back(suggestion_json(one));
  CX_TRY(json::object head, complaint(detail.complaint));
  return json::object{{"complaint", std::move(head)},
                      {"text", may_read ? detail.complaint.text : std::string()},
                      {"steps", std::move(steps)},
                      {"allowed", may_read ? allowed_of(detail.complaint) : json::array()},
                      {"suggestions", std::move(suggestions)},
                      {"may_handle", may_read}};
}

json::object suggestion_json(const desk::Suggestion& one) {
  return {{"category", one.category}, {"confidence", one.confidence}, {"words", texts(one.words)}};
}

json::object money_json(Money money) {
  return {{"minor", std::to_string(money.minor)}, {"currency", money.currency.str()}};
}

json::array limits_json(const std::vector<desk::RoleLimit>& limits) {
  json::array out;
  for (const auto& one : limits)
    out.push_back(json::object{{"role", one.role},
                               {"currency", one.currency.str()},
                               {"complaint", std::to_string(one.complaint)},
                               {"day", std::to_string(one.day)}});
  return out;
}

Result<Money> money_of(const json::value& value, std::string_view field) {
  CX_TRY(const auto fields, Fields::of(value, field));
  CX_TRY(const std::string minor, fields.text("minor", 20));
  CX_TRY(const std::string currency, fields.text("currency", 3));
  Money out;
  CX_TRY(out.currency, parse_currency(currency));
  const auto [end, wrong] = std::from_chars(minor.data(), minor.data() + minor.size(), out.minor);
  if (wrong != std::errc{} || end != minor.data() + minor.size())
    return fail(Code::kBadField, "'{}' is not an amount of minor units", field);
  return out;
}

Result<desk::ComplaintFilter> complaint_filter(const Call& call) {
  desk::ComplaintFilter out;
  out.category = call.param("category");
  if (!call.param("channel").empty())
    boost::split(out.channels, call.param("channel"), boost::is_any_of(","));
  if (!call.param("units").empty()) {
    std::vector<std::string> units;
    boost::split(units, call.param("units"), boost::is_any_of(","));
    out.units = call.app.units().current()->with_below(units);
  }
  for (const auto& [name, at] : {std::pair{"from", &out.from}, std::pair{"to", &out.to}}) {
    if (call.param(name).empty()) continue;
    CX_TRY(*at, parse_time(call.param(name), call.app.zone()));
  }
  return out;
}

}  // namespace zhike::server
