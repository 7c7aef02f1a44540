// The detectors of friction: what goes wrong in one case, and where. Pure; no object is thread-safe.
//
// loop            the 4th visit of a place
// back_and_forth  A B A B
// rage            the same event 4 times in 10 seconds
// dead_end        a failure after which nothing more happens
// ivr_loop        the 3rd time in one menu of self-service, others in between: a voice menu, a terminal
//   These five within a visit, which a pause of 30 minutes ends.
// channel_bounce    3 changes of channel in 3 days, where the customer came to us
// repeated_contact  a second contact with service, for another matter or in another visit
// wait              longer than the fence of the two steps of an order, ticket or application
// abandoned         the case is over and never reached one of the ends; without ends: a checkout without an
// order
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "journey/case_stream.h"

namespace zhike::journey {

enum class Detector : std::uint8_t {
  kNone,  ///< stands for all cases
  kAbandoned,
  kBackAndForth,
  kChannelBounce,
  kDeadEnd,
  kIvrLoop,
  kLoop,
  kRage,
  kRepeatedContact,
  kWait
};
[[nodiscard]] std::string_view to_string(Detector detector) noexcept;  ///< "loop"; empty: none
/// kNone: there is none of that name.
[[nodiscard]] Detector parse_detector(std::string_view text) noexcept;

/// Places and events are numbers of CaseKinds::names.
struct FrictionKey {
  Detector detector = Detector::kNone;
  std::uint32_t place = 0, other = 0;
  friend auto operator<=>(const FrictionKey&, const FrictionKey&) = default;
};
struct Strike {
  FrictionKey key{};
  std::int64_t ms = 0;  ///< from when on it had happened
  friend auto operator<=>(const Strike&, const Strike&) = default;
};

struct DetectorLimits {
  std::int64_t pause_ms = 0;  ///< that ends a case
  std::int64_t until_ms = 0;  ///< of the range: what comes later is not known
  bool has_ends = false;      ///< the kind of journey says where it is complete
  /// First kind × 2^32 + next: milliseconds beyond which the wait is abnormal.
  std::unordered_map<std::uint64_t, std::int64_t> fences{};
};

class Detectors {
 public:
  /// Both are borrowed.
  Detectors(const CaseKinds& kinds, const DetectorLimits& limits);
  /// Looks at one case.
  void look(std::span<const CaseEvent> every);
  /// Of the case looked at last: its steps, whether it reached an end, and what struck, each place once, the
  /// first time.
  [[nodiscard]] std::span<const CaseEvent> steps() const noexcept { return steps_; }
  [[nodiscard]] bool is_complete() const noexcept { return is_complete_; }
  [[nodiscard]] std::span<const Strike> strikes() const noexcept { return strikes_; }

 private:
  struct Turn {
    std::int64_t ms = 0;
    std::uint32_t place = 0, visit = 0;
  };
  void strike(Detector detector, std::uint32_t place, std::uint32_t other, std::int64_t ms);
  void find_turns();
  void find_loops();
  void find_returns();
  void find_rage();
  void find_dead_ends();
  void find_ivr_loops();
  void find_bounces();
  void find_contacts();
  void find_waits();
  void find_abandoned();
  [[nodiscard]] const CaseKinds::Kind& of(const CaseEvent& step) const { return kinds_.of(step); }

  const CaseKinds& kinds_;
  const DetectorLimits& limits_;
  std::uint32_t logistics_, campaign_, shipping_, delivery_, contact_, ticket_, checkout_, order_, payment_,
      self_service_;
  std::vector<CaseEvent> steps_, worked_;
  std::vector<std::uint32_t> visits_;  // of each step
  std::vector<Turn> turns_, hops_;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> seen_;
  std::vector<Strike> strikes_;
  bool is_complete_ = false;
};

}  // namespace zhike::journey
