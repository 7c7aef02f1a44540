#include "desk/event_text.h"

#include "desk/sql.h"
#include "query/prepare.h"

namespace zhike::desk {

Result<EventText> event_text(warehouse::Client& client, const Grant& grant, std::uint64_t event) {
  CX_TRY(query::Prepared asked, query::prepare(grant, Permission::kViewCustomers, sql::kEventText));
  asked.params.set("event", event);
  CX_TRY(const warehouse::Table table, client.select(asked.query()));
  if (table.rows.empty()) return fail(Code::kNotFound, "event {}", event);
  const auto& row = table.rows.front();
  return EventText{.customer = {warehouse::as_u64(row[0])},
                   .channel = warehouse::as_text(row[1]),
                   .unit = warehouse::as_text(row[2]),
                   .text = warehouse::as_text(row[3])};
}

}  // namespace zhike::desk
