// How often one caller may do something: a bucket of tokens for each key, in memory, bounded.
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace zhike::server {

/// Thread-safe. Forgets keys that are full again; when more than `keys_max` are not, all of them: a flood
/// from many addresses costs memory that is bounded, and then the limit rather than the service.
class RateLimit {
 public:
  using Clock = std::chrono::steady_clock;
  RateLimit(double burst, double per_second, std::size_t keys_max = 20'000)
      : burst_(burst), per_second_(per_second), keys_max_(keys_max) {}

  /// False: `key` has to wait.
  [[nodiscard]] bool take(std::string_view key, Clock::time_point now = Clock::now());

 private:
  struct Bucket {
    double tokens;
    Clock::time_point at;
  };
  [[nodiscard]] double tokens(const Bucket& bucket, Clock::time_point now) const;

  const double burst_, per_second_;
  const std::size_t keys_max_;
  std::mutex mutex_;
  std::unordered_map<std::string, Bucket> buckets_;  // guarded by mutex_
};

}  // namespace zhike::server
