#include "ingest/sensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ingest/test_world.h"

namespace zhike::ingest {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

constexpr Instant kNow{1'700'000'000'000};

Parsed parse(std::string_view text) { return must(SensorsParser().parse(text, {.now = kNow})); }
RawEvent one(std::string_view text) {
  Parsed parsed = parse(text);
  EXPECT_THAT(parsed.rejects, IsEmpty()) << (parsed.rejects.empty() ? "" : parsed.rejects[0].detail);
  EXPECT_THAT(parsed.events, SizeIs(1));
  return parsed.events.empty() ? RawEvent{} : parsed.events[0];
}
Identifier anonymous(std::string value) { return {IdentifierKind::kAnonymousId, std::move(value)}; }
Identifier user(std::string value) { return {IdentifierKind::kUserId, std::move(value)}; }

TEST(Sensors, ReadsATrackWithItsPresets) {
  const RawEvent e = one(R"({"type":"track","event":"ViewProduct","distinct_id":"c1","time":1699999990000,
    "_flush_time":1700000000000,"lib":{"$lib":"js","$lib_version":"1.26"},
    "properties":{"$url":"https://shop.example/p/1","$utm_source":"sms","$screen_width":1440,"sku":"P1","price":12.5}})");
  EXPECT_EQ(e.type, EventType::kTrack);
  EXPECT_EQ(e.name, "ViewProduct");
  EXPECT_EQ(e.occurred_at.ms, 1'699'999'990'000);
  EXPECT_EQ(e.channel, "web");
  EXPECT_THAT(e.identifiers, ElementsAre(anonymous("c1")));
  ASSERT_NE(find(e.context, "campaign.source"), nullptr);
  EXPECT_EQ(zhike::to_string(*find(e.context, "campaign.source")), "sms");
  EXPECT_EQ(zhike::to_string(*find(e.context, "library.name")), "js");
  EXPECT_EQ(zhike::to_string(*find(e.properties, "sku")), "P1");
  EXPECT_EQ(find(e.properties, "$url"), nullptr);
}

TEST(Sensors, ViewsBecomePagesAndScreens) {
  const RawEvent page = one(
      R"({"type":"track","event":"$pageview","distinct_id":"c1","properties":{"$title":"鞋","$url_path":"/p"}})");
  EXPECT_EQ(page.type, EventType::kPage);
  EXPECT_EQ(page.name, "鞋");
  const RawEvent screen = one(
      R"({"type":"track","event":"$MPViewScreen","distinct_id":"c1","properties":{"$lib":"MiniProgram","$url_path":"pages/a"}})");
  EXPECT_EQ(screen.type, EventType::kScreen);
  EXPECT_EQ(screen.name, "pages/a");
  EXPECT_EQ(screen.channel, "mini_program");
}

TEST(Sensors, IdentitiesComeBeforeDistinctId) {
  const RawEvent e = one(R"({"type":"track","event":"A","distinct_id":"x","identities":{
    "$identity_cookie_id":"c1","$identity_login_id":"u1","$identity_mobile":"13712349876","crm":77}})");
  EXPECT_THAT(e.identifiers, ElementsAre(user("u1"), Identifier{IdentifierKind::kPhone, "13712349876"},
                                         anonymous("c1"), Identifier{IdentifierKind::kExternalId, "crm:77"}));
  EXPECT_THAT(one(R"({"type":"track","event":"A","distinct_id":"u1","properties":{"$is_login_id":true}})")
                  .identifiers,
              ElementsAre(user("u1")));
  EXPECT_THAT(one(R"({"type":"track","event":"A","distinct_id":"u1","login_id":"u1","anonymous_id":"c1"})")
                  .identifiers,
              ElementsAre(user("u1"), anonymous("c1")));
}

TEST(Sensors, SigningUpLinksAndUnbindingTakesBack) {
  const RawEvent link = one(
      R"({"type":"track_signup","event":"$SignUp","distinct_id":"u1","original_id":"c1","properties":{}})");
  EXPECT_EQ(link.type, EventType::kAlias);
  EXPECT_THAT(link.identifiers, ElementsAre(user("u1"), anonymous("c1")));
  const RawEvent unbind =
      one(R"({"type":"track_id_unbind","event":"$UnbindID","distinct_id":"u1","login_id":"u1",
    "identities":{"$identity_mobile":"13800138000"},"properties":{}})");
  EXPECT_EQ(unbind.type, EventType::kAlias);
  EXPECT_EQ(unbind.trait_op, TraitOp::kUnset);
  EXPECT_THAT(unbind.identifiers, ElementsAre(user("u1")));  // the other is on the block-list
  EXPECT_THAT(one(R"({"type":"track_id_unbind","event":"$UnbindID","distinct_id":"c1","anonymous_id":"c1",
    "identities":{"$identity_mobile":"13912345678"},"properties":{"$lib":"js"}})")
                  .identifiers,
              ElementsAre(anonymous("c1"), Identifier{IdentifierKind::kPhone, "13912345678"}));
}

