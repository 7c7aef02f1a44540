#include "feedback/survey_answers.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <set>

#include "feedback/survey_events.h"
#include "feedback/survey_templates.h"

namespace zhike::feedback {
namespace {

namespace json = boost::json;

std::shared_ptr<const Survey> parsed(std::string_view document) {
  auto survey = parse_survey(document, Tongue::kEn);
  EXPECT_TRUE(survey) << to_string(survey.error());
  return survey ? *survey : nullptr;
}

std::shared_ptr<const Survey> template_of(std::string_view key) {
  for (const SurveyTemplate& one : survey_templates())
    if (one.key == key) return parsed(one.document);
  return nullptr;
}

Walk walked(const Survey& survey, std::string_view answers) {
  const auto read = read_answers(survey, json::parse(answers));
  EXPECT_TRUE(read) << to_string(read.error());
  return walk(survey, read.value_or(Answers{}));
}

std::string shown(const Walk& walk) {
  std::string out;
  for (const ShownPage& page : walk.pages) {
    out += "|";
    for (const Question* question : page.questions) out += question->id + " ";
  }
  return out;
}

std::string wrong(const Walk& walk) {
  std::string out;
  for (const AnswerProblem& problem : walk.problems) {
    EXPECT_FALSE(problem.what.zh.empty() || problem.what.en.empty());
    out += problem.question + (problem.missing ? "? " : "! ");
  }
  return out;
}

TEST(Walk, ShowsWhatTheAnswersSoFarAskFor) {
  const auto nps = template_of("nps");
  EXPECT_EQ(shown(walked(*nps, "{}")), "|recommend ");
  EXPECT_EQ(shown(walked(*nps, R"({"recommend": 3})")), "|recommend |why_low ");
  EXPECT_EQ(shown(walked(*nps, R"({"recommend": 7})")), "|recommend |why_middle ");
  EXPECT_EQ(shown(walked(*nps, R"({"recommend": 10})")), "|recommend |why_high ");
  EXPECT_EQ(wrong(walked(*nps, "{}")), "recommend? ");
  EXPECT_EQ(wrong(walked(*nps, R"({"recommend": 11})")), "recommend! ");
  EXPECT_EQ(shown(walked(*nps, R"({"recommend": 11})")), "|recommend ")
      << "an invalid answer decides nothing";
}

TEST(Walk, SkipsPagesAndForgetsWhatIsNoLongerShown) {
  const auto survey = template_of("after-contact");
  const auto solved = walked(*survey, R"({"solved": "yes", "agent": 5, "effort": 1, "missing": ["money"],
                                          "call_me": true, "phone": "not a number", "comment": "谢谢"})");
  EXPECT_EQ(shown(solved), "|solved agent effort |comment ");
  EXPECT_EQ(wrong(solved), "") << "the telephone number is not asked for any more";
  EXPECT_FALSE(solved.accepted.contains("missing"));
  const auto open = walked(*survey, R"({"solved": "no", "agent": 1, "effort": 5, "missing": ["money"],
                                        "call_me": true, "phone": "not a number"})");
  EXPECT_EQ(shown(open), "|solved agent effort |missing call_me phone |comment ");
  EXPECT_EQ(wrong(open), "phone! ");
  EXPECT_EQ(shown(walked(*survey, R"({"solved": "no", "agent": 1, "effort": 5, "call_me": false})")),
            "|solved agent effort |missing call_me |comment ");
}

