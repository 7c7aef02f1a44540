#include "ingest/mover.h"

#include <algorithm>
#include <chrono>

#include "base/log.h"
#include "base/memory.h"
#include "base/thread.h"
#include "ingest/detect.h"
#include "ingest/record.h"

namespace zhike::ingest {
namespace {

constexpr std::size_t kQueueMax = 2;  // blocks between the threads: enough to overlap, little to lose
constexpr Millis kBackOffMin{100};
constexpr std::chrono::seconds kRest{60};  // between looks at what grows old

journal::Position position(identity::JournalPlace at) { return {at.segment, at.offset}; }
std::chrono::milliseconds chrono(Millis m) { return std::chrono::milliseconds(m.value); }

/// Who sends waits for the journal, nobody for the mover: it is the one that can catch up later. It has its
/// place behind those that answer. While more comes in than it can keep up with, all the same, it runs only
/// where they leave room, so that a burst is taken in as fast as the journal takes it; but not for longer
/// than what is on its way may be old.
constexpr double kBurstBytes = 6e6;  ///< a second, of the journal: about 130,000 events
constexpr Millis kPatience{60'000};
constexpr std::chrono::milliseconds kPace{500};  ///< the least over which it is measured

void begin_thread(const char* name) {
  name_thread(name);
  step_back(Lanes::kBehind);
}

}  // namespace

Mover::Mover(Parts parts, Options options) : parts_(parts), options_(std::move(options)) {
  if (options_.age == nullptr) options_.age = &parts_.clock;
}

Mover::~Mover() { stop(); }

Result<std::unique_ptr<Mover>> Mover::open(Parts parts, Options options) {
  std::unique_ptr<Mover> mover(new Mover(parts, std::move(options)));
  CX_TRY(mover->recover());
  return mover;
}

Result<void> Mover::recover() {
  std::vector<identity::Block> unfinished;
  std::uint64_t mark = 0;
  CX_TRY(parts_.identity_db.read([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(const auto last, identity::blocks::last(tx));
    if (last) mark = last->mark, cut_ = made_ = position(last->to), delivered_ = last->id;
    CX_TRY(unfinished, identity::blocks::unfinished(tx));
    if (!unfinished.empty()) delivered_ = BlockId{unfinished.front().id.value - 1};
    CX_TRY(const identity::JournalPlace done, identity::blocks::done_up_to(tx));
    moved_ = position(done);
    return {};
  }));
  CX_TRY(fingerprints_, journal::Fingerprints::open(options_.fingerprints, mark));
  coverage_ = fingerprints_->coverage();
  std::error_code wrong;
  std::filesystem::create_directories(options_.blocks, wrong);
  if (wrong)
    return std::unexpected(Error{Code::kFileFailed, options_.blocks.string() + ": " + wrong.message()});
  for (const identity::Block& record : unfinished) {
    CX_TRY(Block block, read_block(block_file(options_.blocks, record.id)));
    unfinished_.push_back(std::move(block));
  }
  for (const auto& entry : std::filesystem::directory_iterator(options_.blocks, wrong)) {
    const auto wanted = [&](const identity::Block& b) {
      return block_file(options_.blocks, b.id) == entry.path();
    };
    std::error_code ignored;
    if (std::ranges::none_of(unfinished, wanted)) std::filesystem::remove(entry.path(), ignored);
  }
  if (!unfinished.empty()) log::info("unfinished_blocks", {{"blocks", unfinished.size()}});
  parts_.journal.set_moved(moved_);
  return {};
}

void Mover::start() {
  cx_check(!delivering_.joinable(), "a mover is started once");
  start_reading();
  start_preparing();
  delivering_ = std::thread([this] { deliver_loop(); });
  reloading_ = std::thread([this] { reload_loop(); });
}

void Mover::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  reading_.join();
  preparing_.join();
  for (std::thread* thread : {&delivering_, &reloading_})
    if (thread->joinable()) thread->join();
}

void Mover::die() {
  const std::lock_guard lock(mutex_);
  dead_ = stopping_ = true;
  changed_.notify_all();
}

bool Mover::pause(Millis longest) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, chrono(longest), [&] { return stopping_; });
}

