// What a respondent is shown, and which answers count. Pure: the same for the page, the API and tests.
#pragma once

#include <boost/json/value.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "feedback/survey.h"

namespace zhike::feedback {

/// By kind of question: number (nps, stars, scale), flag (consent), text (single: the option's id; text;
/// contact), list of option ids (multiple, ranking), numbers by row (matrix).
using Answer = std::variant<std::int64_t, bool, std::string, std::vector<std::string>,
                            std::map<std::string, std::int64_t>>;
using Answers = std::map<std::string, Answer, std::less<>>;  ///< by id of the question

/// {"q1": 9, "q2": ["a", "b"], "q3": {"row": 4}}.
[[nodiscard]] boost::json::value answers_json(const Answers& answers);
/// Answers of `survey` from JSON that anybody may have written: a value of the wrong shape is a kBadAnswer
/// that names its question, and so is a question that the survey has not. Whether a value is within bounds is
/// walk()'s business.
[[nodiscard]] Result<Answers> read_answers(const Survey& survey, const boost::json::value& value);

struct AnswerProblem {
  std::string question;
  bool missing = false;  ///< else there is an answer, and it is not valid
  Texts what;            ///< for the respondent
};

struct ShownPage {
  std::size_t page = 0;                      ///< index in the survey
  std::vector<const Question*> questions{};  ///< at least one
};

/// The survey as the answers given so far make it.
struct Walk {
  std::vector<ShownPage> pages{};         ///< in order; pages without a question to show are left out
  std::vector<AnswerProblem> problems{};  ///< of questions that are shown
  Answers accepted{};                     ///< valid answers to questions that are shown: what counts
};

/// Goes through the survey once, in its order: a condition sees accepted answers of earlier questions only,
/// so an answer to a question that is no longer shown neither counts nor decides anything. Borrows `survey`.
[[nodiscard]] Walk walk(const Survey& survey, const Answers& answers);

[[nodiscard]] bool holds(const Rule& rule, const Answers& accepted);
/// Nothing: the answer is valid.
[[nodiscard]] std::optional<Texts> wrong_with(const Question& question, const Answer& answer);

/// The options or rows in the order that the respondent sees: as declared, or shuffled by `seed` and the
/// question, so that coming back shows the same order. Indexes into the list.
[[nodiscard]] std::vector<std::size_t> order_of(const Question& question, std::string_view seed);

/// Fills "{name}" and "{name|otherwise}" from `traits`; without a value and an otherwise it becomes nothing.
/// Braces that are no such placeholder stay as they are.
[[nodiscard]] std::string pipe(std::string_view text,
                               const std::map<std::string, std::string, std::less<>>& traits);

using PlaceholderNames = std::set<std::string, std::less<>>;
/// The names that pipe() would look up in `text`, or in any text of `survey`.
void add_placeholders(std::string_view text, PlaceholderNames& out);
[[nodiscard]] PlaceholderNames placeholders(const Survey& survey);

}  // namespace zhike::feedback
