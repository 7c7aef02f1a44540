// The journey map: what happens in each stage of a kind of journey, how long it takes, what it costs in
// effort, what customers feel there and what goes wrong, from the events of a range.
//
// Shares of journeys have Wilson's interval, means Student's t, quantiles the ranks of stats/interval.h, each
// at 95 %. Journeys count as independent; of feelings each customer counts once in a stage. A figure of fewer
// than kMapLeast observations has no value.
//
// Feelings of all sources stand on one scale from -1 to 1: of an answer 2 (score - worst) / (best - worst) -
// 1 by feeling_scales(), of a comment the probability that it is positive less that it is negative. An answer
// or a comment belongs to the stage of the customer's last step before it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "event/grant.h"
#include "journey/definitions.h"
#include "journey/friction.h"
#include "query/filter.h"
#include "stats/interval.h"
#include "warehouse/client.h"

namespace zhike::journey {

inline constexpr std::uint64_t kMapLeast = 10;
inline constexpr std::size_t kMapActions = 12;  ///< of a stage that are answered, most frequent first
inline constexpr std::size_t kMapPains = 12;

/// The scores of an instrument that count as -1 and as 1; where low is good, `worst` is the larger.
struct FeelingScale {
  std::string_view instrument;
  std::uint64_t worst = 0, best = 0;
};
/// nps 0 to 10, csat and review 1 to 5, ces 5 to 1. Others are no feelings.
[[nodiscard]] std::span<const FeelingScale> feeling_scales();

/// A figure that may be refused: no value where n is below kMapLeast.
struct MapFigure {
  std::uint64_t n = 0;
  std::optional<double> value{};
  std::optional<stats::Interval> interval{};
};
/// What is counted of a stage: a touchpoint, a channel, an event's name.
struct MapCount {
  std::string key;
  std::uint64_t journeys = 0, customers = 0,
                events = 0;  ///< customers: 0 of event names, where none are counted
};
struct MapFeeling {
  std::string source;                             ///< an instrument, "comment"; empty: all
  MapFigure level{};                              ///< n: customers
  std::uint64_t marks = 0, below = 0, above = 0;  ///< answers and comments; those below and above 0
  stats::Moments moments{};                       ///< of customers' means
};
struct MapPain {
  FrictionName name;
  std::uint64_t journeys = 0, customers = 0;
  MapFigure share{};    ///< of the journeys that reach the stage
  bool moment = false;  ///< at a moment of truth of the definition
};
struct MapEmotion {
  std::string label;  ///< "emotion.anger"
  std::uint64_t n = 0;
};
struct MapStage {
  std::string stage;
  std::string owner{};  ///< by the definition; empty: none was named
  std::uint64_t journeys = 0, customers = 0, events = 0;
  std::uint64_t ended = 0;   ///< journeys whose last step is here
  MapFigure reach{};         ///< share of all journeys
  MapFigure wait, wait_p90;  ///< ms from the last step before the journey first leaves the stage to the next
  MapFigure effort;          ///< steps of a journey in the stage
  MapFigure ces;             ///< mean answer, 1 to 5, low is good; n: customers
  stats::Moments steps{};
  std::vector<MapCount> touchpoints, actions;  ///< most journeys first
  std::vector<MapCount> channels;              ///< most events first
  std::vector<std::string> moments;            ///< moments of truth of the definition that lie here
  std::vector<MapFeeling> feelings;            ///< all first, then by source
  std::vector<MapEmotion> emotions;            ///< of comments, most frequent first
  std::vector<MapPain> pains;                  ///< most journeys first
  std::vector<std::uint64_t> worst, best;      ///< events of the comments farthest from 0, 3 at most

  /// Null: nothing was said.
  [[nodiscard]] const MapFeeling* feeling() const { return feelings.empty() ? nullptr : &feelings.front(); }
};
struct JourneyMap {
  std::uint64_t journeys = 0, customers = 0, events = 0;
  std::uint64_t complete = 0;      ///< that reached one of the definition's ends
  std::vector<MapStage> stages{};  ///< in the order of the catalogue, then by key; those with journeys
};

struct MapOptions {
  Definition definition{};           ///< without a key: all events, and a pause of 7 days ends a journey
  std::uint32_t reading = 0;         ///< of comments, as feedback names it; 0: none were read
  std::vector<std::string> order{};  ///< of stages
};
/// A pass over the events of the range, one over those of cases, and one over answers and comments.
/// Thread-safe, blocks; permission kViewMetrics; `worst` and `best` are empty without kViewCustomers. Errors:
/// kPermissionMissing, kBadFilter, and the client's.
[[nodiscard]] Result<JourneyMap> map(warehouse::Client& client, const Grant& grant,
                                     const query::Filter& filter, const MapOptions& options);

/// Second less first: of shares by Newcombe, of means by Welch (stats/change.h), of quantiles from the two
/// intervals (Zou and Donner 2008, Statistics in Medicine 27:1693-1702).
struct MapDifference {
  std::string stage;
  std::string_view measure;  ///< "reach", "wait", "effort", "feeling"
  double first = 0, second = 0, difference = 0;
  stats::Interval interval{};
  [[nodiscard]] bool holds() const { return interval.low > 0 || interval.high < 0; }
};
/// Of every stage and measure that both have. The journeys of both count as independent. Pure.
[[nodiscard]] std::vector<MapDifference> compare(const JourneyMap& first, const JourneyMap& second);

}  // namespace zhike::journey
