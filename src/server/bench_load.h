// For benchmarks: bodies of /v1/batch that cost their maker next to nothing, so that a load generator on the
// same machine takes little from the service: the text is written once, and only what differs is put in.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace zhike::server::bench {

/// One thread. Events of a shop's visitors, 50,000 at a time with 20 events each, with a browser's context.
class BatchMaker {
 public:
  explicit BatchMaker(int events);
  /// A whole HTTP request with the events [first, first + events), numbered over the whole load. Valid until
  /// the next call.
  [[nodiscard]] const std::string& request(std::uint64_t first);

 private:
  static constexpr std::uint64_t kVisitors = 50'000, kEventsOfVisitor = 20;
  [[nodiscard]] static std::uint64_t visitor(std::uint64_t n);
  struct Slots {
    std::size_t id, user, minute, second, sku, price, path;
  };
  std::string text_;
  std::vector<Slots> slots_;
};

}  // namespace zhike::server::bench
