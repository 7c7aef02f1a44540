#include "server/rate_limit.h"

#include <algorithm>

namespace zhike::server {

double RateLimit::tokens(const Bucket& bucket, Clock::time_point now) const {
  const double passed = std::chrono::duration<double>(now - bucket.at).count();
  return std::min(burst_, bucket.tokens + std::max(0.0, passed) * per_second_);
}

bool RateLimit::take(std::string_view key, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  if (buckets_.size() >= keys_max_) {
    std::erase_if(buckets_, [&](const auto& entry) { return tokens(entry.second, now) >= burst_; });
    if (buckets_.size() >= keys_max_) buckets_.clear();
  }
  Bucket& bucket = buckets_.try_emplace(std::string(key), Bucket{burst_, now}).first->second;
  bucket = {tokens(bucket, now), now};
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

}  // namespace zhike::server
