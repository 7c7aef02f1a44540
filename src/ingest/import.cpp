#include "ingest/import.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <unordered_map>

#include "ingest/file_reader.h"
#include "ingest/presets.h"

namespace zhike::ingest {
namespace {

using SteadyClock = std::chrono::steady_clock;
constexpr std::size_t kRejectsShown = 20;

double seconds_since(SteadyClock::time_point begin) {
  return std::chrono::duration<double>(SteadyClock::now() - begin).count();
}

// Some formats are read once for their columns alone: the first files are kept open from the planning on.
constexpr std::size_t kReadersKept = 8;

struct Job {
  std::filesystem::path file;
  const FileRule* rule = nullptr;  // null: JSON lines
  std::unique_ptr<FileReader> reader{};

  Result<std::unique_ptr<FileReader>> open(const Mapping& mapping) {
    if (reader != nullptr) return std::move(reader);
    return FileReader::open(file, mapping, rule);
  }
};

Result<std::vector<Job>> plan(std::span<const std::filesystem::path> files, const Mapping& mapping) {
  std::vector<Job> jobs;
  for (const std::filesystem::path& file : files) {
    Job job{file, nullptr};
    CX_TRY(job.rule, rule_of(file, mapping));
    // Opening all of them first tells of a wrong name or column before anything is written.
    if (job.rule == nullptr || !job.rule->reference) {
      CX_TRY(auto reader, FileReader::open(file, mapping, job.rule));
      if (jobs.size() < kReadersKept) job.reader = std::move(reader);
    }
    jobs.push_back(std::move(job));
  }
  return jobs;
}

FileReport report_of(const Job& job) {
  FileReport report;
  report.file = job.file.filename().string();
  report.rule = job.rule == nullptr ? "segment" : job.rule->name;
  report.reference = job.rule != nullptr && job.rule->reference;
  return report;
}

// Counts the row that has just been read: `events` and `rejects` are the sizes before it.
void count_row(const Parsed& parsed, std::size_t events, std::size_t rejects, std::uint64_t line,
               FileReport& report) {
  ++report.rows;
  report.events += parsed.events.size() - events;
  if (parsed.rejects.size() == rejects) {
    ++report.stored;
    return;
  }
  ++report.rejected;
  const Reject& r = parsed.rejects.back();
  ++report.reasons[r.reason];
  if (report.first_rejects.size() < kRejectsShown) report.first_rejects.push_back({line, r.reason, r.detail});
}

// Brings together what was sent and what became of it, whichever is known first.
class Ledger {
 public:
  struct Sent {
    std::size_t file = 0;
    std::vector<std::uint16_t> events_of_rows;
  };

  void sent(journal::Position at, Sent sent) {
    const std::lock_guard lock(mutex_);
    if (const auto early = fates_.find(at); early != fates_.end()) {
      settle(sent, early->second);
      fates_.erase(early);
    } else {
      waiting_.emplace(at, std::move(sent));
    }
  }
  void fate(const RecordFate& fate) {
    const std::lock_guard lock(mutex_);
    moved_ += fate.stored + fate.dropped;
    if (const auto at = waiting_.find(fate.at); at != waiting_.end()) {
      settle(at->second, {fate.events.begin(), fate.events.end()});
      waiting_.erase(at);
    } else {
      fates_.emplace(fate.at, std::vector<Reason>(fate.events.begin(), fate.events.end()));
    }
  }
  // Rows whose events were all known before, and rows that identity refused after all.
  void add_to(std::vector<FileReport>& files) {
    const std::lock_guard lock(mutex_);
    for (const auto& [file, counts] : counts_) {
      files[file].duplicates += counts.duplicates;
      files[file].stored -= counts.refused;
      files[file].rejected += counts.refused;
      if (counts.refused > 0) files[file].reasons[Reason::kNoIdentifier] += counts.refused;
    }
  }
  std::uint64_t moved() const {
    const std::lock_guard lock(mutex_);
    return moved_;
  }

 private:
  struct Counts {
    std::uint64_t duplicates = 0, refused = 0;
  };
  void settle(const Sent& sent, const std::vector<Reason>& events) {
    Counts& counts = counts_[sent.file];
    std::size_t at = 0;
    for (const std::uint16_t n : sent.events_of_rows) {
      std::size_t known = 0, refused = 0;
      for (const std::size_t end = std::min(at + n, events.size()); at < end; ++at) {
        known += events[at] == Reason::kDuplicate ? 1 : 0;
        refused += events[at] != Reason::kDuplicate && events[at] != Reason::kNone ? 1 : 0;
      }
      if (refused > 0)
        ++counts.refused;
      else if (known == n && n > 0)
        ++counts.duplicates;
    }
  }

