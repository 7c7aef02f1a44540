// Labels are kept sealed and can be forgotten; models are learned from them, measured, used and taken back.
#include "feedback/text_learning.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "feedback/text_preview.h"
#include "govern/keys.h"
#include "ledger/test_folder.h"
#include "warehouse/migrate.h"
#include "warehouse/test_engine.h"

namespace zhike::feedback {
namespace {

constexpr std::uint64_t kFirst = 1'048'576;

class TextLearningTest : public testing::Test {
 protected:
  void SetUp() override {
    auto engine = warehouse::TestEngine::start();
    ASSERT_TRUE(engine) << to_string(engine.error());
    engine_ = std::move(*engine);
    ASSERT_TRUE(warehouse::migrate(engine_->client(), ZHIKE_MIGRATIONS "/warehouse"));
    db_ = *ledger::Db::open({.file = folder_.path / "ledger.db", .migrations = ZHIKE_MIGRATIONS "/ledger"});
    keys_ = *govern::Keys::open(folder_.path / "keys");
    audit_ = std::make_unique<govern::Audit>(*keys_);
    // Half say with an invented word that it is good, half that it is bad; the models know neither.
    warehouse::Query query{
        .sql =
            "INSERT INTO events (event_id, block_id, received_at, occurred_at, subject_id, unit, text) "
            "SELECT "
            "1048576 + number, 1, now(), now(), number % 50 + 1, if(number % 10 = 0, 'north', 'main'), "
            "concat('the package was ', if(number % 2 = 0, 'glorped', 'zinged'), ' on day ', "
            "toString(cityHash64(number) % 97), ' order ', toString(number)) FROM numbers(300)"};
    ASSERT_TRUE(engine_->client().execute(query));
    open();
  }

  void open() {
    learning_.reset();
    readings_.reset();
    auto made = Readings::open({.ledger = *db_,
                                .client = engine_->client(),
                                .clock = Clock::system(),
                                .setup = {.aspects = *text::shipped_aspects("retail")},
                                .arrived = [](BlockId, Millis) { return BlockId{1}; }},
                               {.wait = Millis{10}, .rest = Millis{10}});
    ASSERT_TRUE(made) << to_string(made.error());
    readings_ = std::move(*made);
    auto learning = TextLearning::open({.ledger = *db_,
                                        .audit = *audit_,
                                        .key = crypto::derive(keys_->surveys(), "text_labels/1"),
                                        .client = engine_->client(),
                                        .clock = Clock::system(),
                                        .readings = *readings_,
                                        .aspects = std::string(*text::shipped_aspects_text("retail"))});
    ASSERT_TRUE(learning) << to_string(learning.error());
    learning_ = std::move(*learning);
    readings_->start();
    ASSERT_TRUE(readings_->wait_read(seconds(60)));
  }

  void label(std::uint64_t count) {
    const auto models = *readings_->models();
    for (std::uint64_t i = 0; i < count; ++i) {
      const auto tone = i % 2 == 0 ? text::Polarity::kNegative : text::Polarity::kPositive;
      const auto kept = learning_->labels().put(Grant::owner(), kFirst + i, tone, *models);
      ASSERT_TRUE(kept) << to_string(kept.error());
    }
  }

  std::string row(std::string_view sql) {
    const auto table = engine_->client().select({.sql = sql});
    if (!table) return to_string(table.error());
    std::string out;
    for (const auto& cell : table->rows.at(0)) out += (out.empty() ? "" : " ") + warehouse::as_text(cell);
    return out;
  }
  /// How many of the good ones are read as good, and of the bad as bad.
  std::string right() {
    return row(
        "SELECT countIf(event_id % 2 = 1 AND sentiment = 'positive'), countIf(event_id % 2 = 0 AND "
        "sentiment = 'negative') FROM readings WHERE reading = " +
        std::to_string(readings_->status().reading));
  }

