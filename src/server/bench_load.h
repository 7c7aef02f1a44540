// For benchmarks: bodies of /v1/batch that cost their maker next to nothing, so that a load generator on the
// same machine takes little from the service: the text is written once, and only what differs is put in.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace zhike::server::bench {

/// Whose events they are. With `joins` about half of a visitor's events name a browser alone, the others a
/// customer number alone, one of 20 both, and the first kind of each visitor's events is an `identify` with
/// both, an e-mail address and a phone number: two customers who turn out to be one. Otherwise every event
/// names its customer by number.
struct People {
  bool joins = false;
  int events_each = 20;  ///< of a visitor, before the next one comes; divides 100
};

/// One thread. Events of a shop's visitors, 50,000 at a time, with a browser's context.
class BatchMaker {
 public:
  explicit BatchMaker(int events, People people = {});
  /// A whole HTTP request with the events [first, first + events), numbered over the whole load. Valid until
  /// the next call.
  [[nodiscard]] const std::string& request(std::uint64_t first);

 private:
  static constexpr std::uint64_t kVisitors = 50'000;
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  [[nodiscard]] std::uint64_t visitor(std::uint64_t n) const;
  struct Slots {
    std::size_t id = kNone, browser = kNone, user = kNone, email = kNone, phone = kNone, minute = kNone,
                second = kNone, sku = kNone, price = kNone, path = kNone;
  };
  void write_event(std::string& body, int slot);
  People people_;
  std::string text_;
  std::vector<Slots> slots_;
};

}  // namespace zhike::server::bench
