#include "query/parse.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>

#include "query/where.h"

namespace zhike::query {

namespace {

constexpr std::size_t kValueBytesMax = 4096;
constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kDefaultDays = 30;

struct Key {
  std::string_view name;
  Field field;
  bool list;
};
constexpr std::array kKeys{Key{"units", Field::kUnit, true},
                           Key{"channel", Field::kChannel, true},
                           Key{"touchpoint", Field::kTouchpoint, true},
                           Key{"stage", Field::kStage, true},
                           Key{"type", Field::kType, true},
                           Key{"instrument", Field::kInstrument, true},
                           Key{"source", Field::kSource, true},
                           Key{"name", Field::kName, false},
                           Key{"case", Field::kCase, false}};

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    if (const auto part = text.substr(0, comma); !part.empty()) out.emplace_back(part);
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  return out;
}

Result<double> parse_number(std::string_view key, std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
    return fail(Code::kBadFilter, "{} is not a number: {}", key, text.substr(0, 40));
  return value;
}

Result<Expr> parse_condition(std::string_view key, std::string_view value) {
  if (key == "where") return parse_where(value);
  if (key == kPersonas) {
    Expr out = is(Field::kVirtual, split(value));
    if (out.condition.values.empty()) return fail(Code::kBadFilter, "{} has no value", key);
    out.condition.name = kPersonas;
    return out;
  }
  if (key == "score_min" || key == "score_max") {
    CX_TRY(const double score, parse_number(key, value));
    return key == "score_min" ? at_least(score) : at_most(score);
  }
  const auto* const known = std::ranges::find(kKeys, key, &Key::name);
  if (known == kKeys.end()) return fail(Code::kUnknownField, "{}", key.substr(0, 60));
  std::vector<std::string> values = known->list ? split(value) : std::vector{std::string(value)};
  if (values.empty()) return fail(Code::kBadFilter, "{} has no value", key);
  return is(known->field, std::move(values));
}

/// Midnight that ends the local day of `at`.
Instant end_of_day(Instant at, const Zone& zone) {
  const std::int64_t local = zone.to_local_ms(at);
  return zone.to_instant((local - local % kDayMs) + kDayMs);
}

/// Without an offset, which can only stand behind the time of day.
bool is_wall_clock(std::string_view text) {
  const std::size_t time = text.find_first_of("Tt ");
  return time == std::string_view::npos || text.find_first_of("Zz+-", time) == std::string_view::npos;
}

/// A unit means those below it too.
void widen_units(Expr& expr, const govern::UnitTree& units) {
  Condition& condition = expr.condition;
  if (expr.kind == Expr::Kind::kCondition && condition.field == Field::kUnit && !condition.values.empty())
    condition.values = units.with_below(condition.values);
  for (Expr& part : expr.parts) widen_units(part, units);
}

/// The units that the conditions leave, of those the grant covers; nothing: all there are.
std::optional<std::vector<std::string>> units_asked(const Expr& where, const Defaults& defaults) {
  std::optional<std::vector<std::string>> out;
  if (defaults.grant != nullptr && !defaults.grant->all_units) out = defaults.grant->units;
  for (const Expr& part : where.parts) {
    const Condition& condition = part.condition;
    if (part.kind != Expr::Kind::kCondition || condition.field != Field::kUnit || condition.op != Op::kIn)
      continue;
    if (!out) {
      out = condition.values;
      continue;
    }
    std::erase_if(*out, [&](const std::string& unit) {
      return std::ranges::find(condition.values, unit) == condition.values.end();
    });
  }
  return out;
}

/// Sets zone and own_zones.
void choose_zones(Filter& filter, const Defaults& defaults) {
  if (defaults.units == nullptr) return;
  const auto asked = units_asked(filter.where, defaults);
  std::map<std::string, UnitZone> zones;
  const auto add = [&](const std::string& unit) {
    const Zone zone = defaults.units->zone_of(unit);
    auto& entry = zones[zone.name()];
    entry.zone = zone;
    entry.units.push_back(unit);
  };
  if (asked)
    std::ranges::for_each(*asked, add);
  else
    for (const govern::Unit& unit : defaults.units->list()) add(unit.key);
  // Without a choice of units there may be events of unlisted ones: they live in the installation's zone.
  if (asked && zones.size() == 1) {
    filter.zone = zones.begin()->second.zone;
    return;
  }
  zones.erase(filter.zone.name());
  for (auto& [name, entry] : zones) filter.own_zones.push_back(std::move(entry));
}

}  // namespace

Result<Filter> parse_filter(std::span<const std::pair<std::string_view, std::string_view>> pairs,
                            const Defaults& defaults, std::span<const std::string_view> skip) {
  Filter filter{.range = {}, .zone = defaults.zone};
  std::string_view from_text, to_text;
  for (const auto& [key, value] : pairs) {
    if (std::ranges::find(skip, key) != skip.end() || value.empty()) continue;
    if (value.size() > kValueBytesMax) return fail(Code::kBadFilter, "{} is too long", key);
    if (key == "from") {
      from_text = value;
    } else if (key == "to") {
      to_text = value;
    } else {
      CX_TRY(Expr condition, parse_condition(key, value));
      if (defaults.units != nullptr) widen_units(condition, *defaults.units);
      filter.where.parts.push_back(std::move(condition));
    }
  }
  choose_zones(filter, defaults);
  filter.by_wall_clock = is_wall_clock(from_text) && is_wall_clock(to_text);
  const Zone& zone = filter.zone;
  filter.range.to = end_of_day(defaults.newest.value_or(defaults.now), zone);
  if (!to_text.empty()) {
    CX_TRY(filter.range.to, parse_time(to_text, zone));
  }
  filter.range.from = zone.to_instant(zone.to_local_ms(filter.range.to) - kDefaultDays * kDayMs);
  if (!from_text.empty()) {
    CX_TRY(filter.range.from, parse_time(from_text, zone));
  }
  if (filter.range.to <= filter.range.from) return fail(Code::kBadFilter, "the range ends before it starts");
  return filter;
}

}  // namespace zhike::query
