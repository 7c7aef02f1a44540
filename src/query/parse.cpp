#include "query/parse.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

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

}  // namespace

Result<Filter> parse_filter(std::span<const std::pair<std::string_view, std::string_view>> pairs,
                            const Defaults& defaults, std::span<const std::string_view> skip) {
  Filter filter{.range = {}, .zone = defaults.zone, .where = {}};
  std::optional<Instant> from, to;
  for (const auto& [key, value] : pairs) {
    if (std::ranges::find(skip, key) != skip.end() || value.empty()) continue;
    if (value.size() > kValueBytesMax) return fail(Code::kBadFilter, "{} is too long", key);
    if (key == "from") {
      CX_TRY(from, parse_time(value, defaults.zone));
    } else if (key == "to") {
      CX_TRY(to, parse_time(value, defaults.zone));
    } else {
      CX_TRY(Expr condition, parse_condition(key, value));
      filter.where.parts.push_back(std::move(condition));
    }
  }
  filter.range.to = to ? *to : end_of_day(defaults.newest.value_or(defaults.now), defaults.zone);
  filter.range.from =
      from ? *from
           : defaults.zone.to_instant(defaults.zone.to_local_ms(filter.range.to) - kDefaultDays * kDayMs);
  if (filter.range.to <= filter.range.from) return fail(Code::kBadFilter, "the range ends before it starts");
  return filter;
}

}  // namespace zhike::query
