// The digital-experience score of a business process, from the events of its cases: the weighted mean of six
// components, each from 0 to 100. It is about what customers do in the digital channels of the settings:
// their steps, and what goes with them (loads, searches, errors, ratings, what they were shown).
//
//   steps            100 · min(1, shortest ÷ steps), mean over complete cases without a step in other
//   channels
//                    than digital ones and logistics; shortest: see shortest_of()
//   load             mean over loads: 100 up to 0.3 s, 0 from 10 s on, between them straight in the logarithm
//   findability      100 · searches followed by a target before the next search, in time ÷ searches
//   errors           100 · (1 - errors ÷ (digital steps and errors that are no steps))
//   interface        mean answer, 0 at its worst score and 100 at its best
//   personalisation  100 · Σ preference ÷ what was shown; preference for a sort: how often the customer had
//   chosen
//                    it before the case began ÷ how often the sort that was chosen most
//
// Customers are the clusters of every figure: what one of them did is no independent draw. Intervals are at
// 95 % by linearisation (stats/joint_ratios.h), `shortest` taken as given. A component of fewer than
// kExperienceLeast customers has no value, and its weight goes to the others in proportion; where those with
// a value weigh less than kExperienceWeightLeast together there is no score. Nothing missing counts as 0 or
// 100.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "journey/experience_settings.h"
#include "stats/interval.h"
#include "stats/joint_ratios.h"

namespace zhike::journey {

inline constexpr std::uint64_t kExperienceLeast = 10;  ///< customers
inline constexpr double kExperienceWeightLeast = 50;   ///< percent
inline constexpr std::int64_t kVisitMs =
    30 * 60'000;  ///< what goes with a case comes this long after its end
inline constexpr double kFastSeconds = 0.3, kSlowSeconds = 10;

/// 0 to 100 of a load that took so many seconds, 0 or more.
[[nodiscard]] double load_score(double seconds);

/// What of the kinds of events the settings mean; made once for a question.
struct KindUse {
  bool digital = false, neutral = false;  ///< channel: one of the settings; logistics, or not known
  bool error = false, shown = false, chosen = false;
  std::uint32_t loads = 0;                  ///< bit i: property i of load_properties()
  std::uint16_t searches = 0, targets = 0;  ///< bit i: rule i
  std::uint16_t channel = 0;                ///< in ExperienceKinds::channels
  [[nodiscard]] bool is_signal() const { return error || shown || chosen || searches != 0 || targets != 0; }
};
struct KindRow {
  std::uint32_t kind = 0;
  std::string_view type, name, channel, touchpoint;
};
struct ExperienceKinds {
  std::unordered_map<std::uint32_t, KindUse> of;
  std::vector<std::string> channels;
  bool knows_errors = false;  ///< some kind of event is an error: that none came then means something
};
[[nodiscard]] ExperienceKinds kinds_of(std::span<const KindRow> kinds, const ExperienceSettings& settings);

/// A row of sql/experience.sql.
struct ExperienceMark {
  static constexpr std::uint8_t kStep = 1, kFirst = 2, kEnd = 4,
                                kRating = 8;  ///< `what`, as bits; 0: a signal
  std::uint64_t customer = 0;
  std::uint8_t what = 0;
  std::int64_t ms = 0;
  std::uint32_t kind = 0;
  double value = -1;   ///< seconds of a load (below 0: none), score of a rating
  std::string word{};  ///< instrument of a rating; of a signal, the sort of what was shown or chosen
};

/// Ratios that are summed up by customer: the components, then these.
inline constexpr std::size_t kEffortRatio = kParts, kStepCountRatio = kParts + 1, kSecondsRatio = kParts + 2,
                             kRatios = kParts + 3;

/// What the cases of customers came to, a line for each customer and channel. `steps` are the lengths of
/// cases that count for the component steps, so that its sums are made once the shortest is known.
struct ExperienceSample {
  struct Line {
    std::uint64_t customer = 0;
    std::uint16_t channel = 0;  ///< that of all digital steps of the case; kMixed: of several
    std::array<double, kRatios> y{}, x{};
    std::size_t steps_from = 0, steps_count = 0;  ///< in `steps`
    std::uint32_t cases = 0, complete = 0;
  };
  static constexpr std::uint16_t kMixed = 0xFFFF;
  std::vector<Line> lines;  ///< those of a customer beside each other
  std::vector<std::uint32_t> steps;
};

/// Adds the lines of one customer: `marks` are all of the customer, in order (time, event, step before
/// signal). `pause_ms`: of the kind of journey; an answer belongs to a case that it follows no later than
/// that.
void add_customer(std::span<const ExperienceMark> marks, const ExperienceKinds& kinds,
                  const ExperienceSettings& settings, std::int64_t pause_ms, ExperienceSample& to);

/// The fewest steps that complete cases took, as long as at least 3 of them and one in a hundred took so few
/// or fewer: what customers do, not what one of them once did. None: fewer than 3.
[[nodiscard]] std::optional<std::uint32_t> shortest_of(const ExperienceSample& sample);

enum class ExperienceRefusal : std::uint8_t {
  kNone,
  kNoEnd,        ///< the kind of journey has no end, so no case is complete
  kNoData,       ///< no such events or properties
  kTooFew,       ///< customers
  kNoErrorKind,  ///< no kind of event is an error: nobody reports them
  kLittleWeight  ///< of the score: too little weight has a value
};
[[nodiscard]] std::string_view to_string(ExperienceRefusal why) noexcept;  ///< "no_data", empty for kNone

struct ExperienceFigure {
  std::uint64_t n = 0, customers = 0;  ///< observations (cases, loads, searches ...), and whose they are
  std::optional<double> value{};
  std::optional<stats::Interval> interval{};
  double error = 0;  ///< standard error where there is a value
  ExperienceRefusal refused = ExperienceRefusal::kNone;
};
struct ExperiencePart {
  Part part{};
  ExperienceFigure figure{};
  double weight = 0;  ///< percent, of the settings
  double counts = 0;  ///< percent of the score that it makes up; 0 where it has no value
};
struct ExperienceScore {
  std::uint64_t cases = 0, customers = 0, complete = 0;
  std::array<ExperiencePart, kParts> parts{};
  ExperienceFigure score{};  ///< n: cases
  double weight = 0;         ///< percent of the weights that have a value
  ExperienceFigure effort{}, steps{},
      seconds{};  ///< mean answer; mean steps of complete cases; mean load time
};
struct ExperienceGroup {
  std::string channel;  ///< empty: cases in several
  ExperienceScore score;
};
struct Experience {
  std::optional<std::uint32_t> shortest{};
  ExperienceScore all{};
  std::vector<ExperienceGroup> channels{};  ///< most cases first
};

struct ExperienceContext {
  const ExperienceSettings& settings;
  const ExperienceKinds& kinds;
  bool has_end = true;                    ///< of the kind of journey
  std::optional<std::uint32_t> shortest;  ///< against which steps are measured
  /// Components that may count; those that a period lacks are left out of both when two are compared.
  std::array<bool, kParts> may_count{true, true, true, true, true, true};
};
/// Pure; safe from any thread.
[[nodiscard]] Experience experience_of(const ExperienceSample& sample, const ExperienceContext& context);

struct ExperienceChange {
  std::string_view what;  ///< "score", a component, "effort", "step_count", "load_seconds"
  double first = 0, second = 0;
  stats::ErrorDifference change{};
};
/// Of what both have: second less first. The customers of both count as independent.
[[nodiscard]] std::vector<ExperienceChange> compare(const ExperienceScore& first,
                                                    const ExperienceScore& second);

}  // namespace zhike::journey