  TestFolder folder_;
  std::unique_ptr<warehouse::TestEngine> engine_;
  std::unique_ptr<ledger::Db> db_;
  std::unique_ptr<govern::Keys> keys_;
  std::unique_ptr<govern::Audit> audit_;
  std::unique_ptr<Readings> readings_;
  std::unique_ptr<TextLearning> learning_;
};

Grant only(std::vector<std::string> units, bool handles = true) {
  Grant out = Grant::owner();
  out.all_units = false;
  out.units = std::move(units);
  if (!handles) out.permissions = 1U << static_cast<unsigned>(Permission::kViewCustomers);
  return out;
}

TEST_F(TextLearningTest, LabelsAreKeptSealedAndFollowTheGrant) {
  label(12);
  const std::vector<std::uint64_t> ids{kFirst, kFirst + 1};
  const auto all = learning_->labels().of(Grant::owner(), ids);
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 2U);
  EXPECT_NE(all->at(kFirst).text.find("glorped"), std::string::npos);
  EXPECT_EQ(all->at(kFirst).label, text::Polarity::kNegative);
  EXPECT_EQ(learning_->labels().of(only({"north"}), ids)->size(), 1U);
  // Nothing of it lies in the file as it was written.
  std::string bytes;
  ASSERT_TRUE(db_->read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& s = tx.sql("SELECT said, wrapped FROM text_labels");
    for (;;) {
      CX_TRY(const bool found, s.step());
      if (!found) return {};
      bytes += std::string(s.blob(0)) + std::string(s.blob(1));
    }
  }));
  EXPECT_GT(bytes.size(), 1000U);
  EXPECT_EQ(bytes.find("glorped"), std::string::npos);

  const auto models = *readings_->models();
  TextLabels& labels = learning_->labels();
  EXPECT_EQ(labels.put(only({"main"}), kFirst, text::Polarity::kPositive, *models).error().code,
            Code::kNotFound);
  EXPECT_EQ(labels.put(only({"main"}, false), kFirst + 1, text::Polarity::kPositive, *models).error().code,
            Code::kPermissionMissing);
  EXPECT_EQ(labels.put(Grant::owner(), 5, text::Polarity::kPositive, *models).error().code, Code::kNotFound);
  ASSERT_TRUE(labels.put(only({"north"}), kFirst, text::Polarity::kPositive, *models));
  EXPECT_EQ(labels.of(Grant::owner(), ids)->at(kFirst).label, text::Polarity::kPositive);
  const auto counts = labels.counts();
  ASSERT_TRUE(counts);
  EXPECT_EQ(counts->n(), 12U);
  EXPECT_EQ(counts->labels[0], 5U);
  EXPECT_EQ(labels.remove(only({"main"}), kFirst).error().code, Code::kNotFound);
  ASSERT_TRUE(labels.remove(Grant::owner(), kFirst));
  EXPECT_EQ(labels.counts()->n(), 11U);
}

TEST_F(TextLearningTest, PagesGoNewestFirstAndMissNothing) {
  label(25);
  std::vector<std::uint64_t> seen;
  query::Cursor at = *query::parse_cursor("");
  for (;;) {
    const auto page = learning_->labels().list(only({"main"}), at, 7);
    ASSERT_TRUE(page);
    for (const TextLabel& label : page->items) seen.push_back(label.event);
    if (!page->next) break;
    at = *page->next;
  }
  EXPECT_EQ(seen.size(), 22U) << "three are of another unit";
  EXPECT_TRUE(std::ranges::is_sorted(seen, std::greater{}));
}

TEST_F(TextLearningTest, ErasureDestroysTheLabelsOfASubject) {
  label(60);
  const auto gone = learning_->labels().forget(SubjectId{3});
  ASSERT_TRUE(gone);
  EXPECT_EQ(*gone, 2U) << "of events 2 and 52";
  EXPECT_EQ(learning_->labels().counts()->n(), 58U);
  for (const TextLabel& label : *learning_->labels().all()) EXPECT_NE(label.subject, SubjectId{3});
}