namespace {

void clear(Batch& batch) {
  batch.parsed.events.clear();
  batch.parsed.rejects.clear();
  batch.parsed.items.clear();
  batch.marks.clear();
  batch.pieces.clear();
  batch.decisions.clear();
}

/// `room`: for so many events where they come in numbers. To grow step by step would move all of them each
/// time.
void add(Batch& batch, const journal::Record& record, Parsed parsed, std::size_t room) {
  constexpr std::size_t kFew = 1000;
  std::vector<RawEvent>& events = batch.parsed.events;
  const std::size_t wanted = events.size() + parsed.events.size();
  if (wanted > events.capacity() && wanted > kFew) events.reserve(std::max(room, wanted));
  batch.to = record.next;
  Batch::Piece piece{record.at,          {}, events.size(), parsed.events.size(), parsed.rejects.size(),
                     parsed.items.size()};
  if (!parsed.events.empty())
    piece.source = parsed.events.front().source;
  else if (!parsed.rejects.empty())
    piece.source = parsed.rejects.front().source;
  else if (!parsed.items.empty())
    piece.source = parsed.items.front().source;
  for (const RawEvent& e : parsed.events)
    batch.marks.push_back(journal::fingerprint_of(e.source, e.message_id));
  std::ranges::move(parsed.events, std::back_inserter(events));
  std::ranges::move(parsed.rejects, std::back_inserter(batch.parsed.rejects));
  std::ranges::move(parsed.items, std::back_inserter(batch.parsed.items));
  batch.pieces.push_back(piece);
}

}  // namespace

// Waits for records. False: stopped; what was read is read again next time.
bool Mover::collect(journal::Journal::Reader& reader, RecordReader& records, Batch& batch) {
  clear(batch);
  batch.from = batch.to = cut_;
  auto until = std::chrono::steady_clock::time_point::max();
  auto rest_at = std::chrono::steady_clock::now() + kQuiet;
  int rests = 2;  // the events of the last batch are freed later, by the thread that made a block of it
  for (;;) {
    bool wanted = false;
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return false;
      wanted = wanted_;
    }
    if (wanted && !batch.pieces.empty() && std::chrono::steady_clock::now() >= until) return true;
    auto record = reader.next();
    if (!record) {
      log::error("journal_not_readable", record.error());
      {
        const std::lock_guard lock(mutex_);
        status_.error = to_string(record.error());
      }
      if (!batch.pieces.empty()) return true;
      if (!pause(options_.back_off_max)) return false;
      continue;
    }
    if (*record) {
      add(batch, **record, records.read(**record), options_.block_events_max);
      if (batch.size() >= options_.block_events_max) return true;
      if (until == std::chrono::steady_clock::time_point::max())
        until = std::chrono::steady_clock::now() + chrono(options_.block_wait_max);
      continue;
    }
    (void)reader.wait({batch.pieces.empty() ? 50 : 10});
    if (!batch.pieces.empty() || std::chrono::steady_clock::now() < rest_at) continue;
    batch.parsed = {};
    batch.marks = {};
    batch.pieces = {};
    give_back_memory();
    rest_at = --rests > 0 ? std::chrono::steady_clock::now() + kQuiet
                          : std::chrono::steady_clock::time_point::max();
  }
}

