// Every fingerprint has a number, counted from the first ever; a mark is the number of the next one. The
// newest are in a set in memory and in a log; when the log has grown to its share of the budget or of the
// window, it becomes a run: sorted entries and a Bloom filter. Runs are few (at most kParts by size and
// kParts by age), so a question costs as many cache lines, whatever the number of entries, and rarely a read.
//
// Invariants
// 1. Runs hold confirmed entries only; the log holds confirmed ones and, behind them, prepared ones.
// 2. first_ + confirmed_ is the mark of the last confirmed block.
// 3. A log is deleted only after the run of the same number is durable: when both exist, the log is void.
#include "journal/fingerprints.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <map>

#include "base/log.h"
#include "journal/fingerprint_files.h"
#include "journal/times.h"

namespace zhike::journal {
namespace {

constexpr std::int64_t kParts = 32;
constexpr std::uint64_t kEntriesLeast = 4096;
constexpr std::uint64_t kBytesPerEntry = 18;
/// Blocks in one frame: below the 32 bits of its count by far.
constexpr std::size_t kFrameEntriesMax = 1U << 24;

class FingerprintsImpl final : public Fingerprints {
 public:
  explicit FingerprintsImpl(Options options) : options_(std::move(options)) {
    part_entries_ = std::max(kEntriesLeast, options_.bytes_max / kParts / kBytesPerEntry);
  }

  Result<void> load(std::uint64_t mark);

  bool check_and_add(const Hash128& fingerprint, Instant now) override;
  Result<std::uint64_t> prepare() override;
  void confirm() override;
  void rollback() override;
  Coverage coverage() const override;

 private:
  Result<void> load_run(const std::filesystem::path& path, std::uint64_t mark);
  Result<void> load_log(const std::filesystem::path& path, std::uint64_t first, std::uint64_t mark);
  Result<void> write_log_anew();
  Result<void> seal();
  void forget(Instant now);
  bool in_runs(const Hash128& hash);
  void discard(const std::filesystem::path& path, std::uint64_t entries, std::string_view why);
  [[nodiscard]] std::uint64_t bytes() const;