TEST_F(TextLearningTest, AModelIsLearnedComparedUsedAndTakenBack) {
  const auto few = learning_->retrain(Grant::owner(), TextPart::kModel, {});
  ASSERT_FALSE(few);
  EXPECT_EQ(few.error().code, Code::kBadTextLabels);
  const std::string before = right();
  label(200);
  Grant agent = Grant::owner();
  agent.permissions = 1U << static_cast<unsigned>(Permission::kHandleComplaints);
  EXPECT_EQ(learning_->retrain(agent, TextPart::kModel, {}).error().code, Code::kPermissionMissing);
  const auto made = learning_->retrain(Grant::owner(), TextPart::kModel, {});
  ASSERT_TRUE(made && *made) << to_string(made.error());
  EXPECT_EQ(**made, 1U);
  EXPECT_EQ(*learning_->versions().in_use(TextPart::kModel), 0U) << "until somebody says so";
  const auto version = learning_->versions().find(TextPart::kModel, 1);
  ASSERT_TRUE(version);
  EXPECT_EQ(version->card.find("glorped"), std::string::npos) << "no text of customers on a card";
  const auto card = boost::json::parse(version->card).as_object();
  EXPECT_TRUE(card.at("better").as_bool()) << version->card;
  EXPECT_GE(card.at("after").at("accuracy").at("value").to_number<double>(), 0.95);
  EXPECT_EQ(card.at("learned_from").to_number<int>() + card.at("held_out").to_number<int>(), 200);
  EXPECT_GE(card.at("held_out").to_number<int>(), 15);
  EXPECT_FALSE(card.at("changed").as_array().empty());

  ASSERT_TRUE(learning_->use(Grant::owner(), TextPart::kModel, 1));
  ASSERT_TRUE(readings_->wait_read(seconds(60)));
  EXPECT_EQ(right(), "150 150") << "those without a label too";
  // The next one is compared with the one in use, which has nothing left to learn.
  const auto again = learning_->retrain(Grant::owner(), TextPart::kModel, {});
  ASSERT_TRUE(again && *again);
  const auto second = boost::json::parse(learning_->versions().find(TextPart::kModel, 2)->card).as_object();
  EXPECT_EQ(second.at("compared_with").as_string(), "1");
  EXPECT_FALSE(second.at("better").as_bool());

  open();  // as after a restart
  EXPECT_EQ(right(), "150 150");
  ASSERT_TRUE(learning_->use(Grant::owner(), TextPart::kModel, 0));
  ASSERT_TRUE(readings_->wait_read(seconds(60)));
  EXPECT_EQ(right(), before);
  EXPECT_EQ(learning_->use(Grant::owner(), TextPart::kModel, 9).error().code, Code::kNotFound);
  EXPECT_EQ(learning_->use(agent, TextPart::kModel, 1).error().code, Code::kPermissionMissing);
}

TEST_F(TextLearningTest, AnAspectIsCorrectedInFiguresAtOnceAndTakenBack) {
  const auto found = [&](std::string_view where = "event_id = 1048576") {
    return row(
        "SELECT toString(groupArray((aspects, aspect_sentiments, aspect_positives, labels))) FROM readings "
        "WHERE "
        "reading = " +
        std::to_string(readings_->status().reading) + " AND " + std::string(where));
  };
  const std::string before = found(), others = found("event_id <> 1048576");
  ASSERT_NE(before.find("packaging"), std::string::npos) << before;
  const auto kept = learning_->correct(Grant::owner(), kFirst, "packaging", text::Polarity::kNegative);
  ASSERT_TRUE(kept) << to_string(kept.error());
  EXPECT_EQ(kept->label, text::Polarity::kNegative);
  ASSERT_TRUE(kept->heard);
  const std::string bad = found();
  EXPECT_NE(bad.find("['packaging'],['negative'],[0]"), std::string::npos) << bad;
  // An aspect that no word names, and one that is not there.
  ASSERT_TRUE(learning_->correct(Grant::owner(), kFirst, "delivery", text::Polarity::kPositive));
  EXPECT_NE(found().find("'delivery','packaging'"), std::string::npos) << found();
  ASSERT_TRUE(learning_->correct(Grant::owner(), kFirst, "packaging", std::nullopt));
  EXPECT_NE(found().find("['delivery'],['positive'],[1]"), std::string::npos) << found();
  EXPECT_EQ(found("event_id <> 1048576"), others) << "nothing else moves";
  EXPECT_EQ(readings_->corrections_of(kFirst).size(), 2U);
  const auto counts = learning_->aspect_labels().counts();
  ASSERT_TRUE(counts);
  EXPECT_EQ(counts->n(), 2U);
  EXPECT_EQ(counts->absent, 1U);

  const std::string corrected = found();
  open();  // as after a restart
  EXPECT_EQ(found(), corrected);
  ASSERT_TRUE(learning_->save(Grant::owner(), TextPart::kWords, "glorped zinged\n", ""));
  ASSERT_TRUE(readings_->wait_read(seconds(60)));
  EXPECT_EQ(found(), corrected) << "a later reading has it too";

  ASSERT_TRUE(learning_->take_back(Grant::owner(), kFirst, "packaging"));
  ASSERT_TRUE(learning_->take_back(Grant::owner(), kFirst, "delivery"));
  EXPECT_EQ(found(), before);
  EXPECT_EQ(learning_->take_back(Grant::owner(), kFirst, "delivery").error().code, Code::kNotFound);
}

