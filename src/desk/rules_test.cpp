#include "desk/rules.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "govern/users.h"
#include "identity/test_graph.h"
#include "ledger/test_folder.h"
#include "warehouse/test_client.h"

namespace zhike::desk {
namespace {

struct Happened {
  std::uint64_t event = 0;
  SubjectId subject;
  Instant at;
  std::string text;
};

/// Answers with the events that lie within the ids; conditions are the store's business.
class Events final : public warehouse::Client {
 public:
  std::vector<Happened> all;
  bool down = false;
  std::string reading;  ///< of the last question

  Result<warehouse::Table> select(const warehouse::Query& query) override {
    if (down) return fail(Code::kEngineFailed, "away");
    std::uint64_t after = 0, upto = 0, rows = 0;
    for (const auto& [key, value] : query.params.encoded()) {
      if (key.ends_with("after")) after = std::stoull(value);
      if (key.ends_with("upto")) upto = std::stoull(value);
      if (key.ends_with("rows")) rows = std::stoull(value);
      if (key.ends_with("reading")) reading = value;
    }
    std::vector<boost::json::array> out;
    const auto text = [](auto number) { return boost::json::string(std::to_string(number)); };
    for (const Happened& one : all)
      if (one.event > after && one.event <= upto && out.size() < rows)
        out.push_back({text(one.event), text(one.subject.value), text(one.subject.value), text(one.at.ms),
                       "phone", "main", "Call Ended", boost::json::string(one.text), "", nullptr,
                       boost::json::array{}});
    return warehouse::rows(std::move(out));
  }
  Result<void> stream(const warehouse::Query&, std::string_view,
                      const std::function<bool(std::string_view)>&) override {
    return {};
  }
  Result<void> insert(const warehouse::Insert&, std::string_view) override { return {}; }
  Result<void> execute(const warehouse::Query&) override { return {}; }
  Result<void> cancel(std::string_view) override { return {}; }
};

class RulesTest : public testing::Test {
 protected:
  template <class T>
  static T must(Result<T> result) {
    EXPECT_TRUE(result) << (result ? "" : to_string(result.error()));
    if constexpr (!std::is_void_v<T>) return result ? std::move(*result) : T{};
  }
  template <class T>
  static std::string_view code(const Result<T>& result) {
    return result ? "ok" : info(result.error().code).id;
  }
  void SetUp() override {
    db_ = must(
        ledger::Db::open({.file = folder_.path / "ledger.db", .migrations = ZHIKE_MIGRATIONS "/ledger"}));
    audit_ = std::make_unique<govern::Audit>(graph_.keys());
    units_ = must(govern::Units::open(*db_, *audit_, clock_, Zone::utc()));
    sources_ = must(ingest::Sources::open(*db_, graph_.keys(), clock_));
    journal::Options options;
    options.folder = folder_.path / "journal";
    options.clock = &clock_;
    options.key = [this](std::int32_t day) -> Result<crypto::Key> { return graph_.keys().day(day); };
    options.journal_bytes_max = 1 << 20;
    journal_ = must(journal::Journal::open(std::move(options)));
    intake_ = std::make_unique<ingest::Intake>(*journal_, clock_);
    users_ = std::make_unique<govern::Users>(*db_, *audit_, clock_,
                                             govern::PasswordCost{.passes = 1, .kibibytes = 8});
    complaints_ = must(Complaints::open({.ledger = *db_,
                                         .keys = graph_.keys(),
                                         .audit = *audit_,
                                         .units = *units_,
                                         .graph = graph_.graph(),
                                         .sources = *sources_,
                                         .intake = *intake_,
                                         .clock = clock_,
                                         .catalogue = *catalogue_of("retail", {}),
                                         .aspects = std::nullopt,
                                         .zone = Zone::utc()}));
    std::vector<identity::OwnClaim> claims;
    for (int i = 0; i < 4; ++i)
      claims.push_back({.identifiers = {{IdentifierKind::kUserId, "user-" + std::to_string(i)},
                                        {IdentifierKind::kEmail, "p" + std::to_string(i) + "@example.com"}}});
    graph_.resolve(claims);
    start();
  }
  /// As a new start of the service would: nothing is kept but what is in the ledger.
  void start() {
    rules_ = std::make_unique<ComplaintRules>(ComplaintRules::Parts{
        .ledger = *db_,
        .client = events_,
        .graph = graph_.graph(),
        .complaints = *complaints_,
        .sources = *sources_,
        .audit = *audit_,
        .clock = clock_,
        .zone = Zone::utc(),
        .filter_of = [](const Grant&, const feedback::FilterTexts&) -> Result<query::Filter> {
          return query::Filter{};
        },
        .arrived = [this] { return newest_; },
        .read = [this]() -> Result<ComplaintRules::Read> { return read_; }});
  }
  static RulePlan plan(std::string category = "delivery.late") {
    RulePlan out;
    out.filter = {{"name", "Call Ended"}};
    out.category = std::move(category);
    return out;
  }
  /// The subject of one of the two identifiers of a person.
  SubjectId subject(int person, bool by_email = false) {
    const std::string number = std::to_string(person);
    const Identifier one = by_email ? Identifier{IdentifierKind::kEmail, "p" + number + "@example.com"}
                                    : Identifier{IdentifierKind::kUserId, "user-" + number};
    return must(graph_.graph().subject(one)).value_or(SubjectId{});
  }
  /// The next block brings an event of the person.
  std::uint64_t happen(int person, Millis ago = {}, bool by_email = false,
                       std::string text = "still not here") {
    newest_ = {newest_.value + 1};
    events_.all.push_back({.event = newest_.value << 20U,
                           .subject = subject(person, by_email),
                           .at = clock_.now() - ago,
                           .text = std::move(text)});
    return events_.all.back().event;
  }
  std::vector<Complaint> all() { return must(complaints_->list(owner_, {}, 0, 100)).items; }
  Rule now() { return must(rules_->list(owner_)).at(0); }
  std::size_t audited(std::string_view action) {
    std::size_t out = 0;
    must(db_->read([&](ledger::Tx& tx) -> Result<void> {
      ledger::Statement& row = tx.sql("SELECT COUNT(*) FROM audit WHERE action = $1").bind(1, action);
      CX_TRY(row.step());
      out = row.u64(0);
      return {};
    }));
    return out;
  }

