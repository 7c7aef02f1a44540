// Retry detection: which (source, message id) were seen within the window. Fingerprints lie in files of at
// most a few hours with Bloom filters; additions become final together with the mover's block, in two phases:
//
//   for each event of the block: if (fingerprints.check_and_add(fingerprint_of(source, message_id), now))
//   drop it mark = fingerprints.prepare();      // durable, not final yet the block's transaction, which
//   stores `mark` committed: fingerprints.confirm();   failed: fingerprints.rollback();
//
// After a crash open() is given the last stored mark and takes back what lies beyond it. Format:
// fingerprints.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>

#include "base/crypto.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"

namespace zhike::journal {

/// What identifies a message. Deterministic for ever: part of the stored format.
[[nodiscard]] crypto::Hash128 fingerprint_of(SourceId source, std::string_view message_id);

/// What retry detection remembers.
struct Coverage {
  Instant since;              ///< every message first seen from here on is known
  std::uint64_t entries = 0;  ///< remembered now
  std::uint64_t bytes = 0;    ///< of files
  std::uint64_t bytes_max = 0;
  Millis window;           ///< wanted
  std::uint64_t lost = 0;  ///< fingerprints that a damaged file took with it since open
};

/// Belongs to one thread, the mover's; coverage() too.
class Fingerprints {
 public:
  struct Options {
    std::filesystem::path folder;  ///< created when missing
    Millis window = days(7);       ///< what is older is forgotten ...
    std::uint64_t bytes_max =
        1ULL << 30;  ///< ... and the oldest sooner, when this is used up; 18 bytes an event
    const Clock* clock = &Clock::system();  ///< for forgetting
  };
  /// `committed_mark`: of the last committed block; 0 when there is none. Damaged files are reported in the
  /// log and in coverage().lost and otherwise left out: a retry may pass twice, but the service starts.
  /// Errors: kFileFailed, kDiskFull.
  [[nodiscard]] static Result<std::unique_ptr<Fingerprints>> open(Options options,
                                                                  std::uint64_t committed_mark);
  virtual ~Fingerprints() = default;

  /// True: seen before, in a confirmed block or earlier in this one. Otherwise remembers it. `now` must not
  /// fall behind by more than the clock's own corrections.
  [[nodiscard]] virtual bool check_and_add(const crypto::Hash128& fingerprint, Instant now) = 0;
  /// Makes the additions since the last confirm() durable and answers the mark to store in the block's
  /// record. Errors: kDiskFull, kFileFailed: then rollback(), and try the block again later.
  [[nodiscard]] virtual Result<std::uint64_t> prepare() = 0;
  /// The block's transaction has committed.
  virtual void confirm() = 0;
  /// Takes back every addition since the last confirm(), prepared or not.
  virtual void rollback() = 0;

  [[nodiscard]] virtual Coverage coverage() const = 0;
};

}  // namespace zhike::journal
