// Counts and durations of requests, for /metrics in Prometheus' text format.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "server/router.h"

namespace zhike::server {

/// Thread-safe; recording takes no lock.
class Telemetry {
 public:
  explicit Telemetry(std::span<const Endpoint> endpoints);

  /// `endpoint`: index in the table; its size stands for everything else (files, unknown paths).
  void record(std::size_t endpoint, int status, std::chrono::nanoseconds took);
  /// The text; those endpoints that were asked at least once.
  [[nodiscard]] std::string text() const;

 private:
  static constexpr std::array<double, 11> kBoundsMs{1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500};
  struct Series {
    std::array<std::atomic<std::uint64_t>, kBoundsMs.size() + 1> buckets{};
    std::atomic<std::uint64_t> nanoseconds{0};
    std::array<std::atomic<std::uint64_t>, 6> classes{};  ///< by status / 100
  };
  [[nodiscard]] std::string_view name(std::size_t index) const;
  std::span<const Endpoint> endpoints_;
  std::unique_ptr<Series[]> series_;  // one per endpoint, then the rest
};

}  // namespace zhike::server
