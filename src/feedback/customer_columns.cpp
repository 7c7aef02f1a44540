#include "feedback/customer_columns.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "feedback/sql.h"
#include "metric/metric.h"
#include "query/prepare.h"

namespace zhike::feedback {
namespace {

constexpr std::array kColumns{
    CustomerColumn{"nps", "Recommendation, last answer", "推荐意愿（最近一次）", "score", "nps"},
    CustomerColumn{"csat", "Satisfaction, last answer", "满意度（最近一次）", "score", "csat"},
    CustomerColumn{"ces", "Effort, last answer", "费力度（最近一次）", "score", "ces"},
    CustomerColumn{"review", "Stars of a review, last", "评价星级（最近一次）", "score", "review"},
    CustomerColumn{"orders", "Orders", "订单数", "count", {}},
    CustomerColumn{"spend", "Spend", "消费金额", "money", {}},
    CustomerColumn{"contacts", "Contacts with service", "客服联系次数", "count", {}},
    CustomerColumn{"complaints", "Complaints", "投诉次数", "count", {}, false},
    CustomerColumn{"complained", "Has complained", "是否投诉过", "yes_no", {}},
    CustomerColumn{"channels", "Channels used", "使用渠道数", "count", {}},
    CustomerColumn{"sessions", "Visits", "访问次数", "count", {}},
    CustomerColumn{"delivery_days", "Days to delivery, mean", "平均配送天数", "days", {}},
    CustomerColumn{"on_time", "Deliveries in time", "准时送达占比", "share", {}, false},
    CustomerColumn{
        "response_hours", "Hours to the first answer, mean", "平均首次响应小时数", "hours", {}, false},
    CustomerColumn{"resolution_hours", "Hours to the solution, mean", "平均解决小时数", "hours", {}, false}};

/// A list that a metric of the catalogue has as a parameter: what counts is said there alone.
Result<std::vector<std::string>> list_of(std::string_view key, std::string_view param) {
  CX_TRY(const metric::Metric* const found, metric::find(key));
  for (const metric::Param& one : found->params)
    if (one.name == param) return one.texts;
  return std::vector<std::string>{};
}

Result<std::string> text_of(std::string_view key, std::string_view param) {
  CX_TRY(const metric::Metric* const found, metric::find(key));
  for (const metric::Param& one : found->params)
    if (one.name == param) return one.text;
  return std::string();
}

std::vector<std::string> instruments() {
  std::vector<std::string> out;
  for (const CustomerColumn& column : kColumns)
    if (!column.instrument.empty()) out.emplace_back(column.instrument);
  return out;
}

Result<void> put_meaning(warehouse::Params& params) {
  struct List {
    std::string_view name, metric, param;
  };
  constexpr std::array kLists{List{"orders", "revenue", "touchpoints"},
                              List{"otherwise", "revenue", "otherwise"},
                              List{"contacts", "contacts", "touchpoints"},
                              List{"complaints", "complaint_rate", "goal"},
                              List{"deliveries", "on_time_share", "touchpoints"},
                              List{"opened", "first_response_time", "base_names"},
                              List{"answered", "first_response_time", "goal_names"},
                              List{"resolved", "resolution_time", "goal_names"}};
  for (const List& list : kLists) {
    CX_TRY(const auto values, list_of(list.metric, list.param));
    params.set(list.name, values);
  }
  CX_TRY(const std::string promise, text_of("on_time_share", "promise"));
  params.set("promise", std::string_view(promise)).set("instruments", instruments());
  return {};
}

}  // namespace

std::span<const CustomerColumn> customer_columns() { return kColumns; }

const CustomerColumn* find_customer_column(std::string_view key) {
  const auto at = std::ranges::find(kColumns, key, &CustomerColumn::key);
  return at == kColumns.end() ? nullptr : &*at;
}

const std::vector<double>& CustomerTable::of(std::string_view key) const {
  const auto at = std::ranges::find(keys, key);
  cx_check(at != keys.end(), "a key that was asked for");
  return columns[static_cast<std::size_t>(at - keys.begin())];
}

Result<CustomerTable> customer_table(warehouse::Client& client, const Grant& grant,
                                     const CustomersWanted& wanted) {
  CustomerTable out;
  std::vector<std::uint64_t> sets;
  for (const CustomerColumn& column : kColumns) out.keys.emplace_back(column.key);
  for (const TraitColumn& trait : wanted.traits) {
    out.keys.push_back(trait.key);
    sets.push_back(trait.set);
  }
  out.columns.resize(out.keys.size());
  CX_TRY(query::Prepared prepared,
         query::prepare(grant, Permission::kViewMetrics, wanted.filter, sql::kCustomerColumns));
  CX_TRY(put_meaning(prepared.params));
  prepared.params.set("until", std::string_view(wanted.until))
      .set("currency", std::string_view(wanted.currency))
      .set("sets", sets)
      .set("rows", kCustomersMax + 1);  // one more tells whether there are more
  CX_TRY(const warehouse::Table table, client.select(prepared.query()));
  for (const auto& cells : table.rows) {
    if (out.customers == kCustomersMax) {
      out.is_cut = true;
      break;
    }
    const boost::json::array& numbers = cells[1].get_array();
    if (numbers.size() != out.keys.size()) return fail(Code::kQueryFailed, "{} numbers", numbers.size());
    for (std::size_t k = 0; k < numbers.size(); ++k)
      out.columns[k].push_back(warehouse::as_double(numbers[k]));
    ++out.customers;
  }
  return out;
}

}  // namespace zhike::feedback
