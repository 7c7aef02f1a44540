#include "cli/drivers_output.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/json/array.hpp>

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

#include "server/analysis_json.h"

namespace zhike::cli {
namespace {

using stats::DriverKind;
using stats::Interval;
using stats::Quadrant;

constexpr double kConditionHigh = 30;  // Belsley, Kuh and Welsch (1980), 3.2

struct Term {
  std::string_view en, zh;
};
Term term_of(DriverKind kind) {
  switch (kind) {
    case DriverKind::kLinear:
      return {"linear", "线性"};
    case DriverKind::kAttractive:
      return {"attractive", "魅力"};
    case DriverKind::kMustBe:
      return {"must-be", "必备"};
    case DriverKind::kCannotTell:
      break;
  }
  return {"cannot tell", "无法判定"};
}
Term term_of(Quadrant quadrant) {
  switch (quadrant) {
    case Quadrant::kConcentrate:
      return {"concentrate here", "重点改进"};
    case Quadrant::kKeepUp:
      return {"keep up", "继续保持"};
    case Quadrant::kOverkill:
      return {"possible overkill", "可能过度"};
    case Quadrant::kLowPriority:
      break;
  }
  return {"low priority", "次要改进"};
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
  json::array drivers, columns;
  for (std::size_t d = 0; d < report.drivers.size(); ++d) {
    const DriverOutline& driver = report.drivers[d];
    json::object out = server::driver_json(report.found, d);
    out["name"] = driver.name;
    out["items"] = json::array(driver.items.begin(), driver.items.end());
    if (!driver.symbol.empty()) out["symbol"] = driver.symbol;
    out["alpha"] = server::reliability_json(driver.reliability);
    drivers.push_back(std::move(out));
  }
  for (const NumberColumn& column : report.read.columns)
    columns.push_back(json::object{{"name", column.name},
                                   {"empty", column.empty},
                                   {"not_numbers", column.not_numbers},
                                   {"outside_scale", column.outside}});
  json::object out = server::analysis_json(report.found);
  out["target"] = report.target;
  out["rows"] = report.read.rows;
  out["complete"] = report.complete;
  out["left_out"] = report.read.rows - report.complete;
  out["unreadable"] = report.read.unreadable;
  out["columns"] = std::move(columns);
  out["drivers"] = std::move(drivers);
  out["notes"] = json::array(report.read.notes.begin(), report.read.notes.end());
  return out;
}

}  // namespace zhike::cli
