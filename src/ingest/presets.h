// Mappings that come with the program: catalog/presets, embedded at build; and those last used, in ledger.db.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ingest/mapping.h"
#include "ledger/db.h"

namespace zhike::ingest {

[[nodiscard]] std::vector<std::string_view> preset_names();
/// The mapping as TOML. Errors: kUnknownPreset (lists the names).
[[nodiscard]] Result<std::string_view> preset_text(std::string_view name);
/// Errors: kUnknownPreset.
[[nodiscard]] Result<Mapping> preset(std::string_view name);

/// A mapping of messages to begin with, and a message that it reads: catalog/mappings.
struct MessagePreset {
  std::string key, name_en, name_zh;
  std::string mapping, payload;  ///< JSON
};
[[nodiscard]] std::vector<MessagePreset> message_presets();

/// Keeps the mapping of its source, for replays.
[[nodiscard]] Result<void> keep_mapping(ledger::Db& ledger, const Mapping& mapping, Instant now);
/// The mapping kept for a source, else the preset of that name. Errors: kUnknownPreset, kBadMapping.
[[nodiscard]] Result<Mapping> kept_mapping(ledger::Db& ledger, std::string_view source);

}  // namespace zhike::ingest
