#include <algorithm>
#include <cerrno>
#include <chrono>

#include "base/log.h"
#include "journal/crc32c.h"
#include "journal/journal_impl.h"
#include "journal/times.h"

namespace zhike::journal {
namespace {

constexpr std::uint64_t kBatchBytesMax = 16U << 20;
constexpr std::size_t kBatchRecordsMax = 4096;
constexpr std::uint64_t kQueueBytesMax = 256U << 20;  // in memory, waiting for the disk

using Steady = std::chrono::steady_clock;

/// A caller that waits for its append.
struct Waiter {
  std::mutex mutex;
  std::condition_variable answered;
  std::optional<Result<Position>> answer;
};

}  // namespace

Result<std::unique_ptr<Journal>> Journal::open(Options options) {
  return open_journal(std::move(options), FileOps::system());
}

Result<std::unique_ptr<Journal>> open_journal(Options options, FileOps& ops) {
  std::error_code error;
  std::filesystem::create_directories(options.folder, error);
  if (error) return std::unexpected(file_error("create", options.folder, error.value()));
  CX_TRY(Found found, recover(options.folder, ops));
  return std::make_unique<JournalImpl>(std::move(options), ops, std::move(found));
}

JournalImpl::JournalImpl(Options options, FileOps& ops, Found found)
    : options_(std::move(options)),
      ops_(ops),
      recovery_(std::move(found.recovery)),
      writer_(options_.folder, ops),
      segments_(std::move(found.segments)) {
  if (!segments_.empty()) {
    const auto& [number, last] = *segments_.rbegin();
    end_ = {number, last.end};
    writer_.set_before(end_, last.last_ms);
    next_.segment = number;
  }
  count_waiting();
  thread_ = std::thread([this] { commit_loop(); });
}

JournalImpl::~JournalImpl() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  work_.notify_all();
  readable_.notify_all();
  thread_.join();
}

// ---- appending threads

void JournalImpl::append(std::string payload, Done done) {
  Slot* mine = nullptr;
  {
    const std::lock_guard lock(mutex_);
    Result<SlotPtr> slot = reserve(payload.size());
    if (!slot) {
      rejected_.push_back({std::move(done), std::move(slot.error())});
      work_.notify_one();
      return;
    }
    mine = slot->get();
    mine->done = std::move(done);
    bytes_queued_ += mine->bytes();
    queue_.push_back(std::move(*slot));
  }
  mine->sealed = crypto::seal(mine->key, payload, seal_context(mine->at));
  mine->header.sealed_crc = crc32c(mine->sealed);
  const std::lock_guard lock(mutex_);
  mine->ready = true;
  ++ready_;
  work_.notify_one();  // under the mutex: once it is free the slot may be gone, and the journal with it
}

Result<Position> JournalImpl::append(std::string payload) {
  const auto waiter = std::make_shared<Waiter>();
  append(std::move(payload), [waiter](Result<Position> answer) {
    const std::lock_guard lock(waiter->mutex);
    waiter->answer = std::move(answer);
    waiter->answered.notify_one();
  });
  std::unique_lock lock(waiter->mutex);
  waiter->answered.wait(lock, [&] { return waiter->answer.has_value(); });
  return std::move(*waiter->answer);
}

Result<SlotPtr> JournalImpl::reserve(std::size_t payload_bytes) {
  if (payload_bytes > kPayloadBytesMax)
    return fail(Code::kRecordTooLarge, "{} bytes, at most {}", payload_bytes, kPayloadBytesMax);
  const std::uint64_t bytes = kRecordHeaderBytes + payload_bytes + crypto::kSealOverhead;
  if (bytes_waiting_ + bytes_queued_ + bytes > options_.journal_bytes_max)
    return fail(Code::kJournalFull, "{}, {} bytes wait to be moved", options_.folder.string(),
                bytes_waiting_);
  if (!queue_.empty() && bytes_queued_ + bytes > kQueueBytesMax)
    return fail(Code::kJournalFull, "{}, {} bytes wait for the disk", options_.folder.string(),
                bytes_queued_);
  const Instant now = options_.clock->now();
  const std::int32_t day = utc_day(now);
  const bool too_big =
      next_.offset > kSegmentHeaderBytes && next_.offset + bytes > options_.segment_bytes_max;
  if (!segment_open_ || too_big || day > day_) CX_TRY(roll(std::max(day, day_)));
  auto slot = std::make_unique<Slot>();
  slot->at = next_;
  slot->utc_day = day_;
  slot->key = key_;
  slot->header.sealed_bytes = static_cast<std::uint32_t>(payload_bytes + crypto::kSealOverhead);
  slot->header.at_ms = now.ms;
  next_.offset += bytes;
  return slot;
}