TEST(Walk, ChecksEachTypeOfAnswer) {
  const auto survey = parsed(R"({"id": "s", "title": {"en": "S"}, "pages": [{"id": "p", "questions": [
      {"id": "multi", "type": "multiple", "count_min": 1, "count_max": 2, "text": {"en": "?"}, "options":
        [{"id": "x", "text": {"en": "X"}}, {"id": "y", "text": {"en": "Y"}}, {"id": "z", "text": {"en": "Z"}}]},
      {"id": "rank", "type": "ranking", "text": {"en": "?"}, "options":
        [{"id": "x", "text": {"en": "X"}}, {"id": "y", "text": {"en": "Y"}}]},
      {"id": "grid", "type": "matrix", "required": true, "most": 5, "text": {"en": "?"}, "rows":
        [{"id": "x", "text": {"en": "X"}}, {"id": "y", "text": {"en": "Y"}}]},
      {"id": "words", "type": "text", "length_min": 2, "length_max": 3, "text": {"en": "?"}},
      {"id": "mail", "type": "contact", "by": "email", "text": {"en": "?"}},
      {"id": "yes", "type": "consent", "required": true, "text": {"en": "?"}}]}]})");
  const std::string rest = R"("grid": {"x": 1, "y": 5}, "yes": true)";
  const auto check = [&](std::string_view more) {
    return wrong(walked(*survey, fmt::format("{{{}, {}}}", rest, more)));
  };
  EXPECT_EQ(check(R"("multi": ["x", "z"], "rank": ["y", "x"], "words": "很好", "mail": "a@b.cn")"), "");
  EXPECT_EQ(check(R"("multi": ["x", "y", "z"])"), "multi! ") << "too many";
  EXPECT_EQ(check(R"("multi": ["x", "x"])"), "multi! ") << "twice the same";
  EXPECT_EQ(check(R"("multi": ["w"])"), "multi! ");
  EXPECT_EQ(check(R"("multi": [])"), "") << "not required: left out";
  EXPECT_EQ(check(R"("rank": ["x"])"), "rank! ");
  EXPECT_EQ(check(R"("rank": ["x", "x"])"), "rank! ");
  EXPECT_EQ(check(R"("words": "好")"), "words! ");
  EXPECT_EQ(check(R"("words": "很很很好")"), "words! ") << "characters, not bytes";
  EXPECT_EQ(check(R"("mail": "a b@c.cn")"), "mail! ");
  EXPECT_EQ(wrong(walked(*survey, R"({"grid": {"x": 1}, "yes": false})")), "grid! yes? ");
  EXPECT_EQ(wrong(walked(*survey, R"({"grid": {"x": 1, "y": 6}, "yes": true})")), "grid! ");
  EXPECT_EQ(wrong(walked(*survey, "{}")), "grid? yes? ");
}

TEST(Answers, AreReadStrictlyAndWrittenAsTheyWere) {
  const auto survey = template_of("after-contact");
  const std::string text =
      R"({"agent":4,"call_me":true,"comment":"好","effort":2,"missing":["money","answer"],"solved":"no"})";
  const auto read = read_answers(*survey, json::parse(text));
  ASSERT_TRUE(read);
  EXPECT_EQ(answers_json(*read), json::parse(text));
  for (const char* bad :
       {R"({"agent": "4"})", R"({"agent": 4.5})", R"({"solved": 1})", R"({"missing": "money"})",
        R"({"missing": [1]})", R"({"call_me": "yes"})", R"({"nobody": 1})", "[]", "3"}) {
    const auto refused = read_answers(*survey, json::parse(bad));
    ASSERT_FALSE(refused) << bad;
    EXPECT_EQ(refused.error().code, Code::kBadAnswer);
  }
}

TEST(Walk, AThousandQuestionsThatHangOnEachOther) {
  std::string questions = R"({"id": "q0", "type": "nps", "text": {"en": "?"}})";
  std::string answers = R"({"q0": 5)";
  for (int i = 1; i < 1000; ++i) {
    questions += fmt::format(
        R"(,{{"id": "q{}", "type": "nps", "text": {{"en": "?"}}, "show_if": {{"question": "q{}", "least": 5}}}})",
        i, i - 1);
    answers += fmt::format(R"(, "q{}": {})", i, i == 600 ? 4 : 5);
  }
  const auto survey = parsed(fmt::format(
      R"({{"id": "s", "title": {{"en": "S"}}, "pages": [{{"id": "p", "questions": [{}]}}]}})", questions));
  const auto out = walked(*survey, answers + "}");
  EXPECT_EQ(out.accepted.size(), 601U) << "q601 hangs on q600, which is below five";
}

TEST(Order, IsEachRespondentsOwnAndStays) {
  const auto survey = template_of("after-contact");
  const Question& question = *survey->find("missing");
  std::set<std::vector<std::size_t>> seen;
  std::array<int, 4> first{};
  for (int i = 0; i < 2000; ++i) {
    const auto order = order_of(question, std::to_string(i));
    EXPECT_EQ(order, order_of(question, std::to_string(i)));
    seen.insert(order);
    ++first.at(order.front());
  }
  EXPECT_EQ(seen.size(), 24U) << "all orders of four";
  for (const int count : first) EXPECT_NEAR(count, 500, 80) << "four standard deviations";
  EXPECT_EQ(order_of(*survey->find("solved"), "1"), (std::vector<std::size_t>{0, 1, 2})) << "not randomised";
}

