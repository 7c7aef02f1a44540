// A survey as a document: pages of questions with conditions over earlier answers, texts in Chinese and
// English. Values only, no I/O: what is shown and accepted is survey_answers.h's business, what is kept
// surveys.h's.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "feedback/survey_theme.h"

namespace zhike::feedback {

enum class Tongue : std::uint8_t { kZh, kEn };
[[nodiscard]] std::string_view to_string(Tongue tongue) noexcept;  ///< "zh"

/// One text in both languages. One of them may be empty: the other is shown instead.
struct Texts {
  std::string zh{}, en{};
  [[nodiscard]] const std::string& in(Tongue tongue) const noexcept {
    const std::string& wanted = tongue == Tongue::kZh ? zh : en;
    return wanted.empty() ? (tongue == Tongue::kZh ? en : zh) : wanted;
  }
  [[nodiscard]] bool empty() const noexcept { return zh.empty() && en.empty(); }
};

enum class QuestionKind : std::uint8_t {
  kNps,       ///< 0 to 10
  kStars,     ///< 1 to `most`
  kScale,     ///< `least` to `most`
  kSingle,    ///< one option
  kMultiple,  ///< options
  kMatrix,    ///< each row `least` to `most`
  kRanking,   ///< all options in order of preference
  kText,
  kContact,  ///< an e-mail address or a telephone number
  kConsent,  ///< yes, or not
};
[[nodiscard]] std::string_view to_string(QuestionKind kind) noexcept;  ///< "nps"
[[nodiscard]] std::optional<QuestionKind> parse_question_kind(std::string_view text) noexcept;

/// A condition over the answers of earlier questions. One on a question that was not shown or not answered
/// does not hold.
struct Rule {
  enum class Op : std::uint8_t { kAll, kAny, kNot, kAnswered, kIn, kLeast, kMost };
  Op op = Op::kAll;
  std::string question{};
  std::string row{};                  ///< of a matrix
  std::vector<std::string> values{};  ///< of kIn: options, whole numbers, "true"
  std::int64_t bound = 0;             ///< of kLeast and kMost
  std::vector<Rule> parts{};          ///< of kAll, kAny; one of kNot
};

struct Choice {
  std::string id;
  Texts text;
};

struct Question {
  std::string id;
  QuestionKind kind = QuestionKind::kText;
  Texts text{}, hint{};
  bool required = false;
  std::optional<Rule> show_if{};
  std::int64_t least = 0, most = 0;          ///< of a score
  Texts low{}, high{};                       ///< what the ends of the scale mean
  std::string instrument{};                  ///< "nps", "csat", "ces" ...: its answers are scores; empty: not
  std::vector<Choice> options{};             ///< of single, multiple, ranking
  std::vector<Choice> rows{};                ///< of a matrix
  bool randomise = false;                    ///< options and rows in an order of each respondent's own
  std::size_t count_min = 0, count_max = 0;  ///< of multiple: how many
  std::size_t length_min = 0, length_max = 0;  ///< of a text, in characters
  std::string about{};                         ///< of a text: the score that it explains
  bool by_phone = false;                       ///< of a contact: a telephone number, else an e-mail address
};

struct Skip {
  Rule when;
  std::size_t to = 0;  ///< index of the page; the number of pages: the end
};

struct Page {
  std::string id;
  Texts title{};
  std::vector<Question> questions{};
  std::vector<Skip> skips{};  ///< after the page: the first that holds
};

/// No more than `most` answers for which `when` holds are taken.
struct Quota {
  std::string id;
  std::optional<Rule> when{};  ///< none: every answer
  std::uint64_t most = 0;
};

struct Survey {
  std::string id;  ///< lower case, digits and hyphens
  std::uint32_t version = 1;
  Texts title{}, intro{}, thanks{};
  std::vector<Page> pages{};
  std::vector<Quota> quotas{};
  std::vector<std::string>
      origins{};  ///< of sites whose pages may hold the survey's in a frame: "https://shop.example"
  SurveyTheme theme{};

  struct Place {
    std::size_t page = 0, question = 0;
  };
  std::unordered_map<std::string, Place> places{};  ///< of each question, by its id

  [[nodiscard]] const Question* find(std::string_view id) const;  ///< null: there is none
};

/// What is wrong with a document, and where.
struct DocumentProblem {
  std::string at;  ///< JSON pointer: "/pages/0/questions/3/type"
  Texts what;
};

struct SurveyLimits {
  static constexpr std::size_t kDocumentBytesMax = 1 << 20;
  static constexpr std::size_t kQuestionsMax = 1'000;
  static constexpr std::size_t kPagesMax = 200;
  static constexpr std::size_t kOptionsMax = 200;
  static constexpr std::size_t kRowsMax = 60;
  static constexpr std::size_t kTextBytesMax = 4'000;
  static constexpr std::size_t kIdMax = 64;
  static constexpr std::size_t kQuotasMax = 50;
  static constexpr std::size_t kOriginsMax = 20;
  static constexpr std::size_t kSkipsMax = 20;
  static constexpr std::size_t kRuleDepthMax = 6;
  static constexpr std::size_t kRulePartsMax = 50;
  static constexpr std::size_t kProblemsMax = 50;  ///< further ones are not looked for
  static constexpr std::size_t kAnswerCharactersMax = 2'000;
};

/// Reads a document that anybody may have written. Null: see `problems`, at least one. Unknown fields are
/// problems: a misspelt "requird" must not pass for an optional question.
[[nodiscard]] std::shared_ptr<const Survey> parse_survey(std::string_view json,
                                                         std::vector<DocumentProblem>& problems);
/// The same, as one error: kBadSurvey with the first problem in `tongue`.
[[nodiscard]] Result<std::shared_ptr<const Survey>> parse_survey(std::string_view json, Tongue tongue);

}  // namespace zhike::feedback
