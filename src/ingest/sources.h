// Sources (where events come from), their write keys, and what became of their events.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/crypto.h"
#include "event/event.h"
#include "govern/keys.h"
#include "ledger/db.h"

namespace zhike::ingest {

struct Source {
  SourceId id;
  std::string name;
  std::string kind = "http";  ///< or "file", "connector", "form"
  std::string channel{};      ///< of events that name none; empty: the catalogue decides
  std::string unit{};         ///< branch or brand of events that name none
  std::string zone = "UTC";
  Instant created{};
  std::string region{};  ///< of phone numbers without a country, "CN"; empty: the country of the zone
  std::string owner{};   ///< who answers for it: a person, a team
};

struct WriteKey {
  std::uint64_t id = 0;
  SourceId source;
  std::string prefix;  ///< first characters, to recognise it
  Instant created;
  std::optional<Instant> last_used{};  ///< after a crash: to a minute, see Sources::note_uses
};

/// What became of the events of one source in one minute.
struct Minute {
  Instant at;
  std::uint64_t received = 0, stored = 0, dropped = 0, quarantined = 0;
};

/// The same of one block: by reason (kNone: stored).
struct SourceCounts {
  SourceId source;
  Instant minute;
  std::map<Reason, std::uint64_t> by_reason;
};

struct SourceStats {
  std::map<Reason, std::uint64_t> totals;  ///< since the source was made
  std::optional<Instant> last_event;
  std::vector<Minute> series;  ///< oldest first; minutes without events are left out
};

/// Thread-safe. Sources and valid keys are cached whole: there are few.
class Sources {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Sources>> open(ledger::Db& ledger, const govern::Keys& keys,
                                                             const Clock& clock);

  [[nodiscard]] std::vector<Source> list() const;
  /// Errors: kUnknownSource.
  [[nodiscard]] Result<Source> find(SourceId id) const;
  [[nodiscard]] std::optional<Source> find(std::string_view name) const;
  [[nodiscard]] std::string name_of(SourceId id) const;  ///< empty: unknown
  /// `source.id` and `created` are given by the call. Errors: kBadSource (name empty, too long or taken;
  /// zone).
  [[nodiscard]] Result<Source> make(Source source);
  /// By name; of two callers at the same time one makes it, and both get that one.
  [[nodiscard]] Result<Source> find_or_make(Source source);

  /// Changes channel, unit, zone, region and owner to those of `source`. Errors: kUnknownSource, kBadSource,
  /// kBadRegion, kUnknownZone.
  [[nodiscard]] Result<Source> change(const Source& source);

  /// A new key; the others stay valid. Errors: kUnknownSource.
  [[nodiscard]] Result<std::pair<WriteKey, std::string>> make_key(SourceId source);
  /// Makes a key of the caller's choice valid for the source; nothing changes when it is already. Errors:
  /// kUnknownSource, kBadWriteKey (shorter than 12 or longer than 200 bytes, or of another source).
  [[nodiscard]] Result<void> add_key(SourceId source, const std::string& secret);
  [[nodiscard]] std::vector<WriteKey> keys(SourceId source) const;
  /// The key itself, for those who may manage data. Errors: kBadWriteKey.
  [[nodiscard]] Result<std::string> reveal_key(std::uint64_t key);
  /// Errors: kBadWriteKey (no such key).
  [[nodiscard]] Result<void> end_key(SourceId source, std::uint64_t key);
  /// The source a write key belongs to; never looks at the disk. Errors: kBadWriteKey.
  [[nodiscard]] Result<Source> authenticate(std::string_view write_key) const;
  /// Writes down when keys were last used, in one transaction: of those whose last use is kUseStep or more
  /// after the one written before, so that a busy key costs a write a minute. To be called every few seconds,
  /// and with `all` at the end.
  [[nodiscard]] Result<void> note_uses(bool all = false);
  static constexpr Millis kUseStep = minutes(1);

  /// Adds a block's counts inside the caller's transaction.
  [[nodiscard]] static Result<void> add_counts(ledger::Tx& tx, const std::vector<SourceCounts>& counts);
  [[nodiscard]] Result<SourceStats> stats(SourceId source, Instant since);
  /// Of the minutes in [from, to); `at` is `from`.
  [[nodiscard]] Result<Minute> sum(SourceId source, Instant from, Instant to);

 private:
  Sources(ledger::Db& ledger, const govern::Keys& keys, const Clock& clock);
  Result<void> load();
  Result<Source> keep(Source source);
  Result<WriteKey> keep_key(SourceId source, const std::string& secret);
  [[nodiscard]] crypto::Hash128 hash_of(std::string_view write_key) const;

  ledger::Db& ledger_;
  const Clock& clock_;
  crypto::Key hashing_, sealing_;
  std::mutex making_;  // a source is made: taken before mutex_
  mutable std::mutex mutex_;
  std::vector<Source> sources_;
  std::vector<WriteKey> keys_;
  struct Known {
    SourceId source;
    std::uint64_t key = 0;
    std::int64_t used = 0, noted = 0;  // last use in milliseconds; what the ledger says of it; 0: none
  };
  mutable std::unordered_map<crypto::Hash128, Known> by_hash_;  // its uses change under const
};

}  // namespace zhike::ingest
