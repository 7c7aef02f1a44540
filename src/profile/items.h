// What events are about: products, articles, stores and groups (companies, households) as their sources
// describe them. They have no branch of their own. Groups say something of customers: only those who may see
// customers, of every branch, are shown them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "event/grant.h"
#include "query/cursor.h"
#include "warehouse/client.h"

namespace zhike::profile {

struct Item {
  std::string type, id;
  SourceId source;
  bool gone = false;          ///< its source took it away
  std::optional<Instant> at;  ///< of the description; nothing: it was named, and never described
  std::vector<std::pair<std::string, std::string>> properties;
};
struct ItemPage {
  std::vector<Item> items;  ///< latest described first
  std::optional<query::Cursor> next;
};
struct ItemType {
  std::string type;
  std::uint64_t items = 0, gone = 0;
};
struct ItemQuestion {
  std::string type;  ///< empty: all
  std::string text;  ///< within the id or a value, any case; empty: all
  std::optional<SourceId> source;
  bool gone = false;  ///< also what was taken away
};

/// Thread-safe. Permission: kViewMetrics. `count` is 1 to query::kPageMax.
/// Errors: kPermissionMissing, kBadFilter, and the client's.
[[nodiscard]] Result<ItemPage> items(warehouse::Client& client, const Grant& grant,
                                     const ItemQuestion& question, const query::Cursor& before,
                                     std::uint32_t count);
/// By name. Thread-safe. Permission and errors: as items().
[[nodiscard]] Result<std::vector<ItemType>> item_types(warehouse::Client& client, const Grant& grant);

}  // namespace zhike::profile