TEST(Sensors, ProfilesAndItems) {
  const RawEvent once = one(
      R"({"type":"profile_set_once","distinct_id":"u1","login_id":"u1","properties":{"city":"上海","email":"a@b.example"}})");
  EXPECT_EQ(once.type, EventType::kIdentify);
  EXPECT_EQ(once.trait_op, TraitOp::kSetOnce);
  EXPECT_THAT(once.identifiers,
              UnorderedElementsAre(user("u1"), Identifier{IdentifierKind::kEmail, "a@b.example"}));
  EXPECT_EQ(one(R"({"type":"profile_delete","distinct_id":"u1"})").trait_op, TraitOp::kDelete);
  const Parsed items =
      parse(R"([{"type":"item_set","item_type":"book","item_id":"0321","properties":{"price":9}},
    {"type":"item_delete","item_type":"book","item_id":5},{"type":"item_set","item_type":"book"}])");
  ASSERT_THAT(items.items, SizeIs(2));
  EXPECT_EQ(items.items[0].id, "0321");
  EXPECT_EQ(items.items[0].properties[0].second, "9");
  EXPECT_TRUE(items.items[1].gone);
  EXPECT_EQ(items.items[1].id, "5");
  ASSERT_THAT(items.rejects, SizeIs(1));
  EXPECT_EQ(items.rejects[0].reason, Reason::kNoIdentifier);
}

TEST(Sensors, ARetryIsTheSameMessage) {
  const auto id = [](std::string_view flush, std::string_view track) {
    return one(fmt::format(
                   R"({{"type":"track","event":"A","distinct_id":"c","time":1699999990000,"_track_id":{},"_flush_time":{}}})",
                   track, flush))
        .message_id;
  };
  EXPECT_EQ(id("1700000000000", "1"), id("1700000000900", "1"));
  EXPECT_NE(id("1700000000000", "1"), id("1700000000000", "2"));
}

TEST(Sensors, CorrectsAWrongClock) {
  EXPECT_EQ(
      one(R"({"type":"track","event":"A","distinct_id":"c","time":1600000000000,"_flush_time":1600000005000})")
          .occurred_at.ms,
      kNow.ms - 5000);
}

TEST(Sensors, WhatCannotBeReadSaysWhy) {
  const auto reason = [](std::string_view text) {
    const Parsed parsed = parse(text);
    EXPECT_THAT(parsed.rejects, SizeIs(1));
    return parsed.rejects.empty() ? Reason::kNone : parsed.rejects[0].reason;
  };
  EXPECT_EQ(reason(R"([5])"), Reason::kUnreadable);
  EXPECT_EQ(reason(R"({"event":"A"})"), Reason::kUnknownType);
  EXPECT_EQ(reason(R"({"type":"track","distinct_id":"c"})"), Reason::kNoName);
  EXPECT_EQ(reason(R"({"type":"track","event":"A"})"), Reason::kNoIdentifier);
  EXPECT_EQ(reason(R"({"type":"track","event":"A","distinct_id":"c","time":99999999999999})"),
            Reason::kBadTime);
  for (const char* text : {"", "5", "[", R"({"type":)"})
    EXPECT_EQ(SensorsParser().parse(text, {.now = kNow}).error().code, Code::kBadJson) << text;
}

