#include "identity/rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "identity/survivor.h"
#include "identity/test_graph.h"

namespace zhike::identity {
namespace {

using enum IdentifierKind;
using testing::HasSubstr;

std::string with(std::string_view from, std::string_view to) {
  std::string text = Rules::defaults().to_json();
  const std::size_t at = text.find(from);
  cx_check(at != std::string::npos, "the text is there");
  return text.replace(at, from.size(), to);
}

TEST(Rules, AreReadAsTheyAreWritten) {
  Rules rules = Rules::defaults();
  EXPECT_EQ(rules.of(kUserId).rank, 1U);
  EXPECT_EQ(rules.of(kNationalId).exclusive, Exclusive::kEverywhere);
  rules.blocked = {{kPhone, "8653112345678"}};
  rules.traits = {{"city", Survivor::kMostFrequent}};
  rules.trusted = {{3}, {1}};
  const Rules read = TestGraph::must(Rules::parse(rules.to_json()));
  EXPECT_EQ(read.kinds, rules.kinds);
  EXPECT_EQ(read.blocked, rules.blocked);
  EXPECT_EQ(read.traits, rules.traits);
  EXPECT_EQ(read.trusted, rules.trusted);
  EXPECT_EQ(read.consent, "identity");
}

TEST(Rules, SayWhatIsWrong) {
  for (const auto& [text, said] : std::vector<std::pair<std::string, std::string>>{
           {"[]", "not a JSON object"},
           {with(R"("kind":"phone")", R"("kind":"fax")"), "fax"},
           {with(R"("kind":"phone")", R"("kind":"email")"), "email: appears twice"},
           {with(R"("limit":16)", R"("limit":0)"), "user_id: \"limit\""},
           {with(R"("exclusive":"everywhere")", R"("exclusive":"somewhere")"), "national_id"},
           {with(R"("release_shared":true)", R"("release_shared":1)"), "release_shared"},
           {with(R"("blocked":[])", R"("blocked":[{"kind":"phone"}])"), "without a value"},
           {with(R"("traits":[])", R"("traits":[{"key":"a","rule":"best"}])"), "\"rule\""}}) {
    const auto parsed = Rules::parse(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, Code::kBadField);
    EXPECT_THAT(parsed.error().detail, HasSubstr(said));
  }
}

TEST(Rules, BlockWhatTheyName) {
  TestGraph t;
  t.resolve({{{{kUserId, "u1"}, {kPhone, "13912345678"}}}});
  Rules rules = TestGraph::must(
      Rules::parse(with(R"("blocked":[])", R"("blocked":[{"kind":"email","value":"Shop@Example.com"}])")));
  t.graph().use(std::make_shared<const Rules>(rules));
  t.resolve({{{{kUserId, "u2"}, {kEmail, "shop@example.com"}}}});
  EXPECT_EQ(t.customer(kEmail, "shop@example.com"), 0U);
}

TEST(Rules, TrustAndLimitsAreTheirs) {
  Rules rules = Rules::defaults();
  std::swap(rules.kinds[0].rank, rules.kinds[1].rank);  // e-mail before user id
  rules.kinds[1].limit = 1;
  TestGraph t;
  t.graph().use(std::make_shared<const Rules>(rules));
  t.resolve({{{{kUserId, "u1"}, {kEmail, "a@b.io"}}}});
  const Outcome out = t.resolve({{{{kUserId, "u1"}, {kEmail, "c@d.io"}}}});
  EXPECT_EQ(out.conflicts, 1U);
  EXPECT_EQ(out.resolved[0].customer.value, t.customer(kEmail, "c@d.io"));  // trusted more
}

TEST(Survivors, ByTimeTrustAndNumber) {
  const auto said = [](std::string value, std::uint64_t source, std::int64_t at) {
    return Trait{.key = "city", .value = std::move(value), .source = {source}, .at = {at}};
  };
  const std::vector<Trait> all{said("Jinan", 1, 10), said("Beijing", 2, 30), said("Jinan", 3, 20)};
  Rules rules;
  EXPECT_EQ(survivors(rules, all).at(0).value, "Beijing");
  rules.traits = {{"city", Survivor::kMostFrequent}};
  EXPECT_EQ(survivors(rules, all).at(0).value, "Jinan");
  EXPECT_EQ(survivors(rules, all).at(0).at.ms, 20);
  rules.traits = {{"city", Survivor::kMostTrusted}};
  rules.trusted = {{1}};
  EXPECT_EQ(survivors(rules, all).at(0).source.value, 1U);
  // Taken away at 25: only what was said later is left.
  std::vector<Trait> gone = all;
  gone.push_back(said("", 4, 25));
  EXPECT_EQ(survivors(rules, gone).at(0).value, "Beijing");
  gone.push_back(said("", 4, 40));
  EXPECT_TRUE(survivors(rules, gone).empty());
}

}  // namespace
}  // namespace zhike::identity
