#include "feedback/triggers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "feedback/test_rounds.h"

namespace zhike::feedback {
namespace {

struct Happened {
  std::uint64_t event = 0, subject = 0;
  Instant at;
};

std::int64_t number_of(const warehouse::Query& query, std::string_view name) {
  for (const auto& [key, value] : query.params.encoded())
    if (key == name || key == "param_" + std::string(name)) return std::stoll(value);
  ADD_FAILURE() << "no parameter " << name;
  return 0;
}

/// Answers with the events that lie within the ids, or with those of the past.
class Events final : public warehouse::Client {
 public:
  std::vector<Happened> all;
  bool down = false;
  Result<warehouse::Table> select(const warehouse::Query& query) override {
    if (down) return fail(Code::kEngineFailed, "away");
    std::vector<boost::json::array> out;
    const auto text = [](auto number) {
      return boost::json::value(boost::json::string(std::to_string(number)));
    };
    if (query.sql.find("dictGetOrDefault") != query.sql.npos) {
      for (auto one = all.rbegin(); one != all.rend(); ++one)
        out.push_back({text(one->event), text(one->subject), text(one->at.ms)});
      return warehouse::rows(std::move(out));
    }
    const auto after = static_cast<std::uint64_t>(number_of(query, "after"));
    const auto upto = static_cast<std::uint64_t>(number_of(query, "upto"));
    for (const Happened& one : all)
      if (one.event > after && one.event <= upto)
        out.push_back({text(one.event), text(one.subject), text(one.at.ms)});
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

class TriggersTest : public RoundsFixture {
 protected:
  void SetUp() override {
    RoundsFixture::SetUp();
    surveys_->attach(std::move(rounds_));
    start();
  }
  /// As a new start of the service would: nothing is kept but what is in the ledger.
  void start() {
    triggers_ = std::make_unique<Triggers>(
        Triggers::Parts{.ledger = *db_,
                        .client = events_,
                        .graph = graph_.graph(),
                        .surveys = *surveys_,
                        .clock = clock_,
                        .zone = Zone::utc(),
                        .filter_of = [](const Grant&, const FilterTexts&) -> Result<query::Filter> {
                          return query::Filter{};
                        },
                        .arrived = [this](BlockId, Millis) { return newest_; }});
  }
  static TriggerPlan calls(Millis delay = minutes(30)) {
    TriggerPlan out;
    out.filter = {{"name", "Call Ended"}};
    out.delay = delay;
    out.ask.connector = 7;
    out.ask.channel = "email";
    return out;
  }
  /// The next block brings an event of the person.
  void happen(int person, Millis ago = {}) {
    newest_ = {newest_.value + 1};
    events_.all.push_back({.event = newest_.value << 20U,
                           .subject = client_.all[static_cast<std::size_t>(person)].value,
                           .at = clock_.now() - ago});
  }
  Trigger made(std::string_view key = "calls", TriggerPlan plan = calls()) {
    return must(triggers_->make(owner_, nps_, key, std::move(plan)));
  }
  Trigger now() { return must(triggers_->list(owner_, nps_)).at(0); }
  static std::uint64_t why(const Trigger& trigger, std::string_view reason) {
    const auto at = std::ranges::find(trigger.left, reason, &std::pair<std::string, std::uint64_t>::first);
    return at == trigger.left.end() ? 0 : at->second;
  }

  Events events_;
  BlockId newest_{5};
  std::unique_ptr<Triggers> triggers_;
};

TEST_F(TriggersTest, AnEventAsksItsCustomerAfterTheDelayAndOnce) {
  people(3);
  happen(0);  // before the trigger is made: asks nobody
  made();
  EXPECT_EQ(must(triggers_->follow()), 0U);
  happen(1);
  EXPECT_EQ(must(triggers_->follow()), 1U);
  EXPECT_EQ(must(triggers_->follow()), 0U);
  EXPECT_EQ(must(triggers_->ask_due()), 0U) << "not due";
  EXPECT_EQ(now().waiting, 1U);
  clock_.advance({minutes(30).value - 1});
  EXPECT_EQ(must(triggers_->ask_due()), 0U);
  clock_.advance({1});
  EXPECT_EQ(must(triggers_->ask_due()), 1U);
  EXPECT_EQ(must(triggers_->ask_due()), 0U);
  const Trigger after = now();
  EXPECT_EQ(after.matched, 1U);
  EXPECT_EQ(after.waiting, 0U);
  EXPECT_EQ(after.asked, 1U);
  EXPECT_EQ(after.round.waiting, 1U) << "its message is on its way";
  const auto asked = asks();
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked.begin()->first, client_.all[1].value);
  EXPECT_TRUE(must(surveys_->rounds().list(owner_, nps_)).empty()) << "the standing round is the trigger's";
}

TEST_F(TriggersTest, WhatWasNotedBeforeTheServiceEndedIsAskedAfterItStarts) {
  people(2);
  made();
  happen(0);
  must(triggers_->follow());
  start();
  happen(1);
  EXPECT_EQ(must(triggers_->follow()), 1U) << "goes on behind the mark";
  clock_.advance(hours(2));
  start();
  EXPECT_EQ(must(triggers_->ask_due()), 2U);
  start();
  EXPECT_EQ(must(triggers_->follow()), 0U);
  EXPECT_EQ(must(triggers_->ask_due()), 0U);
  EXPECT_EQ(asks().size(), 2U);
}

TEST_F(TriggersTest, WhatIsTooLateAfterADowntimeAsksNobody) {
  people(1);
  made();
  happen(0);
  must(triggers_->follow());
  clock_.advance(days(3));
  EXPECT_EQ(must(triggers_->ask_due()), 0U);
  EXPECT_EQ(why(now(), "stale"), 1U);
  EXPECT_EQ(now().waiting, 0U);
}

TEST_F(TriggersTest, TheQuarantineHoldsAmongEventsAndSurveys) {
  people(2);
  made("calls", calls(Millis{0}));
  happen(0);
  happen(0);
  happen(1);
  must(triggers_->follow());
  EXPECT_EQ(must(triggers_->ask_due()), 2U);
  EXPECT_EQ(why(now(), "quarantined"), 1U);
  EXPECT_EQ(left(must(surveys_->rounds().preview(owner_, ces_, plan())), Left::kQuarantined), 2U)
      << "who was asked by a trigger is left alone by rounds";
  clock_.advance(days(31));
  happen(0);
  must(triggers_->follow());
  EXPECT_EQ(must(triggers_->ask_due()), 1U);
}

TEST_F(TriggersTest, ConsentAddressesAndUnknownPeopleLeaveOut) {
  people(2);
  say(client_.all[0], "consent.survey", "no");
  TriggerPlan by_sms = calls(Millis{0});
  by_sms.ask.channel = "sms";
  made("sms", by_sms);
  happen(0);
  happen(1);
  newest_ = {newest_.value + 1};
  events_.all.push_back({.event = newest_.value << 20U, .subject = 999'999, .at = clock_.now()});
  must(triggers_->follow());
  EXPECT_EQ(must(triggers_->ask_due()), 0U);
  const Trigger after = now();
  EXPECT_EQ(why(after, "refused"), 1U);
  EXPECT_EQ(why(after, "no_address"), 1U) << "has no telephone";
  EXPECT_EQ(why(after, "unknown"), 1U);
  EXPECT_EQ(after.matched, 3U);
}

TEST_F(TriggersTest, AShareOfTheEventsAsks) {
  people(1);
  TriggerPlan some = calls(Millis{0});
  some.share = 0.25;
  made("some", some);
  for (int i = 0; i < 200; ++i) happen(0);
  EXPECT_EQ(must(triggers_->follow()), 200U);
  const Trigger after = now();
  EXPECT_EQ(after.waiting + why(after, "not_drawn"), 200U);
  EXPECT_NEAR(static_cast<double>(after.waiting), 50, 31) << "five standard deviations";
}

TEST_F(TriggersTest, QuietHoursPutOff) {
  people(1);
  TriggerPlan day = calls(Millis{0});
  // The clock of the fixture shows 22:13 UTC.
  day.quiet = QuietHours{.from = 21 * 60, .to = 9 * 60};
  made("day", day);
  happen(0);
  must(triggers_->follow());
  EXPECT_EQ(must(triggers_->ask_due()), 0U);
  EXPECT_EQ(now().waiting, 1U);
  clock_.advance(hours(11));
  EXPECT_EQ(must(triggers_->ask_due()), 1U);
}

TEST_F(TriggersTest, PausedItLooksAtNothingAndGoesOnFromNowOn) {
  people(3);
  const Trigger trigger = made("calls", calls(Millis{0}));
  happen(0);
  must(triggers_->follow());
  EXPECT_EQ(must(triggers_->move(owner_, nps_, trigger.id, TriggerState::kPaused)).state,
            TriggerState::kPaused);
  EXPECT_EQ(must(triggers_->ask_due()), 0U) << "what was due meanwhile asks nobody";
  happen(1);
  EXPECT_EQ(must(triggers_->follow()), 0U);
  must(triggers_->move(owner_, nps_, trigger.id, TriggerState::kOn));
  EXPECT_EQ(must(triggers_->follow()), 0U) << "nor do events of meanwhile";
  happen(2);
  EXPECT_EQ(must(triggers_->follow()), 1U);
  EXPECT_EQ(must(triggers_->ask_due()), 1U);
  EXPECT_EQ(why(now(), "stopped"), 1U);
  must(triggers_->move(owner_, nps_, trigger.id, TriggerState::kEnded));
  EXPECT_EQ(code(triggers_->move(owner_, nps_, trigger.id, TriggerState::kOn)), "survey_state");
  EXPECT_EQ(code(triggers_->move(owner_, ces_, trigger.id, TriggerState::kOn)), "not_found")
      << "of another survey";
}

TEST_F(TriggersTest, AClosedSurveyAsksNobody) {
  people(1);
  made("calls", calls(Millis{0}));
  happen(0);
  must(triggers_->follow());
  must(surveys_->move(owner_, nps_, SurveyState::kClosed));
  EXPECT_EQ(must(triggers_->ask_due()), 0U);
  EXPECT_EQ(why(now(), "closed"), 1U);
}

TEST_F(TriggersTest, WhatCannotBeLookedAtIsLookedAtLater) {
  people(1);
  made("calls", calls(Millis{0}));
  happen(0);
  events_.down = true;
  EXPECT_EQ(must(triggers_->follow()), 0U);
  EXPECT_FALSE(now().error.empty());
  events_.down = false;
  EXPECT_EQ(must(triggers_->follow()), 1U);
  EXPECT_TRUE(now().error.empty());
}

TEST_F(TriggersTest, TheSameIsMadeOnce) {
  people(1);
  const Trigger first = made();
  EXPECT_TRUE(first.is_new);
  const Trigger again = made();
  EXPECT_EQ(again.id, first.id);
  EXPECT_FALSE(again.is_new);
  EXPECT_EQ(code(triggers_->make(owner_, nps_, "calls", calls(minutes(5)))), "key_reused");
  EXPECT_EQ(code(triggers_->make(owner_, nps_, "", calls())), "bad_field");
  EXPECT_EQ(code(triggers_->make(owner_, {99}, "calls", calls())), "unknown_survey");
  TriggerPlan mute = calls();
  mute.ask.message.text = "no address";
  EXPECT_EQ(code(triggers_->make(owner_, nps_, "mute", mute)), "bad_field");
}

TEST_F(TriggersTest, ThePreviewCountsWhatWouldHaveAsked) {
  people(3);
  // Of one customer 20, 19 and 2 days ago, of another one day ago.
  for (const auto& [person, days_ago] : {std::pair{0, 20}, {0, 19}, {1, 1}, {0, 2}})
    happen(person, days(days_ago));
  std::ranges::sort(events_.all, {}, &Happened::at);
  const auto found = must(triggers_->preview(owner_, nps_, calls()));
  EXPECT_EQ(found.events, 4U);
  EXPECT_EQ(found.customers, 2U);
  EXPECT_EQ(found.drawn, 4U);
  EXPECT_EQ(found.asked, 2U) << "the quarantine is 30 days";
  EXPECT_EQ(found.by_day[29 - 20], 1U);
  EXPECT_EQ(found.by_day[29 - 1], 1U);
  EXPECT_FALSE(found.is_cut);
  EXPECT_TRUE(must(triggers_->list(owner_, nps_)).empty()) << "nothing is stored";
}

}  // namespace
}  // namespace zhike::feedback
