// A virtual source: a table that lies in another system and stays there. What is kept here is where it is,
// what its columns mean, and which of them says who the customer is; its rows are read when a question needs
// them.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "event/event.h"
#include "query/outside.h"

namespace zhike::external {

using SourceId = Id<struct VirtualSourceTag>;
using Settings = std::map<std::string, std::string, std::less<>>;

/// What a kind of source is told. Secrets are sealed and never shown.
struct Setting {
  std::string_view key, fallback;
  bool required = false, secret = false;
  std::string_view choices{};  ///< separated by |
};
struct Kind {
  std::string_view key;
  query::Dialect dialect;
  std::span<const Setting> settings;
};
[[nodiscard]] std::span<const Kind> kinds();
[[nodiscard]] const Kind* find_kind(std::string_view key);  ///< null: there is none

struct Column {
  query::OutsideColumn is;
  std::string meaning{};   ///< in people's words
  bool sensitive = false;  ///< shown masked; conditions and groups need Permission::kRevealSensitive
};

struct Source {
  SourceId id{};
  std::string key{};   ///< in filters: "crm"; lower case, digits, hyphens, underscores
  std::string name{};  ///< as people call it
  const Kind* kind = nullptr;
  Settings settings{}, secrets{};
  std::vector<Column> columns{};
  std::string key_column{};  ///< says who the customer is
  IdentifierKind key_kind = IdentifierKind::kUserId;
  std::string unit{};   ///< only for Grants that hold it; empty: for all
  std::string owner{};  ///< whom to ask, in words
  bool enabled = true;
  std::uint64_t rows_max = 2'000'000;  ///< of one question
  Millis time_max = seconds(30);       ///< of one question
  Millis refresh = seconds(60);        ///< how long an answer about customers may be used again
  Instant created{}, changed{};

  [[nodiscard]] std::string setting(std::string_view key) const;  ///< or a secret, or its default
  [[nodiscard]] const Column* column(std::string_view name) const;
  [[nodiscard]] const Column& identifying() const;  ///< of a checked source
};

inline constexpr std::size_t kSourcesMax = 200, kColumnsMax = 300;
inline constexpr std::string_view kReservedKey = "trait";

/// Errors: kBadVirtualSource (naming the setting).
[[nodiscard]] Result<void> check(const Source& source);

}  // namespace zhike::external