Result<void> JournalImpl::roll(std::int32_t day) {
  if (day != day_) {
    CX_TRY(key_, options_.key(day));
    day_ = day;
  }
  next_ = {next_.segment + 1, kSegmentHeaderBytes};
  segment_open_ = true;
  return {};
}

// ---- the commit thread

void JournalImpl::commit_loop() {
  std::unique_lock lock(mutex_);
  for (;;) {
    work_.wait(lock, [&] {
      return !rejected_.empty() || (!queue_.empty() && queue_.front()->ready) || (stop_ && queue_.empty());
    });
    const std::vector<Rejected> rejected = std::exchange(rejected_, {});
    if (!rejected.empty()) {
      lock.unlock();
      for (const Rejected& one : rejected) one.done(std::unexpected(one.error));
      lock.lock();
      continue;
    }
    if (queue_.empty()) return;
    gather(lock);
    std::vector<SlotPtr> batch = take_batch();
    lock.unlock();
    const auto began = Steady::now();
    Result<void> committed = writer_.commit(batch);
    lock.lock();
    last_end_ = Steady::now();
    last_sync_ = last_end_ - began;
    last_batch_ = batch.size();
    if (committed) {
      publish(batch);
    } else {
      for (SlotPtr& slot : take_failed(lock)) batch.push_back(std::move(slot));
    }
    lock.unlock();
    for (const SlotPtr& slot : batch) {
      if (committed)
        slot->done(slot->at);
      else
        slot->done(std::unexpected(committed.error()));
    }
    batch.clear();
    lock.lock();
  }
}

/// When several appended the last time, they are being woken now and will be back at once: waiting for them
/// briefly makes one batch of what would be two. A lone appender never waits.
void JournalImpl::gather(std::unique_lock<std::mutex>& lock) {
  if (last_batch_ < 3 || ready_ * 4 >= last_batch_ * 3 || stop_) return;
  if (Steady::now() - last_end_ > last_sync_) return;
  const auto longest =
      std::min<Steady::duration>(std::chrono::milliseconds(options_.batch_max.value), last_sync_ / 2);
  work_.wait_for(lock, longest, [&] { return ready_ * 4 >= last_batch_ * 3 || stop_; });
}

std::vector<SlotPtr> JournalImpl::take_batch() {
  std::vector<SlotPtr> batch;
  std::uint64_t bytes = 0;
  while (!queue_.empty() && queue_.front()->ready && batch.size() < kBatchRecordsMax) {
    const Slot& next = *queue_.front();
    if (!batch.empty() &&
        (next.at.segment != batch.front()->at.segment || bytes + next.bytes() > kBatchBytesMax))
      break;
    bytes += next.bytes();
    batch.push_back(std::move(queue_.front()));
    queue_.pop_front();
    --ready_;
  }
  return batch;
}

void JournalImpl::publish(const std::vector<SlotPtr>& batch) {
  std::uint64_t bytes = 0;
  for (const SlotPtr& slot : batch) bytes += slot->bytes();
  Segment& segment = segments_[writer_.segment().number];
  segment.header = writer_.segment();
  segment.end = writer_.end();
  segment.last_ms = batch.back()->header.at_ms;
  end_ = {segment.header.number, segment.end};
  bytes_queued_ -= bytes;
  bytes_waiting_ += bytes;
  readable_.notify_all();
}

