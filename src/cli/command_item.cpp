// zhike item: products, articles, stores and groups as their sources describe them.
#include <boost/json/serialize.hpp>

#include "cli/commands.h"
#include "cli/opened.h"
#include "profile/items.h"

namespace zhike::cli {

int item_list(Console& console, const ItemOptions& options) {
  return with_app(console, [&](app::App& app) -> Result<void> {
    const profile::ItemQuestion question{
        .type = options.type, .text = options.text, .source = {}, .gone = options.gone};
    CX_TRY(const auto first, query::parse_cursor(""));
    CX_TRY(const auto page, profile::items(app.warehouse(), Grant::owner(), question, first, options.count));
    json::array items;
    std::vector<std::vector<std::string>> rows{{"type", "id", "source", "described", "properties"}};
    for (const profile::Item& item : page.items) {
      json::object properties;
      for (const auto& [key, value] : item.properties) properties[key] = value;
      const std::string at = item.at ? format_utc(*item.at) : std::string();
      rows.push_back({item.type, item.id, item.source.str(),
                      item.gone ? std::string(console.pick("taken away", "已移除")) : at,
                      json::serialize(properties)});
      items.push_back(json::object{{"type", item.type},
                                   {"id", item.id},
                                   {"source", item.source.str()},
                                   {"gone", item.gone},
                                   {"at", at},
                                   {"properties", std::move(properties)}});
    }
    console.say(table(rows));
    console.result({{"items", std::move(items)}, {"more", page.next.has_value()}});
    return {};
  });
}

}  // namespace zhike::cli
