// zhike customer lists: kept lists of customers.
#include <fmt/format.h>
#include <boost/json.hpp>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cli/kept_commands.h"
#include "cli/opened.h"
#include "external/customer_lists.h"
#include "server/customer_list_json.h"

namespace zhike::cli {
namespace {

/// Whoever the subjects of the list belong to today, each once.
Result<void> show(Console& console, app::App& app, const external::CustomerLists& lists,
                  const std::string& name) {
  CX_TRY(const auto list, lists.find(Grant::owner(), name));
  CX_TRY(const auto subjects, lists.subjects(Grant::owner(), name));
  std::set<CustomerId> today;
  for (const SubjectId subject : subjects) {
    const auto customer = app.graph().customer_of(subject);
    if (customer)
      today.insert(*customer);
    else if (customer.error().code != Code::kNotFound)
      return std::unexpected(customer.error());
  }
  json::array customers;
  for (const CustomerId one : today) {
    console.say(one.str());
    customers.emplace_back(one.str());
  }
  json::object out = server::customer_list_json(list, Grant::owner());
  out["customers"] = std::move(customers);
  console.result(out);
  return {};
}

Result<void> run(Console& console, app::App& app, const CustomerListsCommand& command) {
  const external::CustomerLists lists = server::customer_lists_of(app);
  if (!command.show.empty()) return show(console, app, lists, command.show);
  if (!command.remove.empty()) {
    CX_TRY(const auto list, lists.find(Grant::owner(), command.remove));
    CX_TRY(lists.remove(Grant::owner(), list.id));
  }
  CX_TRY(const auto found, lists.list(Grant::owner()));
  std::vector<std::vector<std::string>> rows{
      {"id", std::string(console.pick("name", "名称")), std::string(console.pick("customers", "客户")),
       std::string(console.pick("made", "建立")), std::string(console.pick("ends", "到期"))}};
  json::array items;
  for (const auto& one : found) {
    rows.push_back(
        {one.id.str(), one.name, fmt::format("{}", one.size), format_utc(one.made), format_utc(one.expires)});
    items.push_back(server::customer_list_json(one, Grant::owner()));
  }
  console.say(table(rows));
  console.result({{"items", std::move(items)}});
  return {};
}

}  // namespace

int customer_lists(Console& console, const CustomerListsCommand& command) {
  return with_app(console, [&](app::App& app) { return run(console, app, command); });
}

}  // namespace zhike::cli
