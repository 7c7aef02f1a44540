#include "stats/priority.h"

#include <gtest/gtest.h>

#include <vector>

namespace zhike::stats {
namespace {

// By hand: the lines are the means, 0.2 and 3.5.
TEST(Priorities, PutsEachDriverInItsQuadrant) {
  const std::vector<Standing> drivers{{.importance = 0.4,
                                       .performance = 2,
                                       .importance_interval = Interval{0.3, 0.5},
                                       .performance_interval = Interval{1.9, 2.1}},
                                      {.importance = 0.3,
                                       .performance = 5,
                                       .importance_interval = Interval{0.1, 0.5},
                                       .performance_interval = Interval{4.9, 5.1}},
                                      {.importance = 0.05,
                                       .performance = 3,
                                       .importance_interval = Interval{0.01, 0.1},
                                       .performance_interval = {}},
                                      {.importance = 0.05,
                                       .performance = 4,
                                       .importance_interval = Interval{0.01, 0.1},
                                       .performance_interval = Interval{3.8, 4.2}}};
  const Priorities found = priorities(drivers);
  EXPECT_DOUBLE_EQ(found.importance_line, 0.2);
  EXPECT_DOUBLE_EQ(found.performance_line, 3.5);
  const Quadrant expected[] = {Quadrant::kConcentrate, Quadrant::kKeepUp, Quadrant::kLowPriority,
                               Quadrant::kOverkill};
  const bool clear[] = {true, false, false, true};
  for (std::size_t d = 0; d < drivers.size(); ++d) {
    EXPECT_EQ(found.places[d].quadrant, expected[d]) << d;
    EXPECT_EQ(found.places[d].clear, clear[d]) << d;
  }
}

TEST(Priorities, ALoneDriverLiesOnBothLines) {
  const std::vector<Standing> one{{.importance = 0.4,
                                   .performance = 2,
                                   .importance_interval = Interval{0.3, 0.5},
                                   .performance_interval = Interval{1, 3}}};
  EXPECT_EQ(priorities(one).places[0].quadrant, Quadrant::kKeepUp);
  EXPECT_FALSE(priorities(one).places[0].clear);
}

}  // namespace
}  // namespace zhike::stats
