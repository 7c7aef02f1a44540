// Designed processes: what is a block, that the net allows what is drawn, and that no version is lost.
#include "journey/designs.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "govern/keys.h"
#include "journey/deviations.h"
#include "ledger/test_folder.h"
#include "mining/net.h"

namespace zhike::journey {
namespace {

namespace json = boost::json;

constexpr std::string_view kStep = R"({"op": "step", "key": ")";
std::string step(std::string_view key) { return std::string(kStep) + std::string(key) + R"("})"; }
std::string block(std::string_view op, const std::vector<std::string>& children) {
  std::string out = R"({"op": ")" + std::string(op) + R"(", "children": [)";
  for (const std::string& child : children) out += (out.back() == '[' ? "" : ", ") + child;
  return out + "]}";
}
Result<Process> read(const std::string& text) { return read_process(json::parse(text).as_object()); }
std::string refusal(const std::string& text) {
  const auto done = read(text);
  return done ? "taken" : done.error().detail;
}
const std::string kSilent = R"({"op": "silent"})";

/// A case of each word, one step a letter.
StepLog log_of(const std::vector<std::string>& words) {
  StepBuilder builder;
  for (const std::string& word : words) {
    for (std::size_t i = 0; i < word.size(); ++i)
      EXPECT_TRUE(builder.add(
          {.activity = std::string_view(word).substr(i, 1), .end = static_cast<std::int64_t>(i) * 60'000}));
    EXPECT_TRUE(builder.end_case(""));
  }
  return builder.finish("words").value();
}

TEST(Process, IsReadAndWrittenAlike) {
  const std::string text = block(
      "sequence", {step("cart"), block("xor", {step("pay"), kSilent}),
                   block("parallel", {step("ship"), step("bill")}), block("loop", {step("cart"), kSilent})});
  const auto found = read(text);
  ASSERT_TRUE(found) << to_string(found.error());
  EXPECT_EQ(found->names, (std::vector<std::string>{"cart", "pay", "ship", "bill"})) << "each key once";
  EXPECT_EQ(mining::to_string(found->tree, found->names),
            "->( 'cart', X( 'pay', tau ), +( 'ship', 'bill' ), *( 'cart', tau ) )");
  const auto again = read_process(process_json(found->tree, found->names));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->tree, found->tree);
}

// a, then b or not, then c and d in any order, then e as often as one likes, once at least.
TEST(Process, AllowsWhatIsDrawnAndNothingElse) {
  const auto drawn = read(
      block("sequence", {step("a"), block("xor", {step("b"), kSilent}),
                         block("parallel", {step("c"), step("d")}), block("loop", {step("e"), kSilent})}));
  ASSERT_TRUE(drawn);
  const mining::Net net = mining::net_of(drawn->tree, drawn->names);
  const auto fitting = [&](const std::vector<std::string>& words) {
    const auto found = deviations_of(log_of(words), net, {});
    EXPECT_TRUE(found);
    return found->fitting;
  };
  EXPECT_EQ(fitting({"abcde", "acde", "adce", "abdceee"}), 4U);
  EXPECT_EQ(fitting({"abce", "abbcde", "cade", "abcd", "x"}), 0U);
  const auto found = deviations_of(log_of({"acde", "acde", "ace"}), net, {});
  ASSERT_TRUE(found);
  ASSERT_EQ(found->items.size(), 1U);
  EXPECT_EQ(found->items[0].kind, DeviationKind::kSkipped);
  EXPECT_EQ(found->items[0].activity, "d");
}

TEST(Process, RefusesWhatIsNoBlock) {
  EXPECT_EQ(refusal(step("a")), "taken");
  EXPECT_NE(refusal(R"({"op": "dance"})").find("dance"), std::string::npos);
  EXPECT_NE(refusal(step("")).find("key"), std::string::npos);
  EXPECT_NE(refusal(step(std::string(61, 'k'))).find("key"), std::string::npos);
  EXPECT_NE(refusal(kSilent).find("needs a step"), std::string::npos);
  EXPECT_NE(refusal(block("sequence", {})).find("children"), std::string::npos);
  EXPECT_NE(refusal(block("loop", {step("a")})).find("children"), std::string::npos);
  EXPECT_NE(refusal(block("loop", {step("a"), step("b"), step("c")})).find("children"), std::string::npos);
  EXPECT_NE(refusal(R"({"op": "xor", "children": [1]})").find("no block"), std::string::npos);
  EXPECT_NE(refusal(block("xor", std::vector<std::string>(100, step("a")))).find("blocks"),
            std::string::npos);
  std::string deep = step("a");
  for (int i = 0; i < 8; ++i) deep = block("sequence", {deep});
  EXPECT_NE(refusal(deep).find("levels"), std::string::npos);
}

class DesignsTest : public testing::Test {
 protected:
  void SetUp() override {
    keys_ = *govern::Keys::open(folder_.path / "keys");
    db_ = *ledger::Db::open({.file = folder_.path / "ledger.db", .migrations = ZHIKE_MIGRATIONS "/ledger"});
    designs_ = std::make_unique<Designs>(*db_, govern::Audit(*keys_), clock_);
  }
  static DesignWish wish(std::string name, const std::string& text = step("cart")) {
    return {.name = std::move(name), .process = *read(text)};
  }

  TestFolder folder_;
  ManualClock clock_{{1'700'000'000'000}};
  std::unique_ptr<govern::Keys> keys_;
  std::unique_ptr<ledger::Db> db_;
  std::unique_ptr<Designs> designs_;
};

TEST_F(DesignsTest, KeepEveryVersion) {
  const auto made = designs_->put(Grant::owner(), wish("结算"));
  ASSERT_TRUE(made) << to_string(made.error());
  EXPECT_EQ(made->version, 1U);
  DesignWish next = wish("结算 2", block("sequence", {step("cart"), step("order")}));
  next.id = made->id;
  EXPECT_EQ(designs_->put(Grant::owner(), next).error().code, Code::kLedgerConflict) << "based on nothing";
  next.based_on = 1;
  next.level = Level::kStage;
  ASSERT_TRUE(designs_->put(Grant::owner(), next));
  EXPECT_EQ(designs_->put(Grant::owner(), next).error().code, Code::kLedgerConflict) << "somebody was faster";
  const auto all = designs_->list(Grant::owner());
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 1U);
  EXPECT_EQ(all->front().name, "结算 2");
  EXPECT_EQ(all->front().version, 2U);
  EXPECT_EQ(all->front().level, Level::kStage);
  const auto first = designs_->find(Grant::owner(), made->id, 1);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->process.names, std::vector<std::string>{"cart"});
  EXPECT_EQ(first->level, Level::kTouchpoint);
  EXPECT_EQ(first->latest, 2U);
  EXPECT_EQ(designs_->find(Grant::owner(), "结算 2")->id, made->id);
  EXPECT_EQ(designs_->find(Grant::owner(), made->id.str())->id, made->id);
  EXPECT_EQ(designs_->find(Grant::owner(), made->id, 3).error().code, Code::kNotFound);
}

