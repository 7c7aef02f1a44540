#include "cli/drivers_output.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/json/array.hpp>

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

namespace zhike::cli {
namespace {

using stats::DriverKind;
using stats::Interval;
using stats::Quadrant;

constexpr double kConditionHigh = 30;  // Belsley, Kuh and Welsch (1980), 3.2

struct Term {
  std::string_view key, en, zh;
};
Term term_of(DriverKind kind) {
  switch (kind) {
    case DriverKind::kLinear:
      return {"linear", "linear", "线性"};
    case DriverKind::kAttractive:
      return {"attractive", "attractive", "魅力"};
    case DriverKind::kMustBe:
      return {"must_be", "must-be", "必备"};
    case DriverKind::kCannotTell:
      break;
  }
  return {"cannot_tell", "cannot tell", "无法判定"};
}
json::value key_of(stats::NoMatrix why) {
  switch (why) {
    case stats::NoMatrix::kSingle:
      return "single_driver";
    case stats::NoMatrix::kScales:
      return "different_scales";
    case stats::NoMatrix::kReversed:
      return "reversed_driver";
    case stats::NoMatrix::kNone:
      break;
  }
  return nullptr;
}
Term term_of(Quadrant quadrant) {
  switch (quadrant) {
    case Quadrant::kConcentrate:
      return {"concentrate", "concentrate here", "重点改进"};
    case Quadrant::kKeepUp:
      return {"keep_up", "keep up", "继续保持"};
    case Quadrant::kOverkill:
      return {"overkill", "possible overkill", "可能过度"};
    case Quadrant::kLowPriority:
      break;
  }
  return {"low_priority", "low priority", "次要改进"};
}

std::string shown(const std::optional<Interval>& interval) {
  return interval ? fmt::format("{:.3f} … {:.3f}", interval->low, interval->high) : "-";
}

std::vector<std::string> header(const Console& console) {
  std::vector<std::string> out;
  for (const auto& [en, zh] : {std::pair{"driver", "驱动因素"},
                               {"coefficient", "系数"},
                               {"interval", "区间"},
                               {"VIF", "VIF"},
                               {"weight", "相对权重"},
                               {"interval", "区间"},
                               {"LMG", "LMG"},
                               {"performance", "表现"},
                               {"quadrant", "象限"},
                               {"kind", "类型"}})
    out.emplace_back(console.pick(en, zh));
  return out;
}

std::vector<std::string> row(const Console& console, const DriversReport& report, std::size_t d) {
  const stats::DriverAnalysis& found = report.found;
  const stats::Coefficient& at = found.regression.drivers[d];
  const stats::VarianceShare& weight = found.importance.relative_weights[d];
  const Term kind = term_of(found.contrasts[d].kind);
  std::string quadrant = "-";
  if (found.priorities) {
    const Term term = term_of(found.priorities->places[d].quadrant);
    quadrant = console.pick(term.en, term.zh);
    if (!found.priorities->places[d].clear) quadrant += " ?";
  }
  const std::string& symbol = report.drivers[d].symbol;
  return {symbol.empty() ? report.drivers[d].name : fmt::format("{} ({})", report.drivers[d].name, symbol),
          fmt::format("{:.4g}", at.value),
          shown(at.certainty ? std::optional(at.certainty->interval) : std::nullopt),
          fmt::format("{:.2f}", at.vif),
          fmt::format("{:.3f}", weight.value),
          shown(weight.interval),
          found.importance.lmg.empty() ? "-" : fmt::format("{:.3f}", found.importance.lmg[d].value),
          fmt::format("{:.3f}", found.performance[d]),
          quadrant,
          std::string(console.pick(kind.en, kind.zh))};
}

void say_items(Console& console, const DriverOutline& driver) {
  if (driver.items.size() == 1) {
    // A group of one is what it says; a plain column needs no word about it.
    if (driver.items[0] != driver.name)
      console.say(fmt::format("{}: {} ({})", driver.name,
                              console.pick("a single item, so no Cronbach's alpha", "单一题项，无克朗巴赫 α"),
                              driver.items[0]));
    return;
  }
  console.say(fmt::format("{}: {} {}; {} {}", driver.name, console.pick("mean of", "均值，题项："),
                          fmt::join(driver.items, ", "), console.pick("Cronbach's alpha", "克朗巴赫 α"),
                          driver.reliability ? fmt::format("{:.3f} ({})", driver.reliability->alpha,
                                                           shown(driver.reliability->interval))
                                             : "-"));
}

void say_warnings(Console& console, const DriversReport& report) {
  const stats::DriverAnalysis& found = report.found;
  if (found.regression.condition > kConditionHigh)
    console.say(fmt::format(
        "{} {:.0f}: {}", console.pick("Condition number", "条件数"), found.regression.condition,
        console.pick("the columns are nearly dependent; trust the weights more than single coefficients.",
                     "各列近似共线；请以相对权重为准，慎看单个系数。")));
  if (!found.regression.intercept_certainty)
    console.say(console.pick("One row alone decides a coefficient: no intervals of coefficients.",
                             "有系数仅由一行数据决定，因此不给出系数区间。"));
  if (found.no_matrix == stats::NoMatrix::kScales)
    console.say(
        console.pick("The drivers are not on one scale, so there are no quadrants; --scale LOW:HIGH says "
                     "which it is.",
                     "各驱动因素的量表不同，因此不划分象限；可用 --scale 低:高 指明量表。"));
  if (found.no_matrix == stats::NoMatrix::kReversed)
    console.say(
        console.pick("A driver lowers the target, so a high mean of it is no strength and there are no "
                     "quadrants; turn its scale round first.",
                     "有驱动因素会降低目标，其均值高并非优势，因此不划分象限；请先反转其量表。"));
  if (found.priorities && !std::ranges::all_of(found.priorities->places, &stats::Place::clear))
    console.say(console.pick("?: an interval crosses a line of the matrix; the quadrant is not certain.",
                             "?：区间跨越矩阵的分界线，象限并不确定。"));
}

json::value interval_json(const std::optional<Interval>& interval) {
  if (!interval) return nullptr;
  return json::array{interval->low, interval->high};
}

json::object certain_json(double value, const std::optional<stats::Certainty>& certainty) {
  json::object out{{"value", value}};
  out["error"] = certainty ? json::value(certainty->error) : json::value(nullptr);
  out["interval"] = interval_json(certainty ? std::optional(certainty->interval) : std::nullopt);
  out["p_value"] = certainty ? json::value(certainty->p_value) : json::value(nullptr);
  return out;
}

json::value share_json(const std::vector<stats::VarianceShare>& shares, std::size_t d) {
  if (shares.empty()) return nullptr;
  return json::object{{"value", shares[d].value}, {"interval", interval_json(shares[d].interval)}};
}

json::value slope_json(const std::optional<stats::Slope>& slope) {
  if (!slope) return nullptr;
  return json::object{{"value", slope->value}, {"interval", interval_json(slope->interval)}};
}

json::object driver_json(const DriversReport& report, std::size_t d) {
  const DriverOutline& driver = report.drivers[d];
  const stats::DriverAnalysis& found = report.found;
  const stats::Coefficient& at = found.regression.drivers[d];
  const stats::Contrast& contrast = found.contrasts[d];
  json::object out{{"name", driver.name}, {"items", json::array(driver.items.begin(), driver.items.end())}};
  if (!driver.symbol.empty()) out["symbol"] = driver.symbol;
  out["alpha"] = driver.reliability
                     ? json::value(json::object{{"value", driver.reliability->alpha},
                                                {"interval", interval_json(driver.reliability->interval)}})
                     : json::value(nullptr);
  out["coefficient"] = certain_json(at.value, at.certainty);
  out["standardised"] = at.standardised;
  out["vif"] = at.vif;
  out["relative_weight"] = share_json(found.importance.relative_weights, d);
  out["lmg"] = share_json(found.importance.lmg, d);
  out["performance"] = json::object{{"value", found.performance[d]},
                                    {"interval", interval_json(found.performance_interval[d])}};
  out["quadrant"] = nullptr;
  if (found.priorities) {
    out["quadrant"] = term_of(found.priorities->places[d].quadrant).key;
    out["quadrant_clear"] = found.priorities->places[d].clear;
  }
  out["kind"] = term_of(contrast.kind).key;
  out["low_rows"] = contrast.low;
  out["high_rows"] = contrast.high;
  out["penalty"] = slope_json(contrast.penalty);
  out["reward"] = slope_json(contrast.reward);
  return out;
}

}  // namespace

void say_drivers(Console& console, const DriversReport& report) {
  const stats::Regression& fit = report.found.regression;
  console.say(fmt::format("{}: {}   {}: {}   R² {:.4f}   {} {:.4f}   {} {:.0f} %",
                          console.pick("target", "目标"), report.target, console.pick("rows", "行数"),
                          fit.rows, fit.r2, console.pick("adjusted", "调整后"), fit.r2_adjusted,
                          console.pick("intervals", "区间"), 100 * report.confidence));
  std::vector<std::vector<std::string>> rows{header(console)};
  for (std::size_t d = 0; d < report.drivers.size(); ++d) rows.push_back(row(console, report, d));
  console.say(table(rows));
  for (const DriverOutline& driver : report.drivers) say_items(console, driver);
  say_warnings(console, report);
}

json::object drivers_json(const DriversReport& report) {
  const stats::Regression& fit = report.found.regression;
  json::array drivers, columns;
  for (std::size_t d = 0; d < report.drivers.size(); ++d) drivers.push_back(driver_json(report, d));
  for (const NumberColumn& column : report.read.columns)
    columns.push_back(json::object{{"name", column.name},
                                   {"empty", column.empty},
                                   {"not_numbers", column.not_numbers},
                                   {"outside_scale", column.outside}});
  json::object out{{"target", report.target},
                   {"rows", report.read.rows},
                   {"complete", report.complete},
                   {"left_out", report.read.rows - report.complete},
                   {"unreadable", report.read.unreadable},
                   {"columns", std::move(columns)},
                   {"confidence", report.confidence},
                   {"r2", fit.r2},
                   {"r2_adjusted", fit.r2_adjusted},
                   {"condition", fit.condition},
                   {"intercept", certain_json(fit.intercept, fit.intercept_certainty)},
                   {"drivers", std::move(drivers)},
                   {"matrix", nullptr},
                   {"no_matrix", key_of(report.found.no_matrix)},
                   {"notes", json::array(report.read.notes.begin(), report.read.notes.end())}};
  if (report.found.priorities)
    out["matrix"] = json::object{{"importance_line", report.found.priorities->importance_line},
                                 {"performance_line", report.found.priorities->performance_line}};
  return out;
}

}  // namespace zhike::cli
