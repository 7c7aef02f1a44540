// The kinds of connectors as data: what can be set, and what it may be. The console makes its forms from it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "connector/connector.h"

namespace zhike::connector {

enum class FieldType : std::uint8_t { kText, kSecret, kWhole, kFlag, kChoice, kList };
[[nodiscard]] std::string_view to_string(FieldType type) noexcept;  ///< "text"

struct Field {
  std::string_view key;
  FieldType type = FieldType::kText;
  std::string_view fallback{};
  bool required = false;
  std::string_view choices{};              ///< of kChoice: "hex|base64"
  std::int64_t least = 0, most = 1 << 30;  ///< of kWhole; of texts the bytes
};

struct Kind {
  std::string_view key;   ///< "webhook_in"
  bool takes = false;     ///< events come in: it has a source and a mapping
  bool sends = false;     ///< stored events go out
  bool called = false;    ///< by HTTP, at /hooks/KEY
  bool testable = false;  ///< the other side can be tried
  bool writes = false;    ///< messages to people go out
  std::span<const Field> fields;
  std::string_view mapping{};  ///< JSON; what holds where a connector has none of its own
};

[[nodiscard]] std::span<const Kind> kinds() noexcept;
[[nodiscard]] const Kind* find_kind(std::string_view key) noexcept;
[[nodiscard]] const Field* find_field(const Kind& kind, std::string_view key) noexcept;

inline constexpr std::size_t kKeyMax = 60, kNameMax = 80, kMappingMax = 64 * 1024, kConnectorsMax = 200;

/// Whether key, name, settings and secrets are what the kind declares. The mapping is the app's to read.
/// Errors: kBadConnector, naming the field.
[[nodiscard]] Result<void> check(const Connector& connector);

}  // namespace zhike::connector
