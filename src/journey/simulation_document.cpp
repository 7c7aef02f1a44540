#include "journey/simulation_document.h"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/toml.h"
#include "journey/document.h"

namespace zhike::journey {
namespace {

namespace json = boost::json;
constexpr std::size_t kEntriesMax = 200;
constexpr double kMinute = 60'000;

/// Refuses what is misspelt: a change that is silently not made would look like one without effect.
Result<void> only(const json::object& of, std::initializer_list<std::string_view> keys) {
  for (const auto& [key, value] : of)
    if (std::ranges::find(keys, std::string_view(key)) == keys.end())
      return fail(Code::kBadField, "there is no '{}'", std::string_view(key));
  return {};
}

Result<double> number_in(const json::object& of, std::string_view name, double low, double high) {
  const json::value* at = of.if_contains(name);
  if (at == nullptr || !at->is_number()) return fail(Code::kBadField, "'{}' is not a number", name);
  const double value = at->to_number<double>();
  if (!(value >= low && value <= high))
    return fail(Code::kBadField, "'{}' is not from {} to {}", name, low, high);
  return value;
}
Result<std::optional<double>> number_or_none(const json::object& of, std::string_view name, double low,
                                             double high) {
  if (!of.contains(name)) return std::nullopt;
  CX_TRY(const double value, number_in(of, name, low, high));
  return value;
}
Result<int> whole_in(const json::object& of, std::string_view name, int low, int high) {
  CX_TRY(const double value, number_in(of, name, low, high));
  if (value != std::floor(value)) return fail(Code::kBadField, "'{}' is not a whole number", name);
  return static_cast<int>(value);
}

/// The objects of a list that may be missing, each read by `read` into a T.
template <class T, class Read>
Result<std::vector<T>> list_in(const json::object& of, std::string_view name, const Read& read) {
  std::vector<T> out;
  const json::value* at = of.if_contains(name);
  if (at == nullptr) return out;
  if (!at->is_array() || at->get_array().size() > kEntriesMax)
    return fail(Code::kBadField, "'{}' is not a list of up to {}", name, kEntriesMax);
  for (const json::value& one : at->get_array()) {
    if (!one.is_object()) return fail(Code::kBadField, "'{}' holds what is not an object", name);
    CX_TRY(auto item, read(one.get_object()));
    out.push_back(std::move(item));
  }
  return out;
}
Result<std::vector<std::string>> texts_in(const json::object& of, std::string_view name) {
  if (!of.contains(name)) return std::vector<std::string>();
  return DocumentReader(of).texts(name);
}

Result<WorkHours> hours_in(const json::object& of) {
  WorkHours out;
  CX_TRY(out.from, whole_in(of, "from", 0, 23));
  CX_TRY(out.to, whole_in(of, "to", 1, 24));
  if (out.to <= out.from) return fail(Code::kBadField, "'to' is not after 'from'");
  const json::value* days = of.if_contains("days");
  if (days == nullptr || !days->is_array() || days->get_array().empty() || days->get_array().size() > 7)
    return fail(Code::kBadField, "'days' is not a list of days of the week, 1 to 7");
  std::set<int> seen;
  for (const json::value& day : days->get_array()) {
    boost::system::error_code wrong;
    const auto number = day.to_number<int>(wrong);
    if (wrong || number < 1 || number > 7 || !seen.insert(number).second)
      return fail(Code::kBadField, "'days' is not a list of days of the week, 1 to 7");
  }
  for (const int day : seen) out.days.push_back(day - 1);
  return out;
}

Result<GivenService> service_in(const json::object& of) {
  CX_TRY(only(of, {"step", "minutes", "spread"}));
  GivenService out;
  CX_TRY(out.step, DocumentReader(of).text("step"));
  CX_TRY(out.minutes, number_in(of, "minutes", 0, 1e7));
  const json::value* spread = of.if_contains("spread");
  if (spread == nullptr || *spread == "fixed") return out;
  if (*spread != "exponential") return fail(Code::kBadField, "'spread' is neither fixed nor exponential");
  out.exponential = true;
  return out;
}

Result<GivenGroup> group_in(const json::object& of) {
  CX_TRY(only(of, {"name", "steps", "people", "hours"}));
  GivenGroup out;
  CX_TRY(out.name, DocumentReader(of).text("name"));
  CX_TRY(out.steps, DocumentReader(of).texts("steps"));
  CX_TRY(out.people, number_in(of, "people", 0, 100'000));
  if (!of.contains("hours")) return out;
  CX_TRY(const auto* hours, DocumentReader(of).object("hours"));
  CX_TRY(only(*hours, {"days", "from", "to"}));
  CX_TRY(out.hours, hours_in(*hours));
  return out;
}

Result<ChangedDuration> duration_in(const json::object& of) {
  CX_TRY(only(of, {"step", "factor", "minutes"}));
  ChangedDuration out;
  CX_TRY(out.step, DocumentReader(of).text("step"));
  CX_TRY(out.factor, number_or_none(of, "factor", 0, 1000));
  CX_TRY(out.minutes, number_or_none(of, "minutes", 0, 1e7));
  return out;
}
Result<AutomatedShare> automated_in(const json::object& of) {
  CX_TRY(only(of, {"step", "share"}));
  AutomatedShare out;
  CX_TRY(out.step, DocumentReader(of).text("step"));
  CX_TRY(out.share, number_in(of, "share", 0, 1));
  return out;
}
Result<ChangedPeople> people_in(const json::object& of) {
  CX_TRY(only(of, {"group", "add"}));
  ChangedPeople out;
  CX_TRY(out.group, DocumentReader(of).text("group"));
  CX_TRY(out.add, number_in(of, "add", -100'000, 100'000));
  return out;
}
Result<ChangedHours> changed_hours_in(const json::object& of) {
  CX_TRY(only(of, {"group", "days", "from", "to"}));
  ChangedHours out;
  CX_TRY(out.group, DocumentReader(of).text("group"));
  CX_TRY(out.hours, hours_in(of));
  return out;
}

Result<ChangedRoute> route_in(const json::object& of) {
  CX_TRY(only(of, {"step", "share"}));
  ChangedRoute out;
  CX_TRY(out.step, DocumentReader(of).text("step"));
  CX_TRY(out.share, number_in(of, "share", 0, 1));
  return out;
}
Result<HourlyCost> hourly_in(const json::object& of) {
  CX_TRY(only(of, {"group", "amount"}));
  HourlyCost out;
  CX_TRY(out.group, DocumentReader(of).text("group"));
  CX_TRY(out.amount, number_in(of, "amount", 0, 1e9));
  return out;
}
Result<StepCost> each_in(const json::object& of) {
  CX_TRY(only(of, {"step", "amount"}));
  StepCost out;
  CX_TRY(out.step, DocumentReader(of).text("step"));
  CX_TRY(out.amount, number_in(of, "amount", 0, 1e9));
  return out;
}

Result<std::vector<std::vector<std::string>>> parallel_in(const json::object& of) {
  std::vector<std::vector<std::string>> out;
  const json::value* at = of.if_contains("parallel");
  if (at == nullptr) return out;
  if (!at->is_array() || at->get_array().size() > kEntriesMax)
    return fail(Code::kBadField, "'parallel' is not a list of lists of steps");
  for (const json::value& set : at->get_array()) {
    CX_TRY(auto steps, DocumentReader(json::object{{"parallel", set}}).texts("parallel"));
    out.push_back(std::move(steps));
  }
  return out;
}

Result<Redesign> change_in(const json::object& of) {
  CX_TRY(only(of, {"remove", "parallel", "duration", "automate", "people", "hours", "routing", "arrivals"}));
  Redesign out;
  CX_TRY(out.remove, texts_in(of, "remove"));
  CX_TRY(out.parallel, parallel_in(of));
  CX_TRY(out.durations, list_in<ChangedDuration>(of, "duration", duration_in));
  CX_TRY(out.automate, list_in<AutomatedShare>(of, "automate", automated_in));
  CX_TRY(out.people, list_in<ChangedPeople>(of, "people", people_in));
  CX_TRY(out.hours, list_in<ChangedHours>(of, "hours", changed_hours_in));
  CX_TRY(out.routing, list_in<ChangedRoute>(of, "routing", route_in));
  if (of.contains("arrivals")) {
    CX_TRY(out.arrivals, number_in(of, "arrivals", 0.01, 100));
  }
  return out;
}

Result<StaffTarget> target_in(const json::object& of) {
  CX_TRY(only(of, {"wait_minutes", "share", "p90_minutes"}));
  StaffTarget out;
  CX_TRY(const auto wait, number_or_none(of, "wait_minutes", 0, 1e7));
  CX_TRY(const auto p90, number_or_none(of, "p90_minutes", 0, 1e7));
  if (wait) out.wait_ms = *wait * kMinute;
  if (p90) out.p90_ms = *p90 * kMinute;
  if (of.contains("share")) {
    CX_TRY(out.share, number_in(of, "share", 0.01, 0.999));
  }
  return out;
}

Result<void> read_frame(const json::object& document, SimulationOptions* into) {
  if (document.contains("replications")) {
    CX_TRY(into->replications, whole_in(document, "replications", kReplicationsMin, kReplicationsMax));
  }
  if (document.contains("seed")) {
    CX_TRY(const int seed, whole_in(document, "seed", 0, 1'000'000'000));
    into->seed = static_cast<std::uint64_t>(seed);
  }
  if (const json::value* arrivals = document.if_contains("arrivals")) {
    if (*arrivals != "observed" && *arrivals != "hour_of_week")
      return fail(Code::kBadField, "'arrivals' is neither observed nor hour_of_week");
    into->arrivals = *arrivals == "observed" ? Arrivals::kObserved : Arrivals::kHourOfWeek;
  }
  return {};
}

json::value json_of(const toml::node& node) {
  if (const auto* text = node.as_string()) return json::value(std::string_view(text->get()));
  if (const auto* whole = node.as_integer()) return whole->get();
  if (const auto* number = node.as_floating_point()) return number->get();
  if (const auto* flag = node.as_boolean()) return flag->get();
  if (const auto* list = node.as_array()) {
    json::array out;
    for (const auto& one : *list) out.push_back(json_of(one));
    return out;
  }
  if (const auto* table = node.as_table()) {
    json::object out;
    for (const auto& [key, value] : *table) out[key.str()] = json_of(value);
    return out;
  }
  return nullptr;  // dates, of which the document has none
}

}  // namespace

Result<void> read_simulation(const json::object& document, SimulationOptions* into) {
  CX_TRY(only(document, {"replications", "seed", "arrivals", "service", "groups", "customer_waits", "ends",
                         "hourly_cost", "step_cost", "change", "target"}));
  CX_TRY(read_frame(document, into));
  if (document.contains("service")) {
    CX_TRY(into->service, list_in<GivenService>(document, "service", service_in));
  }
  if (document.contains("groups")) {
    CX_TRY(into->groups, list_in<GivenGroup>(document, "groups", group_in));
  }
  if (document.contains("customer_waits")) {
    CX_TRY(into->customer_waits, texts_in(document, "customer_waits"));
  }
  if (document.contains("ends")) {
    CX_TRY(into->ends, texts_in(document, "ends"));
  }
  if (document.contains("hourly_cost")) {
    CX_TRY(into->hourly, list_in<HourlyCost>(document, "hourly_cost", hourly_in));
  }
  if (document.contains("step_cost")) {
    CX_TRY(into->each, list_in<StepCost>(document, "step_cost", each_in));
  }
  if (document.contains("change")) {
    CX_TRY(const auto* change, DocumentReader(document).object("change"));
    CX_TRY(into->change, change_in(*change));
  }
  if (document.contains("target")) {
    CX_TRY(const auto* target, DocumentReader(document).object("target"));
    CX_TRY(into->target, target_in(*target));
  }
  return {};
}

Result<void> read_simulation_toml(std::string_view text, SimulationOptions* into) {
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed)
    return fail(Code::kBadField, "line {}: {}", parsed.error().source().begin.line,
                parsed.error().description());
  return read_simulation(json_of(parsed.table()).as_object(), into);
}

Result<StaffTarget> parse_target(std::string_view text) {
  const auto number = [](std::string_view of) -> std::optional<double> {
    double out = 0;
    const auto [end, wrong] = std::from_chars(of.data(), of.data() + of.size(), out);
    if (wrong != std::errc() || end != of.data() + of.size()) return std::nullopt;
    return out;
  };
  constexpr std::string_view kWait = "wait<=", kP90 = "p90<=";
  StaffTarget out;
  if (text.starts_with(kP90)) {
    const auto minutes = number(text.substr(kP90.size()));
    if (minutes) out.p90_ms = *minutes * kMinute;
  } else if (text.starts_with(kWait)) {
    const std::size_t colon = text.find(':');
    const auto minutes = number(text.substr(kWait.size(), colon - std::min(colon, kWait.size())));
    const auto share = colon == std::string_view::npos ? std::nullopt : number(text.substr(colon + 1));
    if (minutes && share) {
      out.wait_ms = *minutes * kMinute;
      out.share = *share;
    }
  }
  if (!out.wait_ms && !out.p90_ms)
    return fail(Code::kBadSimulation, "'{}': wait<=MINUTES:SHARE or p90<=MINUTES is needed", text);
  return out;
}

}  // namespace zhike::journey
