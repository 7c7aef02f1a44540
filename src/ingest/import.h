// Import of files through the same journal and mover as everything else. Of every file: rows = stored +
// rejected; rows that repeat what is known already are among the stored, and counted as duplicates too.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "ingest/intake.h"
#include "ingest/mapping.h"
#include "ingest/mover.h"

namespace zhike::ingest {

/// A rejected row, for the report; never its content.
struct RejectedRow {
  std::uint64_t line = 0;
  Reason reason = Reason::kUnreadable;
  std::string detail;
};

struct FileReport {
  std::string file, rule;
  bool reference = false;  ///< only looked up by other files: no rows
  std::uint64_t rows = 0, stored = 0, rejected = 0, duplicates = 0;
  std::uint64_t events = 0;  ///< made of the rows, duplicates included
  std::map<Reason, std::uint64_t> reasons;
  std::vector<RejectedRow> first_rejects;  ///< at most 20
  std::vector<std::string> notes;          ///< encoding, lookups that were not found
  double seconds = 0;                      ///< until read; the last report waits for the mover
};

struct ImportReport {
  bool cancelled = false;
  std::string source;
  std::vector<FileReport> files;
  double seconds = 0;  ///< until everything is in the warehouse
};

struct ImportProgress {
  std::string file;
  std::uint64_t rows = 0;  ///< of all files so far
  std::uint64_t bytes = 0, bytes_total = 0;
  std::uint64_t moved_events = 0;
};

/// What was certainly done when a run ended early, file by file in its order.
using ImportCheckpoint = std::vector<FileReport>;

struct ImportOptions {
  /// Of an earlier run of the same files: the rows it counts are passed over, its counts go on.
  ImportCheckpoint resume{};
  /// Origins ("FILE line N") of rows that are in the quarantine already: they are counted, not sent again.
  std::set<std::string, std::less<>> known_rejects{};
  /// With `progress`: what is in the journal. A run that dies is resumed from the last one; rows after it
  /// that were sent all the same are repeats, and dropped.
  std::function<void(const ImportCheckpoint&)> checkpoint{};
  std::size_t rows_per_record = 1000;
  std::size_t records_in_flight = 16;
  Millis move_wait_max = hours(24);
  /// About five times a second; false cancels: what is in the journal stays.
  std::function<bool(const ImportProgress&)> progress;
};

/// The first rows as they would become events, without writing anything.
struct DryRun {
  struct File {
    FileReport report;  ///< of the rows read
    std::vector<RawEvent> events;
  };
  std::vector<File> files;
};

class Importer {
 public:
  struct Parts {
    Intake& intake;
    Mover& mover;
    journal::Journal& journal;
    Sources& sources;
    ledger::Db& ledger;
    const Clock& clock;
  };
  explicit Importer(Parts parts) : parts_(parts) {}

  /// Waits until everything accepted so far is in the warehouse; false: not within `longest`.
  [[nodiscard]] bool settle(Millis longest) const;

  /// Reads the files one after another, and returns when their events are in the warehouse. JSON lines of
  /// Segment calls need no rule of the mapping. Errors: those of opening and
  /// binding (nothing of any file was read then), of the journal, and kBadFile in the middle of a file.
  [[nodiscard]] Result<ImportReport> run(std::span<const std::filesystem::path> files, const Mapping& mapping,
                                         const ImportOptions& options);

 private:
  Parts parts_;
};

/// Reads at most `rows` rows of each file. Errors: as Importer::run.
[[nodiscard]] Result<DryRun> dry_run(std::span<const std::filesystem::path> files, const Mapping& mapping,
                                     std::size_t rows, Instant now);

}  // namespace zhike::ingest
