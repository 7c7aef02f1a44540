#include "feedback/survey.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>

#include "feedback/survey_diff.h"
#include "feedback/survey_templates.h"

namespace zhike::feedback {
namespace {

namespace json = boost::json;

std::vector<DocumentProblem> problems_of(std::string_view document) {
  std::vector<DocumentProblem> problems;
  const bool is_refused = parse_survey(document, problems) == nullptr;
  EXPECT_EQ(is_refused, !problems.empty());
  return problems;
}

/// A document of one page with these questions.
std::string with(std::string_view questions, std::string_view more = "") {
  return fmt::format(
      R"({{"id": "s", "title": {{"en": "S"}}, "pages": [{{"id": "p", "questions": [{}]}}]{}}})", questions,
      more);
}

bool has(const std::vector<DocumentProblem>& problems, std::string_view at, std::string_view en) {
  return std::ranges::any_of(problems, [&](const DocumentProblem& p) {
    return p.at == at && p.what.en.find(en) != std::string::npos && !p.what.zh.empty();
  });
}

constexpr std::string_view kNps = R"({"id": "r", "type": "nps", "text": {"en": "?"}})";

TEST(SurveyDocument, ReadsEveryTypeOfQuestion) {
  const auto survey = parse_survey(
      with(
          R"({"id": "a", "type": "nps", "text": {"zh": "推荐？"}, "required": true},
              {"id": "b", "type": "stars", "text": {"en": "?"}, "instrument": "csat"},
              {"id": "c", "type": "scale", "least": 1, "most": 5, "instrument": "ces", "text": {"en": "?"}},
              {"id": "d", "type": "single", "text": {"en": "?"}, "options": [{"id": "x", "text": {"en": "X"}}]},
              {"id": "e", "type": "multiple", "text": {"en": "?"}, "count_min": 1, "count_max": 2,
               "options": [{"id": "x", "text": {"en": "X"}}, {"id": "y", "text": {"en": "Y"}}]},
              {"id": "f", "type": "matrix", "text": {"en": "?"}, "most": 5, "rows": [{"id": "x", "text": {"en": "X"}}]},
              {"id": "g", "type": "ranking", "text": {"en": "?"}, "randomise": true,
               "options": [{"id": "x", "text": {"en": "X"}}, {"id": "y", "text": {"en": "Y"}}]},
              {"id": "h", "type": "text", "text": {"en": "?"}, "about": "a", "length_max": 10},
              {"id": "i", "type": "contact", "by": "email", "text": {"en": "?"}},
              {"id": "j", "type": "consent", "text": {"en": "?"}, "show_if": {"any": [{"question": "d", "is": "x"},
               {"not": {"question": "a", "least": 9}}, {"question": "f", "row": "x", "most": 2}]}})",
          R"(, "quotas": [{"id": "all", "most": 100}, {"id": "x", "if": {"question": "d", "is": "x"}, "most": 5}])"),
      Tongue::kEn);
  ASSERT_TRUE(survey) << to_string(survey.error());
  ASSERT_EQ((*survey)->pages.front().questions.size(), 10U);
  const Question& nps = *(*survey)->find("a");
  EXPECT_TRUE(nps.required);
  EXPECT_EQ(nps.most, 10);
  EXPECT_EQ(nps.instrument, "nps");
  EXPECT_EQ(nps.text.in(Tongue::kEn), "推荐？") << "the other language stands in";
  EXPECT_EQ((*survey)->find("c")->instrument, "ces");
  EXPECT_EQ((*survey)->find("e")->count_max, 2U);
  EXPECT_EQ((*survey)->quotas[1].most, 5U);
  EXPECT_EQ((*survey)->find("nobody"), nullptr);
}

TEST(SurveyDocument, SaysWhereAMistakeIsInBothLanguages) {
  const auto problems =
      problems_of(with(R"({"id": "r", "type": "nps", "text": {"en": "?"}, "requird": true})"));
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].at, "/pages/0/questions/0/requird");
  EXPECT_NE(problems[0].what.zh.find("未知字段"), std::string::npos);
  const auto one = parse_survey(R"({"id": "s"})", Tongue::kZh);
  ASSERT_FALSE(one);
  EXPECT_EQ(one.error().code, Code::kBadSurvey);
  EXPECT_EQ(one.error().detail, "/title 缺失");
}