// While one batch is being made a block, the next is read: two batches take turns, since their room for
// events is tens of megabytes.
void Mover::start_reading() {
  auto records = std::make_shared<RecordReader>(parts_.sources, parts_.gate, parts_.clock);
  std::shared_ptr<journal::Journal::Reader> reader = parts_.journal.read(cut_);
  auto batch = std::make_shared<std::unique_ptr<Batch>>(std::make_unique<Batch>());
  paced_ = std::chrono::steady_clock::now();
  paced_at_ = parts_.journal.end();
  reading_.start({.name = "mover-read",
                  .step = [this, records, reader, batch] { return read_one(*reader, *records, *batch); },
                  .gives_way = [this] { return gives_way_.load(); }});
}

// While one batch is being made a block, the next is read: two batches take turns, since their room for
// events is tens of megabytes.
bool Mover::read_one(journal::Journal::Reader& reader, RecordReader& records, std::unique_ptr<Batch>& batch) {
  if (!collect(reader, records, *batch)) return false;
  look_at_pace(*batch);
  cut_ = batch->to;
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return stopping_ || read_ == nullptr; });
  if (stopping_) return false;
  read_ = std::exchange(batch, std::exchange(spare_, nullptr));
  changed_.notify_all();
  lock.unlock();
  if (batch == nullptr) batch = std::make_unique<Batch>();
  return true;
}

void Mover::look_at_pace(const Batch& batch) {
  const auto now = std::chrono::steady_clock::now();
  if (now - paced_ < kPace) return;
  const journal::Position end = parts_.journal.end();
  // Of several segments the last, which is less than came in.
  const std::uint64_t bytes = end.segment == paced_at_.segment ? end.offset - paced_at_.offset : end.offset;
  const double seconds = std::chrono::duration<double>(now - std::exchange(paced_, now)).count();
  paced_at_ = end;
  const auto& events = batch.parsed.events;
  const bool is_old = !events.empty() && parts_.clock.now() - events.front().received_at > kPatience;
  gives_way_ = !is_old && static_cast<double>(bytes) / seconds > kBurstBytes;
}

std::unique_ptr<Batch> Mover::next_batch() {
  std::unique_lock lock(mutex_);
  wanted_ = true;
  wait_at_rest(
      changed_, lock, [&] { return stopping_ || read_ != nullptr || !asked_.empty(); },
      [&] { spare_.reset(); });
  wanted_ = false;
  if (stopping_) return nullptr;
  changed_.notify_all();
  auto batch = std::exchange(read_, nullptr);
  if (batch == nullptr) {  // decisions alone
    batch = spare_ != nullptr ? std::exchange(spare_, nullptr) : std::make_unique<Batch>();
    batch->from = batch->to = made_;
  }
  take_decisions(*batch);
  return batch;
}

// Under the lock.
void Mover::take_decisions(Batch& batch) {
  taken_.assign(asked_.begin(), asked_.end());
  asked_.clear();
  for (const auto& asked : taken_) batch.decisions.push_back(asked->decision);
}

// Under the lock.
void Mover::answer_decisions(const Fates& fates, BlockId block) {
  for (std::size_t i = 0; i < taken_.size(); ++i) {
    taken_[i]->block = block;
    taken_[i]->answer = fates.decided[i];
  }
  taken_.clear();
}

Result<identity::Decided> Mover::decide(identity::Decision decision, Millis longest) {
  return decide_all({std::move(decision)}, longest).front();
}

std::vector<Result<identity::Decided>> Mover::decide_all(std::vector<identity::Decision> decisions,
                                                         Millis longest) {
  std::vector<std::shared_ptr<Asked>> all;
  for (identity::Decision& decision : decisions) {
    all.push_back(std::make_shared<Asked>());
    all.back()->decision = std::move(decision);
  }
  const auto until = std::chrono::steady_clock::now() + chrono(longest);
  std::vector<Result<identity::Decided>> out;
  std::unique_lock lock(mutex_);
  const auto over = [&] { return dead_ || (stopping_ && prepared_all_); };
  if (!over()) asked_.insert(asked_.end(), all.begin(), all.end());
  changed_.notify_all();
  const auto answered = [](const auto& asked) { return asked->answer.has_value(); };
  changed_.wait_until(lock, until, [&] { return std::ranges::all_of(all, answered) || over(); });
  for (const auto& asked : all) {
    if (!asked->answer) {
      const bool is_waiting = std::erase(asked_, asked) > 0;
      out.push_back(over() ? fail(Code::kStopping)
                           : fail(Code::kServerBusy, "{}",
                                  is_waiting ? "nothing was done" : "it is carried out later"));
      continue;
    }
    // Also of one that changed nothing: what it repeats may still be on its way.
    if (*asked->answer)
      changed_.wait_until(lock, until, [&] { return delivered_ >= asked->block || over(); });
    out.push_back(*asked->answer);
  }
  return out;
}

