#include "desk/complaints.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <thread>

#include "base/file.h"
#include "govern/users.h"
#include "ingest/record.h"
#include "ledger/test_folder.h"

namespace zhike::desk {
namespace {

TEST(ComplaintStates, LeadFromOneToTheNextOnly) {
  const struct {
    State from;
    Move move;
    std::optional<State> to;
  } cases[] = {{State::kNew, Move::kAccept, State::kAccepted},
               {State::kNew, Move::kRecover, std::nullopt},
               {State::kNew, Move::kResolve, std::nullopt},
               {State::kAccepted, Move::kAccept, std::nullopt},
               {State::kAccepted, Move::kRecover, State::kInRecovery},
               {State::kAccepted, Move::kClose, std::nullopt},
               {State::kInRecovery, Move::kResolve, State::kResolved},
               {State::kResolved, Move::kRecover, std::nullopt},
               {State::kResolved, Move::kClose, State::kClosed},
               {State::kResolved, Move::kReopen, State::kReopened},
               {State::kClosed, Move::kReopen, State::kReopened},
               {State::kClosed, Move::kResolve, std::nullopt},
               {State::kReopened, Move::kResolve, State::kResolved}};
  for (const auto& one : cases) EXPECT_EQ(after(one.from, one.move), one.to) << to_string(one.from);
  EXPECT_FALSE(parse_move("recover"));
}

TEST(ComplaintLimits, AreCheckedAgainstWhatWasGivenBefore) {
  const Currency cny = *parse_currency("CNY");
  const RoleLimit limit{.role = "agent", .currency = cny, .complaint = 100, .day = 150};
  EXPECT_EQ(check_limit(&limit, 100, 0, 0), Refusal::kNone);
  EXPECT_EQ(check_limit(&limit, 101, 0, 0), Refusal::kComplaintLimit);
  EXPECT_EQ(check_limit(&limit, 1, 100, 0), Refusal::kComplaintLimit);
  EXPECT_EQ(check_limit(&limit, 100, 0, 51), Refusal::kDayLimit);
  EXPECT_EQ(check_limit(nullptr, 1, 0, 0), Refusal::kNoLimit);
  EXPECT_EQ(check_limit(nullptr, 0, 0, 0), Refusal::kNone) << "what costs nothing needs no limit";
  const RoleLimit endless{.role = "administrator", .currency = cny, .complaint = -1, .day = -1};
  EXPECT_EQ(check_limit(&endless, 1'000'000, 1, 1), Refusal::kNone);
}

class ComplaintsTest : public testing::Test {
 protected:
  void SetUp() override {
    keys_ = *govern::Keys::open(folder_.path / "keys");
    db_ = *ledger::Db::open({.file = folder_.path / "ledger.db", .migrations = ZHIKE_MIGRATIONS "/ledger"});
    identity_ =
        *ledger::Db::open({.file = folder_.path / "identity.db", .migrations = ZHIKE_MIGRATIONS "/identity"});
    graph_ = *identity::Graph::open(*identity_, *keys_);
    audit_ = std::make_unique<govern::Audit>(*keys_);
    units_ = *govern::Units::open(*db_, *audit_, clock_, Zone::utc());
    sources_ = *ingest::Sources::open(*db_, *keys_, clock_);
    journal::Options options;
    options.folder = folder_.path / "journal";
    options.clock = &clock_;
    options.key = [this](std::int32_t day) -> Result<crypto::Key> { return keys_->day(day); };
    options.journal_bytes_max = 1 << 20;
    journal_ = *journal::Journal::open(std::move(options));
    intake_ = std::make_unique<ingest::Intake>(*journal_, clock_);
    users_ = std::make_unique<govern::Users>(*db_, *audit_, clock_,
                                             govern::PasswordCost{.passes = 1, .kibibytes = 8});
    agent_ = user("agent");
    manager_ = user("manager");
    open();
  }
  void open() {
    complaints_.reset();
    auto opened = Complaints::open({.ledger = *db_,
                                    .keys = *keys_,
                                    .audit = *audit_,
                                    .units = *units_,
                                    .graph = *graph_,
                                    .sources = *sources_,
                                    .intake = *intake_,
                                    .clock = clock_,
                                    .catalogue = *catalogue_of("retail", {}),
                                    .aspects = std::nullopt,
                                    .zone = Zone::utc()});
    ASSERT_TRUE(opened) << to_string(opened.error());
    complaints_ = std::move(*opened);
  }
  Grant user(const std::string& role) {
    const auto made = users_->create(
        {},
        {.login = role, .name = role, .password = "correct horse battery", .role = role, .all_units = true});
    EXPECT_TRUE(made) << to_string(made.error());
    return made ? govern::grant_of(*made) : Grant{};
  }
  template <class T>
  T must(Result<T> result) {
    EXPECT_TRUE(result) << to_string(result.error());
    return result ? std::move(*result) : T{};
  }
  template <class T>
  std::string_view code(const Result<T>& result) {
    return result ? "ok" : info(result.error().code).id;
  }
  Complaint accepted(const std::string& client = "") {
    NewComplaint wanted{.client = client, .text = "快递还没到，物流太慢", .channel = "phone"};
    const Complaint made = must(complaints_->create(agent_, std::move(wanted)));
    return must(complaints_->move(agent_, made.id, {.move = Move::kAccept}));
  }
  NewStep refund(std::int64_t minor, std::string client = "") {
    return {.client = std::move(client), .kind = StepKind::kRefund, .note = "", .cost = Money{minor, cny_}};
  }
  std::vector<RawEvent> events() {
    std::vector<RawEvent> out;
    auto reader = journal_->read({});
    while (auto record = must(reader->next())) {
      auto parsed = must(ingest::decode_record(record->payload));
      std::ranges::move(parsed.events, std::back_inserter(out));
    }
    return out;
  }

