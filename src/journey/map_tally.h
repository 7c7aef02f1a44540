// What happens in the stages of a kind of journey, counted case by case: each tally takes cases on one
// thread, tallies of several threads are added up. Pure; not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "journey/detectors.h"

namespace zhike::journey {

class MapTally {
 public:
  struct Count {
    std::uint64_t journeys = 0, customers = 0, events = 0;
    std::uint64_t seen_case = 0, seen_customer = 0;  ///< the last that were counted, by number
  };
  /// Of a stage: a touchpoint, a channel or an event's name, as a number of CaseKinds::names.
  struct Part {
    std::uint32_t stage = 0, name = 0;
    Count count{};
  };
  struct Stage {
    Count count{};
    std::uint64_t ended = 0;  ///< journeys whose last step is here
    double squares = 0;       ///< of the steps of each journey
    std::vector<std::int64_t>
        waits_ms{};  ///< from the last step before the journey first leaves it to the next step
    std::uint64_t in_case = 0, left_case = 0;
  };
  using Pains = std::map<std::pair<std::uint32_t, FrictionKey>, Count>;  ///< by the stage where it struck

  /// Both are borrowed.
  MapTally(const CaseKinds& kinds, const DetectorLimits& limits);
  void take(std::uint64_t customer, std::span<const CaseEvent> every);
  /// No customer may have been taken by both.
  void add(MapTally&& other);

  [[nodiscard]] const Count& all() const noexcept { return all_; }
  [[nodiscard]] std::uint64_t complete() const noexcept { return complete_; }
  [[nodiscard]] std::map<std::uint32_t, Stage>& stages() noexcept { return stages_; }
  [[nodiscard]] std::span<const Part> touchpoints() const noexcept { return touchpoints_.parts; }
  [[nodiscard]] std::span<const Part> channels() const noexcept { return channels_.parts; }
  [[nodiscard]] std::span<const Part> actions() const noexcept { return actions_.parts; }
  [[nodiscard]] const Pains& pains() const noexcept { return pains_; }

 private:
  /// Of each kind the place among the parts.
  struct Lane {
    std::vector<std::uint32_t> of_kind{};
    std::vector<Part> parts{};
    void add(std::uint32_t kind, std::uint32_t stage, std::uint32_t name);
    void add(const Lane& other);
  };
  void count(Count& into, std::uint64_t events = 1) const;
  void count_step(const CaseEvent& step);
  void count_waits();

  const CaseKinds& kinds_;
  Detectors detectors_;
  Count all_{};
  std::uint64_t complete_ = 0, cases_ = 0, customers_ = 0, customer_ = 0;
  std::map<std::uint32_t, Stage> stages_;
  Lane touchpoints_, channels_, actions_;
  Pains pains_;
};

}  // namespace zhike::journey
