#include "ingest/lanes.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <atomic>
#include <set>
#include <vector>

namespace zhike::ingest {
namespace {

TEST(Lanes, StepsFollowEachOtherWhereTheyAreToldTo) {
  constexpr int kSteps = 200;
  std::atomic<int> inside{0};
  std::vector<int> policies;  // no lock: never two steps at once
  std::set<std::thread::id> threads;
  Lanes lanes;
  lanes.start({.name = "lanes-test",
               .step =
                   [&] {
                     EXPECT_EQ(++inside, 1);
                     policies.push_back(::sched_getscheduler(0));
                     threads.insert(std::this_thread::get_id());
                     --inside;
                     return policies.size() < kSteps;
                   },
               .gives_way = [&] { return policies.size() % 4 >= 2; }});
  lanes.join();
  ASSERT_EQ(policies.size(), kSteps);
  EXPECT_EQ(threads.size(), 2U);
  for (std::size_t n = 0; n < policies.size(); ++n)
    EXPECT_EQ(policies[n], n % 4 >= 2 ? SCHED_IDLE : SCHED_OTHER) << n;
}

TEST(Lanes, EndWithTheStepThatSaysSo) {
  int steps = 0;
  Lanes lanes;
  lanes.start({.name = "lanes-test", .step = [&] { return ++steps < 1; }, .gives_way = [] { return true; }});
  lanes.join();
  EXPECT_EQ(steps, 1);
}

}  // namespace
}  // namespace zhike::ingest