  mutable std::mutex mutex_;
  std::map<journal::Position, Sent> waiting_;
  std::map<journal::Position, std::vector<Reason>> fates_;
  std::map<std::size_t, Counts> counts_;
  std::uint64_t moved_ = 0;
};

// Sends records without waiting for each, but not too many at a time.
class Sender {
 public:
  Sender(Intake& intake, const Source& source, Ledger& ledger, std::size_t in_flight_max)
      : intake_(intake), source_(source), ledger_(ledger), in_flight_max_(in_flight_max) {}
  ~Sender() {
    std::unique_lock lock(mutex_);
    settled_.wait(lock, [&] { return in_flight_ == 0; });
  }
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  /// `report`: of the file, with the rows of this record.
  Result<void> send(Parsed parsed, Ledger::Sent sent, const FileReport& report) {
    std::uint64_t number = 0;
    {
      std::unique_lock lock(mutex_);
      settled_.wait(lock, [&] { return in_flight_ < in_flight_max_; });
      if (error_) return std::unexpected(*error_);
      ++in_flight_;
      number = first_ + waiting_.size();
      waiting_.push_back({false, sent.file, report});
    }
    if (parsed.size() == 0) return accepted_now(number);
    intake_.accept(source_, std::move(parsed),
                   [this, number, sent = std::move(sent)](Result<Accepted> accepted) mutable {
                     if (accepted) ledger_.sent(accepted->at, std::move(sent));
                     const std::lock_guard lock(mutex_);
                     if (!accepted && !error_) error_ = accepted.error();
                     settle(number, accepted.has_value());
                   });
    return {};
  }
  /// What all accepted records before the first open one say.
  ImportCheckpoint durable() const {
    const std::lock_guard lock(mutex_);
    return durable_;
  }
  Result<void> finish() {
    std::unique_lock lock(mutex_);
    settled_.wait(lock, [&] { return in_flight_ == 0; });
    if (error_) return std::unexpected(*error_);
    return {};
  }

 private:
  struct Waiting {
    bool accepted;
    std::size_t file;
    FileReport report;
  };
  Result<void> accepted_now(std::uint64_t number) {
    const std::lock_guard lock(mutex_);
    settle(number, true);
    return {};
  }
  // Under the lock.
  void settle(std::uint64_t number, bool accepted) {
    waiting_[number - first_].accepted = accepted;
    for (; !waiting_.empty() && waiting_.front().accepted; ++first_) {
      if (durable_.size() <= waiting_.front().file) durable_.resize(waiting_.front().file + 1);
      durable_[waiting_.front().file] = std::move(waiting_.front().report);
      waiting_.pop_front();
    }
    --in_flight_;
    settled_.notify_all();
  }

  Intake& intake_;
  const Source& source_;
  Ledger& ledger_;
  std::size_t in_flight_max_;
  std::deque<Waiting> waiting_;  // records in order; the first has number first_
  std::uint64_t first_ = 0;
  ImportCheckpoint durable_;
  mutable std::mutex mutex_;
  std::condition_variable settled_;
  std::size_t in_flight_ = 0;
  std::optional<Error> error_;
};

class Run {
 public:
  Run(Sender& sender, Ledger& ledger, const Mapping& mapping, const ImportOptions& options,
      const Clock& clock)
      : sender_(sender), ledger_(ledger), mapping_(mapping), options_(options), clock_(clock) {}

  // False: cancelled.
  Result<bool> read(Job& job, std::size_t file_at, FileReport& report) {
    const auto begin = SteadyClock::now();
    CX_TRY(const auto reader, job.open(mapping_));
    const Instant now = clock_.now();
    CX_TRY(pass_over(*reader, now, file_at, report));
    Parsed parsed;
    Ledger::Sent sent{file_at, {}};
    for (;;) {
      const std::size_t events = parsed.events.size(), rejects = parsed.rejects.size();
      CX_TRY(const bool more, reader->next(now, parsed));
      if (more) {
        count_row(parsed, events, rejects, reader->line(), report);
        if (parsed.rejects.size() > rejects && options_.known_rejects.contains(parsed.rejects.back().origin))
          parsed.rejects.pop_back();
        if (parsed.events.size() > events)
          sent.events_of_rows.push_back(static_cast<std::uint16_t>(parsed.events.size() - events));
      }
      if (parsed.events.size() + parsed.rejects.size() >= options_.rows_per_record || !more) {
        CX_TRY(sender_.send(std::exchange(parsed, {}), std::exchange(sent, {file_at, {}}), report));
        if (!go_on(job, *reader, report)) return false;
      }
      if (!more) break;
    }
    reader->add_notes(report.notes);
    report.seconds = seconds_since(begin);
    rows_before_ += report.rows;
    return true;
  }

