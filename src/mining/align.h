// Alignments: the cheapest way to read a trace as a run of a model. Adriansyah (2014), Aligning observed and
// modeled behavior, ch. 4; van der Aalst, Adriansyah and van Dongen (2012), Replaying history on process
// models for conformance checking and performance analysis, WIREs Data Mining and Knowledge Discovery
// 2:182-192. Events without a step of the model and visible steps without an event cost 1 each; silent steps
// are free.
#pragma once

#include <cstddef>
#include <cstdint>
#include <queue>
#include <span>
#include <vector>

#include "base/result.h"
#include "mining/states.h"

namespace zhike::mining {

struct Move {
  enum class Kind : std::uint8_t {
    kSync,    ///< an event and a step of the model with its label
    kLog,     ///< an event alone
    kModel,   ///< a visible step of the model alone
    kSilent,  ///< a silent step
  };
  Kind kind = Kind::kLog;
  std::uint32_t transition = 0;  ///< not of kLog
  Marking after = 0;             ///< of the model
};

struct Alignment {
  std::uint32_t cost = 0;
  std::vector<Move> moves;
};

/// A* over (marking, place in the trace) with an admissible, consistent estimate: an event whose label can no
/// longer happen costs 1, and so does a label that is necessary on every way to the end and not to come in
/// the trace (States::outlook). Of states that look equally good the one furthest in the trace comes first,
/// then the one with the fewest silent steps to the next event. Borrows `states`, which keep what was found
/// from one trace to the next. One thread.
class Aligner {
 public:
  /// The label of events whose activity the model does not know.
  static constexpr Activity kUnknown = Transition::kSilent;

  /// `bytes_max`: how much memory the search of one trace may take.
  explicit Aligner(States& states, std::size_t bytes_max = States::kBytesMax);

  /// Labels are those of the net, or kUnknown. The result is one of the cheapest, and always the same.
  /// Errors: kConformanceTooLarge; kBadNet (the model cannot come to its end).
  [[nodiscard]] Result<Alignment> align(std::span<const Activity> trace);

 private:
  struct Node {
    Marking marking;
    std::uint32_t place;  // in the trace, times 2, plus 1 after an event alone
    std::uint32_t cost, parent, transition;
  };
  struct Entry {
    std::uint32_t estimate, place, silent_steps, node, cost;
    bool operator<(const Entry& other) const noexcept;
  };
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};

  void prepare(std::span<const Activity> trace);
  Result<void> expand(std::uint32_t number);
  void reach(Marking marking, std::uint32_t place, std::uint32_t cost, std::uint32_t parent,
             std::uint32_t transition);
  std::uint32_t missing(const States::Outlook& outlook, std::uint32_t at) const;
  std::uint32_t& slot(Marking marking, std::uint32_t place);
  void grow();
  [[nodiscard]] std::size_t bytes() const noexcept;
  Alignment path_to(std::uint32_t number) const;

  States& states_;
  std::size_t bytes_max_;
  std::span<const Activity> trace_;
  std::vector<std::uint32_t> places_,
      first_place_;  // of each label in the trace, in order; where each label's begin
  std::vector<std::uint32_t> unknown_after_;  // events with an unknown label, from each place on
  std::vector<std::uint64_t> labels_;         // bits of those in the trace
  std::vector<Node> nodes_;
  std::vector<std::uint32_t> table_;
  std::priority_queue<Entry> open_;
};

}  // namespace zhike::mining
