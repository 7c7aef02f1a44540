#include "feedback/surveys.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>

#include "feedback/survey_templates.h"
#include "ingest/record.h"
#include "ledger/test_folder.h"

namespace zhike::feedback {
namespace {

namespace json = boost::json;

class SurveysTest : public testing::Test {
 protected:
  void SetUp() override {
    keys_ = *govern::Keys::open(folder_.path / "keys");
    db_ = *ledger::Db::open({.file = folder_.path / "ledger.db", .migrations = ZHIKE_MIGRATIONS "/ledger"});
    audit_ = std::make_unique<govern::Audit>(*keys_);
    sources_ = *ingest::Sources::open(*db_, *keys_, clock_);
    journal::Options options;
    options.folder = folder_.path / "journal";
    options.clock = &clock_;
    options.key = [this](std::int32_t day) -> Result<crypto::Key> { return keys_->day(day); };
    options.journal_bytes_max = 1 << 20;
    journal_ = *journal::Journal::open(std::move(options));
    intake_ = std::make_unique<ingest::Intake>(*journal_, clock_);
    open();
  }
  void open() {
    surveys_.reset();
    auto opened = Surveys::open({.ledger = *db_,
                                 .key = keys_->surveys(),
                                 .audit = *audit_,
                                 .sources = *sources_,
                                 .intake = *intake_,
                                 .clock = clock_,
                                 .zone = "Asia/Shanghai"});
    ASSERT_TRUE(opened) << to_string(opened.error());
    surveys_ = std::move(*opened);
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
  std::string_view document(std::string_view key) {
    for (const SurveyTemplate& one : survey_templates())
      if (one.key == key) return one.document;
    return {};
  }
  SurveyHead open_survey(std::string_view document) {
    const auto head = must(surveys_->create(owner_, document, "", Tongue::kEn));
    return must(surveys_->move(owner_, head.id, SurveyState::kOpen));
  }
  std::string link(SurveyId id, NewLink wanted = {}) {
    const auto made = must(surveys_->make_links(owner_, id, std::span(&wanted, 1)));
    return made.empty() ? "" : made.front().token;
  }
  Answers answers(const Visit& visit, std::string_view text) {
    return must(read_answers(*visit.survey, json::parse(text)));
  }
  /// Everything in the journal.
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
  ManualClock clock_{Instant{1'700'000'000'000}};
  const Grant owner_ = Grant::owner();
  std::unique_ptr<govern::Keys> keys_;
  std::unique_ptr<ledger::Db> db_;
  std::unique_ptr<govern::Audit> audit_;
  std::unique_ptr<ingest::Sources> sources_;
  std::unique_ptr<journal::Journal> journal_;
  std::unique_ptr<ingest::Intake> intake_;
  std::unique_ptr<Surveys> surveys_;
};

TEST_F(SurveysTest, AVersionIsMadeFromTheNewest) {
  const auto head = must(surveys_->create(owner_, document("nps"), "", Tongue::kEn));
  EXPECT_EQ(code(surveys_->create(owner_, document("nps"), "", Tongue::kEn)), "bad_survey")
      << "the id is taken";
  json::value next = json::parse(must(surveys_->document(owner_, head.id)));
  next.as_object()["title"] = json::object{{"en", "Second"}};
  const std::string text = json::serialize(next);
  EXPECT_EQ(must(surveys_->put(owner_, head.id, text, Tongue::kEn)).version, 2U);
  EXPECT_EQ(code(surveys_->put(owner_, head.id, text, Tongue::kEn)), "survey_changed")
      << "it names version 1";
  EXPECT_EQ(must(surveys_->versions(owner_, head.id)).size(), 2U);
  EXPECT_EQ(must(surveys_->list(owner_)).front().title.en, "Second");
  EXPECT_EQ(json::parse(must(surveys_->document(owner_, head.id, 1))).at("version"), 1);
  EXPECT_EQ(json::parse(must(surveys_->document(owner_, head.id))).at("version"), 2);
  next.as_object()["id"] = "other";
  EXPECT_EQ(code(surveys_->put(owner_, head.id, json::serialize(next), Tongue::kEn)), "bad_survey");
}

TEST_F(SurveysTest, StatesFollowTheTable) {
  const auto head = must(surveys_->create(owner_, document("nps"), "", Tongue::kEn));
  const auto token = link(head.id);
  EXPECT_EQ(code(surveys_->visit(token, "")), "survey_closed") << "a draft takes no answers";
  EXPECT_EQ(code(surveys_->move(owner_, head.id, SurveyState::kClosed)), "survey_state");
  EXPECT_EQ(code(surveys_->move(owner_, head.id, SurveyState::kOpen)), "ok");
  EXPECT_EQ(code(surveys_->visit(token, "")), "ok");
  EXPECT_EQ(code(surveys_->move(owner_, head.id, SurveyState::kDraft)), "survey_state");
  EXPECT_EQ(code(surveys_->move(owner_, head.id, SurveyState::kClosed)), "ok");
  EXPECT_EQ(code(surveys_->visit(token, "")), "survey_closed");
  EXPECT_EQ(code(surveys_->put(owner_, head.id, document("nps"), Tongue::kEn)), "survey_state");
}

TEST_F(SurveysTest, AnswersAreThereForWhoMaySeeTheirUnit) {
  const auto head = must(surveys_->create(owner_, document("nps"), "north", Tongue::kEn));
  Grant south{.user = {9}, .permissions = owner_.permissions, .all_units = false, .units = {"south"}};
  EXPECT_EQ(code(surveys_->find(south, head.id)), "unknown_survey");
  EXPECT_TRUE(must(surveys_->list(south)).empty());
  EXPECT_EQ(code(surveys_->create(south, document("csat"), "north", Tongue::kEn)), "bad_field");
  EXPECT_EQ(code(surveys_->create(south, document("csat"), "south", Tongue::kEn)), "ok");
  const Grant nobody{.user = {}, .permissions = 0, .all_units = true, .units = {}};
  EXPECT_EQ(code(surveys_->list(nobody)), "permission_missing");
  EXPECT_EQ(code(surveys_->funnel(nobody, head.id)), "permission_missing");
  EXPECT_EQ(code(surveys_->make_links(nobody, head.id, {})), "permission_missing");
}

TEST_F(SurveysTest, AHalfFilledAnswerIsKeptAndADoubleSubmitCountsOnce) {
  const auto head = open_survey(document("nps"));
  const auto token = link(head.id), me = Surveys::new_respondent();
  auto visit = must(surveys_->visit(token, me));
  EXPECT_EQ(visit.state, Visit::State::kNew);
  EXPECT_EQ(code(surveys_->keep(visit, answers(visit, R"({"recommend": 9})"))), "ok");
  open();  // a restart
  visit = must(surveys_->visit(token, me));
  EXPECT_EQ(visit.state, Visit::State::kOpen);
  EXPECT_EQ(std::get<std::int64_t>(visit.answers.at("recommend")), 9);
  EXPECT_TRUE(events().empty()) << "nothing is counted before it is sent off";
  const auto all = answers(visit, R"({"recommend": 9, "why_high": "快"})");
  EXPECT_EQ(code(surveys_->submit(visit, all, Tongue::kEn)), "ok");
  EXPECT_EQ(code(surveys_->submit(visit, all, Tongue::kEn)), "ok") << "the same request again";
  const auto again = must(surveys_->visit(token, me));
  EXPECT_EQ(again.state, Visit::State::kDone);
  EXPECT_EQ(code(surveys_->submit(again, answers(again, R"({"recommend": 0})"), Tongue::kEn)), "ok");
  EXPECT_EQ(code(surveys_->keep(again, {})), "link_used");
  const auto stored = events();
  ASSERT_EQ(stored.size(), 2U);
  EXPECT_EQ(stored[1].instrument, "nps");
  EXPECT_EQ(stored[1].score, 9.0F) << "what was accepted first counts";
  EXPECT_EQ(stored[1].text, "快");
  const auto funnel = must(surveys_->funnel(owner_, head.id));
  EXPECT_EQ(funnel.started, 1U);
  EXPECT_EQ(funnel.completed, 1U);
  EXPECT_EQ(funnel.sent, 0U);
}

TEST_F(SurveysTest, AnswersOutsideTheScaleAreNotTaken) {
  const auto head = open_survey(document("nps"));
  const auto visit = must(surveys_->visit(link(head.id), Surveys::new_respondent()));
  EXPECT_EQ(code(surveys_->submit(visit, answers(visit, R"({"recommend": 11})"), Tongue::kEn)), "bad_answer");
  EXPECT_EQ(code(surveys_->submit(visit, {}, Tongue::kZh)), "bad_answer");
  EXPECT_TRUE(events().empty());
}

TEST_F(SurveysTest, APersonalLinkCountsForItsPersonAndOnce) {
  const auto head = open_survey(document("csat"));
  const auto token = link(
      head.id, {.kind = LinkKind::kPersonal,
                .channel = "email",
                .person = {.identifiers = {{IdentifierKind::kUserId, "c-7"}}, .traits = {{"name", "李"}}}});
  auto visit = must(surveys_->visit(token, Surveys::new_respondent()));
  EXPECT_EQ(visit.person.traits.at("name"), "李");
  EXPECT_EQ(code(surveys_->count_opened(visit)), "ok");
  EXPECT_EQ(code(surveys_->submit(visit, answers(visit, R"({"satisfied": 2})"), Tongue::kEn)), "ok");
  visit = must(surveys_->visit(token, Surveys::new_respondent()));
  EXPECT_EQ(visit.state, Visit::State::kDone) << "whatever the address says, a link has one response";
  const auto stored = events();
  ASSERT_EQ(stored.size(), 2U);
  EXPECT_EQ(stored[1].identifiers[0], (Identifier{IdentifierKind::kUserId, "c-7"}));
  EXPECT_EQ(stored[1].channel, "email");
  const auto funnel = must(surveys_->funnel(owner_, head.id));
  EXPECT_EQ(funnel.sent, 1U);
  EXPECT_EQ(funnel.sent_opened, 1U);
  EXPECT_EQ(funnel.completed, 1U);
}

TEST_F(SurveysTest, LinksExpireAndCannotBeGuessed) {
  const auto head = open_survey(document("nps"));
  const auto token = link(head.id, {.expires = clock_.now() + minutes(1)});
  EXPECT_EQ(code(surveys_->visit(token, "")), "ok");
  clock_.advance(minutes(1));
  EXPECT_EQ(code(surveys_->visit(token, "")), "link_expired");
  for (const std::string& forged :
       {std::string(), std::string("x"), std::string(22, 'A'), std::string(1000, 'A'), token.substr(1) + "A",
        std::string("' OR 1=1 --aaaaaaaaaaa")})
    EXPECT_EQ(code(surveys_->visit(forged, "")), "unknown_link") << forged;
  const NewLink no_person{.kind = LinkKind::kPersonal};
  EXPECT_EQ(code(surveys_->make_links(owner_, head.id, std::span(&no_person, 1))), "bad_field");
}

TEST_F(SurveysTest, AFullQuotaTurnsAway) {
  json::value doc = json::parse(document("nps"));
  doc.as_object()["quotas"] = json::parse(
      R"([{"id": "low", "if": {"question": "recommend", "most": 6}, "most": 2}, {"id": "all", "most": 100}])");
  const auto head = open_survey(json::serialize(doc));
  const auto token = link(head.id);
  const auto send = [&](std::string_view text) {
    const auto visit = must(surveys_->visit(token, Surveys::new_respondent()));
    return std::string(code(surveys_->submit(visit, answers(visit, text), Tongue::kEn)));
  };
  EXPECT_EQ(send(R"({"recommend": 0})"), "ok");
  EXPECT_EQ(send(R"({"recommend": 6})"), "ok");
  EXPECT_EQ(send(R"({"recommend": 5})"), "survey_full");
  EXPECT_EQ(send(R"({"recommend": 9})"), "ok") << "another quota";
  const auto funnel = must(surveys_->funnel(owner_, head.id));
  EXPECT_EQ(funnel.completed, 3U);
  EXPECT_EQ(funnel.turned_away, 1U);
}

TEST_F(SurveysTest, WhatTheJournalDidNotTakeIsSentLater) {
  const auto head = open_survey(document("nps"));
  const auto token = link(head.id), me = Surveys::new_respondent();
  for (const std::size_t bytes : {100'000UZ, 5'000UZ, 100UZ})  // fills it to the last hundred bytes
    while (journal_->append(std::string(bytes, '\0'))) {
    }
  const auto visit = must(surveys_->visit(token, me));
  EXPECT_EQ(code(surveys_->submit(visit, answers(visit, R"({"recommend": 3})"), Tongue::kEn)),
            "journal_full");
  EXPECT_EQ(must(surveys_->visit(token, me)).state, Visit::State::kSending);
  journal_->set_moved(journal_->end());
  const auto from = journal_->end();
  open();  // a start sends what is pending
  EXPECT_EQ(must(surveys_->visit(token, me)).state, Visit::State::kDone);
  auto reader = journal_->read(from);
  const auto record = must(reader->next());
  ASSERT_TRUE(record);
  EXPECT_EQ(must(ingest::decode_record(record->payload)).events.size(), 2U);
}

}  // namespace
}  // namespace zhike::feedback
