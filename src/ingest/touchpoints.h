// The touchpoint catalogue: which channel, touchpoint and stage an event belongs to. Rules as data: the
// defaults are catalog/touchpoints/default.json; an edited catalogue replaces them as a whole and lies in
// ledger.db. Nothing of it is written into history: see kinds.h.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "event/event.h"
#include "ledger/db.h"

namespace zhike::ingest {

struct Placement {
  std::string channel, touchpoint, stage;  ///< catalogue keys; empty: unknown, unmapped
  friend bool operator==(const Placement&, const Placement&) = default;
};

/// A key with its names.
struct Term {
  std::string key, name_en, name_zh;
};

/// The first rule that fits decides. Empty conditions fit anything; `name` is a pattern with *.
struct TouchpointRule {
  std::string type, name, source, channel;
  std::string set_channel;  ///< empty: the event's own
  std::string touchpoint, stage;
};

struct Catalogue {
  std::uint64_t version = 1;
  std::vector<Term> channels, stages, touchpoints;  ///< stages in order of the journey
  std::vector<TouchpointRule> rules;
  std::unordered_map<std::string, std::string> aliases;  ///< "小程序" → "mini_program"; lower case

  /// Errors: kBadCatalogue (names what is wrong).
  [[nodiscard]] static Result<Catalogue> parse(std::string_view json);
  [[nodiscard]] std::string to_json() const;
  /// Keys are snake_case and unique, rules use keys that exist. Errors: kBadCatalogue.
  [[nodiscard]] Result<void> check() const;

  /// `channel`: as it arrived. Pure.
  [[nodiscard]] Placement place(EventType type, std::string_view name, std::string_view channel,
                                std::string_view source) const;
  /// The catalogue key of a channel as it arrived: "Mini-Program" → "mini_program"; unknown ones in lower
  /// case.
  [[nodiscard]] std::string channel_key(std::string_view arrived) const;
};

/// The catalogue in force. Thread-safe.
class Touchpoints {
 public:
  /// Reads the edited catalogue, or the defaults. Borrows `ledger`.
  [[nodiscard]] static Result<std::unique_ptr<Touchpoints>> open(ledger::Db& ledger);

  [[nodiscard]] std::shared_ptr<const Catalogue> current() const;
  /// Replaces it. `next.version` must be the version that was read; it is raised by one. The caller then has
  /// Kinds::remap the history. Errors: kBadCatalogue, kLedgerConflict (somebody else was faster).
  [[nodiscard]] Result<void> replace(Catalogue next);

 private:
  explicit Touchpoints(ledger::Db& ledger) : ledger_(ledger) {}
  ledger::Db& ledger_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Catalogue> current_;
};

}  // namespace zhike::ingest