void Mover::report(const Batch& batch, const Fates& fates) {
  std::vector<FeedItem> items;
  const bool listening = parts_.feed != nullptr && parts_.feed->listening();
  std::vector<std::string> names;
  if (listening) {
    names.reserve(batch.parsed.events.size() * 2 + batch.parsed.rejects.size());  // the items hold views
    for (std::size_t i = 0; i < batch.parsed.events.size(); ++i) {
      const RawEvent& e = batch.parsed.events[i];
      const Reason why = fates.events[i];
      const Fate fate = why == Reason::kNone        ? Fate::kStored
                        : why == Reason::kDuplicate ? Fate::kDropped
                                                    : Fate::kQuarantined;
      const std::string& name = names.emplace_back(scrub(e.name));
      const std::string& channel = names.emplace_back(scrub(e.channel));
      items.push_back({e.received_at, e.source, e.type, name, channel, e.message_id, fate, why, {}});
    }
    for (const Reject& r : batch.parsed.rejects) {
      const std::string& id = names.emplace_back(scrub(message_id_of(r)));
      items.push_back(
          {r.received_at, r.source, EventType::kTrack, {}, {}, id, Fate::kQuarantined, r.reason, r.detail});
    }
    parts_.feed->on_events(items);
  }
  std::vector<Watch> watches;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, watch] : watches_) watches.push_back(watch);
  }
  for (const Batch::Piece& piece : batch.pieces) {
    RecordFate fate{piece.at, piece.source,  piece.items,
                    0,        piece.rejects, std::span(fates.events).subspan(piece.first, piece.events)};
    for (std::size_t i = piece.first; i < piece.first + piece.events; ++i)
      ++(fates.events[i] == Reason::kNone        ? fate.stored
         : fates.events[i] == Reason::kDuplicate ? fate.dropped
                                                 : fate.quarantined);
    for (const Watch& watch : watches) watch(fate);
    const std::lock_guard lock(mutex_);
    status_.events += fate.stored;
    status_.dropped += fate.dropped;
    status_.quarantined += fate.quarantined;
  }
}

// Makes one block and queues it. False: stop.
bool Mover::prepare_one(Preparer& preparer, const Batch& batch) {
  Millis back_off = kBackOffMin;
  Fates fates;
  for (;;) {
    auto block = preparer.prepare(batch, fates);
    if (block) {
      if (options_.after && !options_.after(Step::kCommitted)) return die(), false;
      Instant oldest = parts_.clock.now();
      for (const RawEvent& e : batch.parsed.events) oldest = std::min(oldest, e.received_at);
      report(batch, fates);
      std::unique_lock lock(mutex_);
      status_.error.clear();
      coverage_ = fingerprints_->coverage();
      oldest_.push_back(oldest);
      made_ = batch.to;
      answer_decisions(fates, block->record.id);
      queue_.push_back(*std::move(block));
      changed_.notify_all();
      changed_.wait(lock, [&] { return queue_.size() < kQueueMax || stopping_; });
      return !dead_;
    }
    {
      const std::lock_guard lock(mutex_);
      if (dead_) return false;
      status_.error = to_string(block.error());
    }
    log::warn("block_not_made", {{"error", to_string(block.error())}});
    if (!pause(back_off)) return false;
    back_off = std::min(Millis{back_off.value * 2}, options_.back_off_max);
  }
}

