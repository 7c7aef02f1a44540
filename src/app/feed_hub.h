// What became of the events since the start: counters for everybody, single events for who listens.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>

#include "ingest/feed.h"

namespace zhike::app {

/// Thread-safe.
class FeedHub final : public ingest::Feed {
 public:
  explicit FeedHub(const Clock& clock) : clock_(clock) {}

  /// Borrowed; null takes it away, and no call to it is running any more when this returns.
  void set_listener(ingest::Feed* listener);

  [[nodiscard]] bool listening() const noexcept override { return listening_; }
  void on_events(std::span<const ingest::FeedItem> items) override;
  void on_counts(std::span<const ingest::SourceCounts> counts) override;

  void on_accepted(std::size_t events) override;

  struct Counters {
    std::uint64_t received = 0, stored = 0, dropped = 0, quarantined = 0;
    std::array<std::uint64_t, kReasonCount> by_reason{};
    double per_second = 0;  ///< received, over the last 5 seconds
  };
  [[nodiscard]] Counters counters() const;

 private:
  const Clock& clock_;
  std::atomic<bool> listening_{false};
  std::mutex listener_mutex_;
  ingest::Feed* listener_ = nullptr;
  std::array<std::atomic<std::uint64_t>, kReasonCount> by_reason_{};
  std::atomic<std::uint64_t> stored_{0}, dropped_{0}, quarantined_{0}, received_{0};
  mutable std::mutex rate_mutex_;
  mutable std::deque<std::pair<std::int64_t, std::uint64_t>> seconds_;  // second, received in it
};

/// The fate that a reason means.
[[nodiscard]] Fate fate_of(Reason reason) noexcept;

}  // namespace zhike::app
