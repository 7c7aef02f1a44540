// What customers said in a range: their answers with a score, and their comments as they were read, by the
// event that each belongs to. On one scale from -1 to 1, see journey/map.h.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "event/grant.h"
#include "journey/case_stream.h"
#include "query/filter.h"
#include "warehouse/client.h"

namespace zhike::journey {

/// Answers and comments held at once: about 40 bytes each.
inline constexpr std::uint64_t kFeltMarksHeld = 1ULL << 23;

/// Filled once, then read by any thread.
class FeltMarks {
 public:
  struct Mark {
    std::uint64_t event_id = 0;
    double score = 0;            ///< of an answer
    double value = kNone;        ///< from -1 to 1; none: the scale of the instrument is not known
    std::uint32_t source = 0;    ///< a number of sources()
    std::uint32_t emotions = 0;  ///< of a comment, a number of emotions()
    static constexpr double kNone = -1e30;
    [[nodiscard]] bool has_value() const { return value > -1e29; }
  };
  static constexpr std::string_view kComment = "comment";

  /// `reading` of the comments; 0: none. Permission kViewMetrics. Blocks. Errors: kPermissionMissing,
  /// kBadFilter, kQueryTooLarge (more than kFeltMarksHeld), the client's.
  [[nodiscard]] static Result<FeltMarks> read(warehouse::Client& client, const Grant& grant,
                                              const query::Filter& filter, std::uint32_t reading);

  /// `figure`: the score of an answer; of a comment the probability that it is positive less that it is
  /// negative. `emotions`: labels, separated by commas. Before settle().
  void add(std::uint64_t event_id, std::string_view source, double figure, std::string_view emotions);
  /// After the last one.
  void settle();

  /// Of one event, in order of their values.
  [[nodiscard]] std::span<const Mark> of(std::uint64_t event_id) const;
  /// Instruments and kComment by number, 0 being the empty one.
  [[nodiscard]] const std::vector<std::string>& sources() const noexcept { return sources_.names; }
  /// Sets of labels by number, 0 being the empty one.
  [[nodiscard]] const std::vector<std::string>& emotions() const noexcept { return emotions_.names; }
  /// 0: nobody said anything there.
  [[nodiscard]] std::uint32_t source(std::string_view name) const;

 private:
  struct Names {
    std::vector<std::string> names{""};
    std::map<std::string, std::uint32_t, std::less<>> numbers{{"", 0}};
    std::uint32_t number(std::string_view name);
  };
  [[nodiscard]] std::size_t first_place(std::uint64_t event_id) const;

  std::vector<Mark> marks_;           // by event once settled
  std::vector<std::uint32_t> table_;  // open addressing: place of the event's first mark + 1, or 0
  Names sources_, emotions_;
};

/// Calls each(event, stage, marks) for the events of a case with which something was said, in order of time;
/// `stage` is that of the last step before, a number of CaseKinds::names. What was said before a step that
/// has a stage belongs nowhere.
template <class Each>
void each_felt(const CaseKinds& kinds, const FeltMarks& marks, std::span<const CaseEvent> every,
               const Each& each) {
  std::uint32_t stage = 0;
  for (const CaseEvent& event : every) {
    if (!event.is_answer && kinds.of(event).stage != 0) stage = kinds.of(event).stage;
    if (stage == 0) continue;
    if (const std::span<const FeltMarks::Mark> said = marks.of(event.event_id); !said.empty())
      each(event, stage, said);
  }
}

}  // namespace zhike::journey
