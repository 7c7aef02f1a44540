#include "feedback/rounds.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <thread>

#include "feedback/test_rounds.h"
#include "ingest/record.h"

namespace zhike::feedback {
namespace {

class RoundsTest : public RoundsFixture {};

TEST_F(RoundsTest, AsksEverybodyOnceAndARepeatMakesNothing) {
  people(20);
  const auto before = must(rounds_->preview(owner_, nps_, plan()));
  EXPECT_EQ(before.population, 20U);
  EXPECT_EQ(before.asked, 20U);
  EXPECT_TRUE(asks().empty()) << "a preview asks nobody";
  const auto round = must(rounds_->make(owner_, nps_, "first", plan()));
  EXPECT_EQ(round.outcome.asked, 20U);
  EXPECT_EQ(round.funnel.sent, 20U);
  EXPECT_EQ(asks().size(), 20U);
  const auto again = must(rounds_->make(owner_, nps_, "first", plan()));
  EXPECT_EQ(again.id, round.id);
  EXPECT_EQ(again.outcome.asked, 20U);
  EXPECT_EQ(asks().size(), 20U);
  EXPECT_EQ(code(rounds_->make(owner_, nps_, "first", plan(3))), "key_reused");
  EXPECT_EQ(must(rounds_->list(owner_, nps_)).size(), 1U);
}

TEST_F(RoundsTest, TheQuarantineHoldsAcrossSurveysAndEnds) {
  people(10);
  must(rounds_->make(owner_, nps_, "a", plan(4)));
  auto outcome = must(rounds_->preview(owner_, ces_, plan()));
  EXPECT_EQ(left(outcome, Left::kQuarantined), 4U);
  EXPECT_EQ(outcome.asked, 6U);
  clock_.advance({days(30).value - 1'000});
  EXPECT_EQ(left(must(rounds_->preview(owner_, ces_, plan())), Left::kQuarantined), 4U);
  clock_.advance(seconds(1));
  EXPECT_EQ(must(rounds_->preview(owner_, ces_, plan())).asked, 10U);
  must(rounds_->make(owner_, ces_, "b", plan()));
  EXPECT_EQ(code(rounds_->make(owner_, nps_, "c", plan())), "bad_field") << "nobody is left";
}

TEST_F(RoundsTest, LinksThatWereMadeByHandCountAsAsked) {
  people(3);
  const NewLink link{.kind = LinkKind::kPersonal,
                     .person = {.identifiers = {{IdentifierKind::kEmail, "P1@example.com"}}}};
  must(surveys_->make_links(owner_, ces_, std::span(&link, 1)));
  const auto outcome = must(rounds_->preview(owner_, nps_, plan()));
  EXPECT_EQ(left(outcome, Left::kQuarantined), 1U);
  EXPECT_EQ(outcome.asked, 2U);
}

TEST_F(RoundsTest, WhoBecameOneCustomerIsAskedAsOne) {
  people(2);
  must(rounds_->make(owner_, nps_, "a", [&] {
    RoundPlan one = plan();
    one.customers = {client_.all[1]};
    return one;
  }()));
  must(graph_.merge(client_.all[0].value, client_.all[1].value, true));
  ASSERT_EQ(graph_.customer(IdentifierKind::kUserId, "user-1"), client_.all[0].value);
  client_.all.pop_back();
  EXPECT_EQ(left(must(rounds_->preview(owner_, ces_, plan())), Left::kQuarantined), 1U);
}

TEST_F(RoundsTest, ConsentOwnLimitsAndSharedIdentifiersLeaveOut) {
  people(5);
  say(client_.all[0], "consent.survey", "false");
  say(client_.all[1], "consent.sms", "no");
  say(client_.all[2], "survey_every_days", "90");
  auto outcome = must(rounds_->preview(owner_, nps_, plan()));
  EXPECT_EQ(left(outcome, Left::kRefused), 1U);
  EXPECT_EQ(outcome.asked, 4U);
  RoundPlan by_sms = plan();
  by_sms.channel = "sms";
  EXPECT_EQ(left(must(rounds_->preview(owner_, nps_, by_sms)), Left::kRefused), 2U);
  by_sms.connector = 7;
  outcome = must(rounds_->preview(owner_, nps_, by_sms));
  EXPECT_EQ(left(outcome, Left::kNoAddress), 3U) << "they have no telephone";
  EXPECT_EQ(outcome.asked, 0U);
  must(rounds_->make(owner_, nps_, "a", plan()));
  clock_.advance(days(40));
  outcome = must(rounds_->preview(owner_, ces_, plan()));
  EXPECT_EQ(left(outcome, Left::kOwnLimit), 1U);
  EXPECT_EQ(outcome.asked, 3U);
  clock_.advance(days(50));
  EXPECT_EQ(left(must(rounds_->preview(owner_, ces_, plan())), Left::kOwnLimit), 0U);
}

TEST_F(RoundsTest, SilentCustomersAloneAreAsked) {
  people(10);
  client_.spoke = {client_.all[2], client_.all[5], {999'999}};
  RoundPlan silent = plan();
  EXPECT_EQ(must(rounds_->preview(owner_, nps_, silent)).asked, 10U);
  silent.silent_days = 30;
  const auto outcome = must(rounds_->preview(owner_, nps_, silent));
  EXPECT_EQ(left(outcome, Left::kSpoke), 2U);
  EXPECT_EQ(outcome.asked, 8U);
}

TEST_F(RoundsTest, ASampleIsFullAlthoughSomeOfItRefuse) {
  people(30);
  for (int i = 0; i < 15; ++i) say(client_.all[static_cast<std::size_t>(i)], "consent.survey", "false");
  const auto outcome = must(rounds_->preview(owner_, nps_, plan(10, 5)));
  EXPECT_EQ(outcome.asked, 10U);
  EXPECT_EQ(outcome.looked_at, 10 + left(outcome, Left::kRefused));
  EXPECT_EQ(outcome.population, outcome.looked_at + left(outcome, Left::kNotDrawn));
  must(rounds_->make(owner_, nps_, "a", plan(10, 5)));
  const auto asked = asks();
  for (int i = 0; i < 15; ++i) EXPECT_FALSE(asked.contains(client_.all[static_cast<std::size_t>(i)].value));
}

TEST_F(RoundsTest, AListNamesCustomersOfTheGrantOnce) {
  people(3);
  std::vector<ledger::HotChange> records;
  for (const auto& [at, unit] : {std::pair{0, "north"}, {1, "south"}, {2, "north"}}) {
    ledger::HotProfile one;
    one.customer = client_.all[static_cast<std::size_t>(at)];
    one.last_seen = {10 + at};
    one.units = {unit};
    records.push_back({one.customer, one});
  }
  must(hot_->apply(BlockId{1}, {}, records));
  RoundPlan list = plan();
  list.customers = {client_.all[0], client_.all[0], client_.all[1], {999'999}};
  Grant north = owner_;
  north.all_units = false;
  north.units = {"north"};
  EXPECT_EQ(code(rounds_->preview(north, nps_, list)), "unknown_survey") << "it is of no unit";
  const auto head =
      must(surveys_->create(owner_, R"({"id": "n", "version": 1, "title": {"en": "N"}, "pages": [{"id": "p",
      "questions": [{"id": "q", "type": "nps", "text": {"en": "?"}}]}]})",
                            "north", Tongue::kEn));
  const auto outcome = must(rounds_->preview(north, head.id, list));
  EXPECT_EQ(outcome.population, 4U);
  EXPECT_EQ(left(outcome, Left::kRepeated), 1U);
  EXPECT_EQ(left(outcome, Left::kUnknown), 2U);
  EXPECT_EQ(outcome.asked, 1U);
  north.permissions &= ~(1U << static_cast<unsigned>(Permission::kViewCustomers));
  EXPECT_EQ(code(rounds_->preview(north, head.id, list)), "permission_missing");
}

TEST_F(RoundsTest, RefusesWhatCannotBe) {
  people(2);
  const auto refused = [&](auto change) {
    RoundPlan bad = plan();
    change(bad);
    return code(rounds_->preview(owner_, nps_, bad));
  };
  EXPECT_EQ(refused([](RoundPlan& p) { p.sample = 10'001; }), "bad_field");
  EXPECT_EQ(refused([](RoundPlan& p) { p.silent_days = 366; }), "bad_field");
  EXPECT_EQ(refused([](RoundPlan& p) { p.expires = Instant{1}; }), "bad_field");
  EXPECT_EQ(refused([](RoundPlan& p) { p.seed = 1ULL << 53U; }), "bad_field");
  EXPECT_EQ(refused([](RoundPlan& p) { p.reminders = 2; }), "bad_field");
  EXPECT_EQ(code(rounds_->make(owner_, nps_, "", plan())), "bad_field");
  EXPECT_EQ(code(rounds_->preview(owner_, {99}, plan())), "unknown_survey");
  must(surveys_->move(owner_, nps_, SurveyState::kClosed));
  EXPECT_EQ(code(rounds_->make(owner_, nps_, "late", plan())), "survey_state");
}

TEST_F(RoundsTest, LinksAreToldOnceAndCountForTheirCustomers) {
  people(3);
  const auto round = must(rounds_->make(owner_, nps_, "a", plan()));
  const auto told = must(rounds_->tell(owner_, nps_, round.id));
  ASSERT_EQ(told.size(), 3U);
  EXPECT_TRUE(must(rounds_->tell(owner_, nps_, round.id)).empty());
  EXPECT_EQ(code(rounds_->tell(owner_, ces_, round.id)), "not_found") << "of another survey";
  std::set<CustomerId> whose;
  for (const auto& one : told) whose.insert(one.customer);
  EXPECT_EQ(whose, std::set(client_.all.begin(), client_.all.end()));
  const auto visit = must(surveys_->visit(told[0].token, ""));
  must(surveys_->count_opened(visit));
  must(surveys_->submit(visit, must(read_answers(*visit.survey, boost::json::parse(R"({"recommend": 9})"))),
                        Tongue::kEn));
  const auto other = must(surveys_->visit(told[1].token, ""));
  must(surveys_->keep(other, {}));
  const auto listed = must(rounds_->list(owner_, nps_));
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_TRUE(listed[0].told);
  EXPECT_EQ(listed[0].funnel.sent, 3U);
  EXPECT_EQ(listed[0].funnel.opened, 2U) << "who began has opened";
  EXPECT_EQ(listed[0].funnel.started, 2U);
  EXPECT_EQ(listed[0].funnel.completed, 1U);
  const auto channels = must(rounds_->channels(owner_, nps_));
  ASSERT_EQ(channels.size(), 1U);
  EXPECT_EQ(channels[0].channel, "web");
  EXPECT_EQ(channels[0].funnel.completed, 1U);
  const auto person = visit.person.identifiers.at(0);
  EXPECT_EQ(graph_.customer(person.kind, person.value), told[0].customer.value);
}

TEST_F(RoundsTest, AnInterviewSaysWhoEnteredIt) {
  people(1);
  Grant staff = owner_;
  staff.user = {12};
  const auto first = must(rounds_->interview(staff, nps_, client_.all[0], "phone"));
  EXPECT_FALSE(first.asked);
  const auto visit = must(surveys_->visit(first.link.token, ""));
  EXPECT_EQ(visit.person.entered_by.value, 12U);
  EXPECT_EQ(visit.channel, "phone");
  must(surveys_->submit(visit, must(read_answers(*visit.survey, boost::json::parse(R"({"recommend": 9})"))),
                        Tongue::kEn));
  auto reader = journal_->read({});
  const auto record = must(reader->next());
  ASSERT_TRUE(record);
  const auto parsed = must(ingest::decode_record(record->payload));
  ASSERT_FALSE(parsed.events.empty());
  for (const RawEvent& event : parsed.events) {
    EXPECT_EQ(event.channel, "phone");
    ASSERT_NE(find(event.properties, "entered_by"), nullptr);
    EXPECT_EQ(zhike::to_string(*find(event.properties, "entered_by")), "12");
  }
  EXPECT_TRUE(must(rounds_->interview(staff, nps_, client_.all[0], "phone")).asked);
  EXPECT_EQ(left(must(rounds_->preview(owner_, ces_, plan())), Left::kQuarantined), 1U);
  EXPECT_EQ(code(rounds_->interview(staff, nps_, {999'999}, "phone")), "not_found");
}

TEST_F(RoundsTest, RoundsAtTheSameTimeAskNobodyTwice) {
  people(60);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread)
    threads.emplace_back([this, thread] {
      for (int i = 0; i < 6; ++i) {
        const SurveyId survey = (thread + i) % 2 == 0 ? nps_ : ces_;
        // Some repeat the name of another's round; some find nobody left.
        const std::string key = fmt::format("round {}", (thread * 7 + i * 3) % 9);
        const auto made = rounds_->make(owner_, survey, key, plan(5, static_cast<std::uint64_t>(thread)));
        if (!made) {
          EXPECT_TRUE(code(made) == "bad_field" || code(made) == "key_reused") << to_string(made.error());
        }
      }
    });
  for (std::thread& thread : threads) thread.join();
  std::size_t asked = 0;
  for (const auto& [customer, times] : asks()) {
    EXPECT_EQ(times.size(), 1U) << customer;
    ++asked;
  }
  EXPECT_GT(asked, 20U);
}

/// A survey whose texts name traits, with an address to leave.
constexpr std::string_view kPiped =
    R"({"id": "piped", "title": {"en": "For {tier|all}"}, "origins": ["https://shop.example"],
  "pages": [{"id": "p", "questions": [{"id": "q", "type": "nps", "text": {"en": "Dear {name|you} of {city|nowhere}?"}},
  {"id": "mail", "type": "contact", "by": "email", "text": {"en": "?"}}]}]})";

TEST_F(RoundsTest, TextsAreFilledFromTheProfileButForWhatIsSensitive) {
  people(1);
  say(client_.all[0], "name", "Li Na");
  say(client_.all[0], "tier", "gold");
  say(client_.all[0], "colour", "red");
  must(graph_.db().write([&](ledger::Tx& tx) -> Result<void> {
    const std::vector<identity::Trait> secret{
        {.key = "city", .value = "Harbin", .sensitive = true, .source = {1}, .at = {5}}};
    return traits_.put(tx, SubjectId{client_.all[0].value}, secret);
  }));
  surveys_->attach(std::move(rounds_));
  const auto head = must(surveys_->create(owner_, kPiped, "", Tongue::kEn));
  must(surveys_->move(owner_, head.id, SurveyState::kOpen));
  NewLink link{
      .kind = LinkKind::kPersonal,
      .person = {.identifiers = {{IdentifierKind::kEmail, "p0@example.com"}}, .traits = {{"tier", "ours"}}}};
  const auto links = must(surveys_->make_links(owner_, head.id, std::span(&link, 1)));
  const auto visit = must(surveys_->visit(links[0].token, ""));
  EXPECT_EQ(visit.person.traits,
            (std::map<std::string, std::string, std::less<>>{{"name", "Li Na"}, {"tier", "ours"}}))
      << "what the link was given goes first, what no text asks for and what is sensitive stays where it is";
}

TEST_F(RoundsTest, WhoNamesAKnownAddressInAPublicAnswerWasAsked) {
  people(2);
  surveys_->attach(std::move(rounds_));
  const auto head = must(surveys_->create(owner_, kPiped, "", Tongue::kEn));
  must(surveys_->move(owner_, head.id, SurveyState::kOpen));
  const NewLink link{};
  const auto links = must(surveys_->make_links(owner_, head.id, std::span(&link, 1)));
  const auto answer = [&](std::string_view mail) {
    const auto visit = must(surveys_->visit(links[0].token, Surveys::new_respondent()));
    must(surveys_->submit(visit,
                          must(read_answers(*visit.survey, boost::json::object{{"q", 9}, {"mail", mail}})),
                          Tongue::kEn));
  };
  answer("nobody@example.com");
  EXPECT_EQ(must(surveys_->rounds().preview(owner_, nps_, plan())).asked, 2U);
  answer("P1@example.com");
  const auto outcome = must(surveys_->rounds().preview(owner_, nps_, plan()));
  EXPECT_EQ(left(outcome, Left::kQuarantined), 1U);
  EXPECT_EQ(outcome.asked, 1U);
}

TEST_F(RoundsTest, ALinkIsTakenBackAloneAndOthersStay) {
  const std::vector<NewLink> wanted(2);
  const auto links = must(surveys_->make_links(owner_, nps_, wanted));
  must(surveys_->revoke(owner_, nps_, links[0].id));
  must(surveys_->revoke(owner_, nps_, links[0].id));
  EXPECT_EQ(code(surveys_->visit(links[0].token, "")), "link_expired");
  EXPECT_TRUE(surveys_->visit(links[1].token, ""));
  must(surveys_->revoke(owner_, nps_, links[1].token));
  EXPECT_EQ(code(surveys_->visit(links[1].token, "")), "link_expired");
  EXPECT_EQ(code(surveys_->revoke(owner_, ces_, links[0].id)), "unknown_link") << "of another survey";
  EXPECT_EQ(code(surveys_->revoke(owner_, nps_, "AAAAAAAAAAAAAAAAAAAAAA")), "unknown_link");
  EXPECT_TRUE(must(surveys_->public_links(owner_, nps_))[0].revoked);
  EXPECT_TRUE(surveys_->origins("AAAAAAAAAAAAAAAAAAAAAA").empty());
}

}  // namespace
}  // namespace zhike::feedback
