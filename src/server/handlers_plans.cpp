// Tracking plans: what events should look like, what they do look like, and the difference.
#include <algorithm>

#include "server/api.h"

namespace zhike::server {
namespace {

json::object in_force(std::uint64_t version, std::optional<Instant> at, UserId author,
                      std::string_view body) {
  json::value plan = nullptr;
  if (!body.empty()) plan = json::parse(body);
  return {{"version", version},
          {"at", time_or_null(at)},
          {"author", author.is_set() ? author.str() : std::string()},
          {"plan", std::move(plan)}};
}

json::object in_force(const ingest::Plan* plan) {
  if (plan == nullptr) return in_force(0, {}, {}, {});
  return in_force(plan->version, plan->at, plan->author, plan->body);
}

Result<SourceId> source_of(Call& call) {
  CX_TRY(const auto id, call.id<SourceId>("id"));
  CX_TRY(call.app.sources().find(id));
  return id;
}

Result<Response> get_plan(Call& call) {
  CX_TRY(const SourceId source, source_of(call));
  return answer(in_force(call.app.plans().of(source).get()));
}

Result<Response> put_plan(Call& call) {
  CX_TRY(const SourceId source, source_of(call));
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  const auto* based_on = fields.object().if_contains("based_on");
  const auto* plan = fields.object().if_contains("plan");
  if (based_on == nullptr || !based_on->is_int64() || based_on->as_int64() < 0)
    return fail(Code::kBadField, "'based_on' is not a version");
  if (plan == nullptr) return fail(Code::kBadField, "'plan' is missing");
  CX_TRY(const auto made,
         call.app.plans().set(call.grant.user, source, static_cast<std::uint64_t>(based_on->as_int64()),
                              json::serialize(*plan)));
  return answer(in_force(made.get()));
}

Result<Response> plan_history(Call& call) {
  CX_TRY(const SourceId source, source_of(call));
  CX_TRY(const auto versions, call.app.plans().history(source, 50));
  json::array items;
  for (const auto& v : versions) items.push_back(in_force(v.version, v.at, v.author, v.body));
  return answer(json::object{{"items", std::move(items)}});
}

json::object property_json(const std::string& key, const ingest::SeenProperty& p, std::uint64_t looked) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < ingest::kValueTypeCount; ++i)
    if (p.types[i] > 0) order.push_back(i);
  std::ranges::sort(order, std::greater{}, [&](std::size_t i) { return p.types[i]; });
  json::array types;
  for (const std::size_t i : order) {
    const auto type = static_cast<ingest::ValueType>(i);
    types.push_back(json::object{{"type", to_string(type)}, {"share", p.type_share(type)}});
  }
  const std::uint64_t since = looked > p.before ? looked - p.before : 0;
  const double share = since == 0 ? 0.0 : static_cast<double>(p.count) / static_cast<double>(since);
  return {{"key", key},
          {"share", std::min(1.0, share)},
          {"types", std::move(types)},
          {"minimum", number_or_null(p.least)},
          {"maximum", number_or_null(p.most)},
          {"values", texts(p.values)},
          {"first_at", time_text(p.first)},
          {"last_at", time_text(p.last)}};
}

Result<Response> get_observed(Call& call) {
  CX_TRY(const SourceId source, source_of(call));
  const ingest::SeenSource seen = call.app.observer().of(source);
  const auto plan = call.app.plans().of(source);
  json::array events;
  for (const ingest::SeenEvent& e : seen.events) {
    json::array properties;
    for (const auto& [key, p] : e.properties) properties.push_back(property_json(key, p, e.looked));
    events.push_back(json::object{{"type", to_string(e.type)},
                                  {"name", e.name},
                                  {"count", e.count},
                                  {"planned", plan && plan->find(e.type, e.name) != nullptr},
                                  {"first_at", time_text(e.first)},
                                  {"last_at", time_text(e.last)},
                                  {"properties", std::move(properties)},
                                  {"properties_beyond", e.properties_beyond}});
  }
  json::value first = nullptr;
  if (seen.first.ms != 0) first = time_text(seen.first);
  return answer(json::object{{"first_at", std::move(first)},
                             {"names_beyond", seen.names_beyond},
                             {"events", std::move(events)},
                             {"inferred", json::parse(ingest::infer(seen))}});
}

Result<Response> forget_observed(Call& call) {
  CX_TRY(const SourceId source, source_of(call));
  CX_TRY(call.app.observer().forget(source));
  CX_TRY(call.app.audit(call.grant.user, "observed_forgotten", "source/" + source.str(), ""));
  return no_content();
}

Result<Response> get_drift(Call& call) {
  CX_TRY(const SourceId source, source_of(call));
  const auto plan = call.app.plans().of(source);
  const auto found = ingest::drift(call.app.observer().of(source), plan.get(), call.app.clock().now());
  json::array items;
  for (const ingest::Drift& d : found) {
    json::value fault = nullptr, first = nullptr, last = nullptr;
    using Kind = ingest::Drift::Kind;
    if (d.kind == Kind::kViolation || (plan && (d.kind == Kind::kMissing || d.kind == Kind::kTypeChanged)))
      fault = json::string(to_string(d.fault));
    if (d.first.ms != 0) first = time_text(d.first);
    if (d.last.ms != 0) last = time_text(d.last);
    items.push_back(json::object{{"kind", to_string(d.kind)},
                                 {"type", to_string(d.type)},
                                 {"event", d.event},
                                 {"path", d.path},
                                 {"fault", std::move(fault)},
                                 {"share", d.share},
                                 {"count", d.count},
                                 {"first_at", std::move(first)},
                                 {"last_at", std::move(last)},
                                 {"from", d.from},
                                 {"to", d.to}});
  }
  return answer(json::object{{"version", plan ? plan->version : 0}, {"items", std::move(items)}});
}

}  // namespace

void add_plan_handlers(Handlers& handlers) {
  handlers["getPlan"] = get_plan;
  handlers["putPlan"] = put_plan;
  handlers["getPlanHistory"] = plan_history;
  handlers["getObserved"] = get_observed;
  handlers["forgetObserved"] = forget_observed;
  handlers["getDrift"] = get_drift;
}

}  // namespace zhike::server
