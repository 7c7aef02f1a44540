// The voice of the customer: scores of each instrument, and what was said.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/ids.h"
#include "event/grant.h"
#include "query/cursor.h"
#include "query/filter.h"
#include "warehouse/client.h"

namespace zhike::feedback {

enum class Measure { kNps, kShare, kMean };  ///< points; share of the two best scores; plain mean
[[nodiscard]] std::string_view to_string(Measure measure) noexcept;  ///< "nps"

/// An instrument's scale and how it is summed up: nps 0-10, csat 1-5, ces 1-5 (1: very easy), review
/// 1-5. Instruments of other names have the scale of their answers and are summed up as a mean.
struct Scale {
  Measure measure = Measure::kMean;
  double min = 0, max = 0;
};
[[nodiscard]] std::optional<Scale> scale_of(std::string_view instrument) noexcept;

struct Score {
  std::optional<double> value, low, high;
  std::uint64_t n = 0;
  bool enough = false;
};
struct Bin {
  double score = 0;
  std::uint64_t count = 0;
};
struct ScorePoint {
  Instant at;
  Score score;
};
struct ScoreGroup {
  std::string key;
  Score score;
};
struct InstrumentUse {
  std::string instrument;
  std::uint64_t answers = 0;
};
struct Scores {
  std::string instrument;
  Scale scale;
  query::Grain grain = query::Grain::kDay;
  Score score;
  std::optional<double> mean;
  std::uint64_t promoters = 0, passives = 0, detractors = 0;  ///< of nps; else 0
  std::vector<Bin> distribution;                              ///< by score
  std::vector<ScorePoint> series;                             ///< every day, week or month of the range
  std::vector<ScoreGroup> groups;                             ///< most answers first
  std::vector<InstrumentUse> instruments;  ///< with answers in the range, most answers first
};
struct ScoreQuestion {
  query::Filter filter;
  std::string instrument;  ///< empty: nps when it has answers, else the one with most answers
  query::Grain grain = query::Grain::kDay;
  query::By by = query::By::kTouchpoint;
};
/// Thread-safe. Permission: kViewMetrics. Errors: kPermissionMissing, kBadFilter, and the client's.
[[nodiscard]] Result<Scores> scores(warehouse::Client& client, const Grant& grant,
                                    const ScoreQuestion& question);

struct Verbatim {
  std::uint64_t event_id = 0;
  Instant at;
  CustomerId customer;
  std::string name;  ///< masked; empty: unknown
  std::string channel, touchpoint, stage, unit, instrument;
  std::optional<double> score;
  std::string text;  ///< scrubbed
};
using NameOf = std::function<Result<std::string>(CustomerId)>;
struct VerbatimPage {
  std::vector<Verbatim> items;  ///< newest first
  std::optional<query::Cursor> next;
};
/// `name_of` gives masked names, an empty one for nobody. Thread-safe. Permission: kViewCustomers. `count` is
/// 1 to query::kPageMax. Errors: kPermissionMissing, kBadFilter, the client's, and those of `name_of`.
[[nodiscard]] Result<VerbatimPage> verbatims(warehouse::Client& client, const NameOf& name_of,
                                             const Grant& grant, const query::Filter& filter,
                                             const query::Cursor& before, std::uint32_t count);

}  // namespace zhike::feedback
