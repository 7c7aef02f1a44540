#include "identity/cases.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "identity/test_graph.h"

namespace zhike::identity {
namespace {

class CasesTest : public testing::Test {
 protected:
  void SetUp() override {
    graph_.resolve({{{{IdentifierKind::kUserId, "u1"}}}, {{{IdentifierKind::kPhone, "13951234567"}}}});
    user_ = {graph_.customer(IdentifierKind::kUserId, "u1")};
    phone_ = {graph_.customer(IdentifierKind::kPhone, "13951234567")};
  }
  static void must(const Result<void>& result) { ASSERT_TRUE(result) << to_string(result.error()); }
  void put(SubjectId subject, std::string_view id, CaseStep step, std::int64_t at, std::uint32_t kind = 1) {
    must(graph_.db().write([&](ledger::Tx& tx) {
      return put_case(tx, subject, {.id = id, .kind = kind, .step = step, .at = {at}});
    }));
  }
  std::vector<OpenCase> open(SubjectId customer, std::size_t most = 100) {
    std::vector<OpenCase> out;
    must(graph_.db().read([&](ledger::Tx& tx) -> Result<void> {
      CX_TRY(out, open_cases(tx, CustomerId{customer.value}, most));
      return {};
    }));
    return out;
  }
  TestGraph graph_;
  SubjectId user_, phone_;
};

TEST_F(CasesTest, IsOpenUntilClosedAndAgainWhenReopened) {
  put(user_, "T1", CaseStep::kOpens, 10, 3);
  put(user_, "T1", CaseStep::kContinues, 20, 4);
  const auto open_now = open(user_);
  ASSERT_EQ(open_now.size(), 1U);
  EXPECT_EQ(open_now[0].id, "T1");
  EXPECT_EQ(open_now[0].kind, 4U) << "of the newest event";
  EXPECT_EQ(open_now[0].opened_at.ms, 10);
  EXPECT_EQ(open_now[0].last_at.ms, 20);
  put(user_, "T1", CaseStep::kCloses, 30);
  EXPECT_TRUE(open(user_).empty());
  put(user_, "T1", CaseStep::kOpens, 40);
  EXPECT_EQ(open(user_).size(), 1U);
  put(user_, "T2", CaseStep::kContinues, 50);
  EXPECT_EQ(open(user_).size(), 1U) << "nothing has said that T2 was opened";
}

TEST_F(CasesTest, AnyOrderOfArrivalComesToTheSame) {
  struct Step {
    CaseStep step;
    std::int64_t at;
  };
  std::vector<Step> steps{{CaseStep::kOpens, 10},
                          {CaseStep::kContinues, 20},
                          {CaseStep::kCloses, 30},
                          {CaseStep::kOpens, 40},
                          {CaseStep::kContinues, 50}};
  std::vector<int> order{0, 1, 2, 3, 4};
  int number = 0;
  do {
    const std::string id = "case " + std::to_string(number++);
    for (const int at : order)
      put(user_, id, steps[static_cast<std::size_t>(at)].step, steps[static_cast<std::size_t>(at)].at);
    const auto found = open(user_, 1000);
    const auto one = std::ranges::find(found, id, &OpenCase::id);
    ASSERT_NE(one, found.end()) << id;
    EXPECT_EQ(one->opened_at.ms, 40);
    EXPECT_EQ(one->last_at.ms, 50);
  } while (number < 100 && std::ranges::next_permutation(order).found);
}

TEST_F(CasesTest, FollowsTheCustomersItsSubjectsBelongTo) {
  put(user_, "T1", CaseStep::kOpens, 10);
  put(phone_, "T1", CaseStep::kCloses, 20);
  put(phone_, "T2", CaseStep::kOpens, 15);
  EXPECT_EQ(open(user_).size(), 1U) << "who closed it is somebody else so far";
  graph_.resolve({{{{IdentifierKind::kUserId, "u1"}, {IdentifierKind::kPhone, "13951234567"}}}});
  const auto both = open({graph_.customer(IdentifierKind::kUserId, "u1")});
  ASSERT_EQ(both.size(), 1U);
  EXPECT_EQ(both[0].id, "T2");
}

TEST_F(CasesTest, AFloodOfCasesIsBounded) {
  for (int i = 0; i < 150; ++i) put(user_, "T" + std::to_string(i), CaseStep::kOpens, 1000 + i);
  EXPECT_EQ(graph_.number("SELECT count(*) FROM cases"), static_cast<std::int64_t>(kCasesMax));
  const auto found = open(user_, 20);
  ASSERT_EQ(found.size(), 20U);
  EXPECT_EQ(found[0].id, "T149") << "latest news first";
}

}  // namespace
}  // namespace zhike::identity
