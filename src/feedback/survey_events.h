// What an accepted answer becomes: events like any other, so that every metric, profile and journey counts
// them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "event/event.h"
#include "feedback/survey_answers.h"

namespace zhike::feedback {

/// Whom a link was made for. No identifiers: anybody.
struct Respondent {
  std::vector<Identifier> identifiers{};
  std::map<std::string, std::string, std::less<>> traits{};  ///< for placeholders in texts, and nothing else
  UserId entered_by{};  ///< the member of staff who enters the answers; unset: the respondent does
};

struct Completed {
  const Survey& survey;
  const Answers& accepted;  ///< of walk()
  const Respondent& by;
  std::string response;  ///< id of the response; the retry key of its events begins with it
  std::string unit, channel;
  Instant at;
};

/// One "Survey Completed" with the answers as properties (so many that further events carry the rest), one
/// "Survey Answered" for each score of an instrument, with the text that explains it, and one for each other
/// text. The same response gives the same message ids, so the store keeps each once however often it is sent.
[[nodiscard]] std::vector<RawEvent> events_of(const Completed& completed);

}  // namespace zhike::feedback
