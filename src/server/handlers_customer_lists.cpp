// Kept lists of customers: which there are, making one of a funnel's step, removing one.
#include <string>
#include <string_view>
#include <utility>

#include "external/customer_lists.h"
#include "server/api.h"
#include "server/customer_list_json.h"
#include "server/journey_json.h"

namespace zhike::server {
namespace {

constexpr std::string_view kOwn[] = {"definition", "steps", "order", "window_hours", "by", "step"};
constexpr std::string_view kConditions[] = {"units", "channel", "where", "persona"};
constexpr std::size_t kNameBytesMax = 120;

Result<int> days_in(const Fields& fields) {
  const json::value* days = fields.object().if_contains("days");
  if (days == nullptr) return external::CustomerListWish{}.days;
  if (!days->is_int64() || days->get_int64() < 1 || days->get_int64() > external::CustomerLists::kDaysMax)
    return fail(Code::kBadField, "'days' is not 1 to {}", external::CustomerLists::kDaysMax);
  return static_cast<int>(days->get_int64());
}

Result<Response> list_lists(Call& call) {
  CX_TRY(const auto found, customer_lists_of(call.app).list(call.grant));
  json::array items;
  for (const auto& one : found) items.push_back(customer_list_json(one, call.grant));
  return answer(json::object{{"items", std::move(items)}});
}

Result<Response> keep_funnel_customers(Call& call) {
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  CX_TRY(auto name, fields.text("name", kNameBytesMax));
  CX_TRY(const int days, days_in(fields));
  CX_TRY(const auto filter, call.filter(kOwn));
  FunnelStop stop;
  CX_TRY(stop.options, funnel_options(call));
  CX_TRY(const auto step, call.number("step", 1, 1, static_cast<std::int64_t>(stop.options.steps.size())));
  stop.step = static_cast<int>(step);
  stop.definition = call.param("definition");
  for (const std::string_view key : kConditions)
    if (const auto value = call.param(key); !value.empty())
      stop.conditions.emplace_back(std::string(key), std::string(value));
  CX_TRY(const auto made, keep_stopped(call.app, call.grant, filter, stop, std::move(name), days));
  return answer(customer_list_json(made, call.grant), 201);
}

Result<Response> delete_list(Call& call) {
  CX_TRY(const auto id, call.id<external::CustomerListId>("id"));
  CX_TRY(customer_lists_of(call.app).remove(call.grant, id));
  return no_content();
}

}  // namespace

void add_customer_list_handlers(Handlers& handlers) {
  handlers["listCustomerLists"] = list_lists;
  handlers["keepFunnelCustomers"] = keep_funnel_customers;
  handlers["deleteCustomerList"] = delete_list;
}

}  // namespace zhike::server