TEST(SurveyDocument, FindsMistakesOfAllKindsAtOnce) {
  const auto problems = problems_of(with(
      R"({"id": "R!", "type": "nps", "text": {"en": "?"}},
         {"id": "b", "type": "smiley", "text": {"en": "?"}},
         {"id": "c", "type": "scale", "least": 5, "most": 1, "text": {"en": "?"}},
         {"id": "d", "type": "stars", "most": 10, "instrument": "csat", "text": {"en": "?"}},
         {"id": "e", "type": "single", "text": {"en": "?"}, "options": []},
         {"id": "f", "type": "single", "text": {}, "options": [{"id": "x", "text": {"en": "X"}}, {"id": "x", "text": {"en": "X"}}]},
         {"id": "f", "type": "text", "text": {"en": "a\u0007"}, "about": "f"},
         {"id": "g", "type": "contact", "by": "pigeon", "text": {"en": "?"}},
         {"id": "h", "type": "consent", "text": {"en": "?"}, "show_if": {"question": "i", "is": true}},
         {"id": "i", "type": "consent", "text": "?", "show_if": {"question": "f", "is": "z"}},
         {"id": "j", "type": "multiple", "count_min": 2, "text": {"en": "?"}, "options": [{"id": "x", "text": {"en": "X"}}]})"));
  EXPECT_TRUE(has(problems, "/pages/0/questions/0/id", "a-z"));
  EXPECT_TRUE(has(problems, "/pages/0/questions/1/type", "none of"));
  EXPECT_TRUE(has(problems, "/pages/0/questions/2/most", "above"));
  EXPECT_TRUE(has(problems, "/pages/0/questions/3/instrument", "from 1 to 5"));
  EXPECT_TRUE(has(problems, "/pages/0/questions/4/options", "list of 1"));
  EXPECT_TRUE(has(problems, "/pages/0/questions/5/text", "no text"));
  EXPECT_TRUE(has(problems, "/pages/0/questions/5/options/1/id", "twice"));
  EXPECT_TRUE(has(problems, "/pages/0/questions/6/id", "earlier question"));
  EXPECT_TRUE(has(problems, "/pages/0/questions/6/text/en", "control"));
  EXPECT_TRUE(has(problems, "/pages/0/questions/6/about", "score"));
  EXPECT_TRUE(has(problems, "/pages/0/questions/7/by", "neither"));
  EXPECT_TRUE(has(problems, "/pages/0/questions/8/show_if/question", "not an earlier")) << "it comes later";
  EXPECT_TRUE(has(problems, "/pages/0/questions/9/text", "not an object"));
  EXPECT_TRUE(has(problems, "/pages/0/questions/9/show_if/is", "can have"));
  EXPECT_TRUE(has(problems, "/pages/0/questions/10/count_min", "0 to 1"));
}

TEST(SurveyDocument, SkipsLeadForwardOnly) {
  const std::string page = R"({"id": "a", "questions": [{"id": "q", "type": "consent", "text": {"en": "?"}}],
      "skip": [{"if": {"question": "q", "is": true}, "to": "TO"}]})";
  const auto document = [&](std::string_view to) {
    std::string skip = page;
    skip.replace(skip.find("TO"), 2, to);
    return fmt::format(
        R"({{"id": "s", "title": {{"en": "S"}}, "pages": [{{"id": "first", "questions": [{}]}}, {},
                          {{"id": "z", "questions": [{{"id": "y", "type": "consent", "text": {{"en": "?"}}}}]}}]}})",
        kNps, skip);
  };
  EXPECT_TRUE(problems_of(document("z")).empty());
  EXPECT_TRUE(problems_of(document("end")).empty());
  EXPECT_TRUE(has(problems_of(document("first")), "/pages/1/skip/0/to", "later page"));
  EXPECT_TRUE(has(problems_of(document("a")), "/pages/1/skip/0/to", "later page"));
}

TEST(SurveyDocument, TakesAThousandQuestionsAndNotOneMore) {
  const auto of = [](std::size_t count) {
    std::string questions;
    for (std::size_t i = 0; i < count; ++i)
      questions +=
          fmt::format(R"({}{{"id": "q{}", "type": "nps", "text": {{"en": "?"}}}})", i == 0 ? "" : ",", i);
    return questions;
  };
  EXPECT_TRUE(problems_of(with(of(1000))).empty());
  EXPECT_FALSE(problems_of(with(of(1001))).empty());
  const std::string two = fmt::format(
      R"({{"id": "s", "title": {{"en": "S"}}, "pages": [{{"id": "p", "questions": [{}]}}, {{"id": "q", "questions": [{}]}}]}})",
      of(1000), R"({"id": "one-more", "type": "nps", "text": {"en": "?"}})");
  EXPECT_TRUE(has(problems_of(two), "/pages/1/questions", "more than 1000")) << "over all pages";
}

