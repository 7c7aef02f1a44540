#include "profile/profile.h"

#include <gtest/gtest.h>

#include "identity/cases.h"
#include "identity/test_graph.h"

namespace zhike::profile {
namespace {

class OneKind final : public Kinds {
  std::optional<Kind> kind(std::uint32_t number) const override {
    if (number != 7) return std::nullopt;
    return Kind{.type = "track",
                .name = "Order Placed",
                .channel = "web",
                .touchpoint = "order",
                .stage = "purchase"};
  }
};

class Memory final : public Audit {
 public:
  bool works = true;
  std::vector<std::string> reasons;
  Result<void> revealed(const Grant&, CustomerId, std::string_view reason) override {
    if (!works) return fail(Code::kDiskFull);
    reasons.emplace_back(reason);
    return {};
  }
};

class ProfilesTest : public testing::Test {
 protected:
  void SetUp() override {
    graph_.resolve({{{{IdentifierKind::kUserId, "u1"}, {IdentifierKind::kPhone, "13951234567"}}},
                    {{{IdentifierKind::kUserId, "u2"}}}});
    first_ = CustomerId{graph_.customer(IdentifierKind::kUserId, "u1")};
    second_ = CustomerId{graph_.customer(IdentifierKind::kUserId, "u2")};
    must(graph_.db().write([&](ledger::Tx& tx) -> Result<void> {
      const std::vector<identity::Trait> traits{
          {.key = "name", .value = "Wang Xiaoming", .sensitive = true, .source = {1}, .at = {5}},
          {.key = "city", .value = "Jinan", .sensitive = false, .source = {1}, .at = {5}},
          {.key = "consent.marketing", .value = "true", .sensitive = false, .source = {1}, .at = {5}}};
      CX_TRY(traits_.put(tx, SubjectId{first_.value}, traits));
      return identity::put_search_terms(tx, SubjectId{first_.value}, traits_.search_terms("Wang Xiaoming"));
    }));
    ledger::HotProfile one;
    one.customer = first_;
    one.first_seen = {10};
    one.last_seen = {100};
    one.events = 1;
    one.units = {"north"};
    one.recent = {{.at = {100}, .event_id = 4, .kind = 7}, {.at = {50}, .event_id = 3, .kind = 8}};
    ledger::HotProfile two;
    two.customer = second_;
    two.first_seen = {10};
    two.last_seen = {90};
    two.events = 1;
    two.units = {"south"};
    must(hot_->apply(BlockId{1}, {}, std::vector<ledger::HotChange>{{first_, one}, {second_, two}}));
  }
  template <class T>
  static T must(Result<T> result) {
    EXPECT_TRUE(result) << (result ? "" : to_string(result.error()));
    if constexpr (!std::is_void_v<T>) return std::move(*result);
  }
  [[nodiscard]] Profiles profiles() {
    return Profiles({.hot = *hot_,
                     .graph = graph_.graph(),
                     .kinds = kinds_,
                     .client = *client_,
                     .audit = audit_,
                     .identity_db = graph_.db(),
                     .traits = traits_,
                     .names = names_,
                     .clock = clock_});
  }
  static Grant seeing(std::vector<std::string> units) {
    Grant grant = Grant::owner();
    grant.all_units = false;
    grant.units = std::move(units);
    return grant;
  }