TEST_F(TextLearningTest, AspectLabelsFollowTheGrantAndAreForgotten) {
  const auto put = [&](const Grant& grant, std::uint64_t event,
                       std::string_view aspect) -> std::optional<Code> {
    const auto done = learning_->correct(grant, event, aspect, text::Polarity::kNegative);
    if (done) return std::nullopt;
    return done.error().code;
  };
  EXPECT_EQ(put(only({"main"}), kFirst, "packaging"), Code::kNotFound) << "of the unit north";
  EXPECT_EQ(put(only({"main"}, false), kFirst + 1, "packaging"), Code::kPermissionMissing);
  EXPECT_EQ(put(Grant::owner(), kFirst, "no_such_aspect"), Code::kNotFound);
  EXPECT_EQ(put(Grant::owner(), 5, "packaging"), Code::kNotFound);
  EXPECT_EQ(learning_->aspect_labels().counts()->n(), 0U);
  for (std::uint64_t i = 0; i < 12; ++i) {
    ASSERT_EQ(put(Grant::owner(), kFirst + i, "packaging"), std::nullopt);
    ASSERT_EQ(put(Grant::owner(), kFirst + i, "delivery"), std::nullopt);
  }
  std::vector<std::uint64_t> seen;
  query::Cursor at = *query::parse_cursor("");
  for (;;) {
    const auto page = learning_->aspect_labels().list(only({"main"}), at, 7);
    ASSERT_TRUE(page);
    for (const AspectLabel& label : page->items) seen.push_back(label.event);
    if (!page->next) break;
    at = *page->next;
  }
  EXPECT_EQ(seen.size(), 20U) << "two comments are of another unit";
  EXPECT_TRUE(learning_->aspect_labels().pending()->empty());
  std::string bytes;
  ASSERT_TRUE(db_->read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& s = tx.sql("SELECT said FROM text_aspect_labels");
    for (;;) {
      CX_TRY(const bool found, s.step());
      if (!found) return {};
      bytes += std::string(s.blob(0));
    }
  }));
  EXPECT_GT(bytes.size(), 1000U);
  EXPECT_EQ(bytes.find("glorped"), std::string::npos) << "sealed";
  AspectLabels labels({.ledger = *db_,
                       .audit = *audit_,
                       .key = crypto::derive(keys_->surveys(), "text_labels/1"),
                       .client = engine_->client(),
                       .clock = Clock::system()});
  EXPECT_EQ(labels.forget(SubjectId{3}), 2U) << "of event 2, both aspects";
  EXPECT_EQ(labels.counts()->n(), 22U);
}

TEST_F(TextLearningTest, WhatTheWarehouseMissedIsBroughtThere) {
  ASSERT_TRUE(learning_->correct(Grant::owner(), kFirst, "packaging", text::Polarity::kNegative));
  // As after a crash between ledger and warehouse.
  ASSERT_TRUE(db_->write([](ledger::Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("UPDATE text_aspect_labels SET pending = 1, label = 2").run());
    return {};
  }));
  open();
  EXPECT_EQ(learning_->aspect_labels().pending()->size(), 1U);
  ASSERT_TRUE(learning_->settle()) << "as Readings does before it reads on";
  EXPECT_NE(row("SELECT toString(aspect_sentiments) FROM readings WHERE event_id = 1048576").find("positive"),
            std::string::npos);
  EXPECT_TRUE(learning_->aspect_labels().pending()->empty());
}

