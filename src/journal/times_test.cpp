#include "journal/times.h"

#include <gtest/gtest.h>

namespace zhike::journal {
namespace {

std::vector<std::int64_t> put_right(const std::vector<std::int64_t>& times, std::int64_t now) {
  std::vector<Instant> in;
  for (const std::int64_t ms : times) in.push_back({ms});
  std::vector<std::int64_t> out;
  for (const Instant at : plausible_times(in, {now})) out.push_back(at.ms);
  return out;
}

TEST(PlausibleTimes, LeaveWhatIsInOrder) {
  EXPECT_EQ(put_right({}, 9), (std::vector<std::int64_t>{}));
  EXPECT_EQ(put_right({1, 2, 2, 9}, 9), (std::vector<std::int64_t>{1, 2, 2, 9}));
}

TEST(PlausibleTimes, DateWhatAClockAheadHasMadeByWhatCameNext) {
  EXPECT_EQ(put_right({1, 900, 901, 4}, 9), (std::vector<std::int64_t>{1, 4, 4, 4}));
  EXPECT_EQ(put_right({1, 900}, 9), (std::vector<std::int64_t>{1, 9}));
}

TEST(PlausibleTimes, DateWhatAClockBehindHasMadeByWhatWasThere) {
  EXPECT_EQ(put_right({5, 0, 1, 7}, 9), (std::vector<std::int64_t>{5, 5, 5, 7}));
}

}  // namespace
}  // namespace zhike::journal
