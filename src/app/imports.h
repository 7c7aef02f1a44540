// Imports that people set up on the console: files uploaded in pieces to a folder of their own, a mapping
// tried out on them, then one run at a time in the background, which can be cancelled and resumed. Files go
// when the import is done; its report stays.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "ingest/import.h"
#include "ingest/infer.h"
#include "ingest/quarantine.h"

namespace zhike::app {

/// Part of the stored format: new ones go to the end.
enum class ImportState : std::uint8_t { kDraft, kRunning, kDone, kCancelled, kInterrupted, kFailed };
[[nodiscard]] std::string_view to_string(ImportState state) noexcept;  ///< "draft"

struct ImportFile {
  std::string name;
  std::uint64_t bytes = 0;
};

struct ImportView {
  std::uint64_t id = 0;
  ImportState state = ImportState::kDraft;
  Instant created, changed;
  std::vector<ImportFile> files;  ///< what was uploaded and is still there
  std::string mapping;            ///< TOML; empty: none yet, or none needed
  std::vector<ingest::FileReport> reports;
  std::optional<ingest::ImportProgress> progress;  ///< while it runs
  double seconds = 0;                              ///< of this run so far, or of the last
  std::string error_code, error_detail;            ///< of a failed one
};

struct SavedMapping {
  std::string name, body;
  Instant changed;
};

/// Thread-safe.
class Imports {
 public:
  struct Parts {
    ingest::Importer importer;
    ledger::Db& ledger;
    ingest::Sources& sources;
    ingest::Quarantine& quarantine;
    const Clock& clock;
    const Clock& age;  ///< how old a draft is
  };
  struct Options {
    std::filesystem::path folder;
    std::uint64_t file_bytes_max = 0, all_bytes_max = 0;
    Millis drafts_kept = days(7);
  };
  static constexpr std::size_t kFilesMax = 100;
  static constexpr std::size_t kPieceBytesMax = 8ULL << 20;

  /// Runs that the last process left are interrupted. Errors: kFileFailed, those of the ledger.
  [[nodiscard]] static Result<std::unique_ptr<Imports>> open(Parts parts, Options options);
  /// Interrupts the running import: it can be resumed.
  ~Imports();
  Imports(const Imports&) = delete;
  Imports& operator=(const Imports&) = delete;

  [[nodiscard]] Result<ImportView> create();
  [[nodiscard]] Result<std::vector<ImportView>> list();  ///< newest first, at most 200
  /// Errors of all that name an import: kUnknownImport.
  [[nodiscard]] Result<ImportView> get(std::uint64_t id);
  /// Appends a piece of a file that begins at `offset`; 0 begins it anew. Errors: kImportState, kBadField
  /// (the name), kUploadGap, kBodyTooLarge, kUploadsFull, kDiskFull.
  [[nodiscard]] Result<ImportView> upload(std::uint64_t id, std::string_view name, std::uint64_t offset,
                                          std::string_view piece);
  [[nodiscard]] Result<ImportView> remove_file(std::uint64_t id, std::string_view name);
  /// Errors: kImportState (running).
  [[nodiscard]] Result<void> remove(std::uint64_t id);

  /// Errors: kBadField (no such file), those of sample_file.
  [[nodiscard]] Result<ingest::Sample> sample(std::uint64_t id, std::string_view name,
                                              const ingest::FileRule& rule);
  [[nodiscard]] Result<std::filesystem::path> path_of(std::uint64_t id, std::string_view name);
  /// An empty mapping: that of the files' format. Errors: those of Mapping::parse, dry_run.
  [[nodiscard]] Result<ingest::DryRun> preview(std::uint64_t id, std::string_view mapping, std::size_t rows);
  /// Starts, or goes on where it ended: a resumed run must keep its files. Errors: kImportState (running,
  /// done, no files), those of Mapping::parse.
  [[nodiscard]] Result<ImportView> start(std::uint64_t id, std::string_view mapping);
  [[nodiscard]] Result<ImportView> cancel(std::uint64_t id);

  [[nodiscard]] Result<std::vector<SavedMapping>> mappings();
  /// Errors: kBadField (the name), those of Mapping::parse.
  [[nodiscard]] Result<void> save_mapping(std::string_view name, std::string_view body);
  [[nodiscard]] Result<void> remove_mapping(std::string_view name);  ///< Errors: kUnknownMapping

  /// Removes drafts and ended imports' files that nobody touched for long. Now and then.
  [[nodiscard]] Result<void> clean();

 private:
  Imports(Parts parts, Options options) : parts_(std::move(parts)), options_(std::move(options)) {}
  void work();
  void run(std::uint64_t id);
  Result<ingest::ImportReport> run_files(const ImportView& import, const ingest::Mapping& mapping);
  Result<ingest::ImportOptions> options_for(const ImportView& import, const ingest::Mapping& mapping);
  Result<ImportView> read(ledger::Tx& tx, std::uint64_t id);
  Result<void> note(std::uint64_t id, ImportState state, const std::vector<ingest::FileReport>& reports,
                    double seconds, const Error* error);
  Result<ImportView> editable(std::uint64_t id);
  [[nodiscard]] std::filesystem::path folder_of(std::uint64_t id) const;
  [[nodiscard]] std::vector<ImportFile> files_of(std::uint64_t id) const;
  [[nodiscard]] std::vector<std::filesystem::path> paths_of(const ImportView& import) const;
  void add_progress(ImportView& import);

  Parts parts_;
  Options options_;
  std::mutex upload_mutex_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::uint64_t> queue_;  // guarded by mutex_, as all below
  std::uint64_t current_ = 0;        // 0: none
  ingest::ImportProgress progress_;  // of current_
  Instant current_since_;
  bool cancelling_ = false, closing_ = false;
  std::thread thread_;
};

}  // namespace zhike::app
