// The registry of kinds: every distinct (source, type, name, channel as it arrived) has a small number, which
// is all that an event in the warehouse knows of its touchpoint. Changing the catalogue rewrites the few rows
// of `kinds` and reloads the dictionary; history stays as it is.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "event/event.h"
#include "ingest/sources.h"
#include "ingest/touchpoints.h"
#include "ledger/db.h"
#include "warehouse/client.h"

namespace zhike::ingest {

/// Thread-safe.
class Kinds {
 public:
  /// The kind of all events above the limits.
  static constexpr std::uint32_t kOther = 1;
  struct Limits {
    std::size_t all = 50'000;
    std::size_t source = 10'000;  ///< so that one that invents names leaves room for the others
  };

  [[nodiscard]] static Result<std::unique_ptr<Kinds>> open(ledger::Db& ledger, const Touchpoints& touchpoints,
                                                           const Sources& sources, Limits limits);
  [[nodiscard]] static Result<std::unique_ptr<Kinds>> open(ledger::Db& ledger, const Touchpoints& touchpoints,
                                                           const Sources& sources) {
    return open(ledger, touchpoints, sources, Limits{});
  }

  /// Its number; a new one is made in memory, save() makes it durable. Names are scrubbed of identifiers
  /// first.
  [[nodiscard]] std::uint32_t number(SourceId source, EventType type, std::string_view name,
                                     std::string_view channel);
  /// Before a block with new kinds commits.
  [[nodiscard]] Result<void> save();
  /// Sends what the warehouse does not have yet, and reloads its dictionary. Quick when there is nothing.
  [[nodiscard]] Result<void> push(warehouse::Client& client);
  /// Places every kind by the catalogue in force, and pushes what changed; answers how many did.
  [[nodiscard]] Result<std::size_t> remap(warehouse::Client& client);

  [[nodiscard]] Placement placement(std::uint32_t kind) const;
  [[nodiscard]] std::string name(std::uint32_t kind) const;
  [[nodiscard]] std::size_t count() const;
  [[nodiscard]] const Limits& limits() const { return limits_; }
  /// How many the source has, and whether it may have no more.
  struct Room {
    std::size_t used = 0;
    bool is_full = false;
  };
  [[nodiscard]] Room room_of(SourceId source) const;
  /// Events that had to be put under kOther since open.
  [[nodiscard]] std::uint64_t beyond_limit() const { return beyond_limit_; }

 private:
  struct Kind {
    SourceId source;
    EventType type = EventType::kTrack;
    std::string name, arrived;
    Placement placement;
    std::uint64_t version = 1, pushed = 0;
    bool saved = false;
  };
  Kinds(ledger::Db& ledger, const Touchpoints& touchpoints, const Sources& sources, Limits limits)
      : ledger_(ledger), touchpoints_(touchpoints), sources_(sources), limits_(limits) {}
  Result<void> load();
  static void make_key(std::string& key, SourceId source, EventType type, std::string_view name,
                       std::string_view arrived);

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };

  ledger::Db& ledger_;
  const Touchpoints& touchpoints_;
  const Sources& sources_;
  const Limits limits_;
  mutable std::mutex mutex_;
  std::vector<Kind> kinds_;  // kind n at n - 1
  std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> numbers_;
  std::map<SourceId, std::size_t> by_source_;
  std::string scratch_;
  std::size_t unsaved_ = 0;
  std::atomic<bool> unpushed_{false};
  std::atomic<std::uint64_t> beyond_limit_{0};
  std::mutex push_mutex_;  // one push at a time; taken before mutex_
};

}  // namespace zhike::ingest