  const Options options_;
  std::uint64_t part_entries_ = 0;
  std::vector<Run> runs_;  ///< oldest first
  std::uint64_t first_ = 0;
  std::uint64_t confirmed_ = 0;
  HashSet recent_;     ///< confirmed and pending
  Instant from_, to_;  ///< of the confirmed ones in recent_
  std::optional<EntryLog> log_;
  std::uint64_t log_confirmed_ = 0;  ///< its end after the last confirm()
  std::vector<Hash128> pending_;
  std::size_t prepared_ = 0;  ///< of pending_
  Instant now_;
  std::uint64_t lost_ = 0;
};

Result<void> FingerprintsImpl::load(std::uint64_t mark) {
  std::error_code error;
  std::filesystem::create_directories(options_.folder, error);
  std::map<std::uint64_t, std::filesystem::path> runs, logs;
  for (std::filesystem::directory_iterator i(options_.folder, error), end; !error && i != end;
       i.increment(error)) {
    const std::string name = i->path().filename().string();
    std::uint64_t first = 0;
    const auto [stop, bad] = std::from_chars(name.data(), name.data() + name.size(), first, 16);
    if (bad != std::errc{} || stop != name.data() + 16) continue;
    const std::string_view ending(stop, name.data() + name.size());
    if (ending == ".run") runs[first] = i->path();
    if (ending == ".log") logs[first] = i->path();
    if (ending.ends_with(".new")) std::filesystem::remove(i->path(), error);
  }
  if (error) return std::unexpected(file_error("list", options_.folder, error.value()));
  for (const auto& [first, path] : runs) CX_TRY(load_run(path, mark));
  first_ = mark;
  for (const auto& [first, path] : logs) {
    if (runs.contains(first) || first >= mark)
      std::filesystem::remove(path, error);
    else
      CX_TRY(load_log(path, first, mark));
  }
  forget(options_.clock->now());
  return {};
}

Result<void> FingerprintsImpl::load_run(const std::filesystem::path& path, std::uint64_t mark) {
  CX_TRY(std::optional<Run> run, Run::open(path));
  if (!run) {
    discard(path, std::filesystem::file_size(path) / kBytesPerEntry, "damaged");
  } else if (run->about().first + run->about().count > mark) {
    // The databases are older than this file (a restored backup). Its events will be moved again and must not
    // be taken for repeats.
    discard(path, run->about().count, "newer than the last block");
  } else {
    runs_.push_back(std::move(*run));
  }
  return {};
}

Result<void> FingerprintsImpl::load_log(const std::filesystem::path& path, std::uint64_t first,
                                        std::uint64_t mark) {
  std::vector<EntryLog::Frame> frames;
  CX_TRY(EntryLog log, EntryLog::open(path, first, mark, frames));
  first_ = first;
  confirmed_ = 0;
  recent_.clear();
  for (const EntryLog::Frame& frame : frames) {
    if (confirmed_ == 0) from_ = frame.at;
    to_ = frame.at;
    for (const Hash128& hash : frame.entries) recent_.insert(hash);
    confirmed_ += frame.entries.size();
  }
  log_ = std::move(log);
  log_confirmed_ = log_->end();
  if (first_ + confirmed_ == mark) return {};
  lost_ += mark - first_ - confirmed_;
  log::error(
      "fingerprints_lost",
      {{"file", path.filename().string()}, {"entries", mark - first_ - confirmed_}, {"why", "damaged"}});
  if (confirmed_ > 0) CX_TRY(seal());
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
  log_.reset();
  first_ = mark;
  return {};
}

void FingerprintsImpl::discard(const std::filesystem::path& path, std::uint64_t entries,
                               std::string_view why) {
  lost_ += entries;
  log::error("fingerprints_lost", {{"file", path.filename().string()}, {"entries", entries}, {"why", why}});
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
}

bool FingerprintsImpl::in_runs(const Hash128& hash) {
  for (const Run& run : runs_) run.bloom().prefetch(hash);
  for (std::size_t i = runs_.size(); i-- > 0;) {  // retries come soon: newest first
    if (!runs_[i].bloom().may_contain(hash)) continue;
    const Result<bool> found = runs_[i].contains(hash);
    if (found && *found) return true;
    if (!found) {
      discard(runs_[i].path(), runs_[i].about().count, to_string(found.error()));
      runs_.erase(runs_.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }
  return false;
}

bool FingerprintsImpl::check_and_add(const Hash128& fingerprint, Instant now) {
  const Hash128 hash = fingerprint == Hash128{} ? Hash128{0, 1} : fingerprint;  // zeros mean an empty slot
  if (recent_.contains(hash) || in_runs(hash)) return true;
  recent_.insert(hash);
  pending_.push_back(hash);
  now_ = now;
  return false;
}

Result<std::uint64_t> FingerprintsImpl::prepare() {
  if (log_ && log_->is_broken()) log_.reset();
  if (prepared_ < pending_.size() || !log_) {
    if (!log_ && (confirmed_ > 0 || !pending_.empty())) CX_TRY(write_log_anew());
    while (prepared_ < pending_.size()) {
      const std::size_t count = std::min(kFrameEntriesMax, pending_.size() - prepared_);
      CX_TRY(log_->append({pending_.data() + prepared_, count}, now_));
      prepared_ += count;
    }
  }
  return first_ + confirmed_ + pending_.size();
}

/// A new log with the confirmed entries, in place of one whose content is unknown or that does not exist yet.
Result<void> FingerprintsImpl::write_log_anew() {
  prepared_ = 0;
  if (confirmed_ > 0) CX_TRY(seal());  // confirmed entries go into a run instead: durable before the log goes
  CX_TRY(log_, EntryLog::create(options_.folder, first_));
  log_confirmed_ = log_->end();
  return {};
}

void FingerprintsImpl::confirm() {
  cx_check(prepared_ == pending_.size(), "fingerprints are prepared before they are confirmed");
  if (!pending_.empty()) {
    if (confirmed_ == 0) from_ = now_;
    to_ = now_;
    confirmed_ += pending_.size();
    log_confirmed_ = log_->end();
    pending_.clear();
    prepared_ = 0;
  }
  from_ = std::min(from_, now_);  // the clock may have been put back
  const bool old = confirmed_ > 0 && now_ - from_ >= Millis{options_.window.value / kParts};
  if (confirmed_ >= part_entries_ || old) {
    if (auto sealed = seal(); !sealed)
      log::warn("fingerprints_not_sealed", {{"error", to_string(sealed.error())}});
  }
  forget(options_.clock->now());
}

void FingerprintsImpl::rollback() {
  while (!pending_.empty()) {
    recent_.erase(pending_.back());
    pending_.pop_back();
  }
  prepared_ = 0;
  if (log_ && log_->end() != log_confirmed_) log_->cut(log_confirmed_);
}

/// Turns the confirmed entries into a run. Pending ones stay in memory.
Result<void> FingerprintsImpl::seal() {
  for (const Hash128& hash : pending_) recent_.erase(hash);
  const std::vector<Hash128> entries = recent_.sorted();
  Result<Run> run = Run::write(options_.folder,
                               {.first = first_, .count = entries.size(), .from = from_, .to = to_}, entries);
  if (run) {
    runs_.push_back(std::move(*run));
    recent_.clear();
    std::error_code ignored;
    std::filesystem::remove(options_.folder / fmt::format("{:016x}.log", first_), ignored);
    log_.reset();
    prepared_ = 0;
    first_ += confirmed_;
    confirmed_ = 0;
  }
  for (const Hash128& hash : pending_) recent_.insert(hash);
  if (!run) return detail::pass_on(std::move(run));
  return {};
}

void FingerprintsImpl::forget(Instant now) {
  std::vector<Instant> ended;
  for (const Run& run : runs_) ended.push_back(run.about().to);
  ended = plausible_times(std::move(ended), now);
  std::size_t count = 0;
  std::uint64_t kept = bytes();
  while (count < runs_.size() && (ended[count] < now - options_.window || kept > options_.bytes_max)) {
    kept -= runs_[count].bytes();
    std::error_code ignored;
    std::filesystem::remove(runs_[count].path(), ignored);
    ++count;
  }
  runs_.erase(runs_.begin(), runs_.begin() + static_cast<std::ptrdiff_t>(count));
}

std::uint64_t FingerprintsImpl::bytes() const {
  std::uint64_t sum = log_ ? log_->end() : 0;
  for (const Run& run : runs_) sum += run.bytes();
  return sum;
}

Coverage FingerprintsImpl::coverage() const {
  Coverage out{.since = options_.clock->now(),
               .entries = confirmed_,
               .bytes = bytes(),
               .bytes_max = options_.bytes_max,
               .window = options_.window,
               .lost = lost_};
  if (confirmed_ > 0) out.since = from_;
  if (!runs_.empty()) out.since = runs_.front().about().from;
  for (const Run& run : runs_) out.entries += run.about().count;
  return out;
}

}  // namespace

Hash128 fingerprint_of(SourceId source, std::string_view message_id) {
  char seed[8];
  std::memcpy(seed, &source.value, sizeof seed);
  std::string text(seed, sizeof seed);
  text.append(message_id);
  return crypto::fingerprint(text);
}

Result<std::unique_ptr<Fingerprints>> Fingerprints::open(Options options, std::uint64_t committed_mark) {
  auto fingerprints = std::make_unique<FingerprintsImpl>(std::move(options));
  CX_TRY(fingerprints->load(committed_mark));
  return fingerprints;
}

}  // namespace zhike::journal