void Mover::start_preparing() {
  auto preparer = std::make_shared<Preparer>(
      Preparer::Parts{parts_.identity_db, parts_.graph, parts_.keys, *fingerprints_, parts_.kinds,
                      parts_.quarantine, parts_.clock, *options_.age, options_.blocks, parts_.observer});
  if (options_.after)
    preparer->before_commit = [this] {
      const bool go_on = options_.after(Step::kFileWritten);
      if (!go_on) die();
      return go_on;
    };
  const auto step = [this, preparer] {
    auto batch = next_batch();
    const bool goes_on = batch != nullptr && prepare_one(*preparer, *batch);
    if (goes_on) clear(*batch);
    const std::lock_guard lock(mutex_);
    if (goes_on) {
      spare_ = std::move(batch);
    } else {
      prepared_all_ = true;
      changed_.notify_all();
    }
    return goes_on;
  };
  preparing_.start({.name = "mover-block", .step = step, .gives_way = [this] { return gives_way_.load(); }});
}

// Until it is done, or the mover stops. False: stop.
bool Mover::deliver_one(Deliverer& deliverer, const Block& block, bool after_crash) {
  Millis back_off = kBackOffMin;
  for (;;) {
    bool map_changed = false;
    const auto done = deliverer.deliver(block, after_crash, map_changed);
    {
      const std::lock_guard lock(mutex_);
      map_dirty_ = map_dirty_ || map_changed;
      if (dead_) return false;
      if (done) {
        status_.error.clear();
        ++status_.blocks;
        status_.last_block = parts_.clock.now();
        moved_ = position(block.record.to);
        delivered_ = block.record.id;
      } else {
        status_.error = to_string(done.error());
      }
      changed_.notify_all();
    }
    if (done) {
      parts_.journal.set_moved(position(block.record.to));
      return true;
    }
    log::warn("block_not_delivered", {{"block", block.record.id.value}, {"error", to_string(done.error())}});
    after_crash = true;  // it may have arrived all the same
    if (!pause(back_off)) return false;
    back_off = std::min(Millis{back_off.value * 2}, options_.back_off_max);
  }
}

// What a crash left. Marked done as it goes, not when all of it is: whoever is killed again and again must
// get further each time.
bool Mover::recover_blocks(Deliverer& deliverer) {
  constexpr std::chrono::milliseconds kStride{100};
  if (unfinished_.empty()) return true;
  if (const auto seen = deliverer.look_up(unfinished_.front().record.id, unfinished_.back().record.id); !seen)
    log::warn("blocks_not_looked_up", {{"error", to_string(seen.error())}});  // then one by one
  auto marked = std::chrono::steady_clock::now();
  for (; !unfinished_.empty(); unfinished_.pop_front()) {
    if (!deliver_one(deliverer, unfinished_.front(), true)) return false;
    if (std::chrono::steady_clock::now() - marked < kStride) continue;
    finish(deliverer);
    marked = std::chrono::steady_clock::now();
  }
  return true;
}

void Mover::deliver_loop() {
  begin_thread("mover-deliver");
  Deliverer deliverer({parts_.ledger, parts_.identity_db, parts_.hot, parts_.client, parts_.kinds,
                       parts_.quarantine, parts_.feed, options_.blocks, chrono(options_.hot_wait_max)});
  if (options_.after)
    deliverer.after = [this](Step step) {
      const bool go_on = options_.after(step);
      if (!go_on) die();
      return go_on;
    };
  if (!recover_blocks(deliverer)) return;
  for (;;) {
    const auto now = std::chrono::steady_clock::now();
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, std::min(deliverer.due().value_or(now + kRest), now + kRest),
                        [&] { return dead_ || prepared_all_ || !queue_.empty(); });
    if (dead_) return;
    if (queue_.empty()) {
      const bool is_last = prepared_all_;
      lock.unlock();
      if (!deliverer.due() && !is_last) rest();
      finish(deliverer);
      if (is_last) return;
      housekeeping();
      continue;
    }
    const Block& block = queue_.front();  // only this thread removes
    lock.unlock();
    if (!deliver_one(deliverer, block, false)) return;
    lock.lock();
    queue_.pop_front();
    oldest_.pop_front();
    changed_.notify_all();
    lock.unlock();
    housekeeping();
  }
}