TEST_F(TextLearningTest, AModelOfAspectsIsLearnedComparedUsedAndTakenBack) {
  const auto right_aspects = [&] {
    return row(
        "SELECT countIf(event_id % 2 = 1 AND aspect_sentiments[indexOf(aspects, 'packaging')] = 'positive'), "
        "countIf(event_id % 2 = 0 AND aspect_sentiments[indexOf(aspects, 'packaging')] = 'negative') FROM "
        "readings WHERE event_id >= 1048696 AND reading = " +
        std::to_string(readings_->status().reading));
  };
  const auto few = learning_->retrain(Grant::owner(), TextPart::kAspectModel, {});
  ASSERT_FALSE(few);
  EXPECT_EQ(few.error().code, Code::kBadTextLabels);
  EXPECT_EQ(learning_->retrain(Grant::owner(), TextPart::kWords, {}).error().code, Code::kBadField);
  const std::string before = right_aspects();
  for (std::uint64_t i = 0; i < 120; ++i) {
    const auto tone = i % 2 == 0 ? text::Polarity::kNegative : text::Polarity::kPositive;
    ASSERT_TRUE(learning_->correct(Grant::owner(), kFirst + i, "packaging", tone));
  }
  ASSERT_TRUE(learning_->correct(Grant::owner(), kFirst, "delivery", std::nullopt)) << "teaches nothing";
  const auto made = learning_->retrain(Grant::owner(), TextPart::kAspectModel, {});
  ASSERT_TRUE(made && *made) << to_string(made.error());
  const auto version = learning_->versions().find(TextPart::kAspectModel, 1);
  ASSERT_TRUE(version);
  EXPECT_EQ(version->card.find("glorped"), std::string::npos) << "no text of customers on a card";
  const auto card = boost::json::parse(version->card).as_object();
  EXPECT_TRUE(card.at("better").as_bool()) << version->card;
  EXPECT_GE(card.at("after").at("accuracy").at("value").to_number<double>(), 0.95);
  EXPECT_EQ(card.at("learned_from").to_number<int>() + card.at("held_out").to_number<int>(), 120);
  EXPECT_EQ(card.at("changed").at(0).at("aspect").as_string(), "packaging");
  EXPECT_EQ(right_aspects(), before) << "until somebody puts it in use";

  const std::string comments = right();
  ASSERT_TRUE(learning_->use(Grant::owner(), TextPart::kAspectModel, 1));
  ASSERT_TRUE(readings_->wait_read(seconds(60)));
  EXPECT_EQ(right_aspects(), "90 90") << "of those without a label";
  EXPECT_EQ(right(), comments) << "comments as a whole are read as before";
  ASSERT_TRUE(learning_->use(Grant::owner(), TextPart::kAspectModel, 0));
  ASSERT_TRUE(readings_->wait_read(seconds(60)));
  EXPECT_EQ(right_aspects(), before);
}

