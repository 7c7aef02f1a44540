// What customers felt in the stages of a kind of journey, counted case by case: each tally takes cases on one
// thread, tallies of several threads are added up. Pure; not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "journey/case_stream.h"
#include "journey/felt_marks.h"
#include "journey/map.h"
#include "stats/interval.h"

namespace zhike::journey {

/// Mean answer to "how much effort", 1 to 5, from the feeling of these answers; low is good.
[[nodiscard]] MapFigure ces_of(const MapFigure& level);

class FeelingTally {
 public:
  static constexpr std::size_t kExtremes = 3;
  /// How far from 0 in its direction, less than 0, and the event.
  using Extremes = std::vector<std::pair<double, std::uint64_t>>;
  struct Felt {
    stats::Moments customers{};  ///< of the mean of each
    std::uint64_t marks = 0, below = 0, above = 0;
    std::map<std::uint32_t, std::uint64_t> emotions{};  ///< sets of labels of comments, and how often
    Extremes worst{}, best{};                           ///< of comments; the farthest first, then by event
  };
  /// By stage (of CaseKinds::names) and source (of FeltMarks::sources; 0: all of them).
  using All = std::map<std::pair<std::uint32_t, std::uint32_t>, Felt>;

  /// Both are borrowed.
  FeelingTally(const CaseKinds& kinds, const FeltMarks& marks)
      : kinds_(kinds), marks_(marks), comment_(marks.source(FeltMarks::kComment)) {}
  /// Cases of a customer come one after another.
  void take(std::uint64_t customer, std::span<const CaseEvent> every);
  /// No customer may have been taken by both.
  void add(FeelingTally&& other);
  /// Of all that was taken.
  [[nodiscard]] const All& felt();

 private:
  /// Of the customer at hand, in one stage, of one source.
  struct Mine {
    std::uint32_t stage = 0, source = 0;
    std::uint64_t n = 0;
    double sum = 0;
  };
  void count(std::uint32_t stage, std::uint32_t source, const FeltMarks::Mark& mark);
  void settle();

  const CaseKinds& kinds_;
  const FeltMarks& marks_;
  std::uint32_t comment_;
  std::uint64_t customer_ = 0;
  std::vector<Mine> mine_;
  All felt_;
};

}  // namespace zhike::journey
