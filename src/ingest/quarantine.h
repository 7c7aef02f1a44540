// The quarantine: rejected input, kept encrypted in one file a day, with an index in ledger.db. It can be
// searched, tried again, or discarded; nothing leaves it silently.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "govern/keys.h"
#include "ingest/block.h"
#include "ingest/intake.h"
#include "ingest/parsed.h"
#include "ledger/db.h"

namespace zhike::ingest {

enum class QuarantineState : std::uint8_t { kOpen, kReplayed, kDiscarded };

struct QuarantineEntry {
  std::uint64_t id = 0;
  SourceId source;
  Reason reason = Reason::kUnreadable;
  Instant received_at;
  std::string detail, origin;
  bool kept = true;        ///< false: above the day's limit, only counted and indexed
  std::string preview;     ///< start of the input, scrubbed
  std::string message_id;  ///< as message_id_of(), scrubbed; empty too when the input was not kept
};

struct QuarantineFilter {
  std::optional<Reason> reason;
  std::optional<SourceId> source;
  std::optional<Instant> from, to;  ///< received in [from, to)
  std::vector<std::uint64_t> ids;   ///< not empty: only these
  QuarantineState state = QuarantineState::kOpen;
};

/// The message id that the sender gave; empty: none, or a row of a file.
[[nodiscard]] std::string message_id_of(const Reject& reject);

/// Reads rejected input again; message ids that are missing are derived from `seed`, so that a replay that is
/// repeated after a crash is detected.
using Reparse = std::function<Result<Parsed>(const Reject& reject, const std::string& seed)>;

struct ReplayOutcome {
  std::uint64_t replayed = 0, still_quarantined = 0;
};

/// Thread-safe; append() and index() are the mover's.
class Quarantine {
 public:
  static constexpr std::uint64_t kDayBytesMax = 1ULL << 30;
  static constexpr std::size_t kPreviewMax = 300;
  static constexpr std::size_t kReplayMax = 10'000;  ///< entries of one call

  Quarantine(std::filesystem::path folder, ledger::Db& ledger, const govern::Keys& keys, const Clock& clock)
      : folder_(std::move(folder)), ledger_(ledger), keys_(keys), clock_(clock) {}

  [[nodiscard]] SealedReject seal(const Reject& reject) const;

  struct Place {
    std::int32_t day = 0;
    std::uint64_t at = 0, bytes = 0;
  };
  /// Appends to the day files, durably. Errors: kDiskFull, kFileFailed.
  [[nodiscard]] Result<std::vector<Place>> append(std::span<const SealedReject> rejects);
  /// Adds them to the index; an entry that is there already stays as it is.
  [[nodiscard]] static Result<void> index(ledger::Tx& tx, BlockId block,
                                          std::span<const SealedReject> rejects,
                                          std::span<const Place> places);

  /// Newest first, with ids below `before` (0: from the newest).
  [[nodiscard]] Result<std::vector<QuarantineEntry>> list(const QuarantineFilter& filter,
                                                          std::uint64_t before, std::size_t count);
  [[nodiscard]] Result<std::uint64_t> count(const QuarantineFilter& filter);
  /// The input itself. Errors: kNotReplayable (not kept), kSealBroken, kFileFailed.
  [[nodiscard]] Result<Reject> read(std::uint64_t id);

  /// Tries the open entries of the filter again, at most kReplayMax. An entry is replayed when all of its
  /// input could be read and is in the journal.
  [[nodiscard]] Result<ReplayOutcome> replay(const QuarantineFilter& filter, Intake& intake,
                                             const Sources& sources, const Reparse& reparse);
  [[nodiscard]] Result<std::uint64_t> discard(const QuarantineFilter& filter);
  /// Deletes the files of days before `before` and their entries; answers how many open entries went with
  /// them.
  [[nodiscard]] Result<std::uint64_t> drop_before(Instant before);

 private:
  struct Indexed {
    QuarantineEntry entry;
    Place place;
  };
  Result<std::vector<Indexed>> find(const QuarantineFilter& filter, std::uint64_t before, std::size_t count);
  Result<Reject> open_at(const Place& place) const;
  Result<void> mark(std::span<const std::uint64_t> ids, QuarantineState state);
  [[nodiscard]] std::filesystem::path file_of(std::int32_t day) const;

  std::filesystem::path folder_;
  ledger::Db& ledger_;
  const govern::Keys& keys_;
  const Clock& clock_;
};

}  // namespace zhike::ingest