TEST(SurveyDocument, BearsHostileInput) {
  for (
      const std::string& document :
      {std::string(), std::string("{"), std::string("null"), std::string("[]"), std::string("\xff\xfe{}"),
       std::string(R"({"id": 1, "title": 2, "pages": 3, "quotas": 4})"),
       std::string(R"({"id": "s", "title": {"en": "S"}, "pages": [1, null, [], {"questions": {}}]})"),
       std::string(100'000, '['), std::string(2 << 20, ' '), with(R"({"id": "a", "type": 7})"),
       with(R"({"id": "a", "type": "nps", "text": {"en": "?"}, "show_if": []})"),
       with(
           R"({"id": "a", "type": "scale", "least": 9223372036854775807, "most": 1e300, "text": {"en": "?"}})")})
    EXPECT_FALSE(problems_of(document).empty()) << document.substr(0, 80);
  std::string deep = R"({"question": "r", "least": 1})";
  for (int i = 0; i < 8; ++i) deep = R"({"not": )" + deep + "}";
  const auto nested = problems_of(with(
      fmt::format(R"({}, {{"id": "b", "type": "nps", "text": {{"en": "?"}}, "show_if": {}}})", kNps, deep)));
  ASSERT_EQ(nested.size(), 1U);
  EXPECT_NE(nested[0].what.en.find("deeper"), std::string::npos);
  std::string many;
  for (int i = 0; i < 500; ++i) many += R"(,"x)" + std::to_string(i) + R"(": 1)";
  EXPECT_EQ(problems_of(with(kNps, many)).size(), SurveyLimits::kProblemsMax) << "the list is bounded";
}

TEST(SurveyTemplates, AreValidAndSayEverythingInBothLanguages) {
  ASSERT_GE(survey_templates().size(), 4U);
  for (const SurveyTemplate& one : survey_templates()) {
    const auto survey = parse_survey(one.document, Tongue::kEn);
    ASSERT_TRUE(survey) << one.key << ": " << to_string(survey.error());
    EXPECT_EQ((*survey)->id, one.key);
    const auto both = [&](const Texts& texts) {
      EXPECT_EQ(texts.zh.empty(), texts.en.empty()) << one.key << ": " << texts.zh << texts.en;
    };
    both((*survey)->title);
    both((*survey)->intro);
    both((*survey)->thanks);
    for (const Page& page : (*survey)->pages) {
      both(page.title);
      for (const Question& question : page.questions) {
        for (const Texts* texts : {&question.text, &question.hint, &question.low, &question.high})
          both(*texts);
        for (const Choice& choice : question.options) both(choice.text);
        for (const Choice& row : question.rows) both(row.text);
      }
    }
  }
}

TEST(SurveyDiff, TellsWhatMovedFromWhatChanged) {
  const auto before = json::parse(
      R"({"version": 1, "title": {"en": "S"}, "pages": [{"id": "p", "questions": [{"id": "a", "x": 1}, {"id": "b"}, {"id": "c"}]}]})");
  const auto after = json::parse(
      R"({"version": 2, "title": {"en": "S", "zh": "问"}, "pages": [{"id": "p", "questions": [{"id": "c"}, {"id": "d"}, {"id": "a", "x": 2}]}]})");
  std::vector<std::string> said;
  for (const Difference& one : diff(before, after))
    said.push_back(fmt::format("{} {}", to_string(one.kind), one.at));
  EXPECT_EQ(said, (std::vector<std::string>{"added /title/zh", "moved /pages/p/questions/a",
                                            "changed /pages/p/questions/a/x", "removed /pages/p/questions/b",
                                            "moved /pages/p/questions/c", "added /pages/p/questions/d"}));
  EXPECT_TRUE(diff(before, before).empty());
}

TEST(SurveyDocument, OriginsAreSitesAndNothingThatCouldMeanMore) {
  const auto wrong = [](std::string_view origin) {
    return !problems_of(
                fmt::format(R"({{"id": "s", "title": {{"en": "S"}}, "origins": [{}], "pages": [{{"id": "p",
        "questions": [{{"id": "q", "type": "nps", "text": {{"en": "?"}}}}]}}]}})",
                            origin))
                .empty();
  };
  for (const std::string_view good : {R"("https://shop.example")", R"("https://a-b.example:8443")",
                                      R"("http://localhost:3000")", R"("http://127.0.0.1")"})
    EXPECT_FALSE(wrong(good)) << good;
  for (const std::string_view bad : {R"("http://shop.example")", R"("https://shop.example/")",
                                     R"("https://*")", R"("https://a; script-src *")", R"("https://a b")",
                                     R"("https://")", R"("https://a:")", R"("https://a:123456")", R"("*")",
                                     R"("")", "7", R"("https://Shop.example")", R"("https://.example")"})
    EXPECT_TRUE(wrong(bad)) << bad;
}

}  // namespace
}  // namespace zhike::feedback
