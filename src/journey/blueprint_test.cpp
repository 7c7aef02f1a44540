#include "journey/blueprint.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "govern/keys.h"
#include "journey/blueprint_values.h"
#include "ledger/test_folder.h"

namespace zhike::journey {
namespace {

Blueprint blueprint() {
  return {.definition = "purchase",
          .steps = {{.key = "consider"}, {.key = "order", .is_touchpoint = true}},
          .cells = {{.lane = Lane::kCustomer,
                     .step = "consider",
                     .text_en = "Compares\nand asks",
                     .text_zh = "比较",
                     .owner = "Sales",
                     .bindings = {{.key = std::string(kMapReach)}, {.key = "nps", .channel = "web"}}},
                    {.lane = Lane::kSupport, .step = "order", .text_en = "Stock"}}};
}

JourneyMap map_of_two() {
  JourneyMap out{.journeys = 40};
  MapStage stage;
  stage.stage = "consider";
  stage.owner = "Sales";
  stage.reach = {.n = 40, .value = 0.5, .interval = stats::Interval{0.35, 0.65}};
  stage.wait = {.n = 20, .value = 60'000};
  stage.touchpoints = {{.key = "product", .journeys = 20}, {.key = "cart", .journeys = 10}};
  stage.channels = {{.key = "web"}};
  stage.actions = {{.key = "Product Viewed"}, {.key = "Cart Viewed"}};
  out.stages.push_back(stage);
  stage.stage = "purchase";
  stage.owner.clear();
  stage.touchpoints = {{.key = "cart", .journeys = 4}};
  out.stages.push_back(stage);
  return out;
}

TEST(Blueprint, IsTheSameAfterItWasWrittenAndRead) {
  boost::json::object written = to_json(blueprint());
  written["cells"].as_array()[0].as_object()["text_en"] = "Compares and asks";
  Blueprint wanted = blueprint();
  wanted.cells[0].text_en = "Compares and asks";
  const auto read = parse_blueprint("purchase", written);
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, wanted);
}

TEST(Blueprint, RefusesWhatIsNone) {
  const auto with = [](auto change) -> std::string_view {
    Blueprint of = blueprint();
    of.cells[0].text_en = "Compares";
    change(of);
    const auto read = parse_blueprint("purchase", to_json(of));
    return read ? "taken" : info(read.error().code).id;
  };
  EXPECT_EQ(with([](Blueprint&) {}), "taken");
  EXPECT_EQ(with([](Blueprint& of) { of.steps.clear(); }), "bad_field");
  EXPECT_EQ(with([](Blueprint& of) { of.steps.push_back(of.steps[0]); }), "bad_field");
  EXPECT_EQ(with([](Blueprint& of) { of.steps.resize(21, {.key = "x"}); }), "bad_field");
  EXPECT_EQ(with([](Blueprint& of) { of.cells.push_back(of.cells[0]); }), "bad_field");
  EXPECT_EQ(with([](Blueprint& of) { of.cells[0].step = "elsewhere"; }), "bad_field");
  EXPECT_EQ(with([](Blueprint& of) { of.cells[0].bindings[0].key = "map.mood"; }), "bad_field");
  EXPECT_EQ(with([](Blueprint& of) { of.cells[0].bindings.resize(7, {.key = "nps"}); }), "bad_field");
  EXPECT_EQ(with([](Blueprint& of) { of.cells[0].owner = std::string(201, 'x'); }), "bad_field");
}

TEST(Blueprint, ADraftHoldsWhatTheMapKnows) {
  const Blueprint found =
      draft("purchase", map_of_two(), [](bool chinese, bool is_channel, std::string_view key) {
        return (chinese ? "中" : "e") + std::string(is_channel ? "#" : "") + std::string(key);
      });
  ASSERT_EQ(found.steps.size(), 2U);
  EXPECT_EQ(found.version, 0U);
  EXPECT_EQ(found.cells[0].text_en, "eproduct, ecart");
  EXPECT_EQ(found.cells[0].text_zh, "中product, 中cart");
  EXPECT_EQ(found.cells[1].text_en, "Product Viewed, Cart Viewed");
  EXPECT_EQ(found.cells[2].lane, Lane::kFrontstage);
  EXPECT_EQ(found.cells[2].text_en, "e#web");
  EXPECT_EQ(found.cells[2].owner, "Sales");
  EXPECT_EQ(found.cells[3].bindings, std::vector<Binding>{{.key = std::string(kMapWait)}});
  EXPECT_TRUE(parse_blueprint("purchase", to_json(found))) << "a draft can be saved as it is";
}

TEST(Blueprint, FiguresOfTheMapNeedNoQuestion) {
  Blueprint of{.definition = "purchase",
               .steps = {{.key = "consider"}, {.key = "cart", .is_touchpoint = true}, {.key = "use"}}};
  for (const BlueprintStep& step : of.steps)
    of.cells.push_back({.lane = Lane::kCustomer,
                        .step = step.key,
                        .bindings = {{.key = std::string(kMapReach)}, {.key = std::string(kMapWait)}}});
  const auto client = warehouse::Client::connect("unix:/nonexistent/engine.sock");
  const query::Filter filter{.range = {{0}, {1}}};
  const auto found = values_of(*client, Grant::owner(), filter, of, map_of_two());
  ASSERT_TRUE(found);
  EXPECT_EQ((*found)[0][0].value, 0.5);
  EXPECT_EQ((*found)[0][0].low, 0.35);
  EXPECT_EQ((*found)[0][1].value, 60'000);
  EXPECT_EQ((*found)[1][0].value, 0.25) << "10 of 40 in the stage where most come there";
  EXPECT_FALSE((*found)[1][1].value) << "the map knows no wait of a touchpoint";
  EXPECT_FALSE((*found)[2][0].value) << "nobody was there";
  of.cells[0].bindings[0].key = "nps";
  EXPECT_EQ(values_of(*client, Grant::owner(), filter, of, {}).error().code, Code::kWarehouseDown);
}

class BlueprintsTest : public testing::Test {
 protected:
  void SetUp() override {
    keys_ = *govern::Keys::open(folder_.path / "keys");
    db_ = *ledger::Db::open({.file = folder_.path / "ledger.db", .migrations = ZHIKE_MIGRATIONS "/ledger"});
    audit_ = std::make_unique<govern::Audit>(*keys_);
  }
  TestFolder folder_;
  ManualClock clock_{{1'700'000'000'000}};
  std::unique_ptr<govern::Keys> keys_;
  std::unique_ptr<ledger::Db> db_;
  std::unique_ptr<govern::Audit> audit_;
};

TEST_F(BlueprintsTest, AreKeptByKindAndNotLostBetweenTwo) {
  Blueprints kept(*db_, *audit_, clock_);
  EXPECT_FALSE(kept.find("purchase")->has_value());
  Blueprint wanted = blueprint();
  wanted.cells[0].text_en = "Compares";
  ASSERT_TRUE(kept.put(Grant::owner(), wanted));
  EXPECT_EQ(kept.put(Grant::owner(), wanted).error().code, Code::kLedgerConflict);
  wanted.version = 1;
  EXPECT_EQ(kept.find("purchase")->value(), wanted);
  EXPECT_FALSE(kept.find("complaint")->has_value());
  wanted.steps.clear();
  EXPECT_EQ(kept.put(Grant::owner(), wanted).error().code, Code::kBadField);
  Grant viewer = Grant::owner();
  viewer.permissions = 1U << static_cast<unsigned>(Permission::kViewMetrics);
  EXPECT_EQ(kept.put(viewer, wanted).error().code, Code::kPermissionMissing);
}

}  // namespace
}  // namespace zhike::journey