 private:
  // The rows that an earlier run has sent.
  Result<void> pass_over(FileReader& reader, Instant now, std::size_t file_at, FileReport& report) const {
    if (file_at >= options_.resume.size()) return {};
    Parsed passed;
    for (std::uint64_t row = 0; row < options_.resume[file_at].rows; ++row) {
      passed.events.clear();
      passed.rejects.clear();
      CX_TRY(const bool more, reader.next(now, passed));
      if (!more) break;
    }
    const std::string file = report.file, rule = report.rule;
    report = options_.resume[file_at];
    report.file = file;
    report.rule = rule;
    report.notes.clear();
    return {};
  }

  bool go_on(const Job& job, const FileReader& reader, const FileReport& report) {
    if (!options_.progress || seconds_since(last_progress_) < 0.2) return true;
    last_progress_ = SteadyClock::now();
    if (options_.checkpoint && seconds_since(last_checkpoint_) >= 1) {
      last_checkpoint_ = SteadyClock::now();
      options_.checkpoint(sender_.durable());
    }
    return options_.progress({job.file.filename().string(), rows_before_ + report.rows, reader.bytes_read(),
                              reader.bytes_total(), ledger_.moved()});
  }
  Sender& sender_;
  Ledger& ledger_;
  const Mapping& mapping_;
  const ImportOptions& options_;
  const Clock& clock_;
  SteadyClock::time_point last_progress_{}, last_checkpoint_{};
  std::uint64_t rows_before_ = 0;
};

}  // namespace

bool Importer::settle(Millis longest) const { return parts_.mover.wait_moved(parts_.journal.end(), longest); }

Result<ImportReport> Importer::run(std::span<const std::filesystem::path> files, const Mapping& mapping,
                                   const ImportOptions& options) {
  const auto begin = SteadyClock::now();
  CX_TRY(std::vector<Job> jobs, plan(files, mapping));
  CX_TRY(const Source source, parts_.sources.find_or_make({.id = {},
                                                           .name = mapping.source,
                                                           .kind = "file",
                                                           .channel = {},
                                                           .unit = {},
                                                           .zone = mapping.zone.name(),
                                                           .created = {}}));
  CX_TRY(keep_mapping(parts_.ledger, mapping, parts_.clock.now()));
  ImportReport report{.cancelled = false, .source = mapping.source, .files = {}, .seconds = 0};
  Ledger ledger;
  const std::uint64_t watch = parts_.mover.watch([&](const RecordFate& fate) {
    if (fate.source == source.id) ledger.fate(fate);
  });
  Result<void> outcome;
  {
    Sender sender(parts_.intake, source, ledger, options.records_in_flight);
    Run run(sender, ledger, mapping, options, parts_.clock);
    for (Job& job : jobs) {
      FileReport& file = report.files.emplace_back(report_of(job));
      if (file.reference) continue;
      const auto done = run.read(job, report.files.size() - 1, file);
      if (!done) outcome = fail(done.error().code, "{}: {}", file.file, done.error().detail);
      report.cancelled = done && !*done;
      if (!done || !*done) break;
    }
    if (auto sent = sender.finish(); !sent && outcome) outcome = sent;
  }
  // What was accepted gets its fate whatever happened after it.
  const Millis wait = report.cancelled ? std::min(options.move_wait_max, seconds(10)) : options.move_wait_max;
  const bool moved = parts_.mover.wait_moved(parts_.journal.end(), wait);
  parts_.mover.unwatch(watch);
  CX_TRY(outcome);
  if (!moved && !report.cancelled)
    return fail(Code::kWarehouseDown, "the rows are in the journal, but not all are in the warehouse yet");
  CX_TRY(parts_.mover.reload_map());
  ledger.add_to(report.files);
  report.seconds = seconds_since(begin);
  return report;
}

Result<DryRun> dry_run(std::span<const std::filesystem::path> files, const Mapping& mapping, std::size_t rows,
                       Instant now) {
  CX_TRY(std::vector<Job> jobs, plan(files, mapping));
  DryRun out;
  for (Job& job : jobs) {
    DryRun::File& file = out.files.emplace_back(DryRun::File{report_of(job), {}});
    if (file.report.reference) continue;
    CX_TRY(const auto reader, job.open(mapping));
    Parsed parsed;
    while (file.report.rows < rows) {
      const std::size_t events = parsed.events.size(), rejects = parsed.rejects.size();
      CX_TRY(const bool more, reader->next(now, parsed));
      if (!more) break;
      count_row(parsed, events, rejects, reader->line(), file.report);
    }
    reader->add_notes(file.report.notes);
    file.events = std::move(parsed.events);
  }
  return out;
}

}  // namespace zhike::ingest