TEST(Sensors, ProfileChangesAddUpToTraits) {
  TestWorld world;
  const auto send = [&](std::string_view text) {
    must(world.intake->accept(world.source("shop"),
                              must(SensorsParser().parse(text, {.now = Clock::system().now()}))));
    EXPECT_TRUE(world.settle());
  };
  const auto profile = [](std::string_view type, std::string_view properties, int track) {
    return fmt::format(
        R"({{"type":"{}","distinct_id":"u1","login_id":"u1","time":{},"_track_id":{},"properties":{}}})",
        type, 1'700'000'000'000 + track, track, properties);
  };
  send(profile("profile_set", R"({"city":"上海","visits":2,"tags":["a"],"level":"gold"})", 1));
  send(profile("profile_set_once", R"({"city":"北京","first":"web"})", 2));
  send(profile("profile_increment", R"({"visits":3,"coins":7,"city":1})", 3));
  send(profile("profile_increment", R"({"visits":3,"coins":7,"city":1})", 3));  // a retry
  send(profile("profile_append", R"({"tags":["b","c"]})", 4));
  send(profile("profile_unset", R"({"level":true})", 5));
  send(
      R"([{"type":"item_set","item_type":"book","item_id":"1","time":1700000000001,"properties":{"name":"A"}},
           {"type":"item_set","item_type":"book","item_id":"1","time":1700000000002,"properties":{"name":"B"}},
           {"type":"item_set","item_type":"book","item_id":"2","time":1700000000002,"properties":{"name":"C"}},
           {"type":"item_delete","item_type":"book","item_id":"2","time":1700000000003}])");
  const CustomerId customer = *must(world.graph->find({IdentifierKind::kUserId, "u1"}));
  const auto traits = [&] {
    std::vector<std::pair<std::string, std::string>> out;
    for (const auto& t : world.traits(customer)) out.emplace_back(t.key, t.value);
    return out;
  };
  using P = std::pair<std::string, std::string>;
  EXPECT_THAT(traits(),
              UnorderedElementsAre(P{"city", "上海"}, P{"visits", "5"}, P{"tags", R"(["a","b","c"])"},
                                   P{"first", "web"}, P{"coins", "7"}));
  EXPECT_EQ(world.number("SELECT count() FROM items FINAL WHERE NOT gone"), 1U);
  EXPECT_EQ(world.text("SELECT properties['name'] FROM items FINAL WHERE id = '1'"), "B");
  EXPECT_EQ(must(world.sources->stats(world.source("shop").id, {0})).totals.at(Reason::kNone), 9U);
  send(profile("profile_delete", "{}", 6));
  EXPECT_THAT(traits(), IsEmpty());
}

TEST(Sensors, SumsAndListsOfTwoCustomersAreOneWhileTheyAreOneCustomer) {
  TestWorld world;
  const auto send = [&](std::string_view type, std::string_view who, std::string_view properties, int at) {
    const std::string text = fmt::format(
        R"({{"type":"{}","identities":{{"{}"}},"distinct_id":"d","time":{},"_track_id":{},"properties":{}}})",
        type, who, 1'700'000'000'000 + at, at, properties);
    must(world.intake->accept(world.source("shop"),
                              must(SensorsParser().parse(text, {.now = Clock::system().now()}))));
    EXPECT_TRUE(world.settle());
  };
  constexpr std::string_view kUser = R"($identity_login_id":"u1)",
                             kPhone = R"($identity_mobile":"13951234567)";
  send("profile_increment", kUser, R"({"visits":3})", 20);
  send("profile_set", kUser, R"({"visits":100,"tags":["a"]})", 10);  // overtaken by the increment
  send("profile_append", kPhone, R"({"tags":["b"]})", 30);
  send("profile_increment", kPhone, R"({"visits":5})", 40);
  const auto customer = [&](IdentifierKind kind, std::string value) {
    return *must(world.graph->find({kind, std::move(value)}));
  };
  const CustomerId user = customer(IdentifierKind::kUserId, "u1"),
                   phone = customer(IdentifierKind::kPhone, "13951234567");
  using P = std::pair<std::string, std::string>;
  const auto traits = [&](CustomerId of) {
    std::vector<P> out;
    for (const auto& t : world.traits(of)) out.emplace_back(t.key, t.value);
    return out;
  };
  const std::vector<P> of_user{{"tags", R"(["a"])"}, {"visits", "103"}},
      of_phone{{"tags", R"(["b"])"}, {"visits", "5"}};
  EXPECT_EQ(traits(user), of_user);
  EXPECT_EQ(traits(phone), of_phone);
  const auto decide = [&](identity::Decision decision) {
    decision.actor = {1};
    decision.at = Clock::system().now();
    decision.reason = "test";
    return must(world.mover->decide(decision));
  };
  const auto merged = decide({.act = identity::Decision::Act::kMerge,
                              .left = SubjectId{user.value},
                              .right = SubjectId{phone.value},
                              .force = true});
  EXPECT_EQ(traits(user), (std::vector<P>{{"tags", R"(["a","b"])"}, {"visits", "108"}}));
  send("profile_increment", kPhone, R"({"visits":1})", 50);
  EXPECT_EQ(traits(user), (std::vector<P>{{"tags", R"(["a","b"])"}, {"visits", "109"}}));
  decide({.act = identity::Decision::Act::kSplit, .joins = {merged.version}});
  EXPECT_EQ(traits(user), of_user);
  EXPECT_EQ(traits(phone), (std::vector<P>{{"tags", R"(["b"])"}, {"visits", "6"}}));
}

}  // namespace
}  // namespace zhike::ingest
