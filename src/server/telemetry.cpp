#include "server/telemetry.h"

#include <fmt/format.h>

#include <algorithm>

namespace zhike::server {

Telemetry::Telemetry(std::span<const Endpoint> endpoints)
    : endpoints_(endpoints), series_(std::make_unique<Series[]>(endpoints.size() + 1)) {}

void Telemetry::record(std::size_t endpoint, int status, std::chrono::nanoseconds took) {
  Series& series = series_[std::min(endpoint, endpoints_.size())];
  const double ms = std::chrono::duration<double, std::milli>(took).count();
  const auto bucket = std::lower_bound(kBoundsMs.begin(), kBoundsMs.end(), ms) - kBoundsMs.begin();
  series.buckets[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
  series.nanoseconds.fetch_add(static_cast<std::uint64_t>(took.count()), std::memory_order_relaxed);
  series.classes[static_cast<std::size_t>(std::clamp(status / 100, 0, 5))].fetch_add(
      1, std::memory_order_relaxed);
}

std::string_view Telemetry::name(std::size_t index) const {
  return index < endpoints_.size() ? endpoints_[index].operation : std::string_view("other");
}

std::string Telemetry::text() const {
  std::string requests =
      "# HELP zhike_http_requests_total Requests answered.\n# TYPE zhike_http_requests_total counter\n";
  std::string durations =
      "# HELP zhike_http_request_seconds Time from the whole request to its answer.\n"
      "# TYPE zhike_http_request_seconds histogram\n";
  for (std::size_t i = 0; i <= endpoints_.size(); ++i) {
    const Series& series = series_[i];
    std::uint64_t seen = 0;
    std::string lines;
    for (std::size_t b = 0; b < series.buckets.size(); ++b) {
      seen += series.buckets[b];
      const std::string bound = b < kBoundsMs.size() ? fmt::format("{}", kBoundsMs[b] / 1000) : "+Inf";
      lines += fmt::format("zhike_http_request_seconds_bucket{{operation=\"{}\",le=\"{}\"}} {}\n", name(i),
                           bound, seen);
    }
    if (seen == 0) continue;
    durations += lines;
    durations += fmt::format(
        "zhike_http_request_seconds_sum{{operation=\"{0}\"}} {1:.6f}\n"
        "zhike_http_request_seconds_count{{operation=\"{0}\"}} {2}\n",
        name(i), static_cast<double>(series.nanoseconds) / 1e9, seen);
    for (std::size_t c = 1; c < series.classes.size(); ++c)
      if (const auto count = series.classes[c].load(); count != 0)
        requests += fmt::format("zhike_http_requests_total{{operation=\"{}\",status=\"{}xx\"}} {}\n", name(i),
                                c, count);
  }
  return requests + durations;
}

}  // namespace zhike::server
