#include "journey/journey.h"

#include <gtest/gtest.h>

namespace zhike::journey {
namespace {

const PathNode* node(const Paths& paths, int position, std::string_view key) {
  for (const PathNode& n : paths.nodes)
    if (n.position == position && n.key == key) return &n;
  return nullptr;
}

TEST(MergePaths, CountsNodesLinksAndEnds) {
  const std::vector<WeightedPath> found{{{"a", "b"}, false, 5}, {{"a", "c"}, true, 2}, {{"a"}, false, 1}};
  const Paths paths = merge_paths(found, {.level = Level::kStage, .steps = 2, .top = 8});
  EXPECT_EQ(paths.journeys, 8U);
  EXPECT_EQ(paths.shown, 8U);
  ASSERT_TRUE(node(paths, 0, "a") && node(paths, 1, "b") && node(paths, 1, "c") && node(paths, 1, "end"));
  EXPECT_EQ(node(paths, 0, "a")->count, 8U);
  EXPECT_EQ(node(paths, 1, "end")->count, 1U);
  std::uint64_t flow = 0;
  for (const PathLink& link : paths.links) {
    EXPECT_EQ(paths.nodes[link.source].position + 1, paths.nodes[link.target].position);
    flow += link.count;
  }
  EXPECT_EQ(flow, 8U);
}

TEST(MergePaths, MergesTheRareAtEachPosition) {
  const std::vector<WeightedPath> found{
      {{"a"}, false, 9}, {{"b"}, false, 5}, {{"c"}, false, 2}, {{"d"}, false, 1}};
  const Paths paths = merge_paths(found, {.level = Level::kStage, .steps = 3, .top = 2});
  EXPECT_EQ(paths.journeys, 17U);
  EXPECT_EQ(paths.shown, 14U);
  ASSERT_TRUE(node(paths, 0, "other"));
  EXPECT_EQ(node(paths, 0, "other")->count, 3U);
  EXPECT_FALSE(node(paths, 0, "c"));
  EXPECT_TRUE(merge_paths({}, {}).nodes.empty());
}

TEST(Levels, AreParsed) {
  EXPECT_EQ(*parse_level("channel"), Level::kChannel);
  EXPECT_EQ(parse_level("shop").error().code, Code::kBadFilter);
}

TEST(Options, OutOfRangeAreRefused) {
  const auto client = warehouse::Client::connect("unix:/nonexistent/engine.sock");
  const query::Filter filter{.range = {{0}, {1}}};
  EXPECT_EQ(paths(*client, Grant::owner(), filter, {.steps = 11}).error().code, Code::kBadFilter);
  EXPECT_EQ(graph(*client, Grant::owner(), filter, {.nodes = 1}).error().code, Code::kBadFilter);
  const Grant nobody{.user = {}, .permissions = 0, .all_units = true, .units = {}};
  EXPECT_EQ(stages(*client, nobody, filter, {}).error().code, Code::kPermissionMissing);
  EXPECT_EQ(stages(*client, Grant::owner(), filter, {}).error().code, Code::kWarehouseDown);
}

}  // namespace
}  // namespace zhike::journey
