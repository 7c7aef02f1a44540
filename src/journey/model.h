// The model of the store's journeys: their variants, a process tree mined from them, and how well both agree.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "event/grant.h"
#include "journey/journey.h"
#include "mining/conform.h"
#include "mining/tree.h"
#include "query/filter.h"
#include "warehouse/client.h"

namespace zhike::journey {

struct ModelOptions {
  Level level = Level::kTouchpoint;
  double noise = 0.2;  ///< mining/inductive.h; 0 to 1
  int variants = 20;   ///< answered, 1 to 200
};

struct Variant {
  std::vector<std::string> steps;  ///< nodes, in order
  std::uint64_t journeys = 0;
  bool fits = false;  ///< the model allows it as it is
};

struct Model {
  struct Found {
    mining::Tree tree;
    mining::Conformance conformance;
  };
  std::uint64_t journeys = 0;      ///< all in the range
  std::uint64_t modelled = 0;      ///< in the 20,000 most frequent variants of at most 200 steps
  std::uint64_t variants = 0;      ///< different sequences, of all
  std::vector<std::string> names;  ///< of the tree's activities
  std::vector<Variant> items;      ///< most frequent first
  std::optional<Found> found;      ///< none: there are no journeys
};

/// Thread-safe, blocks for its query and the mining. Permission kViewMetrics. Errors: kPermissionMissing,
/// kBadFilter, the client's, kLogTooLarge, kConformanceTooLarge.
[[nodiscard]] Result<Model> model(warehouse::Client& client, const Grant& grant, const query::Filter& filter,
                                  const ModelOptions& options);

}  // namespace zhike::journey
