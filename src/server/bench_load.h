// For benchmarks: bodies of /v1/batch that cost their maker next to nothing, so that a load generator on the
// same machine takes little from the service: the text is written once, and only what differs is put in.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace zhike::server::bench {

/// kKnown: every event names its customer by number. kJoining: of 20 events of a visitor ten name a browser
/// alone, eight a customer number alone, one both, and one is an `identify` with both, an e-mail address and
/// a phone number: two customers who turn out to be one, again and again.
enum class People : std::uint8_t { kKnown, kJoining };

/// One thread. Events of a shop's visitors, 50,000 at a time with 20 events each, with a browser's context.
class BatchMaker {
 public:
  explicit BatchMaker(int events, People people = People::kKnown);
  /// A whole HTTP request with the events [first, first + events), numbered over the whole load. Valid until
  /// the next call.
  [[nodiscard]] const std::string& request(std::uint64_t first);

 private:
  static constexpr std::uint64_t kVisitors = 50'000, kEventsOfVisitor = 20;
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  [[nodiscard]] static std::uint64_t visitor(std::uint64_t n);
  struct Slots {
    std::size_t id = kNone, browser = kNone, user = kNone, email = kNone, phone = kNone, minute = kNone,
                second = kNone, sku = kNone, price = kNone, path = kNone;
  };
  void write_event(std::string& body, int slot, People people);
  std::string text_;
  std::vector<Slots> slots_;
};

}  // namespace zhike::server::bench
