// Journeys with an overall judgement, and what was felt on the way to it, case by case: each tally takes
// cases on one thread, tallies of several threads are added up. Pure; not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <vector>

#include "journey/case_stream.h"
#include "journey/felt_marks.h"
#include "stats/peak_end.h"

namespace zhike::journey {

class JudgedTally {
 public:
  struct Judged {
    std::uint64_t draw = 0;  ///< a hash of the journey
    std::uint64_t customer = 0;
    std::int64_t began_ms = 0;    ///< its first step
    double overall = 0;           ///< the last answer to the instrument
    std::size_t moments = 0;      ///< before it; of none there is no curve
    stats::EmotionCurve curve{};  ///< stages are numbers of CaseKinds::names
    friend bool operator<(const Judged& a, const Judged& b);
  };

  /// `instrument`: a number of FeltMarks::sources(), whose answers judge the whole; 0: there is none. The
  /// `most` journeys of the smallest draws are kept. Kinds and marks are borrowed.
  JudgedTally(const CaseKinds& kinds, const FeltMarks& marks, std::uint32_t instrument, std::size_t most)
      : kinds_(kinds), marks_(marks), instrument_(instrument), most_(most) {}
  void take(std::uint64_t customer, std::span<const CaseEvent> every);
  void add(JudgedTally&& other);

  [[nodiscard]] std::uint64_t judged() const noexcept { return judged_; }
  /// Those that are kept, in order of their draws.
  [[nodiscard]] std::vector<Judged> kept() const;
  /// In which something was felt on the way to a judgement.
  [[nodiscard]] const std::set<std::uint32_t>& stages() const noexcept { return stages_; }

 private:
  struct Felt {
    std::int64_t ms = 0;
    std::uint64_t event_id = 0;
    std::uint32_t stage = 0;
    double value = 0;
    bool has_value = false;
  };
  void keep(const Judged& one);

  const CaseKinds& kinds_;
  const FeltMarks& marks_;
  std::uint32_t instrument_;
  std::size_t most_;
  std::uint64_t judged_ = 0;
  std::vector<Judged> kept_;  // a heap, the largest draw on top
  std::set<std::uint32_t> stages_;
  std::vector<Felt> felt_;  // of the case at hand
  std::vector<stats::EmotionMoment> moments_;
};

}  // namespace zhike::journey
