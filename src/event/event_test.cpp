#include <gtest/gtest.h>

#include "event/codec.h"
#include "event/grant.h"

namespace zhike {
namespace {

RawEvent full() {
  RawEvent e;
  e.name = "Order Completed";
  e.message_id = "m-1";
  e.occurred_at = {1'700'000'000'123};
  e.received_at = {1'700'000'000'456};
  e.source = {7};
  e.identifiers = {{IdentifierKind::kUserId, "u1"}, {IdentifierKind::kExternalId, "crm:9"}};
  e.channel = "web";
  e.case_id = "o1";
  e.amount = Money{-12345, *parse_currency("CNY")};
  e.instrument = "nps";
  e.score = 9.0F;
  e.text = "很好";
  e.properties = {{"n", std::int64_t{-5}}, {"d", 1.5}, {"b", true}, {"s", std::string("x")}, {"z", {}}};
  e.traits = {{"name", std::string("王小明")}};
  e.context = {{"page.url", std::string("/")}};
  return e;
}

TEST(Codec, RoundTripKeepsEverything) {
  RawEvent sparse;
  sparse.type = EventType::kAlias;
  const std::vector<RawEvent> events{full(), sparse};
  const auto back = decode(encode(events));
  ASSERT_TRUE(back);
  ASSERT_EQ(back->size(), 2U);
  const RawEvent& e = back->front();
  EXPECT_EQ(e.name, "Order Completed");
  EXPECT_EQ(e.identifiers, events[0].identifiers);
  EXPECT_EQ(e.amount, events[0].amount);
  EXPECT_EQ(e.score, 9.0F);
  EXPECT_EQ(e.properties, events[0].properties);
  EXPECT_EQ(e.traits, events[0].traits);
  EXPECT_EQ(e.context, events[0].context);
  EXPECT_EQ(encode(*back), encode(events));
}

TEST(Codec, EveryCutAndEveryFlipIsAnErrorOrAnEvent) {
  const std::vector<RawEvent> events{full()};
  const std::string bytes = encode(events);
  for (std::size_t i = 0; i < bytes.size(); ++i) EXPECT_FALSE(decode(bytes.substr(0, i))) << i;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 0xFF);
    const auto result = decode(changed);  // must not crash or over-allocate
    if (!result) {
      EXPECT_EQ(result.error().code, Code::kBadRecord);
    }
  }
}

TEST(Names, EveryKindReadsBack) {
  for (std::uint8_t i = 1; i <= kIdentifierKindCount; ++i) {
    const auto kind = static_cast<IdentifierKind>(i);
    EXPECT_EQ(parse_identifier_kind(to_string(kind)), kind);
  }
  EXPECT_EQ(to_string(IdentifierKind::kExternalId), "external_id");
  EXPECT_EQ(to_string(Reason::kUnreadable), "unreadable");
  EXPECT_FALSE(parse_event_type("Track"));
}

TEST(Grant, OwnerMayAll) {
  EXPECT_TRUE(Grant::owner().may(Permission::kManageUsers));
  EXPECT_FALSE(Grant{}.may(Permission::kViewMetrics));
}

}  // namespace
}  // namespace zhike
