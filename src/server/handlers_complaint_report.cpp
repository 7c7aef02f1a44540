// Complaints as a whole: catalogue, suggestions, limits, comments that look like complaints, the report,
// improvements.
#include <algorithm>

#include "desk/report.h"
#include "desk/satisfaction.h"
#include "feedback/comments.h"
#include "feedback/readings.h"
#include "server/api.h"
#include "server/complaint_json.h"
#include "server/complaint_rule_json.h"
#include "server/text_json.h"

namespace zhike::server {
namespace {

constexpr std::string_view kComplainLabel = "intent.complain";
constexpr std::string_view kOwnEvent = "Complaint Opened";  // of complaints that are here already

json::value hours_json(const desk::WorkHours& hours) {
  if (hours.always) return nullptr;
  json::array days;
  for (std::size_t day = 0; day < hours.days.size(); ++day)
    if (hours.days.test(day)) days.push_back(day + 1);
  return json::object{
      {"days", std::move(days)}, {"from_minute", hours.from_minute}, {"to_minute", hours.to_minute}};
}

Result<Response> get_catalogue(Call& call) {
  const desk::Catalogue& catalogue = call.app.complaints().catalogue();
  json::array categories, clocks, steps;
  for (const desk::Category& one : catalogue.categories) {
    const auto dot = one.key.find('.');
    categories.push_back(json::object{{"key", one.key},
                                      {"parent", dot == std::string::npos ? "" : one.key.substr(0, dot)},
                                      {"name_en", one.name_en},
                                      {"name_zh", one.name_zh},
                                      {"severity", desk::to_string(one.severity)}});
  }
  for (std::size_t i = 0; i < desk::kSeverities; ++i) {
    const auto severity = static_cast<desk::Severity>(i);
    const desk::ClockTimes& times = catalogue.clock(severity);
    clocks.push_back(json::object{{"severity", desk::to_string(severity)},
                                  {"accept_minutes", times.accept.value / minutes(1).value},
                                  {"resolve_minutes", times.resolve.value / minutes(1).value}});
  }
  for (const std::string_view kind : desk::step_kinds()) steps.emplace_back(kind);
  CX_TRY(const auto limits, call.app.complaints().limits());
  CX_TRY(const auto writer, ComplaintWriter::make(call));
  return answer(json::object{{"key", catalogue.key},
                             {"name_en", catalogue.name_en},
                             {"name_zh", catalogue.name_zh},
                             {"recurrence_days", catalogue.recurrence_days},
                             {"categories", std::move(categories)},
                             {"clocks", std::move(clocks)},
                             {"hours", hours_json(catalogue.hours)},
                             {"limits", limits_json(limits)},
                             {"steps", std::move(steps)},
                             {"people", writer.people()}});
}

Result<Response> suggest(Call& call) {
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  const json::value* text = fields.object().if_contains("text");
  if (text == nullptr || !text->is_string() || text->get_string().size() > desk::Complaints::kTextBytesMax)
    return fail(Code::kBadField, "'text' is not a text of up to {} bytes", desk::Complaints::kTextBytesMax);
  json::array items;
  for (const auto& one : call.app.complaints().suggester().suggest(std::string_view(text->get_string())))
    items.push_back(suggestion_json(one));
  return answer(json::object{{"items", std::move(items)}});
}

Result<Response> put_limits(Call& call) {
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  const json::value* list = fields.object().if_contains("items");
  if (list == nullptr || !list->is_array()) return fail(Code::kBadField, "'items' is not a list");
  std::vector<desk::RoleLimit> limits;
  for (const json::value& entry : list->get_array()) {
    CX_TRY(const auto one, Fields::of(entry, "items"));
    desk::RoleLimit limit;
    CX_TRY(limit.role, one.text("role", 40));
    CX_TRY(const std::string currency, one.text("currency", 3));
    for (const auto& [name, at] : {std::pair{"complaint", &limit.complaint}, std::pair{"day", &limit.day}}) {
      CX_TRY(const std::string minor, one.text(name, 20));
      CX_TRY(const Money money, money_of(json::object{{"minor", minor}, {"currency", currency}}, name));
      *at = money.minor;
      limit.currency = money.currency;
    }
    limits.push_back(std::move(limit));
  }
  CX_TRY(call.app.complaints().put_limits(call.grant, limits));
  CX_TRY(const auto now, call.app.complaints().limits());
  return answer(json::object{{"items", limits_json(now)}});
}

Result<Response> list_candidates(Call& call) {
  static constexpr std::string_view kOwn[] = {"cursor", "limit", "all"};
  feedback::CommentFilter filter{.events = {}};
  CX_TRY(filter.events, call.filter(kOwn));
  if (call.param("all") != "true") filter.label = kComplainLabel;
  filter.events.where = query::all(
      {filter.events.where, query::negate(query::is(query::Field::kName, {std::string(kOwnEvent)}))});
  CX_TRY(const auto before, call.cursor());
  CX_TRY(const auto count, call.limit());
  CX_TRY(const auto models, call.app.readings().models());
  const feedback::CommentStore store = comment_store(call.app);
  CX_TRY(const auto page,
         feedback::comments(
             store, *models, [&](CustomerId customer) { return call.app.names().of(customer); }, call.grant,
             filter, before, count));
  json::array items;
  for (const auto& view : page.items) {
    const std::string event = std::to_string(view.said.event_id);
    CX_TRY(const auto opened, call.app.complaints().of_client(call.grant, "event/" + event));
    const auto suggested = call.app.complaints().suggester().suggest(view.said.text, 1);
    items.push_back(
        json::object{{"event_id", event},
                     {"at", time_text(view.said.at)},
                     {"customer_id", view.said.customer.str()},
                     {"customer", view.said.name},
                     {"channel", view.said.channel},
                     {"touchpoint", view.said.touchpoint},
                     {"text", view.said.text},
                     {"suggestion", suggested.empty() ? json::value(nullptr)
                                                      : json::value(suggestion_json(suggested.front()))},
                     {"complaint_id", opened ? json::value(opened->str()) : json::value(nullptr)}});
  }
  return answer(json::object{{"items", std::move(items)}, {"next_cursor", next_cursor(page.next)}});
}

json::array counts_json(const std::vector<desk::CaseCount>& counts) {
  json::array out;
  for (const auto& one : counts) out.push_back(json::object{{"key", one.key}, {"count", one.count}});
  return out;
}

json::object share_json(const desk::CaseShare& share) {
  return {{"value", number_or_null(share.value)},
          {"low", number_or_null(share.low)},
          {"high", number_or_null(share.high)},
          {"hits", share.hits},
          {"n", share.n}};
}

json::object quantile_json(const stats::SurvivalQuantile& of) {
  return {{"value", number_or_null(of.value)},
          {"low", number_or_null(of.low)},
          {"high", number_or_null(of.high)}};
}

json::object satisfaction_json(const desk::RecoverySatisfaction& one) {
  return {{"instrument", one.instrument},
          {"pairs", one.pairs},
          {"before", one.before},
          {"after", one.after},
          {"difference", one.difference},
          {"low", number_or_null(one.low)},
          {"high", number_or_null(one.high)}};
}

json::object report_json(const desk::ComplaintReport& report, const desk::Satisfactions& satisfied) {
  json::array pareto, costs, satisfaction;
  for (const auto& bar : report.pareto)
    pareto.push_back(json::object{{"cause_class", desk::to_string(bar.cause_class)},
                                  {"cause", bar.cause},
                                  {"count", bar.count},
                                  {"share", bar.share},
                                  {"cumulative", bar.cumulative}});
  for (const auto& sum : report.costs)
    costs.push_back(json::object{{"given", money_json({sum.given, sum.currency})},
                                 {"waiting", money_json({sum.waiting, sum.currency})},
                                 {"complaints", sum.complaints}});
  for (const auto& one : satisfied.instruments) satisfaction.push_back(satisfaction_json(one));
  return {{"opened", report.opened},
          {"open", report.open},
          {"overdue", report.overdue},
          {"reopened", report.reopened},
          {"days", report.days},
          {"states", counts_json(report.states)},
          {"categories", counts_json(report.categories)},
          {"channels", counts_json(report.channels)},
          {"severities", counts_json(report.severities)},
          {"causes", counts_json(report.causes)},
          {"pareto", std::move(pareto)},
          {"without_cause", report.without_cause},
          {"recovery", json::object{{"n", report.recovery.n},
                                    {"ended", report.recovery.ended},
                                    {"half", quantile_json(report.recovery.half)},
                                    {"three_quarters", quantile_json(report.recovery.three_quarters)},
                                    {"nine_tenths", quantile_json(report.recovery.nine_tenths)}}},
          {"accepted_in_time", share_json(report.accepted_in_time)},
          {"in_time", share_json(report.in_time)},
          {"first_time_right", share_json(report.first_time_right)},
          {"recurrence", share_json(report.recurrence)},
          {"suggested_right", share_json(report.suggested_right)},
          {"costs", std::move(costs)},
          {"satisfaction", std::move(satisfaction)},
          {"satisfaction_cut", satisfied.is_cut}};
}

}  // namespace

Result<json::object> complaint_report(app::App& app, const Grant& grant, desk::ComplaintFilter filter,
                                      int days) {
  desk::Complaints& complaints = app.complaints();
  desk::ReportQuestion question{.from = filter.from,
                                .to = filter.to,
                                .now = complaints.now(),
                                .days = days == 0 ? complaints.catalogue().recurrence_days : days};
  filter.from = filter.to = std::nullopt;  // a repeat may lie beyond
  CX_TRY(const auto all, complaints.everything(grant, filter));
  std::vector<CustomerId> customers;
  customers.reserve(all.complaints.size());
  for (const auto& one : all.complaints) {
    CX_TRY(const CustomerId customer, complaints.customer_of(one));
    customers.push_back(customer);
  }
  std::vector<desk::Complaint> asked;
  std::vector<CustomerId> who;
  for (std::size_t i = 0; i < all.complaints.size(); ++i) {
    const Instant opened = all.complaints[i].opened;
    if ((question.from && opened < *question.from) || (question.to && opened >= *question.to)) continue;
    asked.push_back(all.complaints[i]);
    who.push_back(customers[i]);
  }
  CX_TRY(const auto satisfied, desk::satisfaction_after(app.warehouse(), grant, asked, who));
  return report_json(desk::report_of(all, customers, question), satisfied);
}

namespace {

Result<Response> get_report(Call& call) {
  CX_TRY(auto filter, complaint_filter(call));
  CX_TRY(const auto days, call.number("days", 0, 0, 365));
  CX_TRY(const auto out, complaint_report(call.app, call.grant, std::move(filter), static_cast<int>(days)));
  return answer(out);
}

json::object improvement_json(const ComplaintWriter& writer, const desk::Improvement& one) {
  return {{"id", one.id.str()},      {"title", one.title},
          {"message", one.message},  {"by", writer.person(one.actor)},
          {"at", time_text(one.at)}, {"complaints", one.complaints},
          {"told", one.told}};
}

Result<Response> list_improvements(Call& call) {
  CX_TRY(const auto found, call.app.complaints().improvements(call.grant));
  CX_TRY(const auto writer, ComplaintWriter::make(call));
  json::array items;
  for (const auto& one : found) items.push_back(improvement_json(writer, one));
  return answer(json::object{{"items", std::move(items)}});
}

Result<Response> create_improvement(Call& call) {
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  desk::NewImprovement wanted;
  CX_TRY(wanted.title, fields.text("title", 1'000));
  const json::value* message = fields.object().if_contains("message");
  if (message == nullptr || !message->is_string()) return fail(Code::kBadField, "'message' is missing");
  wanted.message = std::string(message->get_string());
  CX_TRY(wanted.client, fields.text_or("client", "", desk::Complaints::kClientBytesMax));
  CX_TRY(const auto ids, fields.list_or_empty("complaints", desk::Complaints::kConcernedMax));
  for (const std::string& id : ids) {
    CX_TRY(const auto parsed, parse_id<desk::ComplaintId>(id));
    wanted.complaints.push_back(parsed);
  }
  CX_TRY(const auto made, call.app.complaints().improve(call.grant, wanted));
  CX_TRY(const auto writer, ComplaintWriter::make(call));
  return answer(improvement_json(writer, made), 201);
}

}  // namespace

void add_complaint_report_handlers(Handlers& handlers) {
  handlers["getComplaintCatalogue"] = get_catalogue;
  handlers["suggestComplaintCategory"] = suggest;
  handlers["putComplaintLimits"] = put_limits;
  handlers["listComplaintCandidates"] = list_candidates;
  handlers["getComplaintReport"] = get_report;
  handlers["listImprovements"] = list_improvements;
  handlers["createImprovement"] = create_improvement;
  add_complaint_rule_handlers(handlers);
}

}  // namespace zhike::server