// After a quiet minute: what a load took is given back, to the system too.
void Mover::rest() {
  parts_.hot.forget();
  give_back_memory();
}

// Nothing waits for it: what fails is tried again with the next block, or after a rest.
void Mover::finish(Deliverer& deliverer) {
  const auto done = deliverer.finish();
  if (done) return;
  log::warn("blocks_not_finished", {{"error", to_string(done.error())}});
  (void)pause(options_.back_off_max);
}

void Mover::housekeeping() {
  const Instant now = options_.age->now();
  if (now >= last_housekeeping_ && now - last_housekeeping_ < hours(1)) return;
  last_housekeeping_ = now;
  if (const auto dropped = parts_.journal.drop_moved(now - options_.journal_kept); !dropped)
    log::warn("journal_not_trimmed", {{"error", to_string(dropped.error())}});
  const auto forgotten = parts_.identity_db.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(identity::blocks::drop_done(tx, now - options_.journal_kept));
    return {};
  });
  if (!forgotten) log::warn("blocks_not_trimmed", {{"error", to_string(forgotten.error())}});
  const auto expired = parts_.quarantine.drop_before(now - options_.quarantine_kept);
  if (expired && *expired > 0) log::warn("quarantine_expired", {{"open_entries", *expired}});
}

Result<void> Mover::reload_map() {
  return parts_.client.execute({.sql = "SYSTEM RELOAD DICTIONARY subject_customer"});
}

void Mover::reload_loop() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return stopping_ || map_dirty_; });
    if (stopping_) {
      const bool last = map_dirty_ && !dead_;
      lock.unlock();
      if (last) (void)reload_map();
      return;
    }
    map_dirty_ = false;
    lock.unlock();
    const auto begin = std::chrono::steady_clock::now();
    const auto done = reload_map();
    const Millis took{
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin)
            .count()};
    lock.lock();
    if (!done) map_dirty_ = true;
    // A large map may use a fifth of the time, no more.
    const Millis rest = std::max(done ? Millis{700} : seconds(2), Millis{took.value * 4});
    changed_.wait_for(lock, chrono(rest), [&] { return stopping_; });
  }
}

bool Mover::wait_moved(journal::Position at, Millis longest) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, chrono(longest),
                    [&] { return moved_ >= at || dead_ || (stopping_ && prepared_all_ && queue_.empty()); });
  return moved_ >= at;
}

BlockId Mover::wait_delivered(BlockId known, Millis longest) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, chrono(longest), [&] { return delivered_ > known || dead_ || stopping_; });
  return delivered_;
}

MoverStatus Mover::status() const {
  const std::lock_guard lock(mutex_);
  MoverStatus status = status_;
  // The clock may have been put back since; what is on its way is never of age 0.
  if (!oldest_.empty()) status.lag = std::max(parts_.clock.now() - oldest_.front(), Millis{1});
  return status;
}

journal::Coverage Mover::retry_coverage() const {
  const std::lock_guard lock(mutex_);
  return coverage_;
}

std::uint64_t Mover::watch(Watch watch) {
  const std::lock_guard lock(mutex_);
  watches_.emplace(next_watch_, std::move(watch));
  return next_watch_++;
}

void Mover::unwatch(std::uint64_t id) {
  const std::lock_guard lock(mutex_);
  watches_.erase(id);
}

}  // namespace zhike::ingest
