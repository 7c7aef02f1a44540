#include "metric/chain.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <utility>

namespace zhike::metric {
namespace {

constexpr std::string_view kLog = "log(";

/// The value as the chain takes it; nothing: not known.
std::optional<double> reading(const Value& value, bool is_log) {
  if (!value.value || !value.enough || !std::isfinite(*value.value)) return std::nullopt;
  if (!is_log) return *value.value;
  return *value.value > 0 ? std::optional(std::log(*value.value)) : std::nullopt;
}

/// The units with most values, by key.
std::vector<std::string> units_of(const std::map<std::string, std::uint64_t>& known) {
  std::vector<std::pair<std::string, std::uint64_t>> all(known.begin(), known.end());
  if (all.size() > kChainGroupsMax) {
    std::ranges::stable_sort(all, std::ranges::greater{}, [](const auto& one) { return one.second; });
    all.resize(kChainGroupsMax);
    std::ranges::sort(all);
  }
  std::vector<std::string> out;
  for (auto& one : all) out.push_back(std::move(one.first));
  return out;
}

struct Reading {
  std::string unit;
  std::size_t period;
  double value;
};

}  // namespace

Result<std::vector<ChainStage>> parse_stages(std::span<const std::string> words) {
  if (words.size() < 2 || words.size() > stats::kChainStagesMax)
    return fail(Code::kBadField, "'stages': {}; a chain has 2 to {}", words.size(), stats::kChainStagesMax);
  std::vector<ChainStage> out;
  std::set<std::string_view> taken;
  for (const std::string& word : words) {
    std::string_view key = word;
    ChainStage& stage = out.emplace_back();
    if (key.starts_with(kLog) && key.ends_with(')')) {
      stage.is_log = true;
      key = key.substr(kLog.size(), key.size() - kLog.size() - 1);
    }
    CX_TRY(stage.metric, find(key));
    if (!taken.insert(stage.metric->key).second)
      return fail(Code::kBadField, "'stages': {} is there already", stage.metric->key);
  }
  return out;
}

Result<std::vector<std::optional<std::size_t>>> parse_lags(std::string_view text, std::size_t links,
                                                           std::size_t lags) {
  std::vector<std::optional<std::size_t>> out;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view word = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    if (word.empty()) {
      out.emplace_back();
      continue;
    }
    std::size_t lag = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), lag);
    if (error != std::errc{} || end != word.data() + word.size() || lag > lags)
      return fail(Code::kBadField, "'fixed': {} is no lag of 0 to {}", word.substr(0, 20), lags);
    out.emplace_back(lag);
  }
  if (out.size() > links) return fail(Code::kBadField, "'fixed': {} lags for {} links", out.size(), links);
  return out;
}

Result<MetricChain> chain_of(std::span<const std::vector<Cell>> cells, const query::Filter& filter,
                             const ChainWish& wish) {
  cx_check(cells.size() == wish.stages.size(), "cells of each stage");
  MetricChain out{.stages = wish.stages, .known = {}, .units = {}, .periods = {}, .found = {}};
  out.periods = whole_periods(filter, wish.grain);
  std::map<std::int32_t, std::size_t> place_of;
  for (const std::int32_t start : out.periods) place_of.emplace(start, place_of.size());
  std::vector<std::vector<Reading>> read(cells.size());
  std::map<std::string, std::uint64_t> known;
  for (std::size_t s = 0; s < cells.size(); ++s)
    for (const Cell& cell : cells[s]) {
      const auto period = place_of.find(cell.start);
      const auto value = reading(cell.value, wish.stages[s].is_log);
      if (period == place_of.end() || !value) continue;
      read[s].push_back({.unit = cell.group, .period = period->second, .value = *value});
      ++known[cell.group];
    }
  out.units = units_of(known);
  std::map<std::string_view, std::size_t> unit_at;
  for (const std::string& unit : out.units) unit_at.emplace(unit, unit_at.size());
  std::vector<std::vector<double>> values;
  stats::Panel panel{.units = out.units.size(), .periods = out.periods.size(), .stages = {}};
  for (std::size_t s = 0; s < read.size(); ++s) {
    auto& of = values.emplace_back(panel.units * panel.periods, std::numeric_limits<double>::quiet_NaN());
    out.known.push_back(0);
    for (const Reading& one : read[s]) {
      const auto unit = unit_at.find(one.unit);
      if (unit == unit_at.end()) continue;
      of[unit->second * panel.periods + one.period] = one.value;
      ++out.known.back();
    }
  }
  for (std::size_t s = 0; s < read.size(); ++s)
    panel.stages.push_back({wish.stages[s].metric->key, values[s]});
  const int resamples = stats::chain_resamples(panel.units * panel.periods, panel.stages.size(), wish.lags);
  CX_TRY(
      out.found,
      stats::chain(panel, {.lags = wish.lags, .fixed = wish.fixed, .bootstrap = {.resamples = resamples}}));
  return out;
}

}  // namespace zhike::metric
