#include "server/survey_page.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "server/static_files.h"

namespace zhike::server {
namespace {

using feedback::Answers;
using feedback::Tongue;

std::shared_ptr<const feedback::Survey> survey_of(std::string_view document) {
  auto survey = feedback::parse_survey(document, Tongue::kEn);
  EXPECT_TRUE(survey) << to_string(survey.error());
  return survey ? *survey : nullptr;
}

constexpr std::string_view kAll =
    R"({"id": "s", "title": {"en": "Title <b>", "zh": "标题"}, "pages": [{"id": "p", "questions": [
  {"id": "nps", "type": "nps", "text": {"en": "Dear {name|you}?"}, "required": true},
  {"id": "pick", "type": "single", "text": {"en": "?"}, "options": [{"id": "x", "text": {"en": "X & Y"}}, {"id": "y", "text": {"en": "Y"}}]},
  {"id": "many", "type": "multiple", "text": {"en": "?"}, "options": [{"id": "x", "text": {"en": "X"}}, {"id": "y", "text": {"en": "Y"}}]},
  {"id": "grid", "type": "matrix", "most": 5, "text": {"en": "?"}, "rows": [{"id": "x", "text": {"en": "X"}}, {"id": "y", "text": {"en": "Y"}}]},
  {"id": "rank", "type": "ranking", "text": {"en": "?"}, "options": [{"id": "x", "text": {"en": "X"}}, {"id": "y", "text": {"en": "Y"}}]},
  {"id": "words", "type": "text", "text": {"en": "?"}},
  {"id": "mail", "type": "contact", "by": "email", "text": {"en": "?"}},
  {"id": "yes", "type": "consent", "text": {"en": "?"}}]}]})";

struct Page {
  feedback::Visit visit;
  feedback::Walk walk;

  explicit Page(std::string_view document) {
    visit.survey = survey_of(document);
    visit.response = "r";
    walk = feedback::walk(*visit.survey, {});
  }
  std::string html(Tongue tongue = Tongue::kEn) {
    SurveyPageView view{.visit = visit, .walk = walk, .path = "/s/t", .respondent = "me", .tongue = tongue};
    for (const auto& problem : walk.problems) view.problems.emplace(problem.question, problem.what);
    return survey_page(view).body;
  }
};

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST(SurveyPage, EscapesWhateverIsWritten) {
  Page page(kAll);
  page.visit.person.traits["name"] = "<script>alert(1)</script>";
  page.visit.answers["words"] = std::string("</textarea><img src=x onerror=y>");
  page.visit.answers["mail"] = std::string("\"><svg onload=z>");
  const std::string html = page.html();
  EXPECT_FALSE(contains(html, "<script") || contains(html, "<img") || contains(html, "<svg") ||
               contains(html, "<b>"));
  EXPECT_TRUE(contains(html, "Dear &lt;script&gt;alert(1)&lt;/script&gt;?"));
  EXPECT_TRUE(contains(html, "X &amp; Y"));
}

std::string header(const Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers)
    if (key == name) return value;
  return {};
}

TEST(SurveyPage, MayBeHeldByTheSitesThatItNamesAlone) {
  const auto policy = [](std::string_view origins) {
    Page page(fmt::format(
        R"({{"id": "s", "title": {{"en": "S"}}, "origins": [{}], "pages": [{{"id": "p", "questions": [
        {{"id": "q", "type": "nps", "text": {{"en": "?"}}}}]}}]}})",
        origins));
    Response response = survey_page({.visit = page.visit, .walk = page.walk, .path = "/s/t"});
    add_security_headers(response);
    EXPECT_EQ(header(response, "X-Frame-Options"), origins.empty() ? "DENY" : "");
    return header(response, "Content-Security-Policy");
  };
  EXPECT_TRUE(policy("").ends_with("; frame-ancestors 'none'"));
  EXPECT_TRUE(policy(R"("https://shop.example", "http://localhost:3000")")
                  .ends_with("; frame-ancestors https://shop.example http://localhost:3000"));
}

