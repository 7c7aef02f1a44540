#include "app/outlet.h"

#include <boost/json.hpp>

#include "app/sql.h"
#include "query/prepare.h"

namespace zhike::app {
namespace {

namespace json = boost::json;

std::string json_of(const json::array& row, const ingest::Sources& sources) {
  const auto text = [&](std::size_t column) { return warehouse::as_text(row[column]); };
  json::object properties;
  const auto& keys = row[18].as_array();
  const auto& values = row[19].as_array();
  for (std::size_t i = 0; i < keys.size(); ++i)
    properties[warehouse::as_text(keys[i])] = warehouse::as_text(values[i]);
  json::object out{{"id", text(0)},
                   {"type", text(3)},
                   {"name", text(4)},
                   {"occurred_at", format_utc({warehouse::as_i64(row[1])})},
                   {"received_at", format_utc({warehouse::as_i64(row[2])})},
                   {"source", sources.name_of({warehouse::as_u64(row[9])})},
                   {"channel", text(5)},
                   {"touchpoint", text(6)},
                   {"stage", text(7)},
                   {"customer_id", text(8)},
                   {"unit", text(10)},
                   {"session_id", text(11)},
                   {"case_id", text(12)},
                   {"amount", nullptr},
                   {"instrument", text(15)},
                   {"score", nullptr},
                   {"text", text(17)},
                   {"properties", std::move(properties)}};
  if (const std::string currency = text(14); !currency.empty())
    out["amount"] =
        json::object{{"minor", std::to_string(warehouse::as_i64(row[13]))}, {"currency", currency}};
  if (!row[16].is_null()) out["score"] = warehouse::as_double(row[16]);
  return json::serialize(out);
}

}  // namespace

Result<std::uint64_t> Outlet::newest_above(std::uint64_t after) {
  CX_TRY(auto prepared, query::prepare(Grant::owner(), Permission::kManageData, sql::kOutgoingNewest));
  prepared.params.set("after", after);
  CX_TRY(const auto table, client_.select(prepared.query()));
  return std::max(after, warehouse::as_u64(table.rows.at(0)[0]));
}

Result<connector::Outlet::Page> Outlet::after(const connector::Connector& to, std::uint64_t after,
                                              std::size_t count_max) {
  const std::uint64_t stored = feed_.counters().stored + 1;  // never 0
  {
    const std::lock_guard lock(mutex_);
    if (const Looked& before = looked_[to.id]; before.stored == stored && before.at == after)
      return Page{{}, after};
  }
  CX_TRY(const std::uint64_t newest, newest_above(after));
  std::vector<std::uint64_t> sources;
  const auto names = to.list("sources");
  for (const std::string& name : names)
    if (const auto source = sources_.find(std::string_view(name))) sources.push_back(source->id.value);
  if (!names.empty() && sources.empty())
    sources.push_back(0);  // names of sources that are not there: nothing
  CX_TRY(auto prepared, query::prepare(Grant::owner(), Permission::kManageData, sql::kOutgoing));
  prepared.params.set("after", after)
      .set("upto", newest)
      .set("names", to.list("names"))
      .set("types", to.list("types"))
      .set("channels", to.list("channels"))
      .set("sources", sources)
      .set("rows", static_cast<std::uint64_t>(count_max));
  CX_TRY(const auto table, client_.select(prepared.query()));
  Page page{.events = {}, .seen = newest};
  for (const auto& row : table.rows)
    page.events.push_back({warehouse::as_u64(row[0]), json_of(row, sources_), warehouse::as_text(row[8])});
  if (page.events.size() == count_max) page.seen = page.events.back().id;
  if (page.events.empty()) {
    const std::lock_guard lock(mutex_);
    looked_[to.id] = {stored, page.seen};
  }
  return page;
}

}  // namespace zhike::app
