#include "identity/graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "identity/test_graph.h"

namespace zhike::identity {
namespace {

using enum IdentifierKind;

std::string norm(IdentifierKind kind, std::string value) { return normalize({kind, std::move(value)}); }

TEST(Normalize, MakesValuesComparable) {
  EXPECT_EQ(norm(kEmail, " Zhang.San@Example.COM "), "zhang.san@example.com");
  EXPECT_EQ(norm(kEmail, "mailto:a1@b.io"), "a1@b.io");
  EXPECT_EQ(norm(kEmail, "ｚｓ＠ｅｘ.ｃｎ"), "zs@ex.cn");
  for (const char* same : {"13912345678", "+86 139 1234 5678", "0086-139-1234-5678", "(+86)13912345678",
                           "８６１３９１２３４５６７８", "139 1234 5678 ext 12"})
    EXPECT_EQ(norm(kPhone, same), "8613912345678") << same;
  EXPECT_EQ(norm(kPhone, "+1 (415) 555-0132"), "14155550132");
  EXPECT_EQ(norm(kEmail, "Li.Hua+shop@googlemail.com"), "lihua@gmail.com");
  EXPECT_EQ(shown({kEmail, " Li.Hua+shop@gmail.com"}, "lihua@gmail.com"), "li.hua+shop@gmail.com");
  EXPECT_EQ(shown({kPhone, "139 1234 5678"}, "8613912345678"), "8613912345678");
  EXPECT_EQ(norm(kNationalId, "11010519491231002x"), "11010519491231002X");
  EXPECT_EQ(norm(kUserId, "\xe3\x80\x80 U-17\t\n"), "U-17");
  EXPECT_EQ(norm(kUserId, "u-17"), "u-17");  // case may matter to the system that gave it
}

TEST(Normalize, RefusesWhatIsNoIdentifier) {
  for (const char* bad :
       {"", "  ", "null", "NULL", "N/A", "unknown", "000000", "0", "未知", "-", "undefined"}) {
    EXPECT_EQ(norm(kUserId, bad), "") << bad;
    EXPECT_EQ(norm(kOrderId, bad), "") << bad;
  }
  for (const char* bad :
       {"test@test.com", "TEST@test.com", "no at", "@x.com", "a@", "a@b", "a@b@c.com", "a@b."})
    EXPECT_EQ(norm(kEmail, bad), "") << bad;
  for (const char* bad :
       {"13800138000", "+8613800138000", "1111111", "12345", "1234567890123456", "abc", "none 13912345678"})
    EXPECT_EQ(norm(kPhone, bad), "") << bad;
  EXPECT_EQ(norm(kDeviceId, "00000000-0000-0000-0000-000000000000"), "");
  EXPECT_EQ(norm(kUserId, std::string(257, 'a')), "");
  EXPECT_EQ(norm(kUserId, "111111"), "111111");  // a customer number may look like this
  EXPECT_EQ(normalize({static_cast<IdentifierKind>(0), "a"}), "");
  EXPECT_EQ(normalize({static_cast<IdentifierKind>(99), "a"}), "");
}

TEST(Normalize, SurvivesBrokenText) {
  for (const std::string& odd : {std::string("\xff\xfe\x00\x01", 4), std::string("\xef\xbc"),
                                 std::string("\xef"), std::string("\xe3\x80"), std::string("a\0b", 3)})
    for (int kind = 1; kind <= static_cast<int>(kIdentifierKindCount); ++kind)
      (void)norm(static_cast<IdentifierKind>(kind), odd);
}

TEST(GraphTest, JoinsChannelsIntoOneCustomer) {
  TestGraph t;
  const Outcome out = t.resolve({{{{kAnonymousId, "browser"}}},
                                 {{{kUserId, "u1"}, {kAnonymousId, "browser"}}},
                                 {{{kEmail, "A@b.io"}, {kUserId, "u1"}}},
                                 {{{kOrderId, "o-9"}, {kEmail, "a@B.io"}}},
                                 {{{kOrderId, "o-9"}}},
                                 {{{kPhone, "13912345678"}}}});
  ASSERT_EQ(out.resolved.size(), 6U);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(out.resolved[i].customer.value, 1U) << i;
  EXPECT_EQ(out.resolved[4].subject, out.resolved[3].subject);
  EXPECT_NE(out.resolved[5].customer.value, 1U);
  EXPECT_EQ(out.conflicts, 0U);
  EXPECT_TRUE(out.merges.empty());  // no customer of an earlier claim disappeared
  EXPECT_EQ(t.customer(kOrderId, "o-9"), 1U);
  EXPECT_EQ(t.customer(kEmail, "a@b.io"), 1U);
  EXPECT_EQ(t.customer(kEmail, "nobody@b.io"), 0U);
  EXPECT_EQ(t.customer(kEmail, "test@test.com"), 0U);
}

TEST(GraphTest, AMergeMovesTheMapAndKeepsItsEvidence) {
  TestGraph t;
  const Outcome apart =
      t.resolve({{{{kEmail, "a@b.io"}}}, {{{kPhone, "13912345678"}, {kLoyaltyId, "card"}}}});
  EXPECT_EQ(apart.resolved[1].customer.value, 2U);
  const Outcome joined = t.resolve({{{{kEmail, "a@b.io"}, {kPhone, "13912345678"}}, 7, 42}});
  ASSERT_EQ(joined.merges.size(), 1U);
  EXPECT_EQ(joined.merges[0].survivor.value, 1U);
  EXPECT_EQ(joined.merges[0].absorbed.value, 2U);
  ASSERT_EQ(joined.map_changes.size(), 2U);  // the phone and the card
  EXPECT_EQ(joined.map_changes[0].customer.value, 1U);
  EXPECT_GT(joined.map_changes[0].version, apart.map_changes.back().version);
  EXPECT_EQ(
      t.number("SELECT count(*) FROM joins WHERE left_subject = 1 AND right_subject = 2 AND survivor = 1 "
               "AND absorbed = 2 AND source = 7 AND at = 42"),
      1);
  EXPECT_EQ(t.number("SELECT count(*) FROM subject_map WHERE subject = 3"), 2);  // card: itself, 2, 1
  EXPECT_EQ(TestGraph::must(t.graph().subjects_of({1})).size(), 3U);
  EXPECT_EQ(TestGraph::must(t.graph().customer_of({3})).value, 1U);
  EXPECT_EQ(t.graph().customer_of({99}).error().code, Code::kNotFound);
}

TEST(GraphTest, TwoUserIdsOfOneSourceStayApart) {
  TestGraph t;
  const Outcome both = t.resolve({{{{kUserId, "u1"}, {kUserId, "u2"}, {kEmail, "a@b.io"}}}});
  EXPECT_EQ(both.conflicts, 1U);
  EXPECT_NE(t.customer(kUserId, "u1"), t.customer(kUserId, "u2"));
  EXPECT_EQ(t.customer(kEmail, "a@b.io"), t.customer(kUserId, "u1"));
  // The e-mail would bridge the two.
  const Outcome bridge = t.resolve({{{{kUserId, "u2"}, {kEmail, "a@b.io"}}}});
  EXPECT_EQ(bridge.conflicts, 1U);
  EXPECT_NE(t.customer(kUserId, "u1"), t.customer(kUserId, "u2"));
  EXPECT_EQ(bridge.resolved[0].customer.value, t.customer(kUserId, "u2"));
  // Another system's number of the same person is no conflict.
  const Outcome other = t.resolve({{{{kUserId, "crm-1"}, {kEmail, "a@b.io"}}, 2}});
  EXPECT_EQ(other.conflicts, 0U);
  EXPECT_EQ(t.customer(kUserId, "crm-1"), t.customer(kUserId, "u1"));
}

TEST(GraphTest, ADeviceThatChangesHandsJoinsNobody) {
  TestGraph t;
  t.resolve({{{{kAnonymousId, "tablet"}}}, {{{kUserId, "u1"}, {kAnonymousId, "tablet"}}}});
  EXPECT_EQ(t.customer(kAnonymousId, "tablet"), t.customer(kUserId, "u1"));
  // Whatever stands first, the event belongs to who is signed in.
  const Outcome out = t.resolve({{{{kAnonymousId, "tablet"}, {kUserId, "u2"}}}});
  EXPECT_EQ(out.conflicts, 1U);
  EXPECT_EQ(out.resolved[0].customer.value, t.customer(kUserId, "u2"));
  EXPECT_NE(t.customer(kUserId, "u2"), t.customer(kUserId, "u1"));
  EXPECT_EQ(t.customer(kAnonymousId, "tablet"), t.customer(kUserId, "u1"));
}

TEST(GraphTest, ASharedIdentifierStopsJoining) {
  TestGraph t;
  std::vector<OwnClaim> claims;
  for (int i = 0; i < 5; ++i)
    claims.push_back({{{kUserId, "u" + std::to_string(i)}, {kPhone, "+1 415 555 0132"}}});
  const Outcome out = t.resolve(claims);
  EXPECT_EQ(out.conflicts, 3U);  // u1, u2, u3; by u4 it is known to be shared
  EXPECT_EQ(t.number("SELECT shared FROM subjects WHERE kind = 3"), 1);
  // A newcomer without a user id would have joined: no longer.
  const Outcome later = t.resolve({{{{kEmail, "new@b.io"}, {kPhone, "+1 415 555 0132"}}}});
  EXPECT_NE(t.customer(kEmail, "new@b.io"), t.customer(kUserId, "u0"));
  EXPECT_EQ(later.conflicts, 0U);
  t.reopen();  // it is stored, not only cached
  t.resolve({{{{kEmail, "other@b.io"}, {kPhone, "+1 415 555 0132"}}}});
  EXPECT_NE(t.customer(kEmail, "other@b.io"), t.customer(kUserId, "u0"));
}

TEST(GraphTest, OneCustomerHasAtMostSoManyOfAKind) {
  TestGraph t;
  std::vector<OwnClaim> claims;
  for (int i = 0; i < 40; ++i)
    claims.push_back({{{kEmail, "e" + std::to_string(i) + "@b.io"}, {kDeviceId, "kiosk"}}});
  const Outcome out = t.resolve(claims);
  EXPECT_EQ(out.conflicts, 3U);
  EXPECT_EQ(t.number("SELECT count(*) FROM conflicts WHERE reason = 2"), 3);
  // The kiosk proved to be everybody's: what it had joined is taken apart again.
  EXPECT_EQ(
      t.number("SELECT max(n) FROM (SELECT count(*) AS n FROM subjects WHERE kind = 2 GROUP BY customer)"),
      1);
  EXPECT_EQ(t.number("SELECT count(*) FROM decisions WHERE kind = 4 AND source = 1"), 1);
}

TEST(GraphTest, UnusableClaimsGetNoCustomer) {
  TestGraph t;
  const Outcome out =
      t.resolve({{{}},
                 {{{kEmail, "test@test.com"}, {kPhone, "13800138000"}, {kUserId, std::string(300, 'x')}}},
                 {{{kUserId, "null"}, {kEmail, "real@b.io"}}}});
  EXPECT_FALSE(out.resolved[0].subject.is_set());
  EXPECT_FALSE(out.resolved[1].customer.is_set());
  EXPECT_EQ(out.resolved[2].customer.value, 1U);
  EXPECT_EQ(t.number("SELECT count(*) FROM subjects"), 1);
}

TEST(GraphTest, KeepsIdentifiersSealed) {
  TestGraph t;
  t.resolve({{{{kUserId, "u1"}, {kEmail, "very.private@example.com"}, {kPhone, "13912345678"}}}});
  const auto known = TestGraph::must(t.graph().identifiers_of({1}));
  ASSERT_EQ(known.size(), 3U);
  EXPECT_EQ(known[1].value, "very.private@example.com");
  EXPECT_EQ(known[2].value, "8613912345678");
  EXPECT_EQ(known[2].kind, kPhone);
  for (const char* suffix : {"", "-wal"}) {
    std::ifstream file(t.file().string() + suffix, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    EXPECT_THAT(bytes, testing::Not(testing::HasSubstr("very.private")));
    EXPECT_THAT(bytes, testing::Not(testing::HasSubstr("13912345678")));
  }
}

TEST(GraphTest, ARolledBackBlockLeavesNothing) {
  TestGraph t;
  t.resolve({{{{kUserId, "u1"}}}});
  const std::vector<Identifier> identifiers{{kUserId, "u1"}, {kEmail, "a@b.io"}};
  const Claim claim{identifiers, {1}, {1}};
  const auto failed = t.db().write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(t.graph().resolve(tx, {&claim, 1}));
    return fail(Code::kInternal, "on purpose");
  });
  EXPECT_FALSE(failed);
  t.graph().forget();
  EXPECT_EQ(t.customer(kEmail, "a@b.io"), 0U);
  const Outcome out = t.resolve({{identifiers}});
  EXPECT_EQ(out.resolved[0].customer.value, 1U);
  EXPECT_EQ(t.customer(kEmail, "a@b.io"), 1U);
  EXPECT_EQ(t.number("SELECT count(*) FROM subjects"), 2);
}

}  // namespace
}  // namespace zhike::identity