  TestFolder folder_;
  ManualClock clock_{*parse_time("2026-03-02T10:00:00Z", Zone::utc())};  // a Monday
  const Currency cny_ = *parse_currency("CNY");
  std::unique_ptr<govern::Keys> keys_;
  std::unique_ptr<ledger::Db> db_, identity_;
  std::unique_ptr<identity::Graph> graph_;
  std::unique_ptr<govern::Audit> audit_;
  std::unique_ptr<govern::Units> units_;
  std::unique_ptr<govern::Users> users_;
  std::unique_ptr<ingest::Sources> sources_;
  std::unique_ptr<journal::Journal> journal_;
  std::unique_ptr<ingest::Intake> intake_;
  std::unique_ptr<Complaints> complaints_;
  Grant agent_, manager_;
};

TEST_F(ComplaintsTest, IsSuggestedOwnedAndClocked) {
  const Complaint made =
      must(complaints_->create(agent_, {.text = "快递还没到，物流太慢",
                                        .person = {{IdentifierKind::kEmail, "li@example.com"}},
                                        .channel = "phone"}));
  EXPECT_EQ(made.number, "C-000001");
  EXPECT_EQ(made.category, "delivery.late");
  EXPECT_FALSE(made.chosen);
  EXPECT_EQ(made.owner, agent_.user);
  EXPECT_EQ(made.first_owner, agent_.user);
  EXPECT_EQ(made.severity, Severity::kMedium);
  // Medium: 4 and 24 working hours, 09:00 to 21:00 every day.
  EXPECT_EQ(format_utc(made.accept_due), "2026-03-02T14:00:00.000Z");
  EXPECT_EQ(format_utc(made.due), "2026-03-04T10:00:00.000Z");
  const auto found = must(complaints_->find(agent_, made.id));
  EXPECT_EQ(found.complaint.text, "快递还没到，物流太慢");
  EXPECT_EQ(found.complaint.person.front().value, "li@example.com");
  const Complaint urgent = must(complaints_->change(
      agent_, made.id, {.category = "quality", .severity = Severity::kCritical, .owner = manager_.user}));
  EXPECT_TRUE(urgent.chosen);
  EXPECT_EQ(urgent.owner, manager_.user);
  EXPECT_EQ(urgent.first_owner, agent_.user) << "who took the first contact stays known";
  EXPECT_EQ(format_utc(urgent.due), "2026-03-02T14:00:00.000Z");
  EXPECT_EQ(must(complaints_->find(agent_, made.id)).steps.back().kind, "changed");
}

TEST_F(ComplaintsTest, OpensOnceForARetryKey) {
  const Complaint first = accepted("event/7");
  const Complaint again = must(complaints_->create(agent_, {.client = "event/7", .text = "other words"}));
  EXPECT_EQ(again.id, first.id);
  EXPECT_EQ(again.text, "快递还没到，物流太慢");
  EXPECT_EQ(must(complaints_->of_client(agent_, "event/7")), first.id);
  EXPECT_FALSE(must(complaints_->of_client(agent_, "event/8")));
  EXPECT_EQ(must(complaints_->list(agent_, {}, 0, 10)).items.size(), 1U);
}

TEST_F(ComplaintsTest, RefusesWhatIsNotAComplaint) {
  EXPECT_EQ(code(complaints_->create(agent_, {.text = ""})), "bad_complaint");
  EXPECT_EQ(code(complaints_->create(agent_, {.text = std::string(9'000, 'x')})), "bad_complaint");
  EXPECT_EQ(code(complaints_->create(agent_, {.text = std::string("a\0b", 3)})), "bad_complaint");
  EXPECT_EQ(code(complaints_->create(agent_, {.text = "x", .category = "nonsense"})), "bad_complaint");
  EXPECT_EQ(code(complaints_->create(agent_, {.text = "x", .person = {{IdentifierKind::kEmail, " "}}})),
            "bad_complaint");
  EXPECT_EQ(code(complaints_->create(agent_, {.text = "x", .opened = clock_.now() - hours(1)})),
            "permission_missing");
  EXPECT_EQ(code(complaints_->create(manager_, {.text = "x", .opened = clock_.now() + hours(1)})),
            "bad_complaint");
  Grant viewer = agent_;
  viewer.permissions = 1U << static_cast<unsigned>(Permission::kViewCustomers);
  EXPECT_EQ(code(complaints_->create(viewer, {.text = "x"})), "permission_missing");
  Grant north = agent_;
  north.all_units = false;
  north.units = {"north"};
  EXPECT_EQ(code(complaints_->create(north, {.text = "x"})), "bad_complaint");
  const Complaint made = must(complaints_->create(north, {.text = "x", .unit = "north"}));
  Grant south = north;
  south.units = {"south"};
  EXPECT_EQ(code(complaints_->find(south, made.id)), "unknown_complaint");
  EXPECT_EQ(code(complaints_->move(south, made.id, {.move = Move::kAccept})), "unknown_complaint");
  EXPECT_TRUE(must(complaints_->list(south, {}, 0, 10)).items.empty());
  EXPECT_TRUE(must(complaints_->everything(Grant::owner(), {.units = {"south"}})).complaints.empty());
}

TEST_F(ComplaintsTest, GoesItsWayAndTellsTheJournal) {
  const Complaint made = accepted();
  EXPECT_EQ(code(complaints_->move(agent_, made.id, {.move = Move::kAccept})), "complaint_state");
  EXPECT_EQ(must(complaints_->add_step(agent_, made.id, {.kind = StepKind::kApology})).state,
            StepState::kDone);
  EXPECT_EQ(must(complaints_->find(agent_, made.id)).complaint.state, State::kInRecovery);
  clock_.advance(hours(2));
  must(complaints_->move(agent_, made.id, {.move = Move::kResolve}));
  EXPECT_EQ(code(complaints_->move(agent_, made.id, {.move = Move::kClose})), "bad_complaint")
      << "without a cause";
  const Complaint closed = must(complaints_->move(
      agent_, made.id, {.move = Move::kClose, .cause_class = CauseClass::kSystem, .cause = "courier"}));
  EXPECT_EQ(closed.closed, clock_.now());
  EXPECT_EQ(code(complaints_->add_step(agent_, made.id, {.kind = StepKind::kApology})), "complaint_state");
  EXPECT_EQ(code(complaints_->change(agent_, made.id, {.category = "price"})), "complaint_state");
  const Complaint again =
      must(complaints_->move(agent_, made.id, {.move = Move::kReopen, .note = "called again"}));
  EXPECT_EQ(again.reopened, 1U);
  EXPECT_FALSE(again.resolved || again.closed);
  std::vector<std::string> names, ids;
  for (const RawEvent& event : events()) {
    names.push_back(event.name);
    ids.push_back(event.message_id);
    EXPECT_EQ(event.case_id, made.number);
    EXPECT_EQ(event.text, event.name == "Complaint Opened" ? made.text : "");
  }
  EXPECT_EQ(names,
            (std::vector<std::string>{"Complaint Opened", "Complaint Accepted", "Complaint Remedy Given",
                                      "Complaint Resolved", "Complaint Closed", "Complaint Reopened"}));
  std::ranges::sort(ids);
  EXPECT_EQ(std::ranges::adjacent_find(ids), ids.end());
}

TEST_F(ComplaintsTest, WhatTheJournalDidNotTakeIsSentByTheNextStart) {
  accepted();
  ASSERT_EQ(events().size(), 2U);
  ASSERT_TRUE(db_->write([](ledger::Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("INSERT INTO complaint_outbox (step, complaint, name, at, properties) VALUES (2, 1, "
                  "'Complaint Accepted', 1, '{}')")
               .run());
    return {};
  }));
  open();
  const auto sent = events();
  ASSERT_EQ(sent.size(), 3U);
  EXPECT_EQ(sent[1].message_id, sent[2].message_id) << "the store drops the second";
  ASSERT_TRUE(complaints_->catch_up());
  EXPECT_EQ(events().size(), 3U);
}

TEST_F(ComplaintsTest, BeyondTheLimitARemedyWaitsForSomebodyElse) {
  const Complaint made = accepted();
  // An agent may give 200 yuan for a complaint.
  EXPECT_EQ(must(complaints_->add_step(agent_, made.id, refund(15'000))).state, StepState::kDone);
  const Step waiting = must(complaints_->add_step(agent_, made.id, refund(10'000, "k")));
  EXPECT_EQ(waiting.state, StepState::kWaiting);
  EXPECT_EQ(waiting.approval->why, "complaint_limit");
  EXPECT_EQ(must(complaints_->add_step(agent_, made.id, refund(10'000, "k"))).id, waiting.id) << "a repeat";
  EXPECT_EQ(must(complaints_->list(agent_, {.waiting = true}, 0, 10)).items.size(), 1U);
  EXPECT_EQ(code(complaints_->move(agent_, made.id, {.move = Move::kResolve})), "complaint_state");
  EXPECT_EQ(code(complaints_->decide(agent_, made.id, waiting.id, true, "")), "approval_not_allowed");
  EXPECT_EQ(must(complaints_->decide(manager_, made.id, waiting.id, true, "fine")).state,
            StepState::kApproved);
  EXPECT_EQ(must(complaints_->decide(manager_, made.id, waiting.id, true, "fine")).state,
            StepState::kApproved);
  EXPECT_EQ(code(complaints_->decide(manager_, made.id, waiting.id, false, "no")), "complaint_state");
  // Beyond the manager's 2,000 yuan nobody but an administrator may.
  const Step large = must(complaints_->add_step(agent_, made.id, refund(190'000)));
  EXPECT_EQ(code(complaints_->decide(manager_, made.id, large.id, true, "")), "approval_not_allowed");
  EXPECT_EQ(must(complaints_->decide(agent_, made.id, large.id, false, "mistyped")).state,
            StepState::kRefused);
  const Step dollars = must(complaints_->add_step(
      manager_, made.id, {.kind = StepKind::kGoodwill, .cost = Money{1, *parse_currency("EUR")}}));
  EXPECT_EQ(dollars.approval->why, "no_limit");
  EXPECT_EQ(must(complaints_->decide(Grant::owner(), made.id, dollars.id, true, "")).state,
            StepState::kApproved);
  const auto all = must(complaints_->everything(Grant::owner(), {}));
  ASSERT_EQ(all.costs.size(), 3U);
  EXPECT_EQ(all.costs[0].money.minor + all.costs[1].money.minor + all.costs[2].money.minor, 25'001);
}

TEST_F(ComplaintsTest, TheDayHasALimitToo) {
  // An agent may give 1,000 yuan a day: five complaints of 200.
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(must(complaints_->add_step(agent_, accepted().id, refund(20'000))).state, StepState::kDone);
  const Complaint sixth = accepted();
  EXPECT_EQ(must(complaints_->add_step(agent_, sixth.id, refund(1))).approval->why, "day_limit");
  clock_.advance(hours(24));
  EXPECT_EQ(must(complaints_->add_step(agent_, sixth.id, refund(1))).state, StepState::kDone);
  // Limits of one's own stand for all of the catalogue's.
  EXPECT_EQ(code(complaints_->put_limits(agent_, {})), "permission_missing");
  EXPECT_EQ(code(complaints_->put_limits(Grant::owner(), {{"robot", cny_, 1, 1}})), "bad_complaint");
  EXPECT_EQ(code(complaints_->put_limits(Grant::owner(), {{"agent", cny_, 1, 1}, {"agent", cny_, 2, 2}})),
            "bad_complaint");
  ASSERT_TRUE(complaints_->put_limits(Grant::owner(), {{"agent", cny_, 5, -1}}));
  EXPECT_EQ(must(complaints_->limits()).size(), 1U);
  EXPECT_EQ(must(complaints_->add_step(agent_, accepted().id, refund(5))).state, StepState::kDone);
  EXPECT_EQ(must(complaints_->add_step(agent_, accepted().id, refund(6))).state, StepState::kWaiting);
}

TEST_F(ComplaintsTest, TwoAtOnceDoNotPassALimit) {
  const Complaint made = accepted();
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] { EXPECT_TRUE(complaints_->add_step(agent_, made.id, refund(6'000))); });
  for (std::thread& thread : threads) thread.join();
  std::int64_t given = 0;
  std::size_t waiting = 0;
  for (const Step& step : must(complaints_->find(agent_, made.id)).steps) {
    if (!step.cost) continue;
    if (step.state == StepState::kDone) given += step.cost->minor;
    if (step.state == StepState::kWaiting) ++waiting;
  }
  EXPECT_EQ(given, 18'000);
  EXPECT_EQ(waiting, 5U);
}

TEST_F(ComplaintsTest, WhatWasChangedGoesBackToEveryComplaint) {
  const Complaint first = accepted(), second = accepted();
  EXPECT_EQ(code(complaints_->improve(agent_, {.title = "t", .message = "m", .complaints = {}})),
            "bad_complaint");
  EXPECT_EQ(code(complaints_->improve(agent_, {.title = "t", .message = "m", .complaints = {{99}}})),
            "unknown_complaint");
  const NewImprovement wanted{.client = "k",
                              .title = "New courier",
                              .message = "We changed the courier.",
                              .complaints = {first.id, second.id, first.id}};
  const Improvement made = must(complaints_->improve(agent_, wanted));
  EXPECT_EQ(made.complaints, 2U);
  EXPECT_EQ(made.told, 2U) << "nobody is known, so each complaint stands for somebody";
  EXPECT_EQ(must(complaints_->improve(agent_, wanted)).id, made.id);
  EXPECT_EQ(must(complaints_->improvements(agent_)).size(), 1U);
  std::size_t told = 0;
  for (const RawEvent& event : events()) told += event.name == "Complaint Improvement Told" ? 1 : 0;
  EXPECT_EQ(told, 2U);
  Grant north = agent_;
  north.all_units = false;
  north.units = {"north"};
  EXPECT_TRUE(must(complaints_->improvements(north)).empty());
}

TEST_F(ComplaintsTest, IsFilteredAndPaged) {
  for (int i = 0; i < 5; ++i) accepted();
  must(complaints_->create(manager_, {.text = "包装压坏", .channel = "web"}));
  const auto page = must(complaints_->list(agent_, {}, 0, 4));
  ASSERT_EQ(page.items.size(), 4U);
  EXPECT_EQ(page.items.front().id.value, 6U);
  EXPECT_EQ(must(complaints_->list(agent_, {}, page.next, 4)).items.size(), 2U);
  EXPECT_EQ(must(complaints_->list(agent_, {.states = {State::kNew}}, 0, 9)).items.size(), 1U);
  EXPECT_EQ(must(complaints_->list(agent_, {.category = "delivery"}, 0, 9)).items.size(), 5U);
  EXPECT_EQ(must(complaints_->list(agent_, {.channels = {"web"}}, 0, 9)).items.size(), 1U);
  EXPECT_EQ(must(complaints_->list(agent_, {.owner = manager_.user}, 0, 9)).items.size(), 1U);
  EXPECT_TRUE(must(complaints_->list(agent_, {.overdue = true}, 0, 9)).items.empty());
  clock_.advance(days(9));
  EXPECT_EQ(must(complaints_->list(agent_, {.overdue = true}, 0, 9)).items.size(), 6U);
}

TEST_F(ComplaintsTest, NothingPersonalLiesInTheLedger) {
  must(complaints_->create(agent_,
                           {.text = "secretword", .person = {{IdentifierKind::kEmail, "who@example.com"}}}));
  const Complaint made = accepted();
  must(complaints_->add_step(agent_, made.id, {.kind = StepKind::kNote, .note = "secretword"}));
  complaints_.reset();
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path)) {
    if (!entry.is_regular_file()) continue;
    const std::string bytes = *read_file(entry.path());
    EXPECT_EQ(bytes.find("secretword"), std::string::npos) << entry.path();
    EXPECT_EQ(bytes.find("who@example.com"), std::string::npos) << entry.path();
  }
}

}  // namespace
}  // namespace zhike::desk