  TestFolder folder_;
  identity::TestGraph graph_;
  ManualClock clock_{*parse_time("2026-03-02T10:00:00Z", Zone::utc())};
  const Grant owner_ = Grant::owner();
  std::unique_ptr<ledger::Db> db_;
  std::unique_ptr<govern::Audit> audit_;
  std::unique_ptr<govern::Units> units_;
  std::unique_ptr<govern::Users> users_;
  std::unique_ptr<ingest::Sources> sources_;
  std::unique_ptr<journal::Journal> journal_;
  std::unique_ptr<ingest::Intake> intake_;
  std::unique_ptr<Complaints> complaints_;
  Events events_;
  BlockId newest_{5};
  ComplaintRules::Read read_{};
  std::unique_ptr<ComplaintRules> rules_;
};

TEST_F(RulesTest, AnEventOpensOneComplaintAndEarlierOnesNone) {
  happen(0);
  EXPECT_TRUE(must(rules_->make(owner_, "late", plan(), true)).is_new);
  EXPECT_EQ(must(rules_->follow()), 0U) << "what was there before is none of its";
  const std::uint64_t event = happen(1, hours(2));
  EXPECT_EQ(must(rules_->follow()), 1U);
  EXPECT_EQ(must(rules_->follow()), 0U);
  ASSERT_EQ(all().size(), 1U);
  const Complaint one = must(complaints_->find(owner_, all()[0].id)).complaint;
  EXPECT_EQ(one.source, "rule");
  EXPECT_EQ(one.category, "delivery.late");
  EXPECT_EQ(one.text, "still not here");
  EXPECT_EQ(one.channel, "phone");
  EXPECT_EQ(one.opened, clock_.now() - hours(2)) << "the clock runs from what happened";
  EXPECT_EQ(one.subject, subject(1));
  ASSERT_EQ(one.person.size(), 1U);
  EXPECT_EQ(one.person[0].value, "user-1");
  EXPECT_FALSE(one.owner.is_set());
  EXPECT_EQ(must(complaints_->of_client(owner_, "event/" + std::to_string(event))), one.id);
  EXPECT_EQ(now().opened, 1U);
}

TEST_F(RulesTest, AServiceThatBeginsAnewOpensNothingTwiceAndForgetsNothing) {
  must(rules_->make(owner_, "late", plan(), true));
  happen(0);
  must(rules_->follow());
  start();
  EXPECT_EQ(must(rules_->follow()), 0U);
  happen(1);
  events_.down = true;
  EXPECT_EQ(must(rules_->follow()), 0U);
  EXPECT_FALSE(now().error.empty());
  start();
  events_.down = false;
  EXPECT_EQ(must(rules_->follow()), 1U);
  EXPECT_TRUE(now().error.empty());
  EXPECT_EQ(all().size(), 2U);
}

TEST_F(RulesTest, SeveralRulesOpenOneForAnEvent) {
  must(rules_->make(owner_, "late", plan(), true));
  must(rules_->make(owner_, "any", plan("service"), true));
  happen(0);
  EXPECT_EQ(must(rules_->follow()), 1U);
  ASSERT_EQ(all().size(), 1U);
  EXPECT_EQ(all()[0].category, "delivery.late") << "the first rule has it";
  const auto rules = must(rules_->list(owner_));
  EXPECT_EQ(rules[1].matched, 1U);
  EXPECT_EQ(rules[1].opened + rules[1].joined, 0U);
}

TEST_F(RulesTest, ASecondEventOfACustomerJoinsTheOpenComplaint) {
  must(rules_->make(owner_, "late", plan(), true));
  happen(0);
  must(rules_->follow());
  happen(0, {}, true, "and nobody answers");  // by another identifier of the same person
  happen(2);
  EXPECT_EQ(must(rules_->follow()), 1U) << "another customer has his own";
  ASSERT_EQ(all().size(), 2U);
  EXPECT_EQ(now().joined, 1U);
  const auto first = must(complaints_->find(owner_, all()[1].id));
  ASSERT_EQ(first.steps.size(), 2U);
  EXPECT_EQ(first.steps[1].kind, "joined");
  EXPECT_EQ(first.steps[1].note, "and nobody answers");
  EXPECT_EQ(audited("complaint_joined"), 1U);
}

TEST_F(RulesTest, WhatIsResolvedOrOldIsNotJoined) {
  RulePlan three = plan();
  three.quiet_days = 3;
  must(rules_->make(owner_, "late", three, true));
  happen(0);
  must(rules_->follow());
  clock_.advance(days(4));
  happen(0);
  EXPECT_EQ(must(rules_->follow()), 1U) << "the quiet time is over";
  const ComplaintId second = all()[0].id;
  must(complaints_->move(owner_, second, {.move = Move::kAccept}));
  must(complaints_->move(owner_, second, {.move = Move::kResolve}));
  happen(0);
  EXPECT_EQ(must(rules_->follow()), 1U) << "a repeat after it was resolved is one of its own";
  RulePlan none = plan("service");
  none.quiet_days = 0;
  must(rules_->make(owner_, "each", none, true));
  happen(3);
  must(rules_->follow());
  EXPECT_EQ(all().size(), 4U) << "both rules fit, and an event opens one";
}

TEST_F(RulesTest, WhatAPersonOpenedFromTheEventIsNotOpenedAgain) {
  must(rules_->make(owner_, "late", plan(), true));
  const std::uint64_t event = happen(0);
  must(complaints_->create(owner_, {.client = "event/" + std::to_string(event), .text = "by hand"}));
  EXPECT_EQ(must(rules_->follow()), 0U);
  EXPECT_EQ(all().size(), 1U);
}

TEST_F(RulesTest, OldEventsOpenNothing) {
  must(rules_->make(owner_, "late", plan(), true));
  happen(0, days(8));
  happen(1, days(6));
  EXPECT_EQ(must(rules_->follow()), 1U);
  EXPECT_EQ(now().matched, 1U);
}

TEST_F(RulesTest, OffLooksAtNothingAndGoesOnWithWhatComesThen) {
  const Rule made = must(rules_->make(owner_, "late", plan(), true));
  must(rules_->change(owner_, made.id, "late", plan(), false));
  happen(0);
  EXPECT_EQ(must(rules_->follow()), 0U);
  must(rules_->change(owner_, made.id, "late", plan(), true));
  EXPECT_EQ(must(rules_->follow()), 0U);
  happen(1);
  must(rules_->change(owner_, made.id, "later", plan(), true));
  EXPECT_EQ(must(rules_->follow()), 1U) << "a new name loses no event";
  must(rules_->remove(owner_, made.id));
  happen(2);
  EXPECT_EQ(must(rules_->follow()), 0U);
  EXPECT_EQ(code(rules_->remove(owner_, made.id)), "not_found");
  EXPECT_EQ(audited("complaint_rule_made"), 1U);
  EXPECT_EQ(audited("complaint_rule_off"), 1U);
  EXPECT_EQ(audited("complaint_rule_on"), 1U);
  EXPECT_EQ(audited("complaint_rule_changed"), 1U);
  EXPECT_EQ(audited("complaint_rule_removed"), 1U);
}

TEST_F(RulesTest, ReadCommentsAreWaitedFor) {
  RulePlan wanted = plan();
  wanted.labels = {"intent.complain"};
  must(rules_->make(owner_, "read", wanted, true));
  const std::uint64_t first = happen(0);
  happen(1);
  EXPECT_EQ(must(rules_->follow()), 0U) << "nothing has been read";
  read_ = {.reading = 3, .upto = first};
  EXPECT_EQ(must(rules_->follow()), 1U);
  EXPECT_EQ(events_.reading, "3");
  read_.upto = newest_.value << 20U;
  EXPECT_EQ(must(rules_->follow()), 1U);
}

TEST_F(RulesTest, TheOwnerTakesTheFirstContactAsLongAsHeMay) {
  const auto agent = must(users_->create({}, {.login = "lan",
                                              .name = "Lan",
                                              .password = "correct horse battery",
                                              .role = "agent",
                                              .all_units = true}));
  const auto viewer = must(users_->create({}, {.login = "vi",
                                               .name = "Vi",
                                               .password = "correct horse battery",
                                               .role = "viewer",
                                               .all_units = true}));
  RulePlan wanted = plan();
  wanted.owner = viewer.id;
  EXPECT_EQ(code(rules_->make(owner_, "late", wanted, true)), "bad_field");
  wanted.owner = agent.id;
  must(rules_->make(owner_, "late", wanted, true));
  happen(0);
  must(rules_->follow());
  EXPECT_EQ(all()[0].owner, agent.id);
  EXPECT_EQ(all()[0].first_owner, agent.id);
  must(users_->change({}, agent.id, {.role = "viewer"}));
  happen(1);
  must(rules_->follow());
  EXPECT_FALSE(all()[0].owner.is_set()) << "whoever accepts it";
}

TEST_F(RulesTest, ThePreviewTellsWhatWouldHaveBeenOpened) {
  happen(0, days(10));
  happen(0, days(9));
  happen(0, days(1));
  happen(1, days(1), false, "");
  const RulePreview seen = must(rules_->preview(owner_, plan()));
  EXPECT_EQ(seen.events, 4U);
  EXPECT_EQ(seen.customers, 2U);
  EXPECT_EQ(seen.opened, 3U);
  EXPECT_EQ(seen.joined, 1U);
  EXPECT_EQ(seen.by_day[static_cast<std::size_t>(RulePreview::kDays) - 2], 2U);
  EXPECT_EQ(seen.by_day[static_cast<std::size_t>(RulePreview::kDays) - 11], 1U);
  ASSERT_EQ(seen.examples.size(), 3U);
  EXPECT_EQ(seen.examples[0].text, "Call Ended") << "an event without words goes by its name";
  EXPECT_TRUE(all().empty());
}

TEST_F(RulesTest, WhatIsWrongIsSaidBeforeItIsKept) {
  Grant agent = owner_;
  agent.permissions = 1U << static_cast<unsigned>(Permission::kHandleComplaints);
  EXPECT_EQ(code(rules_->list(agent)), "permission_missing");
  EXPECT_EQ(code(rules_->make(agent, "late", plan(), true)), "permission_missing");
  EXPECT_EQ(code(rules_->make(owner_, "", plan(), true)), "bad_complaint");
  EXPECT_EQ(code(rules_->make(owner_, "late", plan("nonsense"), true)), "bad_field");
  EXPECT_EQ(code(rules_->make(owner_, "late", {}, true)), "bad_field") << "every event would fit";
  RulePlan wrong = plan();
  wrong.filter.emplace_back("from", "2026-01-01");
  EXPECT_EQ(code(rules_->make(owner_, "late", wrong, true)), "bad_field");
  wrong = plan();
  wrong.tone_max = 1;
  EXPECT_EQ(code(rules_->make(owner_, "late", wrong, true)), "bad_field");
  wrong = plan();
  wrong.aspect_tone = "negative";
  EXPECT_EQ(code(rules_->make(owner_, "late", wrong, true)), "bad_field");
  must(rules_->make(owner_, "late", plan(), true));
  EXPECT_FALSE(must(rules_->make(owner_, "late", plan(), true)).is_new);
  EXPECT_EQ(code(rules_->make(owner_, "late", plan("service"), true)), "key_reused");
  EXPECT_EQ(must(rules_->list(owner_)).size(), 1U);
}

TEST(RulePlan, IsReadAsItWasWritten) {
  RulePlan out;
  out.filter = {{"instrument", "nps"}, {"score_max", "2"}};
  out.properties = {{"resolved", {"false", "no"}}};
  out.labels = {"flag.urgent"};
  out.tone_max = -0.25;
  out.aspect = "delivery";
  out.aspect_tone = "negative";
  out.category = "delivery";
  out.severity = Severity::kHigh;
  out.owner = {7};
  out.unit = "north";
  out.quiet_days = 0;
  out.within_days = 60;
  out.all_units = false;
  out.units = {"north", "south"};
  const auto back = rule_plan_of(to_json(out));
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, out);
  EXPECT_FALSE(rule_plan_of("{}"));
  EXPECT_FALSE(rule_plan_of("nonsense"));
}

TEST(RulePlan, WordsAreCutBetweenCharactersAndHaveNoControls) {
  EXPECT_EQ(words_of({.name = "n", .text = "坏了\x01", .instrument = "", .score = {}, .properties = {}}, 100),
            "坏了 ");
  EXPECT_EQ(words_of({.name = "n", .text = "坏了", .instrument = "", .score = {}, .properties = {}}, 5),
            "坏");
  EXPECT_EQ(words_of({.name = "Survey Answered",
                      .text = " ",
                      .instrument = "nps",
                      .score = 2,
                      .properties = {{"branch", "east"}, {"empty", ""}}},
                     100),
            "Survey Answered · nps 2 · branch: east");
}

}  // namespace
}  // namespace zhike::desk
