// How what is seen differs from the plan, or from what was usual; and the plan that it would fit.
#include <algorithm>
#include <boost/json.hpp>
#include <cmath>

#include "ingest/gate.h"
#include "ingest/observe.h"

namespace zhike::ingest {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 6> kKinds{"new_event", "new_property", "type_changed",
                                                 "missing",   "violation",    "not_seen"};
constexpr Millis kLearning = days(1);       // a source's or event's first day is no drift
constexpr Millis kNews = days(7);           // what is new stays news so long
constexpr std::uint64_t kUsualAfter = 100;  // events before something can be said to be usual
constexpr double kUsual = 0.9, kRequired = 0.999;
constexpr std::uint64_t kRequiredAfter = 20, kEnumAfter = 200;

double share_of(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : std::min(1.0, static_cast<double>(part) / static_cast<double>(whole));
}

class Finder {
 public:
  Finder(const SeenSource& seen, const Plan* plan, Instant now) : seen_(seen), plan_(plan), now_(now) {}

  std::vector<Drift> run() {
    for (const SeenEvent& e : seen_.events) event(e);
    if (plan_ != nullptr) unseen();
    std::ranges::sort(out_, [](const Drift& a, const Drift& b) {
      return std::tuple(-static_cast<double>(a.count), a.event, a.path) <
             std::tuple(-static_cast<double>(b.count), b.event, b.path);
    });
    return std::move(out_);
  }

 private:
  static Drift of(Drift::Kind kind, const SeenEvent& e, std::string path, std::uint64_t count, Instant first,
                  Instant last) {
    Drift d;
    d.kind = kind;
    d.type = e.type;
    d.event = e.name;
    d.path = std::move(path);
    d.share = share_of(count, e.looked);
    d.count = count;
    d.first = first;
    d.last = last;
    return d;
  }
  [[nodiscard]] bool is_news(Instant first, Instant beginning) const {
    return first - beginning > kLearning && now_ - first < kNews;
  }

  void event(const SeenEvent& e) {
    if (plan_ == nullptr) return usual(e);
    const EventPlan* const planned = plan_->find(e.type, e.name);
    if (planned == nullptr) {
      out_.push_back(of(Drift::Kind::kNewEvent, e, {}, e.count, e.first, e.last));
      return;
    }
    for (const auto& [key, p] : e.properties)
      if (!std::ranges::binary_search(planned->properties, key, {}, &PropertyRule::key) &&
          (e.type != EventType::kIdentify || std::ranges::find(kDerivedTraits, key) == kDerivedTraits.end()))
        out_.push_back(of(Drift::Kind::kNewProperty, e, key, p.count, p.first, p.last));
    if (e.plan != plan_->version) return;
    for (const auto& [key, v] : e.violations) {
      const auto& [fault, path] = key;
      if (fault == Fault::kAdditional) continue;  // said above
      Drift d = of(fault == Fault::kMissing ? Drift::Kind::kMissing
                   : fault == Fault::kType  ? Drift::Kind::kTypeChanged
                                            : Drift::Kind::kViolation,
                   e, path, v.count, v.first, v.last);
      d.fault = fault;
      if (const auto at = e.properties.find(path); fault == Fault::kType && at != e.properties.end())
        d.to = std::string(to_string(at->second.main_type()));
      out_.push_back(std::move(d));
    }
  }

  void usual(const SeenEvent& e) {
    if (is_news(e.first, seen_.first))
      out_.push_back(of(Drift::Kind::kNewEvent, e, {}, e.count, e.first, e.last));
    for (const auto& [key, p] : e.properties) {
      if (is_news(p.first, e.first))
        out_.push_back(of(Drift::Kind::kNewProperty, e, key, p.count, p.first, p.last));
      const ValueType main = p.main_type();
      for (std::size_t i = 0; i < kValueTypeCount; ++i) {
        const auto type = static_cast<ValueType>(i);
        const bool both_numbers = (type == ValueType::kInteger && main == ValueType::kNumber) ||
                                  (type == ValueType::kNumber && main == ValueType::kInteger);
        if (type == main || p.types[i] == 0 || type == ValueType::kNull || both_numbers) continue;
        Drift d = of(Drift::Kind::kTypeChanged, e, key, p.types[i], p.type_first[i], p.last);
        d.from = std::string(to_string(main));
        d.to = std::string(to_string(type));
        out_.push_back(std::move(d));
      }
      const std::uint64_t since = e.looked - std::min(p.before, e.looked);
      const double there = share_of(p.count, since);
      if (since >= kUsualAfter && there >= kUsual && p.count < since)
        out_.push_back(of(Drift::Kind::kMissing, e, key, since - p.count, p.first, e.last));
    }
  }

  void unseen() {
    for (const EventPlan& planned : plan_->events) {
      const auto is_it = [&](const SeenEvent& e) { return e.type == planned.type && e.name == planned.name; };
      const auto at = std::ranges::find_if(seen_.events, is_it);
      if (at != seen_.events.end() && now_ - at->last < kNews) continue;
      Drift d;
      d.kind = Drift::Kind::kNotSeen;
      d.type = planned.type;
      d.event = planned.name;
      if (at != seen_.events.end()) d.first = at->first, d.last = at->last;
      out_.push_back(std::move(d));
    }
  }

  const SeenSource& seen_;
  const Plan* plan_;
  Instant now_;
  std::vector<Drift> out_;
};

json::object schema_of(const SeenEvent& e) {
  json::object properties;
  json::array required;
  for (const auto& [key, p] : e.properties) {
    json::array types;
    for (std::size_t i = 0; i < kValueTypeCount; ++i)
      if (p.types[i] > 0 && !(static_cast<ValueType>(i) == ValueType::kInteger &&
                              p.types[static_cast<std::size_t>(ValueType::kNumber)] > 0))
        types.push_back(json::string(to_string(static_cast<ValueType>(i))));
    json::object schema;
    if (types.size() == 1)
      schema["type"] = types[0];
    else
      schema["type"] = types;
    const bool is_text = p.type_share(ValueType::kString) == 1.0;
    if (is_text && p.has_few_values && !p.values.empty() && p.count >= kEnumAfter) {
      std::vector<std::string> values = p.values;
      std::ranges::sort(values);
      schema["enum"] = json::array(values.begin(), values.end());
    }
    if (p.least && *p.least >= 0) schema["minimum"] = 0;
    properties[key] = std::move(schema);
    if (e.looked >= kRequiredAfter && share_of(p.count, e.looked) >= kRequired)
      required.push_back(json::string(key));
  }
  json::object out{{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", true}};
  if (!required.empty()) out["required"] = std::move(required);
  return out;
}

}  // namespace

std::string_view to_string(Drift::Kind kind) noexcept { return kKinds[static_cast<std::size_t>(kind)]; }

std::vector<Drift> drift(const SeenSource& seen, const Plan* plan, Instant now) {
  return Finder(seen, plan, now).run();
}

std::string infer(const SeenSource& seen) {
  json::array events;
  for (const SeenEvent& e : seen.events)
    events.push_back(json::object{{"type", to_string(e.type)}, {"name", e.name}, {"schema", schema_of(e)}});
  return json::serialize(
      json::object{{"mode", "observe"}, {"unplanned", "allow"}, {"events", std::move(events)}});
}

}  // namespace zhike::ingest
