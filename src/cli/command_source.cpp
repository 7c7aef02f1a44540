// zhike source, zhike key.
#include <charconv>

#include "cli/commands.h"
#include "cli/opened.h"

namespace zhike::cli {
namespace {

json::object source_json(const ingest::Source& source) {
  return {{"id", source.id.str()},     {"name", source.name}, {"kind", source.kind},
          {"channel", source.channel}, {"unit", source.unit}, {"zone", source.zone}};
}

Result<ingest::Source> find_source(app::App& app, const std::string& text) {
  if (auto named = app.sources().find(std::string_view(text))) return *named;
  const auto id = parse_id<SourceId>(text);
  if (!id) return fail(Code::kUnknownSource, "{}", text);
  return app.sources().find(*id);
}

}  // namespace

int source_list(Console& console) {
  return with_app(console, [&](app::App& app) -> Result<void> {
    json::array items;
    std::vector<std::vector<std::string>> rows{
        {"id", "name", "kind", "zone", "stored", "dropped", "quarantined"}};
    for (const auto& source : app.sources().list()) {
      CX_TRY(const auto stats, app.sources().stats(source.id, app.clock().now()));
      std::array<std::uint64_t, 3> fates{};
      for (const auto& [reason, count] : stats.totals)
        fates[static_cast<std::size_t>(app::fate_of(reason))] += count;
      json::object entry = source_json(source);
      entry["stored"] = fates[0];
      entry["dropped"] = fates[1];
      entry["quarantined"] = fates[2];
      items.push_back(std::move(entry));
      rows.push_back({source.id.str(), source.name, source.kind, source.zone, std::to_string(fates[0]),
                      std::to_string(fates[1]), std::to_string(fates[2])});
    }
    console.say(table(rows));
    console.result({{"sources", std::move(items)}});
    return {};
  });
}

int source_add(Console& console, const SourceOptions& options) {
  return with_app(console, [&](app::App& app) -> Result<void> {
    ingest::Source source;
    source.name = options.name;
    source.channel = options.channel;
    source.unit = options.unit;
    source.zone = options.zone;
    CX_TRY(const auto made, app.sources().make(std::move(source)));
    CX_TRY(const auto key, app.sources().make_key(made.id));
    console.say(fmt::format("{} {}: {} {}", console.pick("source", "数据源"), made.name,
                            console.pick("write key", "写入密钥"), key.second));
    console.result({{"source", source_json(made)}, {"write_key", key.second}});
    return {};
  });
}

int key_add(Console& console, const SourceOptions& options) {
  return with_app(console, [&](app::App& app) -> Result<void> {
    CX_TRY(const auto source, find_source(app, options.id));
    CX_TRY(const auto key, app.sources().make_key(source.id));
    console.say(key.second);
    console.result({{"id", std::to_string(key.first.id)}, {"write_key", key.second}});
    return {};
  });
}

int key_list(Console& console, const SourceOptions& options) {
  return with_app(console, [&](app::App& app) -> Result<void> {
    CX_TRY(const auto source, find_source(app, options.id));
    json::array items;
    std::vector<std::vector<std::string>> rows{{"id", "prefix", "created"}};
    for (const auto& key : app.sources().keys(source.id)) {
      items.push_back(json::object{
          {"id", std::to_string(key.id)}, {"prefix", key.prefix}, {"created_at", format_utc(key.created)}});
      rows.push_back({std::to_string(key.id), key.prefix + "…", format_utc(key.created)});
    }
    console.say(table(rows));
    console.result({{"keys", std::move(items)}});
    return {};
  });
}

int key_end(Console& console, const SourceOptions& options) {
  return with_app(console, [&](app::App& app) -> Result<void> {
    CX_TRY(const auto source, find_source(app, options.id));
    CX_TRY(const auto key, parse_id<Id<struct KeyTag>>(options.key));
    CX_TRY(app.sources().end_key(source.id, key.value));
    console.say(console.pick("ended", "已停用"));
    console.result({{"ended", options.key}});
    return {};
  });
}

}  // namespace zhike::cli
