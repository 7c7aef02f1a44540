#include "profile/items.h"

#include "profile/sql.h"

namespace zhike::profile {

namespace {

constexpr std::size_t kTextMax = 200;

Result<warehouse::Params> scope(const Grant& grant) {
  if (!grant.may(Permission::kViewMetrics))
    return fail(Code::kPermissionMissing, "{}", to_string(Permission::kViewMetrics));
  const bool groups = grant.all_units && grant.may(Permission::kViewCustomers);
  warehouse::Params params;
  params.set("groups", static_cast<std::uint64_t>(groups ? 1 : 0));
  return params;
}

Item read_item(const boost::json::array& cells) {
  Item out;
  out.type = warehouse::as_text(cells[0]);
  out.id = warehouse::as_text(cells[1]);
  out.source = {warehouse::as_u64(cells[2])};
  out.gone = warehouse::as_u64(cells[3]) != 0;
  if (const std::int64_t at = warehouse::as_i64(cells[4]); at > 0) out.at = Instant{at};
  const auto& keys = cells[5].as_array();
  const auto& values = cells[6].as_array();
  for (std::size_t i = 0; i < keys.size(); ++i)
    out.properties.emplace_back(warehouse::as_text(keys[i]), warehouse::as_text(values[i]));
  return out;
}

}  // namespace

Result<ItemPage> items(warehouse::Client& client, const Grant& grant, const ItemQuestion& question,
                       const query::Cursor& before, std::uint32_t count) {
  CX_TRY(warehouse::Params params, scope(grant));
  if (count == 0 || count > query::kPageMax) return fail(Code::kBadFilter, "1 to {} items", query::kPageMax);
  if (question.text.size() > kTextMax || question.type.size() > kTextMax)
    return fail(Code::kBadFilter, "at most {} bytes", kTextMax);
  params.set("type", question.type)
      .set("text", question.text)
      .set("source", question.source ? question.source->value : std::uint64_t{0})
      .set("gone", static_cast<std::uint64_t>(question.gone ? 1 : 0))
      .set("before_at", before.at)
      .set("before_id", before.id)
      .set("rows", std::uint64_t{count} + 1);
  CX_TRY(const warehouse::Table table,
         client.select({.sql = sql::kItems, .params = params, .limits = {}, .query_id = {}}));
  ItemPage out;
  for (const auto& cells : table.rows) {
    if (out.items.size() == count) {
      const auto& last = table.rows[count - 1];
      out.next = query::Cursor{.at = {warehouse::as_i64(last[4])}, .id = warehouse::as_u64(last[7])};
      break;
    }
    out.items.push_back(read_item(cells));
  }
  return out;
}

Result<std::vector<ItemType>> item_types(warehouse::Client& client, const Grant& grant) {
  CX_TRY(const warehouse::Params params, scope(grant));
  CX_TRY(const warehouse::Table table,
         client.select({.sql = sql::kItemTypes, .params = params, .limits = {}, .query_id = {}}));
  std::vector<ItemType> out;
  for (const auto& cells : table.rows)
    out.push_back({.type = warehouse::as_text(cells[0]),
                   .items = warehouse::as_u64(cells[1]),
                   .gone = warehouse::as_u64(cells[2])});
  return out;
}

}  // namespace zhike::profile