TEST_F(DesignsTest, RefuseTakenNamesAndThoseWhoMayNot) {
  const auto made = designs_->put(Grant::owner(), wish("a"));
  ASSERT_TRUE(made);
  EXPECT_EQ(designs_->put(Grant::owner(), wish("a")).error().code, Code::kLedgerConflict);
  EXPECT_EQ(designs_->put(Grant::owner(), wish("")).error().code, Code::kBadField);
  EXPECT_EQ(designs_->put(Grant::owner(), wish("a\nb")).error().code, Code::kBadField);
  DesignWish gone = wish("b");
  gone.id = {17};
  EXPECT_EQ(designs_->put(Grant::owner(), gone).error().code, Code::kNotFound);
  Grant viewer = Grant::owner();
  viewer.permissions = 1U << static_cast<unsigned>(Permission::kViewMetrics);
  EXPECT_TRUE(designs_->list(viewer));
  EXPECT_EQ(designs_->put(viewer, wish("c")).error().code, Code::kPermissionMissing);
  EXPECT_EQ(designs_->remove(viewer, made->id).error().code, Code::kPermissionMissing);
  ASSERT_TRUE(designs_->remove(Grant::owner(), made->id));
  EXPECT_EQ(designs_->remove(Grant::owner(), made->id).error().code, Code::kNotFound);
  EXPECT_TRUE(designs_->list(Grant::owner())->empty());
}

}  // namespace
}  // namespace zhike::journey
