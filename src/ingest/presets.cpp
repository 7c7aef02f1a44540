#include "ingest/presets.h"
#include <fmt/format.h>

#include <boost/json.hpp>

#include "ingest/embedded.h"

namespace zhike::ingest {

std::vector<std::string_view> preset_names() {
  std::vector<std::string_view> names;
  for (const Embedded& file : kEmbedded) {
    constexpr std::string_view kFolder = "presets/", kEnd = ".toml";
    if (file.name.starts_with(kFolder) && file.name.ends_with(kEnd))
      names.push_back(file.name.substr(kFolder.size(), file.name.size() - kFolder.size() - kEnd.size()));
  }
  return names;
}

Result<std::string_view> preset_text(std::string_view name) {
  for (const Embedded& file : kEmbedded)
    if (file.name == fmt::format("presets/{}.toml", name)) return file.text;
  return fail(Code::kUnknownPreset, "{}; there are {}", name.substr(0, 80), fmt::join(preset_names(), ", "));
}

Result<Mapping> preset(std::string_view name) {
  CX_TRY(const std::string_view text, preset_text(name));
  return Mapping::parse(text, fmt::format("preset {}", name));
}

std::vector<MessagePreset> message_presets() {
  std::vector<MessagePreset> out;
  for (const Embedded& file : kEmbedded) {
    constexpr std::string_view kFolder = "mappings/", kEnd = ".json";
    if (!file.name.starts_with(kFolder)) continue;
    const boost::json::object body = boost::json::parse(file.text).as_object();
    const auto text = [&](std::string_view key) { return std::string(body.at(key).as_string()); };
    const auto lines = [&](std::string_view key) { return boost::json::serialize(body.at(key)); };
    out.push_back({.key = std::string(
                       file.name.substr(kFolder.size(), file.name.size() - kFolder.size() - kEnd.size())),
                   .name_en = text("name_en"),
                   .name_zh = text("name_zh"),
                   .mapping = lines("mapping"),
                   .payload = lines("payload")});
  }
  return out;
}

Result<void> keep_mapping(ledger::Db& ledger, const Mapping& mapping, Instant now) {
  return ledger.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("INSERT INTO mappings (source, body, changed) VALUES ($1, $2, $3) "
                  "ON CONFLICT (source) DO UPDATE SET body = excluded.body, changed = excluded.changed")
               .bind(1, mapping.source)
               .bind(2, mapping.text)
               .bind(3, now)
               .run());
    return {};
  });
}

Result<Mapping> kept_mapping(ledger::Db& ledger, std::string_view source) {
  std::string body;
  CX_TRY(ledger.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& s = tx.sql("SELECT body FROM mappings WHERE source = $1").bind(1, source);
    CX_TRY(const bool found, s.step());
    if (found) body = std::string(s.text(0));
    return {};
  }));
  if (body.empty()) return preset(source);
  return Mapping::parse(body, fmt::format("mapping of {}", source));
}

}  // namespace zhike::ingest