/// After a failure every record that was queued behind has a place that no longer exists: they fail too, and
/// new ones begin at what is certainly on disk.
std::vector<SlotPtr> JournalImpl::take_failed(std::unique_lock<std::mutex>& lock) {
  std::vector<SlotPtr> failed(std::make_move_iterator(queue_.begin()), std::make_move_iterator(queue_.end()));
  queue_.clear();
  bytes_queued_ = 0;
  // A segment of another day has another key.
  segment_open_ = writer_.is_open() && writer_.segment().utc_day == day_;
  next_ = end_;
  const auto sealed = [&] {
    return std::ranges::all_of(failed, [](const SlotPtr& slot) { return slot->ready; });
  };
  work_.wait(lock, sealed);
  ready_ = static_cast<std::size_t>(
      std::ranges::count_if(queue_, [](const SlotPtr& slot) { return slot->ready; }));
  return failed;
}

// ---- any thread

std::unique_ptr<Journal::Reader> make_reader(const JournalImpl& journal, Position from);

std::unique_ptr<Journal::Reader> JournalImpl::read(Position from) { return make_reader(*this, from); }

void JournalImpl::set_moved(Position moved) {
  const std::lock_guard lock(mutex_);
  moved_ = std::max(moved_, moved);
  count_waiting();
}

void JournalImpl::count_waiting() {
  bytes_waiting_ = 0;
  for (auto i = segments_.lower_bound(moved_.segment); i != segments_.end(); ++i) {
    const auto& [number, segment] = *i;
    const std::uint64_t from = number == moved_.segment ? moved_.offset : kSegmentHeaderBytes;
    if (segment.end > from) bytes_waiting_ += segment.end - from;
  }
}

namespace {

/// When the last record of the first segment was written, as far as the times of all can be true.
Instant first_ended(const Segments& segments, Instant now) {
  std::vector<Instant> times;
  for (const auto& [number, segment] : segments) times.push_back({segment.last_ms});
  return plausible_times(std::move(times), now).front();
}

}  // namespace

Result<std::uint64_t> JournalImpl::drop_moved(Instant before) {
  std::uint64_t dropped = 0;
  for (;;) {
    std::unique_lock lock(mutex_);
    // The newest stays: its number and end are where the next one goes on.
    if (segments_.size() < 2) break;
    const auto& [number, first] = *segments_.begin();
    if (moved_ < Position{number, first.end} || first_ended(segments_, options_.clock->now()) >= before)
      break;
    const std::filesystem::path path = segment_path(options_.folder, number);
    const std::uint64_t dropping = number;
    lock.unlock();  // deleting a large file takes its time
    if (const int error = ops_.unlink(path); error < 0 && error != -ENOENT)
      return std::unexpected(file_error("delete", path, -error));
    lock.lock();
    segments_.erase(dropping);
    ++dropped;
  }
  return dropped;
}

Position JournalImpl::end() const {
  const std::lock_guard lock(mutex_);
  return end_;
}

std::uint64_t JournalImpl::bytes_waiting() const {
  const std::lock_guard lock(mutex_);
  return bytes_waiting_;
}

Result<std::optional<JournalImpl::Bounds>> JournalImpl::bounds(Position at) const {
  const std::lock_guard lock(mutex_);
  if (at > end_)
    return fail(Code::kJournalGap, "segment {} offset {} is beyond the end, segment {} offset {}", at.segment,
                at.offset, end_.segment, end_.offset);
  auto found = segments_.lower_bound(at.segment);
  if (found == segments_.end()) return std::nullopt;
  if (found->first != at.segment) {
    const SegmentHeader& header = found->second.header;
    if (at != Position{} && at < header.before)
      return fail(Code::kJournalGap, "segment {} is missing or was dropped; the next is {}", at.segment,
                  found->first);
    at = {found->first, kSegmentHeaderBytes};
  } else if (at.offset >= found->second.end) {
    if (++found == segments_.end()) return std::nullopt;
    at = {found->first, kSegmentHeaderBytes};
  }
  at.offset = std::max<std::uint64_t>(at.offset, kSegmentHeaderBytes);
  return Bounds{.at = at, .utc_day = found->second.header.utc_day, .limit = found->second.end};
}

bool JournalImpl::wait_beyond(Position at, Millis longest) const {
  std::unique_lock lock(mutex_);
  readable_.wait_for(lock, std::chrono::milliseconds(longest.value), [&] { return end_ > at || stop_; });
  return end_ > at;
}

}  // namespace zhike::journal
