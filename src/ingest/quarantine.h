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
#include "ingest/fix.h"
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
  std::string name;        ///< of the event, scrubbed; empty: not known
  QuarantineState state = QuarantineState::kOpen;
  std::string note;  ///< why it was discarded
};

struct QuarantineFilter {
  std::optional<Reason> reason;
  std::optional<SourceId> source;
  std::optional<Instant> from, to;  ///< received in [from, to)
  std::string name;                 ///< of the event; empty: any
  std::string text;                 ///< somewhere in name, detail or origin; empty: any
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

/// What the rules would make of one entry. Texts are scrubbed.
struct FixPreview {
  std::uint64_t id = 0;
  std::string before, after;
  bool accepted = false;
  std::string problem;  ///< why it would stay; names fields, never a value
};

/// The event's name as the sender gave it; empty: none, or a row of a file.
[[nodiscard]] std::string name_of(const Reject& reject);

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
  /// With `fix` what it makes of the input is read.
  [[nodiscard]] Result<ReplayOutcome> replay(const QuarantineFilter& filter, Intake& intake,
                                             const Sources& sources, const Reparse& reparse,
                                             const Fix* fix = nullptr);
  /// What replay() with `fix` would do with the newest `count` of the filter; changes nothing.
  [[nodiscard]] Result<std::vector<FixPreview>> preview(const QuarantineFilter& filter, std::size_t count,
                                                        const Intake& intake, const Sources& sources,
                                                        const Reparse& reparse, const Fix& fix);
  [[nodiscard]] Result<std::uint64_t> discard(const QuarantineFilter& filter, std::string_view note = {});

  /// Repairs that were applied, for everybody to see. Newest first.
  struct Applied {
    std::uint64_t id = 0;
    Instant at;
    UserId author;
    std::string rules;
    std::uint64_t matched = 0, replayed = 0, still = 0;
  };
  [[nodiscard]] Result<void> note_fix(UserId author, const Fix& fix, const ReplayOutcome& outcome);
  [[nodiscard]] Result<std::vector<Applied>> fixes(std::size_t count);
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
  Result<void> mark(std::span<const std::uint64_t> ids, QuarantineState state, std::string_view note = {});
  /// What becomes of one entry; nothing stamped: why it stays, in `problem`.
  struct Read {
    std::optional<Source> source;
    Parsed parsed;
    std::string before, after, problem;
  };
  Read read_again(const Indexed& item, const Intake& intake, const Sources& sources, const Reparse& reparse,
                  const Fix* fix) const;
  [[nodiscard]] std::filesystem::path file_of(std::int32_t day) const;

  std::filesystem::path folder_;
  ledger::Db& ledger_;
  const govern::Keys& keys_;
  const Clock& clock_;
};

}  // namespace zhike::ingest