  ManualClock clock_{Instant{40LL * 86'400'000}};
  identity::TestGraph graph_;
  identity::Traits traits_{graph_.keys()};
  Names names_{graph_.db(), traits_, graph_.graph()};
  TestFolder folder_;
  std::unique_ptr<ledger::Hot> hot_ =
      must(ledger::Hot::open({.file = folder_.path / "hot.db", .migrations = ZHIKE_MIGRATIONS "/hot"}));
  std::unique_ptr<warehouse::Client> client_ = warehouse::Client::connect("unix:/nonexistent/engine.sock");
  OneKind kinds_;
  Memory audit_;
  CustomerId first_, second_;
};

TEST_F(ProfilesTest, ShowsACustomerWithoutTheWarehouse) {
  const Profile profile = must(profiles().find(Grant::owner(), first_));
  EXPECT_EQ(profile.name, "W*** X***");
  ASSERT_EQ(profile.identifiers.size(), 2U);
  EXPECT_EQ(profile.identifiers[1].kind, IdentifierKind::kPhone);
  EXPECT_EQ(profile.identifiers[1].value, "139****4567");
  EXPECT_FALSE(profile.identifiers[1].verified);
  ASSERT_EQ(profile.traits.size(), 2U);
  EXPECT_EQ(profile.traits[0].value, "Jinan");
  EXPECT_EQ(profile.traits[0].source.value, 1U);
  ASSERT_EQ(profile.consent.size(), 1U);
  EXPECT_EQ(profile.consent[0].key, "marketing");
  EXPECT_EQ(profile.consent[0].value, "true");
  EXPECT_EQ(profile.stage, "purchase");
  ASSERT_EQ(profile.recent.size(), 2U);
  EXPECT_EQ(profile.recent[0].kind.name, "Order Placed");
  EXPECT_EQ(profile.recent[1].kind.name, "") << "a kind that is not known yet";
}

TEST_F(ProfilesTest, NamesOpenConversationsTheJourneyAndLabels) {
  must(graph_.db().write([&](ledger::Tx& tx) -> Result<void> {
    const SubjectId subject{first_.value};
    CX_TRY(identity::put_case(tx, subject,
                              {.id = "T1", .kind = 7, .step = identity::CaseStep::kOpens, .at = {60}}));
    CX_TRY(identity::put_case(tx, subject,
                              {.id = "T2", .kind = 7, .step = identity::CaseStep::kOpens, .at = {60}}));
    return identity::put_case(tx, subject,
                              {.id = "T2", .kind = 7, .step = identity::CaseStep::kCloses, .at = {61}});
  }));
  const Profile profile = must(profiles().find(Grant::owner(), first_));
  ASSERT_EQ(profile.open.size(), 1U);
  EXPECT_EQ(profile.open[0].id, "T1");
  EXPECT_EQ(profile.open[0].kind.channel, "web");
  EXPECT_EQ(profile.open[0].opened_at.ms, 60);
  ASSERT_TRUE(profile.journey);
  EXPECT_EQ(profile.journey->since.ms, 50);
  EXPECT_EQ(profile.journey->interactions, 2U);
  EXPECT_TRUE(profile.journey->is_whole);
  std::vector<std::string> labels;
  for (const Label* label : profile.labels) labels.push_back(label->key);
  EXPECT_EQ(labels,
            (std::vector<std::string>{"quiet", "prospect", "silent", "awaits_answer", "marketing_allowed"}));
}

TEST_F(ProfilesTest, HidesCustomersOutsideTheScope) {
  EXPECT_EQ(profiles().find(seeing({"south"}), first_).error().code, Code::kNotFound);
  EXPECT_EQ(profiles().find(seeing({}), first_).error().code, Code::kNotFound);
  EXPECT_TRUE(must(profiles().search(seeing({"south"}), "u1")).empty());
  EXPECT_TRUE(must(profiles().list(seeing({}), std::span<const std::string>{}, *query::parse_cursor(""), 10))
                  .items.empty());
  const std::vector<std::string> north{"north"};
  EXPECT_TRUE(must(profiles().list(seeing({"south"}), north, *query::parse_cursor(""), 10)).items.empty());
  EXPECT_EQ(profiles().reveal(seeing({"south"}), first_, "a good reason").error().code, Code::kNotFound);
  EXPECT_TRUE(audit_.reasons.empty());
}

TEST_F(ProfilesTest, ListsByPage) {
  const ProfilePage page =
      must(profiles().list(Grant::owner(), std::span<const std::string>{}, *query::parse_cursor(""), 1));
  ASSERT_EQ(page.items.size(), 1U);
  EXPECT_EQ(page.items[0].hot.customer, first_);
  ASSERT_TRUE(page.next);
  const ProfilePage rest =
      must(profiles().list(Grant::owner(), std::span<const std::string>{}, *page.next, 1));
  ASSERT_EQ(rest.items.size(), 1U);
  EXPECT_EQ(rest.items[0].hot.customer, second_);
  EXPECT_FALSE(rest.next);
  EXPECT_EQ(profiles().list(Grant::owner(), std::span<const std::string>{}, {}, 0).error().code,
            Code::kBadFilter);
}

TEST_F(ProfilesTest, SearchesByIdentifierNameAndId) {
  for (const std::string& text :
       {std::string("u1"), std::string("139 5123 4567"), std::string("wang xiaoming"), first_.str()}) {
    const auto found = must(profiles().search(Grant::owner(), text));
    ASSERT_EQ(found.size(), 1U) << text;
    EXPECT_EQ(found[0].hot.customer, first_);
  }
  EXPECT_TRUE(must(profiles().search(Grant::owner(), "nobody@nowhere.cn")).empty());
  EXPECT_TRUE(must(profiles().search(Grant::owner(), "")).empty());
  EXPECT_TRUE(must(profiles().search(Grant::owner(), std::string(5000, 'x'))).empty());
}

TEST_F(ProfilesTest, RevealsOnlyWithPermissionReasonAndAudit) {
  Grant agent = Grant::owner();
  agent.permissions = 1U << static_cast<unsigned>(Permission::kViewCustomers);
  EXPECT_EQ(profiles().reveal(agent, first_, "a good reason").error().code, Code::kPermissionMissing);
  EXPECT_EQ(profiles().reveal(Grant::owner(), first_, "no").error().code, Code::kReasonMissing);
  const Revealed revealed = must(profiles().reveal(Grant::owner(), first_, "call back"));
  EXPECT_EQ(audit_.reasons, std::vector<std::string>{"call back"});
  EXPECT_EQ(revealed.identifiers.size(), 2U);
  EXPECT_EQ(revealed.traits, (std::vector<std::pair<std::string, std::string>>{{"name", "Wang Xiaoming"}}));
  audit_.works = false;
  EXPECT_EQ(profiles().reveal(Grant::owner(), first_, "call back").error().code, Code::kDiskFull);
}

TEST_F(ProfilesTest, TimelineNeedsTheWarehouse) {
  EXPECT_EQ(profiles().timeline(Grant::owner(), first_, {}, *query::parse_cursor(""), 10).error().code,
            Code::kWarehouseDown);
  EXPECT_EQ(
      profiles().timeline(Grant::owner(), CustomerId{12345}, {}, *query::parse_cursor(""), 10).error().code,
      Code::kNotFound);
}

}  // namespace
}  // namespace zhike::profile
