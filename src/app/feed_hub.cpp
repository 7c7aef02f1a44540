#include "app/feed_hub.h"

namespace zhike::app {
namespace {

constexpr std::int64_t kRateSeconds = 5;

}  // namespace

Fate fate_of(Reason reason) noexcept {
  if (reason == Reason::kNone) return Fate::kStored;
  return reason == Reason::kDuplicate ? Fate::kDropped : Fate::kQuarantined;
}

void FeedHub::set_listener(ingest::Feed* listener) {
  const std::lock_guard lock(listener_mutex_);
  listener_ = listener;
  listening_ = listener != nullptr;
}

void FeedHub::on_events(std::span<const ingest::FeedItem> items) {
  const std::lock_guard lock(listener_mutex_);
  if (listener_ != nullptr && listener_->listening()) listener_->on_events(items);
}

void FeedHub::on_counts(std::span<const ingest::SourceCounts> counts) {
  for (const auto& source : counts)
    for (const auto& [reason, count] : source.by_reason) {
      by_reason_[static_cast<std::size_t>(reason)] += count;
      switch (fate_of(reason)) {
        case Fate::kStored:
          stored_ += count;
          break;
        case Fate::kDropped:
          dropped_ += count;
          break;
        case Fate::kQuarantined:
          quarantined_ += count;
          break;
      }
    }
}

void FeedHub::on_accepted(std::size_t events) {
  received_ += events;
  const std::int64_t second = clock_.now().ms / 1000;
  const std::lock_guard lock(rate_mutex_);
  if (!seconds_.empty() && seconds_.back().first > second) seconds_.clear();  // the clock was put back
  if (seconds_.empty() || seconds_.back().first != second) seconds_.emplace_back(second, 0);
  seconds_.back().second += events;
  while (seconds_.front().first + kRateSeconds < second) seconds_.pop_front();
}

FeedHub::Counters FeedHub::counters() const {
  Counters out{.received = received_,
               .stored = stored_,
               .dropped = dropped_,
               .quarantined = quarantined_,
               .by_reason = {},
               .per_second = 0};
  for (std::size_t i = 0; i < kReasonCount; ++i) out.by_reason[i] = by_reason_[i];
  const std::int64_t second = clock_.now().ms / 1000;
  const std::lock_guard lock(rate_mutex_);
  std::uint64_t sum = 0;
  // The running second is left out: it is not full yet.
  for (const auto& [at, count] : seconds_)
    if (at < second && at >= second - kRateSeconds) sum += count;
  out.per_second = static_cast<double>(sum) / kRateSeconds;
  return out;
}

}  // namespace zhike::app
