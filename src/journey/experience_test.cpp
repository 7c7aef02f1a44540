#include "journey/experience.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "govern/keys.h"
#include "journey/experience_settings.h"
#include "journey/experience_store.h"
#include "ledger/test_folder.h"

namespace zhike::journey {
namespace {

constexpr std::int64_t kMinute = 60'000, kHour = 60 * kMinute, kWeek = 7 * 24 * kHour;
constexpr std::uint32_t kSearched = 1, kPage = 2, kFailed = 3, kOrdered = 4, kAsked = 5, kListed = 6,
                        kCalled = 7, kParcel = 8;

ExperienceKinds kinds() {
  const std::vector<KindRow> rows{{kSearched, "track", "Products Searched", "web", "search"},
                                  {kPage, "page", "Product", "web", "product"},
                                  {kFailed, "track", "Payment Failed", "web", ""},
                                  {kOrdered, "track", "Order Completed", "web", "order"},
                                  {kAsked, "track", "CSAT Answered", "email", "survey"},
                                  {kListed, "track", "Product List Viewed", "app", "browse"},
                                  {kCalled, "track", "Call Started", "call_center", "contact"},
                                  {kParcel, "track", "Order Shipped", "logistics", "shipping"}};
  return kinds_of(rows, shipped_experience_settings());
}
std::size_t at(Part part) { return static_cast<std::size_t>(part); }

ExperienceMark step(std::int64_t ms, std::uint32_t kind, std::uint8_t more = 0) {
  return {
      .customer = 9, .what = static_cast<std::uint8_t>(ExperienceMark::kStep | more), .ms = ms, .kind = kind};
}
ExperienceMark signal(std::int64_t ms, std::uint32_t kind, double value = -1, std::string word = "") {
  return {.customer = 9, .what = 0, .ms = ms, .kind = kind, .value = value, .word = std::move(word)};
}
ExperienceMark rating(std::int64_t ms, double score, std::string instrument) {
  return {.customer = 9,
          .what = ExperienceMark::kRating,
          .ms = ms,
          .kind = kAsked,
          .value = score,
          .word = std::move(instrument)};
}
ExperienceSample sample_of(const std::vector<ExperienceMark>& marks) {
  ExperienceSample out;
  add_customer(marks, kinds(), shipped_experience_settings(), kWeek, out);
  return out;
}

TEST(LoadScore, FallsWithTheLogarithm) {
  EXPECT_EQ(load_score(0), 100);
  EXPECT_EQ(load_score(0.3), 100);
  EXPECT_EQ(load_score(10), 0);
  EXPECT_EQ(load_score(500), 0);
  EXPECT_NEAR(load_score(std::sqrt(3.0)), 50, 1e-9) << "the geometric mean of both ends";
}

TEST(ExperienceKinds, KnowWhatTheSettingsMean) {
  const ExperienceKinds found = kinds();
  EXPECT_TRUE(found.knows_errors);
  EXPECT_TRUE(found.of.at(kFailed).error);
  EXPECT_EQ(found.of.at(kSearched).searches, 1);
  EXPECT_EQ(found.of.at(kOrdered).targets, 3) << "of both rules";
  EXPECT_NE(found.of.at(kPage).loads, 0U);
  EXPECT_EQ(found.of.at(kOrdered).loads, 0U);
  EXPECT_TRUE(found.of.at(kListed).shown);
  EXPECT_FALSE(found.of.at(kCalled).digital || found.of.at(kCalled).neutral);
  EXPECT_TRUE(found.of.at(kParcel).neutral);
  EXPECT_FALSE(kinds_of({}, shipped_experience_settings()).knows_errors);
}

// One case by hand: a search that finds and one that is searched again, two loads, an error that is no step,
// an order, a parcel (no step of the customer's), a rating of 4 of 5.
TEST(ExperienceSample, CountsACaseByHand) {
  const auto sample =
      sample_of({step(0, kSearched, ExperienceMark::kFirst), signal(0, kSearched), step(kMinute, kSearched),
                 signal(kMinute, kSearched), step(2 * kMinute, kPage), signal(2 * kMinute, kPage, 0.2),
                 signal(3 * kMinute, kFailed), signal(3 * kMinute, kPage, 20),
                 step(4 * kMinute, kOrdered, ExperienceMark::kEnd), signal(4 * kMinute, kOrdered),
                 rating(kHour, 4, "csat"), rating(kHour, 3, "ces"), rating(2 * kHour, 10, "nps")});
  ASSERT_EQ(sample.lines.size(), 1U);
  const auto& line = sample.lines[0];
  EXPECT_EQ(line.y[at(Part::kFindability)], 100);
  EXPECT_EQ(line.x[at(Part::kFindability)], 2) << "the first search was searched again";
  EXPECT_EQ(line.y[at(Part::kLoad)], 100);
  EXPECT_EQ(line.x[at(Part::kLoad)], 2);
  EXPECT_NEAR(line.y[kSecondsRatio], 20.2, 1e-12);
  EXPECT_EQ(line.y[at(Part::kErrors)], 400);
  EXPECT_EQ(line.x[at(Part::kErrors)], 5) << "four steps and an error";
  EXPECT_NEAR(line.y[at(Part::kInterface)], 75 + 50, 1e-9);
  EXPECT_EQ(line.x[at(Part::kInterface)], 2) << "nps is no rating of the settings";
  EXPECT_EQ(line.y[kEffortRatio], 3);
  EXPECT_EQ(sample.steps, std::vector<std::uint32_t>{4});
}

TEST(ExperienceSample, KnowsOnlyTasteThatWasShownBefore) {
  const auto sample =
      sample_of({step(0, kPage, ExperienceMark::kFirst), signal(0, kPage, -1, "shoes"),
                 signal(kMinute, kListed, -1, "shoes"), step(kWeek * 2, kListed, ExperienceMark::kFirst),
                 signal(kWeek * 2, kListed, -1, "shoes"), signal(kWeek * 2 + 1, kListed, -1, "hats"),
                 signal(kWeek * 2 + 2, kListed, -1, "")});
  // A page is chosen only where the settings say so; "Product Viewed" is.
  EXPECT_EQ(sample.lines.size(), 2U);
  double shown = 0;
  for (const auto& line : sample.lines) shown += line.x[at(Part::kPersonalisation)];
  EXPECT_EQ(shown, 0) << "nothing was chosen, so nothing is preferred";
  std::vector<KindRow> rows{{kPage, "track", "Product Viewed", "web", "product"},
                            {kListed, "track", "Product List Viewed", "web", "browse"}};
  ExperienceSample chosen;
  std::vector<ExperienceMark> marks;
  for (int i = 0; i < 3; ++i) {
    marks.push_back(step(i, kPage, i == 0 ? ExperienceMark::kFirst : 0));
    marks.push_back(signal(i, kPage, -1, i < 2 ? "shoes" : "hats"));
  }
  marks.push_back(signal(5, kListed, -1, "shoes"));
  marks.push_back(step(kWeek * 2, kPage, ExperienceMark::kFirst));
  for (const char* sort : {"shoes", "hats", "coats", ""})
    marks.push_back(signal(kWeek * 2 + 1, kListed, -1, sort));
  add_customer(marks, kinds_of(rows, shipped_experience_settings()), shipped_experience_settings(), kWeek,
               chosen);
  ASSERT_EQ(chosen.lines.size(), 1U);
  EXPECT_EQ(chosen.lines[0].x[at(Part::kPersonalisation)], 3)
      << "what was chosen in the case itself does not count";
  EXPECT_EQ(chosen.lines[0].y[at(Part::kPersonalisation)], 150) << "1, 1/2 and 0";
}

TEST(ExperienceSample, LeavesOutWhatIsNotDigital) {
  EXPECT_TRUE(sample_of({step(0, kCalled, ExperienceMark::kFirst)}).lines.empty());
  const auto called = sample_of({step(0, kPage, ExperienceMark::kFirst), step(1, kCalled),
                                 rating(2, 5, "csat"), step(3, kOrdered, ExperienceMark::kEnd),
                                 step(4, kParcel), rating(5, 5, "csat"), rating(2 * kWeek, 5, "csat")});
  ASSERT_EQ(called.lines.size(), 1U);
  EXPECT_TRUE(called.steps.empty()) << "it needed a call";
  EXPECT_EQ(called.lines[0].complete, 1U);
  EXPECT_EQ(called.lines[0].x[at(Part::kInterface)], 0) << "the last step before each answer was not digital";
  const auto parcel = sample_of(
      {step(0, kPage, ExperienceMark::kFirst), step(1, kOrdered, ExperienceMark::kEnd), step(2, kParcel)});
  EXPECT_EQ(parcel.steps, std::vector<std::uint32_t>{2}) << "a parcel is no step of the customer's";
  const auto both = sample_of({step(0, kPage, ExperienceMark::kFirst), step(1, kListed)});
  EXPECT_EQ(both.lines[0].channel, ExperienceSample::kMixed);
}

TEST(Shortest, IsWhatCustomersDoAndNotOneOfThem) {
  ExperienceSample sample;
  EXPECT_FALSE(shortest_of(sample));
  sample.steps = {1, 4};
  EXPECT_FALSE(shortest_of(sample)) << "of two cases nothing can be said";
  sample.steps.assign(300, 6);
  sample.steps[0] = 1;
  sample.steps[1] = 2;
  sample.steps[2] = 4;
  EXPECT_EQ(shortest_of(sample), 4U) << "three of 303 took so few or fewer";
}

/// Customers whose searches find, whose loads take a second and whose steps are twice the shortest, half the
/// time.
ExperienceSample world(std::uint64_t seed, int customers, double finds, int steps_more) {
  std::mt19937_64 chance(seed);
  std::uniform_real_distribution<double> any(0, 1);
  const ExperienceKinds all = kinds();
  ExperienceSample out;
  for (int c = 0; c < customers; ++c) {
    std::vector<ExperienceMark> marks;
    const int steps = 4 + (any(chance) < 0.5 ? steps_more : 0);
    for (int i = 0; i < steps; ++i) {
      const std::int64_t ms = i * kMinute;
      const bool last = i + 1 == steps;
      std::uint8_t more = i == 0 ? ExperienceMark::kFirst : 0;
      if (last) more |= ExperienceMark::kEnd;
      marks.push_back(step(ms, last ? kOrdered : kListed, more));
      if (i == 0) marks.push_back(signal(ms, kSearched));
      if (i == 0 && any(chance) < finds) marks.push_back(signal(ms + 1, kPage, 1));
      if (i == 1) marks.push_back(signal(ms, kSearched));  // the last one always leads to the order
      if (last) marks.push_back(signal(ms, kOrdered));
    }
    for (auto& mark : marks) mark.customer = static_cast<std::uint64_t>(c);
    add_customer(marks, all, shipped_experience_settings(), kWeek, out);
  }
  return out;
}

TEST(Experience, RecoversWhatWasPlanted) {
  const ExperienceKinds all = kinds();
  const ExperienceSample sample = world(1, 2'000, 0.6, 4);
  const Experience found = experience_of(
      sample, {.settings = shipped_experience_settings(), .kinds = all, .shortest = shortest_of(sample)});
  EXPECT_EQ(found.shortest, 4U);
  const auto figure = [&](Part part) { return found.all.parts[at(part)].figure; };
  for (const auto& [part, truth] : {std::pair{Part::kSteps, 75.0}, std::pair{Part::kFindability, 80.0},
                                    std::pair{Part::kLoad, load_score(1)}, std::pair{Part::kErrors, 100.0}}) {
    ASSERT_TRUE(figure(part).value) << to_string(part);
    EXPECT_LE(figure(part).interval->low, truth + 1e-9) << to_string(part);
    EXPECT_GE(figure(part).interval->high, truth - 1e-9) << to_string(part);
  }
  EXPECT_EQ(figure(Part::kInterface).refused, ExperienceRefusal::kNoData);
  EXPECT_EQ(found.all.weight, 80);
  const double truth = (25 * 75 + 20 * load_score(1) + 20 * 80 + 15 * 100) / 80;
  EXPECT_LE(found.all.score.interval->low, truth);
  EXPECT_GE(found.all.score.interval->high, truth);
  double counts = 0;
  for (const ExperiencePart& part : found.all.parts) counts += part.counts;
  EXPECT_NEAR(counts, 100, 1e-9);
  EXPECT_EQ(found.all.parts[at(Part::kInterface)].counts, 0);
}

TEST(Experience, RefusesWhatTheDataCannotSay) {
  const ExperienceKinds all = kinds();
  const ExperienceSettings& settings = shipped_experience_settings();
  const Experience nothing = experience_of({}, {.settings = settings, .kinds = all, .shortest = {}});
  EXPECT_FALSE(nothing.all.score.value);
  EXPECT_EQ(nothing.all.score.refused, ExperienceRefusal::kNoData);
  const ExperienceSample few = world(1, 9, 1, 0);
  const Experience small = experience_of(few, {.settings = settings, .kinds = all, .shortest = 4});
  EXPECT_EQ(small.all.parts[at(Part::kSteps)].figure.refused, ExperienceRefusal::kTooFew);
  EXPECT_EQ(small.all.score.refused, ExperienceRefusal::kLittleWeight);
  const ExperienceSample sample = world(1, 100, 1, 0);
  ExperienceKinds silent = all;
  silent.knows_errors = false;
  const Experience open =
      experience_of(sample, {.settings = settings, .kinds = silent, .has_end = false, .shortest = {}});
  EXPECT_EQ(open.all.parts[at(Part::kSteps)].figure.refused, ExperienceRefusal::kNoEnd);
  EXPECT_EQ(open.all.parts[at(Part::kErrors)].figure.refused, ExperienceRefusal::kNoErrorKind);
  EXPECT_EQ(open.all.weight, 40);
  EXPECT_FALSE(open.all.score.value) << "less than half of the weight is no score";
}

TEST(Experience, TellsBeforeFromAfter) {
  const ExperienceKinds all = kinds();
  const ExperienceSample first = world(1, 800, 0.2, 4), second = world(2, 800, 0.8, 0),
                         same = world(3, 800, 0.2, 4);
  const ExperienceContext context{.settings = shipped_experience_settings(), .kinds = all, .shortest = 4};
  const Experience before = experience_of(first, context);
  const auto named = [](const std::vector<ExperienceChange>& changes, std::string_view what) {
    return std::ranges::find(changes, what, &ExperienceChange::what)->change;
  };
  const auto better = compare(before.all, experience_of(second, context).all);
  for (const std::string_view what : {"score", "steps", "findability"})
    EXPECT_GT(named(better, what).interval.low, 0);
  EXPECT_NEAR(named(better, "findability").difference, 30, 5);
  EXPECT_FALSE(named(compare(before.all, experience_of(same, context).all), "score").holds());
}

class ExperienceBookTest : public testing::Test {
 protected:
  void SetUp() override {
    keys_ = *govern::Keys::open(folder_.path / "keys");
    db_ = *ledger::Db::open({.file = folder_.path / "ledger.db", .migrations = ZHIKE_MIGRATIONS "/ledger"});
    audit_ = std::make_unique<govern::Audit>(*keys_);
  }
  TestFolder folder_;
  ManualClock clock_{{1'700'000'000'000}};
  std::unique_ptr<govern::Keys> keys_;
  std::unique_ptr<ledger::Db> db_;
  std::unique_ptr<govern::Audit> audit_;
};

TEST_F(ExperienceBookTest, KeepsWhatWasPutAndLosesNothingBetweenTwo) {
  ExperienceBook book(*db_, *audit_, clock_);
  EXPECT_EQ(*book.current(), shipped_experience_settings());
  ExperienceSettings wanted = shipped_experience_settings();
  wanted.weights = {100, 0, 0, 0, 0, 0};
  wanted.errors = {"name:*Oops*"};
  ASSERT_TRUE(book.put(Grant::owner(), wanted));
  EXPECT_EQ(book.put(Grant::owner(), wanted).error().code, Code::kLedgerConflict);
  wanted.version = 1;
  EXPECT_EQ(*book.current(), wanted);
  wanted.weights[0] = 99;
  EXPECT_EQ(book.put(Grant::owner(), wanted).error().code, Code::kBadField) << "99 is not all";
  Grant viewer = Grant::owner();
  viewer.permissions = 1U << static_cast<unsigned>(Permission::kViewMetrics);
  EXPECT_EQ(book.put(viewer, wanted).error().code, Code::kPermissionMissing);
  std::vector<govern::AuditEntry> log;
  ASSERT_TRUE(db_->read([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(log, audit_->list(tx, 0, 10));
    return {};
  }));
  ASSERT_EQ(log.size(), 1U);
  EXPECT_EQ(log[0].action, "experience_settings_changed");
}

TEST(ExperienceSettings, RefuseWhatIsNoRule) {
  const auto with = [](auto change) -> std::string_view {
    boost::json::object of = to_json(shipped_experience_settings());
    change(of);
    const auto read = parse_experience_settings(of);
    return read ? "taken" : info(read.error().code).id;
  };
  using Object = boost::json::object;
  EXPECT_EQ(with([](Object&) {}), "taken");
  EXPECT_EQ(with([](Object& of) { of.erase("weights"); }), "bad_field");
  EXPECT_EQ(with([](Object& of) { of["weights"].as_object()["load"] = -1; }), "bad_field");
  EXPECT_EQ(with([](Object& of) { of["channels"] = "web"; }), "bad_field");
  EXPECT_EQ(with([](Object& of) { of["errors"].as_array().push_back(7); }), "bad_field");
  EXPECT_EQ(with([](Object& of) { of["errors"] = {"a", "a"}; }), "bad_field");
  EXPECT_EQ(with([](Object& of) { of["ratings"].as_array()[0].as_object()["best"] = 1; }), "bad_field");
  EXPECT_EQ(with([](Object& of) { of["loads"].as_array()[0].as_object()["unit"] = "h"; }), "bad_field");
  EXPECT_EQ(with([](Object& of) { of["searches"].as_array()[0].as_object()["minutes"] = 0.5; }), "bad_field");
  EXPECT_EQ(with([](Object& of) { of["effort"] = std::string(300, 'x'); }), "bad_field");
}

TEST(ExperienceStore, ThePermissionIsNeeded) {
  const auto client = warehouse::Client::connect("unix:/nonexistent/engine.sock");
  const query::Filter filter{.range = {{0}, {1}}};
  const Grant nobody{.user = {}, .permissions = 0, .all_units = true, .units = {}};
  const auto& settings = shipped_experience_settings();
  EXPECT_EQ(experience(*client, nobody, filter, {}, {}, settings).error().code, Code::kPermissionMissing);
  EXPECT_EQ(experience(*client, Grant::owner(), filter, {}, {}, settings).error().code, Code::kWarehouseDown);
}

}  // namespace
}  // namespace zhike::journey
