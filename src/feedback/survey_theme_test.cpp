#include "feedback/survey_theme.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "feedback/survey.h"

namespace zhike::feedback {
namespace {

TEST(SurveyTheme, ContrastIsThatOfTheGuidelines) {
  EXPECT_NEAR(contrast(0x000000, 0xffffff), 21, 1e-9);
  EXPECT_NEAR(contrast(0xffffff, 0xffffff), 1, 1e-9);
  // #767676 is the lightest grey that AA allows on white, #777777 is not (4.54 and 4.48).
  EXPECT_GE(contrast(0x767676, 0xffffff), 4.5);
  EXPECT_LT(contrast(0x777777, 0xffffff), 4.5);
  EXPECT_NEAR(contrast(0x777777, 0xffffff), 4.48, 0.005);
}

TEST(SurveyTheme, ColoursAndPicturesAreNothingElse) {
  EXPECT_EQ(parse_colour("#0b5fd6"), 0x0b5fd6U);
  for (const auto* text : {"", "#fff", "0b5fd6", "#0b5fd", "#0b5fdg", "#0b5fd6;", "red", "#-b5fd6"})
    EXPECT_FALSE(parse_colour(text)) << text;
  EXPECT_TRUE(is_picture("data:image/png;base64,iVBORw0KGgo="));
  for (const auto* url :
       {"", "https://a.example/x.png", "data:image/svg+xml;base64,PHN2Zz4=", "data:image/png;base64,",
        "data:image/png;base64,a\"onerror=", "data:text/html;base64,aGk="})
    EXPECT_FALSE(is_picture(url)) << url;
  EXPECT_FALSE(is_picture("data:image/png;base64," + std::string(70'000, 'a'))) << "too large";
}

std::vector<DocumentProblem> problems_of(const std::string& theme) {
  std::vector<DocumentProblem> problems;
  (void)parse_survey(
      R"({"id": "s", "title": {"en": "S"}, "theme": )" + theme +
          R"(, "pages": [{"id": "p", "questions": [{"id": "q", "type": "nps", "text": {"en": "?"}}]}]})",
      problems);
  return problems;
}

TEST(SurveyTheme, ADocumentMayHaveOneThatCanBeRead) {
  EXPECT_TRUE(
      problems_of(R"({"ink": "#222222", "paper": "#ffffff", "accent": "#0b5fd6", "font_percent": 120})")
          .empty());
  EXPECT_TRUE(problems_of(R"({"logo": "data:image/png;base64,iVBORw0KGgo="})").empty());
  const auto faint = problems_of(R"({"ink": "#999999", "paper": "#ffffff", "accent": "#0b5fd6"})");
  ASSERT_EQ(faint.size(), 1U);
  EXPECT_EQ(faint[0].at, "/theme/ink");
  EXPECT_NE(faint[0].what.en.find("4.5"), std::string::npos);
  EXPECT_EQ(problems_of(R"({"ink": "#222222", "paper": "#ffffff", "accent": "#ffff00"})").at(0).at,
            "/theme/accent");
  EXPECT_EQ(problems_of(R"({"ink": "#222222"})").at(0).at, "/theme/paper") << "all three, or none";
  EXPECT_EQ(problems_of(R"({"font_percent": 300})").at(0).at, "/theme/font_percent");
  EXPECT_EQ(problems_of(R"({"logo": "https://a.example/x.png"})").at(0).at, "/theme/logo");
  EXPECT_EQ(problems_of(R"({"colour": "red"})").at(0).at, "/theme/colour");
}

}  // namespace
}  // namespace zhike::feedback