TEST(SurveyPage, ShowsColoursAndAPictureOfItsOwn) {
  Page page(
      R"({"id": "s", "title": {"en": "S"}, "theme": {"ink": "#111111", "paper": "#fff8e0", "accent": "#7a1f00",
    "font_percent": 120, "logo": "data:image/png;base64,iVBORw0KGgo="}, "pages": [{"id": "p", "questions": [
    {"id": "q", "type": "nps", "text": {"en": "?"}}]}]})");
  const Response response = survey_page({.visit = page.visit, .walk = page.walk, .path = "/s/t"});
  EXPECT_TRUE(contains(response.body, "--paper:#fff8e0"));
  EXPECT_TRUE(contains(response.body, "font-size:120%"));
  EXPECT_TRUE(contains(response.body, "src=\"data:image/png;base64,iVBORw0KGgo=\""));
  const std::string themed = header(response, "Content-Security-Policy");
  EXPECT_TRUE(contains(themed, "img-src data:"));
  Page plain(kAll);
  const std::string usual = header(survey_page({.visit = plain.visit, .walk = plain.walk, .path = "/s/t"}),
                                   "Content-Security-Policy");
  EXPECT_FALSE(contains(usual, "img-src"));
  EXPECT_NE(themed.substr(0, 80), usual.substr(0, 80)) << "the style that is allowed is the page's own";
}

TEST(SurveyPage, SpeaksBothLanguagesAndNamesItsGroups) {
  Page page(kAll);
  EXPECT_TRUE(contains(page.html(), "lang=\"en\"") && contains(page.html(), "lang=zh"));
  EXPECT_TRUE(contains(page.html(Tongue::kZh), "lang=\"zh-CN\"") && contains(page.html(Tongue::kZh), "标题"));
  const std::string html = page.html();
  std::size_t groups = 0;
  for (auto at = html.find("<fieldset"); at != std::string::npos; at = html.find("<fieldset", at + 1)) {
    EXPECT_EQ(html.substr(html.find('>', at) + 1, 7), "<legend");
    ++groups;
  }
  EXPECT_EQ(groups, 10U) << "eight questions, two rows";
  EXPECT_TRUE(contains(html, "role=\"alert\"") && contains(html, "aria-describedby=\"nps-bad\""));
  EXPECT_FALSE(contains(html, "http://") || contains(html, "https://") || contains(html, "src="))
      << "self-contained";
}

TEST(SurveyForm, ComesBackAsTheAnswersThatWereGiven) {
  const auto survey = survey_of(kAll);
  const auto form = parse_form(
      "q.nps=9&q.pick=y&q.many=x&q.many=y&q.grid.x=1&q.grid.y=5&q.rank.x=2&q.rank.y=1"
      "&q.words=a%0D%0Ab++&q.mail=a%40b.cn&q.yes=true",
      100);
  ASSERT_TRUE(form);
  Answers answers;
  for (const auto& question : survey->pages[0].questions) read_form(question, *form, answers);
  const auto walk = feedback::walk(*survey, answers);
  EXPECT_TRUE(walk.problems.empty());
  EXPECT_EQ(std::get<std::int64_t>(answers["nps"]), 9);
  EXPECT_EQ(std::get<std::string>(answers["words"]), "a\nb");
  EXPECT_EQ(std::get<std::vector<std::string>>(answers["rank"]), (std::vector<std::string>{"y", "x"}));
  EXPECT_EQ((std::get<std::map<std::string, std::int64_t>>(answers["grid"])),
            (std::map<std::string, std::int64_t>{{"x", 1}, {"y", 5}}));
  EXPECT_TRUE(std::get<bool>(answers["yes"]));
}

TEST(SurveyForm, WhatNoFormSendsIsNotTaken) {
  const auto survey = survey_of(kAll);
  const auto wrong = [&](std::string_view body) {
    Answers answers{{"nps", std::int64_t{5}}};
    const auto form = parse_form(body, 100);
    if (!form) return std::string("refused");
    for (const auto& question : survey->pages[0].questions) read_form(question, *form, answers);
    std::string out;
    for (const auto& problem : feedback::walk(*survey, answers).problems) out += problem.question + " ";
    return out;
  };
  EXPECT_EQ(wrong("q.nps=11"), "nps ");
  EXPECT_EQ(wrong("q.nps=nine"), "nps ");
  EXPECT_EQ(wrong("q.nps=9223372036854775808"), "nps ");
  EXPECT_EQ(wrong(""), "nps ") << "an answer that was taken away is gone";
  EXPECT_EQ(wrong("q.nps=9&q.pick=z&q.many=x&q.many=x&q.grid.z=1"), "pick many grid ");
  EXPECT_EQ(wrong("q.nps=9&q.rank.x=1&q.rank.y=1"), "rank ") << "two on one place";
  EXPECT_EQ(wrong("q.nps=9&q.words=%FF%FE"), "") << "broken bytes become replacement characters";
  EXPECT_EQ(wrong("q.nps=9&q.words=%ZZ"), "refused");
  EXPECT_EQ(wrong(std::string(200, '&')), "refused") << "too many fields";
}

}  // namespace
}  // namespace zhike::server