TEST_F(TextLearningTest, ARunReportsAndStops) {
  ASSERT_TRUE(learning_->start(Grant::owner(), TextPart::kModel));
  const auto ended = [&] {
    for (int i = 0; i < 1000 && learning_->run().state == TextRun::State::kRunning; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    return learning_->run();
  };
  TextRun run = ended();
  EXPECT_EQ(run.state, TextRun::State::kRefused);
  EXPECT_NE(run.detail.find("80"), std::string::npos) << run.detail;
  label(200);
  ASSERT_TRUE(learning_->start(Grant::owner(), TextPart::kModel));
  run = ended();
  EXPECT_EQ(run.state, TextRun::State::kDone);
  EXPECT_EQ(run.version, 1U);
  ASSERT_TRUE(learning_->start(Grant::owner(), TextPart::kModel));
  learning_->stop();
  run = ended();
  EXPECT_TRUE(run.state == TextRun::State::kStopped || run.version == 2U);
}

TEST_F(TextLearningTest, PartsAreSavedUsedAndTakenBack) {
  const std::string mine =
      R"({"key": "mine", "name_en": "Mine", "name_zh": "我的", "aspects": [{"key": "parcel", "name_en": "Parcel",
          "name_zh": "包裹", "zh": ["包裹"], "en": ["package"]}]})";
  const auto saved = learning_->save(Grant::owner(), TextPart::kAspects, mine, "the parcel");
  ASSERT_TRUE(saved) << to_string(saved.error());
  ASSERT_TRUE(readings_->wait_read(seconds(60)));
  const auto found = [&] {
    return row("SELECT countIf(has(aspects, 'parcel')) FROM readings WHERE reading = " +
               std::to_string(readings_->status().reading));
  };
  EXPECT_EQ(found(), "300");
  EXPECT_EQ(*learning_->body(TextPart::kAspects, *saved), mine);
  EXPECT_EQ(learning_->versions().list(TextPart::kAspects)->front().note, "the parcel");
  EXPECT_EQ(learning_->save(Grant::owner(), TextPart::kAspects, "{}", "").error().code, Code::kBadCatalogue);
  EXPECT_EQ(learning_->save(Grant::owner(), TextPart::kWords, "\xff", "").error().code, Code::kBadFile);
  EXPECT_EQ(learning_->save(Grant::owner(), TextPart::kModel, "", "").error().code, Code::kBadField);
  const auto words = learning_->save(Grant::owner(), TextPart::kWords, "glorped zinged\n", "");
  ASSERT_TRUE(words) << to_string(words.error());
  EXPECT_EQ(readings_->setup()->words.size(), 1U);
  EXPECT_EQ(readings_->setup()->aspects.key, "mine") << "the other parts stay";
  ASSERT_TRUE(learning_->use(Grant::owner(), TextPart::kAspects, 0));
  ASSERT_TRUE(readings_->wait_read(seconds(60)));
  EXPECT_EQ(found(), "0");
}

TEST_F(TextLearningTest, AVersionThatCannotBeReadIsLeftOut) {
  ASSERT_TRUE(learning_->save(Grant::owner(), TextPart::kRoutes, R"({"routes": []})", ""));
  ASSERT_TRUE(db_->write([](ledger::Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("UPDATE text_versions SET body = $1").bind(1, ledger::Blob{"of a later program"}).run());
    return {};
  }));
  open();
  EXPECT_EQ(readings_->setup()->routes.rules.size(), text::shipped_routes().rules.size());
  EXPECT_EQ(learning_->use(Grant::owner(), TextPart::kRoutes, 1).error().code, Code::kBadCatalogue);
}

TEST_F(TextLearningTest, APreviewShowsWhatADraftWouldFind) {
  const std::string mine =
      R"({"key": "mine", "name_en": "Mine", "name_zh": "我的", "aspects": [{"key": "glory", "name_en": "Glory",
          "name_zh": "荣耀", "zh": ["荣耀"], "en": ["glorped"]}]})";
  const auto draft = text::CommentModels::make(*learning_->with(TextPart::kAspects, mine));
  ASSERT_TRUE(draft);
  const Instant now = Clock::system().now();
  const CommentFilter filter{.events = {.range = {now - Millis{86'400'000}, now + Millis{86'400'000}}}};
  const auto found = preview({engine_->client(), readings_->status().reading}, **readings_->models(), **draft,
                             Grant::owner(), filter);
  ASSERT_TRUE(found) << to_string(found.error());
  EXPECT_EQ(found->comments, 200U);
  ASSERT_FALSE(found->aspects.empty());
  EXPECT_EQ(found->aspects[0].key, "glory");
  EXPECT_EQ(found->aspects[0].now, 0U);
  EXPECT_EQ(found->aspects[0].then, 100U);
  EXPECT_EQ(found->aspects[0].examples.size(), Preview::kExamples);
  const auto dropped = std::ranges::find(found->aspects, "packaging", &PreviewUse::key);
  ASSERT_NE(dropped, found->aspects.end());
  EXPECT_EQ(dropped->now, 200U) << "package is a word of packaging";
  EXPECT_EQ(dropped->then, 0U);
}

TEST(Learn, LeavesOutWhatNoModelReads) {
  std::vector<TextAndLabel> labels(100, {.text = "Produto muito bom", .label = text::Polarity::kPositive});
  EXPECT_EQ(learn(labels, nullptr, {}).error().code, Code::kBadTextLabels);
}

}  // namespace
}  // namespace zhike::feedback