TEST(Pipe, FillsPlaceholdersAndLeavesOtherBraces) {
  const std::map<std::string, std::string, std::less<>> traits{{"name", "李"}, {"empty", ""}};
  EXPECT_EQ(pipe("{name}好，{name|您}", traits), "李好，李");
  EXPECT_EQ(pipe("{other|您}好{other}！{empty|-}", traits), "您好！-");
  EXPECT_EQ(pipe("a { b } {} {", traits), "a { b } {} {");
  EXPECT_EQ(pipe("{{name}}", traits), "{李}");
}

TEST(Events, CarryScoresWordsAndAnswersOnceEach) {
  const auto survey = template_of("after-contact");
  const auto walk_of =
      walked(*survey, R"({"solved": "no", "agent": 2, "effort": 3, "missing": ["money", "call_back"],
                                           "call_me": false, "comment": "等了很久"})");
  ASSERT_EQ(wrong(walk_of), "");
  const Respondent person{.identifiers = {{IdentifierKind::kUserId, "c-7"}}, .traits = {{"name", "李"}}};
  const auto events = events_of({.survey = *survey,
                                 .accepted = walk_of.accepted,
                                 .by = person,
                                 .response = "r1",
                                 .unit = "north",
                                 .channel = "email",
                                 .at = {1000}});
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(events[0].name, "Survey Completed");
  EXPECT_EQ(zhike::to_string(*find(events[0].properties, "answer.solved")), "no");
  EXPECT_EQ(zhike::to_string(*find(events[0].properties, "answer.missing")), R"(["money","call_back"])");
  EXPECT_EQ(events[1].instrument, "csat");
  EXPECT_EQ(events[1].score, 2.0F);
  EXPECT_EQ(events[1].text, "等了很久") << "beside the score that it explains";
  EXPECT_EQ(events[2].instrument, "ces");
  EXPECT_TRUE(events[2].text.empty());
  std::set<std::string> ids;
  for (const RawEvent& event : events) {
    ids.insert(event.message_id);
    EXPECT_EQ(event.identifiers, person.identifiers);
    EXPECT_EQ(event.unit, "north");
    EXPECT_EQ(find(event.properties, "name"), nullptr) << "traits are for texts only";
  }
  EXPECT_EQ(ids.size(), events.size());
  const auto anonymous = events_of({*survey, walk_of.accepted, {}, "r1", "", "web", {1000}});
  EXPECT_EQ(anonymous[0].identifiers[0], (Identifier{IdentifierKind::kAnonymousId, "survey:r1"}));
}

TEST(Events, OfManyAnswersFitTheLimits) {
  std::string questions, answers = "{";
  for (int i = 0; i < 300; ++i) {
    questions +=
        fmt::format(R"({}{{"id": "q{}", "type": "scale", "text": {{"en": "?"}}}})", i == 0 ? "" : ",", i);
    answers += fmt::format(R"({}"q{}": 3)", i == 0 ? "" : ",", i);
  }
  const auto survey = parsed(fmt::format(
      R"({{"id": "s", "title": {{"en": "S"}}, "pages": [{{"id": "p", "questions": [{}]}}]}})", questions));
  const auto events =
      events_of({*survey, walked(*survey, answers + "}").accepted, {}, "r1", "", "web", {1000}});
  ASSERT_EQ(events.size(), 3U) << "no instrument: no answer is a score";
  std::size_t properties = 0;
  for (const RawEvent& event : events) {
    EXPECT_LE(event.properties.size(), EventLimits::kPropertiesMax);
    properties += event.properties.size() - 2;
  }
  EXPECT_EQ(properties, 300U);
  EXPECT_EQ(events[1].name, "Survey Answers Continued");
}

TEST(Placeholders, AreThoseThatPipeWouldFill) {
  PlaceholderNames names;
  add_placeholders("{a} {b|x} {c d} {} {{e} {f", names);
  EXPECT_EQ(names, (PlaceholderNames{"a", "b", "e"}));
  EXPECT_EQ(pipe("{a} {b|x} {c d} {} {{e} {f", {{"a", "1"}, {"e", "2"}}), "1 x {c d} {} {2 {f");
  const auto survey =
      parse_survey(R"({"id": "s", "title": {"en": "{a}"}, "thanks": {"zh": "{b}"}, "pages": [{"id": "p",
    "title": {"en": "{c}"}, "questions": [{"id": "q", "type": "single", "text": {"en": "{d}"}, "hint": {"en": "{e}"},
    "options": [{"id": "x", "text": {"en": "{f}"}}]}]}]})",
                   Tongue::kEn);
  ASSERT_TRUE(survey) << to_string(survey.error());
  EXPECT_EQ(placeholders(**survey), (PlaceholderNames{"a", "b", "c", "d", "e", "f"}));
}

}  // namespace
}  // namespace zhike::feedback
