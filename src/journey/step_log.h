// A log of steps: what was done in each case, when it began and ended, by whom, at what cost, by a machine or
// a person, and whether it failed. What process performance (journey/performance.h) is worked out from. Ids
// are places in vectors, times are milliseconds since 1970-01-01T00:00Z, costs are in the log's own unit.
// Values own their data; one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "mining/log.h"

namespace zhike::journey {

inline constexpr std::uint32_t kNoName = std::numeric_limits<std::uint32_t>::max();

/// What a rule that somebody named says of a step; kUnknown: no rule, or the step lacks what it asks for.
enum class Said : std::uint8_t { kUnknown, kNo, kYes };

/// What the life cycle of an activity says of an event (XES lifecycle:transition).
enum class Phase : std::uint8_t { kWhole, kStart, kComplete, kOther };
/// "start"; "complete"; another name of the standard model (schedule, assign, suspend, resume ...) is kOther;
/// anything else, and nothing, is kWhole: the event is the whole step. Letters of any case.
[[nodiscard]] Phase parse_phase(std::string_view text);

/// What is read of an event, before events are joined to steps.
struct RawStep {
  std::string_view activity, resource = {};
  std::int64_t begin = mining::kNoTime;  ///< kNoTime: not known
  std::int64_t end = mining::kNoTime;
  double cost = std::numeric_limits<double>::quiet_NaN();  ///< NaN: none
  Phase phase = Phase::kWhole;
  Said machine = Said::kUnknown, failed = Said::kUnknown;
};

struct Step {
  std::int64_t begin = mining::kNoTime;  ///< kNoTime: only its end is known
  std::int64_t end = 0;
  double cost = std::numeric_limits<double>::quiet_NaN();
  mining::Activity activity = 0;
  std::uint32_t resource = kNoName;
  Said machine = Said::kUnknown, failed = Said::kUnknown;
  Phase phase = Phase::kWhole;  ///< kWhole of all steps of a finished log

  [[nodiscard]] bool has_begin() const noexcept { return begin != mining::kNoTime; }
  /// When it took its place: its begin, else its end.
  [[nodiscard]] std::int64_t at() const noexcept { return has_begin() ? begin : end; }
};

/// Events that were no use, wholly or in part, and why.
struct Told {
  mining::LeftOut left_out;             ///< of events: without activity, case or time
  std::uint64_t end_before_start = 0;   ///< steps whose start was not used
  std::uint64_t never_completed = 0;    ///< starts without a completion: no steps
  std::uint64_t other_transitions = 0;  ///< events of the life cycle that neither start nor complete
  std::uint64_t without_resource = 0;   ///< steps
  std::uint64_t bad_costs = 0;          ///< steps whose cost is no number
};

struct StepLog {
  std::vector<std::string> activities, resources, groups;  ///< in order of first appearance
  std::vector<std::uint32_t> offsets{0};  ///< cases + 1: case c has steps offsets[c] to offsets[c + 1]
  std::vector<Step> steps;                ///< of a case by at(), then end, then as they came
  std::vector<std::uint32_t> group;       ///< of each case, place in `groups`, or kNoName
  Told told;
  bool machines_said = false, failures_said = false, has_costs = false;

  [[nodiscard]] std::size_t cases() const noexcept { return offsets.size() - 1; }
  [[nodiscard]] std::span<const Step> of(std::size_t c) const {
    return std::span(steps).subspan(offsets[c], offsets[c + 1] - offsets[c]);
  }
};

/// Collects a log, either case by case (add, then end_case) or row by row in any order (add_row). Not both.
class StepBuilder {
 public:
  static constexpr std::size_t kBytesMax = mining::LogBuilder::kBytesMax;

  /// `bytes_max`: how much memory the log may take, with what performance() needs beside it.
  explicit StepBuilder(std::size_t bytes_max = kBytesMax) : bytes_max_(bytes_max) {}

  /// A step without activity or end is left out. Errors: kLogTooLarge.
  [[nodiscard]] Result<void> add(const RawStep& step);
  /// A case without steps is none. Errors: kLogTooLarge.
  [[nodiscard]] Result<void> end_case(std::string_view group);
  /// `group`: the first of a case that is not empty counts. Errors: kLogTooLarge.
  [[nodiscard]] Result<void> add_row(std::string_view case_name, const RawStep& step, std::string_view group);
  void leave_out_without_case() { ++log_.told.left_out.without_case; }
  void count_bad_cost() { ++log_.told.bad_costs; }

  /// Joins starts with completions: within a case, a completion belongs to the oldest start of its activity
  /// that is still open; one without has no start time. Errors: kBadLog (no step is left). Leaves the builder
  /// empty.
  [[nodiscard]] Result<StepLog> finish(std::string_view what);

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>()(text);
    }
  };
  using Names = std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>>;

  Result<void> take(std::size_t bytes);
  Result<std::uint32_t> place(Names& names, std::vector<std::string>* into, std::string_view name);
  Result<bool> push(const RawStep& raw);
  Result<void> set_group(std::size_t c, std::string_view group);
  void by_case();
  void join();
  void join_case(std::vector<Step>& steps);

  std::size_t bytes_max_, bytes_ = 0;
  StepLog log_;
  Names activities_, resources_, groups_, cases_;
  std::vector<std::uint32_t> case_of_;  // of each row
  // Of the case that is joined: starts still open by activity, as places in it, and the first that is.
  std::vector<std::vector<std::uint32_t>> open_;
  std::vector<std::size_t> first_open_;
};

}  // namespace zhike::journey
