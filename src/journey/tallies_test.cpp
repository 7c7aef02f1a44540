#include "journey/tallies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace zhike::journey {
namespace {

using testing::ElementsAre;

constexpr std::int64_t kMinute = 60'000, kHour = 60 * kMinute, kDay = 24 * kHour;
using Journey = std::vector<JourneyStep>;

// The running example of process mining (van der Aalst 2016, table 2.1): 6 cases, 42 events, 8 activities, 16
// edges.
enum : std::uint16_t { kTicket, kDecide, kCasually, kThoroughly, kPay, kRegister, kReinitiate, kReject };
std::int64_t at(int day, int hour, int minute) {  // of December 2010; January goes on from 32
  return day * kDay + hour * kHour + minute * kMinute;
}
const std::vector<Journey>& running_example() {
  static const std::vector<Journey> kCases{{{at(30, 10, 2), kRegister},
                                            {at(31, 9, 6), kThoroughly},
                                            {at(36, 14, 12), kTicket},
                                            {at(37, 10, 18), kDecide},
                                            {at(38, 13, 24), kReject}},
                                           {{at(30, 10, 32), kRegister},
                                            {at(30, 11, 12), kTicket},
                                            {at(30, 13, 16), kCasually},
                                            {at(36, 10, 22), kDecide},
                                            {at(39, 11, 5), kPay}},
                                           {{at(30, 13, 32), kRegister},
                                            {at(30, 14, 6), kCasually},
                                            {at(30, 15, 34), kTicket},
                                            {at(37, 8, 18), kDecide},
                                            {at(37, 11, 18), kReinitiate},
                                            {at(37, 12, 6), kThoroughly},
                                            {at(39, 10, 43), kTicket},
                                            {at(40, 8, 55), kDecide},
                                            {at(46, 9, 45), kPay}},
                                           {{at(37, 14, 2), kRegister},
                                            {at(38, 11, 6), kTicket},
                                            {at(39, 13, 43), kThoroughly},
                                            {at(40, 11, 2), kDecide},
                                            {at(43, 14, 44), kReject}},
                                           {{at(37, 8, 2), kRegister},
                                            {at(38, 9, 16), kCasually},
                                            {at(39, 10, 22), kTicket},
                                            {at(41, 12, 28), kDecide},
                                            {at(42, 15, 18), kReinitiate},
                                            {at(45, 13, 33), kTicket},
                                            {at(47, 14, 50), kCasually},
                                            {at(50, 10, 18), kDecide},
                                            {at(51, 11, 48), kReinitiate},
                                            {at(52, 8, 6), kCasually},
                                            {at(52, 10, 34), kTicket},
                                            {at(54, 12, 12), kDecide},
                                            {at(55, 13, 56), kReject}},
                                           {{at(37, 14, 2), kRegister},
                                            {at(37, 15, 6), kCasually},
                                            {at(38, 15, 22), kTicket},
                                            {at(38, 15, 52), kDecide},
                                            {at(47, 10, 47), kPay}}};
  return kCases;
}

GraphTally graph_of(std::size_t first, std::size_t last) {
  GraphTally out(8);
  for (std::size_t i = first; i < last; ++i) out.take(running_example()[i]);
  return out;
}

TEST(GraphTally, HasTheRunningExamplesEdges) {
  GraphTally tally = graph_of(0, 2);  // added up from two, as from two threads
  tally.add(graph_of(2, 6));
  EXPECT_THAT(tally.starts(), ElementsAre(0, 0, 0, 0, 0, 6, 0, 0));
  EXPECT_THAT(tally.ends(), ElementsAre(0, 0, 0, 0, 3, 0, 0, 3));
  std::map<std::pair<std::size_t, std::size_t>, std::pair<std::uint64_t, std::int64_t>> found;
  std::uint64_t total = 0;
  for (std::size_t a = 0; a < 8; ++a)
    for (std::size_t b = 0; b < tally.edges()[a].size(); ++b)
      if (auto& edge = tally.edges()[a][b]; edge.count > 0) {
        EXPECT_EQ(edge.gaps_ms.size(), edge.count);
        found[{a, b}] = {edge.count, *time_quantile(edge.gaps_ms, 0.5)};
        total += edge.count;
      }
  EXPECT_EQ(total, 36U);
  const decltype(found) expected{
      {{kTicket, kDecide}, {6, 129'300'000}},      {{kTicket, kCasually}, {2, 92'430'000}},
      {{kTicket, kThoroughly}, {1, 95'820'000}},   {{kDecide, kPay}, {3, 521'400'000}},
      {{kDecide, kReinitiate}, {3, 91'800'000}},   {{kDecide, kReject}, {3, 97'560'000}},
      {{kCasually, kTicket}, {4, 48'120'000}},     {{kCasually, kDecide}, {2, 375'420'000}},
      {{kThoroughly, kTicket}, {2, 309'090'000}},  {{kThoroughly, kDecide}, {1, 76'740'000}},
      {{kRegister, kTicket}, {2, 39'120'000}},     {{kRegister, kCasually}, {3, 3'840'000}},
      {{kRegister, kThoroughly}, {1, 83'040'000}}, {{kReinitiate, kTicket}, {1, 252'900'000}},
      {{kReinitiate, kCasually}, {1, 73'080'000}}, {{kReinitiate, kThoroughly}, {1, 2'880'000}}};
  EXPECT_EQ(found, expected);
}

TEST(NodeTally, CountsEachJourneyAndCustomerOnce) {
  NodeTally first(3), second(3);
  first.take(7, Journey{{0, 0}, {kMinute, 0}, {2 * kHour, 1}, {3 * kHour, 0}});
  first.take(7, Journey{{30 * kDay, 0}});
  second.take(8, Journey{{0, 1}, {5 * kMinute, 0}});
  first.add(std::move(second));
  EXPECT_EQ(first.journeys(), 3U);
  const auto& nodes = first.nodes();
  EXPECT_EQ(nodes[0].events, 5U);
  EXPECT_EQ(nodes[0].customers, 2U);
  EXPECT_EQ(nodes[0].journeys, 3U);
  EXPECT_EQ(nodes[0].ended, 3U);
  EXPECT_THAT(nodes[0].waits_ms, ElementsAre(5 * kMinute));
  EXPECT_EQ(nodes[1].customers, 2U);
  EXPECT_EQ(nodes[1].ended, 0U);
  EXPECT_THAT(nodes[1].waits_ms, ElementsAre(2 * kHour - kMinute));
  EXPECT_EQ(nodes[2].events, 0U);
}

std::vector<std::vector<mining::Activity>> listed(const mining::Sequences& of, std::size_t count) {
  std::vector<std::vector<mining::Activity>> out;
  for (const std::size_t i : most_frequent(of, count)) out.emplace_back(of[i].begin(), of[i].end());
  return out;
}

TEST(VariantTally, KeepsRepeatsAndCountsTheTooLongApart) {
  VariantTally tally(3), other(3);
  for (int i = 0; i < 2; ++i) tally.take(Journey{{0, 2}});
  tally.take(Journey{{0, 1}, {1, 1}, {2, 2}});
  tally.take(Journey{{0, 1}, {1, 1}, {2, 2}, {3, 2}});
  other.take(Journey{{0, 1}, {9, 1}, {9, 2}});
  other.take(Journey{{0, 1}, {9, 2}});
  tally.add(other);
  EXPECT_EQ(tally.too_long(), 1U);
  EXPECT_EQ(tally.sequences().total(), 5U);
  EXPECT_THAT(listed(tally.sequences(), 9),
              ElementsAre(ElementsAre(1, 1, 2), ElementsAre(2), ElementsAre(1, 2)))
      << "equally frequent ones in the order of their nodes";
  EXPECT_THAT(listed(tally.sequences(), 1), ElementsAre(ElementsAre(1, 1, 2)));
}

TEST(PathTally, ARunOfOneNodeIsOneStepAndSaysWhetherItGoesOn) {
  PathTally tally(2), other(2);
  tally.take(Journey{{0, 1}, {1, 1}, {2, 2}, {3, 2}});
  tally.take(Journey{{0, 1}, {1, 2}, {2, 1}, {3, 2}});
  other.take(Journey{{0, 1}, {1, 2}});
  tally.add(other);
  EXPECT_THAT(listed(tally.sequences(), 9),
              ElementsAre(ElementsAre(1, 2), ElementsAre(1, 2, PathTally::kGoesOn)));
  EXPECT_EQ(tally.sequences().count(most_frequent(tally.sequences(), 1)[0]), 2U);
}

TEST(TimeQuantile, LiesBetweenTheTwoNearest) {
  std::vector<std::int64_t> times{40, 10, 20, 30};
  EXPECT_EQ(time_quantile(times, 0.5), 25);
  EXPECT_EQ(time_quantile(times, 0.9), 37);
  EXPECT_EQ(time_quantile(times, 0), 10);
  EXPECT_EQ(time_quantile(times, 1), 40);
  EXPECT_EQ(time_quantile({}, 0.5), std::nullopt);
}

}  // namespace
}  // namespace zhike::journey
