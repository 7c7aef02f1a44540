// The lives that the simulator makes follow its parameters.
#include "world/story.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <set>

#include "world/comments.h"

namespace zhike::world {
namespace {

constexpr Period kPeriod{.start = {1'787'414'400'000}, .end = {1'795'190'400'000}};  // 90 days
constexpr std::uint64_t kPeople = 4000;

struct Lives {
  std::vector<Person> people;
  std::vector<Story> stories;
};
const Lives& lives() {
  static const Lives made = [] {
    Lives out;
    for (std::uint64_t id = 1; id <= kPeople; ++id) {
      out.people.push_back(make_person(17, id, {}));
      out.stories.push_back(live(out.people.back(), kPeriod, 17, {}));
    }
    return out;
  }();
  return made;
}

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}
// Four standard errors of a share: wrong once in 16,000 seeds.
double tolerance(double share, double n) { return 4 * std::sqrt(share * (1 - share) / n); }

TEST(Person, SharesAreTheDeclaredOnes) {
  double newcomers = 0, with_mail = 0, base = 0;
  std::set<std::string> ids, cards, phones;
  std::size_t holders = 0, card_holders = 0;
  for (const Person& p : lives().people) {
    newcomers += p.newcomer;
    with_mail += !p.email.empty();
    base += p.base;
    phones.insert(p.phone);
    if (!p.user_id.empty()) ids.insert(p.user_id), ++holders;
    if (!p.loyalty.empty()) cards.insert(p.loyalty), ++card_holders;
  }
  EXPECT_NEAR(newcomers / kPeople, 0.3, tolerance(0.3, kPeople));
  EXPECT_NEAR(with_mail / kPeople, 0.85, tolerance(0.85, kPeople));
  EXPECT_NEAR(base / kPeople, 8.0, 0.15);  // a little below: 10 is the limit
  EXPECT_EQ(ids.size(), holders);
  EXPECT_EQ(cards.size(), card_holders);
  const double shared = 1 - static_cast<double>(phones.size()) / kPeople;
  EXPECT_NEAR(shared, 0.01, tolerance(0.01, kPeople));
}

TEST(Story, TimesAreInOrderAndWithinThePeriod) {
  for (const Story& story : lives().stories) {
    for (const WebCall& call : story.calls) EXPECT_TRUE(kPeriod.holds(call.at));
    for (const Answer& answer : story.answers) EXPECT_TRUE(kPeriod.holds(answer.at));
    for (const Order& o : story.orders) {
      EXPECT_TRUE(kPeriod.holds(o.placed_at));
      EXPECT_GT(*o.paid_at, o.placed_at);
      if (o.shipped_at) EXPECT_GT(*o.delivered_at, *o.shipped_at);
    }
    for (const Contact& c : story.contacts) {
      EXPECT_TRUE(kPeriod.holds(c.opened_at));
      if (c.answered_at) EXPECT_GT(*c.answered_at, c.opened_at);
      if (c.resolved_at) EXPECT_GE(*c.resolved_at, *c.answered_at);
    }
  }
}

TEST(Story, DeliveriesFailAsOftenAsDeclared) {
  double sent = 0, late = 0, sent_then = 0, late_then = 0, placed = 0, cancelled = 0;
  const double length = static_cast<double>((kPeriod.end - kPeriod.start).value);
  for (const Story& story : lives().stories) {
    for (const Order& o : story.orders) {
      if (o.channel == Channel::kStore) continue;
      ++placed;
      cancelled += o.cancelled_at.has_value();
      if (!o.delivered_at) continue;
      const double at = static_cast<double>((o.placed_at - kPeriod.start).value) / length;
      const bool incident = at >= 0.45 && at < 0.55;
      (incident ? sent_then : sent) += 1;
      (incident ? late_then : late) += *o.delivered_at > *o.promised_at;
    }
  }
  EXPECT_GT(placed, 4000);
  EXPECT_NEAR(cancelled / placed, 0.04, tolerance(0.04, placed));
  EXPECT_NEAR(late / sent, 0.12, tolerance(0.12, sent));
  EXPECT_NEAR(late_then / sent_then, 0.45, tolerance(0.45, sent_then));
}

TEST(Story, WhatHappensMovesSatisfaction) {
  std::vector<double> on_time, late, sound, defective;
  for (const Story& story : lives().stories) {
    for (const Answer& a : story.answers) {
      if (a.instrument != Instrument::kReview) continue;
      for (const Order& o : story.orders) {
        if (o.number != a.about || !o.promised_at) continue;
        (*o.delivered_at > *o.promised_at ? late : on_time).push_back(a.score);
        (o.defect ? defective : sound).push_back(a.score);
      }
    }
  }
  ASSERT_GT(late.size(), 50U);
  ASSERT_GT(defective.size(), 50U);
  EXPECT_LT(mean(late), mean(on_time) - 0.3);
  EXPECT_LT(mean(defective), mean(sound) - 0.4);  // -1.8 on a scale whose step is 2.5
}

TEST(Story, ScoresFollowTheExperience) {
  std::vector<double> difference;
  for (const Story& story : lives().stories)
    for (const Answer& a : story.answers)
      if (a.instrument == Instrument::kNps && a.experience > 3 && a.experience < 7)
        difference.push_back(a.score - a.experience);
  ASSERT_GT(difference.size(), 100U);
  EXPECT_NEAR(mean(difference), 0, 0.3);
  EXPECT_EQ(score_of(Instrument::kNps, 10), 10);
  EXPECT_EQ(score_of(Instrument::kNps, -3), 0);
  EXPECT_EQ(score_of(Instrument::kCsat, 0), 1);
  EXPECT_EQ(score_of(Instrument::kCsat, 10), 5);
  EXPECT_EQ(score_of(Instrument::kCes, 10), 1);
  EXPECT_EQ(score_of(Instrument::kCes, 0), 5);
  EXPECT_EQ(score_of(Instrument::kReview, 7.5), 4);
}

TEST(Story, UnhappyCustomersLeaveMoreOften) {
  Parameters bad;
  bad.late_share = 0.9;
  bad.defect_share = 0.5;
  double left = 0, left_bad = 0;
  for (std::uint64_t id = 1; id <= 1000; ++id) {
    left += lives().stories[id - 1].left;
    left_bad += live(make_person(17, id, bad), kPeriod, 17, bad).left;
  }
  EXPECT_GT(left_bad, left * 2);
}

TEST(Comments, SentimentFollowsTheScore) {
  Chance chance(1, 1);
  Person person = make_person(1, 1, {});
  for (const bool chinese : {true, false}) {
    person.chinese = chinese;
    for (int i = 0; i < 300; ++i) {
      const std::string good = comment_on(person, 9, Cause::kLate, 0, chance);
      for (const auto word : {"失望", "太差", "糟糕", "isappoint", "errible", "Poor"})
        EXPECT_EQ(good.find(word), std::string::npos) << good;
      const std::string bad = comment_on(person, 2, Cause::kRecovered, 0, chance);
      for (const auto word : {"满意！", "好评", "Great", "Excellent", "thank"})
        EXPECT_EQ(bad.find(word), std::string::npos) << bad;
    }
  }
}

TEST(Comments, SomeHoldAPhoneNumber) {
  Chance chance(2, 1);
  const Person person = make_person(1, 1, {});
  EXPECT_NE(comment_on(person, 3, Cause::kWait, 1, chance).find(person.phone), std::string::npos);
  EXPECT_EQ(comment_on(person, 3, Cause::kWait, 0, chance).find(person.phone), std::string::npos);
  EXPECT_NE(note_on(person, Topic::kDefect, true, 1, chance).find(person.phone), std::string::npos);
}

}  // namespace
}  // namespace zhike::world
