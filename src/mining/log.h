// An event log in columns: what happened in each case, in order, and the log's variants.
// Ids are places in vectors, times are milliseconds since 1970-01-01T00:00Z. Values own their data; the
// functions are pure, so safe from any thread.
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

namespace zhike::mining {

/// Place of an activity's name in a dictionary: of a log, or of a model.
using Activity = std::uint32_t;

inline constexpr std::int64_t kNoTime = std::numeric_limits<std::int64_t>::min();

/// Events that were no use, and why.
struct LeftOut {
  std::uint64_t without_activity = 0;
  std::uint64_t without_case = 0;
  std::uint64_t without_time = 0;  ///< of rows: nothing else says their order

  [[nodiscard]] std::uint64_t total() const noexcept {
    return without_activity + without_case + without_time;
  }
};

struct EventLog {
  std::vector<std::string> activities;  ///< in order of first appearance
  std::vector<std::string> cases;       ///< names; may be empty or repeated where the file has them so
  std::vector<std::uint32_t> offsets{
      0};  ///< cases + 1: case c has the events from offsets[c] to offsets[c + 1]
  std::vector<Activity> events;
  std::vector<std::int64_t> times;  ///< of each event, or kNoTime
  LeftOut left_out;
  std::uint64_t untimed = 0;    ///< events that are kept in the order of the file although they have no time
  std::uint64_t backwards = 0;  ///< events before the one that precedes them in their case

  [[nodiscard]] std::span<const Activity> trace(std::size_t c) const {
    return std::span(events).subspan(offsets[c], offsets[c + 1] - offsets[c]);
  }
  [[nodiscard]] std::span<const std::int64_t> trace_times(std::size_t c) const {
    return std::span(times).subspan(offsets[c], offsets[c + 1] - offsets[c]);
  }
};

/// Collects a log, either case by case (add, then end_case) or row by row in any order (add_row). Not
/// both; one thread.
class LogBuilder {
 public:
  static constexpr std::size_t kBytesMax = std::size_t{1} << 30U;

  /// `bytes_max`: how much memory the log may take.
  explicit LogBuilder(std::size_t bytes_max = kBytesMax) : bytes_max_(bytes_max) {}

  /// Errors: kLogTooLarge. An event without an activity is left out; one without a time is kept in its place.
  [[nodiscard]] Result<void> add(std::string_view activity, std::int64_t time);
  [[nodiscard]] Result<void> end_case(std::string_view name);
  /// A row without case, activity or time is left out. Errors: kLogTooLarge.
  [[nodiscard]] Result<void> add_row(std::string_view case_name, std::string_view activity,
                                     std::int64_t time);
  void leave_out_without_case() { ++log_.left_out.without_case; }

  /// Rows are put in order of time within each case; equal times keep the order of the rows.
  /// Errors: kBadLog (no event is left). Leaves the builder empty.
  [[nodiscard]] Result<EventLog> finish(std::string_view what);

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>()(text);
    }
  };
  using Names = std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>>;

  Result<void> push(std::string_view activity, std::int64_t time);
  Result<void> take(std::size_t bytes);
  void order_rows();

  std::size_t bytes_max_, bytes_ = 0;
  EventLog log_;
  Names activities_, cases_;
  std::vector<std::uint32_t> case_of_;  // of each row
};

/// Different sequences of activities, each with how often it was seen.
class Sequences {
 public:
  void add(std::span<const Activity> sequence, std::uint64_t count);
  /// All of another one.
  void add(const Sequences& more);
  [[nodiscard]] std::size_t size() const noexcept { return counts_.size(); }
  [[nodiscard]] std::span<const Activity> operator[](std::size_t i) const {
    return std::span(events_).subspan(offsets_[i], offsets_[i + 1] - offsets_[i]);
  }
  [[nodiscard]] std::uint64_t count(std::size_t i) const { return counts_[i]; }
  [[nodiscard]] std::uint64_t total() const noexcept { return total_; }          ///< sum of the counts
  [[nodiscard]] std::uint64_t events() const noexcept { return events_total_; }  ///< with their counts
  /// The most frequent first; equal ones in the order in which they were first seen.
  [[nodiscard]] Sequences by_count() const;

 private:
  void put(std::span<const Activity> sequence, std::uint64_t hash, std::uint64_t count);
  void make_table(std::size_t places);

  std::vector<Activity> events_;
  std::vector<std::size_t> offsets_{0};
  std::vector<std::uint64_t> counts_, hashes_;
  std::vector<std::uint32_t> table_;  // open addressing: place + 1, or 0
  std::uint64_t total_ = 0, events_total_ = 0;
};

/// The variants of a log, the most frequent first.
[[nodiscard]] Sequences variants_of(const EventLog& log);

}  // namespace zhike::mining
