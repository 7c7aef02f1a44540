#include "journey/friction.h"

#include <gtest/gtest.h>

#include "journey/funnel.h"

namespace zhike::journey {
namespace {

const Grant kNobody{.user = {}, .permissions = 0, .all_units = true, .units = {}};
const Grant kNumbers{.user = {},
                     .permissions = 1U << static_cast<unsigned>(Permission::kViewMetrics),
                     .all_units = true,
                     .units = {}};
const query::Filter kFilter{.range = {{0}, {1}}};

TEST(Friction, OptionsOutOfRangeAreRefused) {
  const auto client = warehouse::Client::connect("unix:/nonexistent/engine.sock");
  EXPECT_EQ(friction(*client, Grant::owner(), kFilter, {.top = 0}).error().code, Code::kBadFilter);
  EXPECT_EQ(friction(*client, kNobody, kFilter, {}).error().code, Code::kPermissionMissing);
  EXPECT_EQ(friction(*client, Grant::owner(), kFilter, {}).error().code, Code::kWarehouseDown);
  const FrictionName loop{.detector = "loop", .place = "cart", .other = ""};
  EXPECT_EQ(affected(*client, kNumbers, kFilter, {}, loop, 10).error().code, Code::kPermissionMissing);
  EXPECT_EQ(affected(*client, Grant::owner(), kFilter, {}, {"hope", "", ""}, 10).error().code,
            Code::kBadFilter);
  EXPECT_EQ(affected(*client, Grant::owner(), kFilter, {}, loop, 0).error().code, Code::kBadFilter);
}

TEST(Funnel, StepsAreParsed) {
  const auto steps = parse_funnel_steps("cart,name:Order Completed,delivery");
  ASSERT_TRUE(steps) << to_string(steps.error());
  EXPECT_EQ(*steps, (std::vector<FunnelStep>{{"cart", ""}, {"", "Order Completed"}, {"delivery", ""}}));
  for (const auto* wrong : {"", "cart", "cart,", "cart,cart", "a,b,c,d,e,f,g", "cart,name:"})
    EXPECT_EQ(parse_funnel_steps(wrong).error().code, Code::kBadFilter) << wrong;
  EXPECT_EQ(*parse_funnel_order("strict"), FunnelOrder::kStrict);
  EXPECT_EQ(parse_funnel_order("loose").error().code, Code::kBadFilter);
}

TEST(Funnel, OptionsOutOfRangeAreRefused) {
  const auto client = warehouse::Client::connect("unix:/nonexistent/engine.sock");
  const std::vector<FunnelStep> steps{{"cart", ""}, {"order", ""}};
  const auto code = [&](const Grant& grant, const FunnelOptions& options) {
    return funnel(*client, grant, kFilter, options).error().code;
  };
  EXPECT_EQ(code(Grant::owner(), {}), Code::kBadFilter) << "no steps";
  EXPECT_EQ(code(Grant::owner(), {.steps = steps, .window = Millis{0}}), Code::kBadFilter);
  EXPECT_EQ(code(Grant::owner(), {.steps = steps, .by = query::By::kStage}), Code::kBadFilter);
  EXPECT_EQ(code(kNobody, {.steps = steps}), Code::kPermissionMissing);
  EXPECT_EQ(code(Grant::owner(), {.steps = steps}), Code::kWarehouseDown);
  EXPECT_EQ(dropped(*client, kNumbers, kFilter, {.steps = steps}, 1, 10).error().code,
            Code::kPermissionMissing);
  EXPECT_EQ(dropped(*client, Grant::owner(), kFilter, {.steps = steps}, 3, 10).error().code,
            Code::kBadFilter);
}

}  // namespace
}  // namespace zhike::journey
