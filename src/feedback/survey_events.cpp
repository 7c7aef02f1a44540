#include "feedback/survey_events.h"

#include <fmt/format.h>

#include <boost/json.hpp>

namespace zhike::feedback {
namespace {

// Of one event; well below EventLimits, so that no answer is refused at the door.
constexpr std::size_t kAnswersMax = 100, kAnswerBytesMax = 16'000;

class Writer {
 public:
  explicit Writer(const Completed& completed) : completed_(completed) {}

  std::vector<RawEvent> write() {
    out_.push_back(event("Survey Completed", "completed"));
    for (const Page& page : completed_.survey.pages)
      for (const Question& question : page.questions)
        if (const auto at = completed_.accepted.find(question.id); at != completed_.accepted.end())
          put(question, at->second);
    return std::move(out_);
  }

 private:
  RawEvent event(std::string name, std::string_view what) const {
    RawEvent out;
    out.name = std::move(name);
    out.message_id = fmt::format("survey:{}:{}", completed_.response, what);
    out.identifiers = completed_.by.identifiers;
    if (out.identifiers.empty())
      out.identifiers.push_back({IdentifierKind::kAnonymousId, "survey:" + completed_.response});
    out.occurred_at = completed_.at;
    out.unit = completed_.unit;
    out.channel = completed_.channel;
    out.properties.push_back({"survey", completed_.survey.id});
    out.properties.push_back({"survey_version", static_cast<std::int64_t>(completed_.survey.version)});
    if (completed_.by.entered_by.is_set())
      out.properties.push_back({"entered_by", completed_.by.entered_by.str()});
    return out;
  }

  void property(const std::string& key, Value value) {
    const std::size_t size = key.size() + zhike::to_string(value).size();
    if (answers_ == kAnswersMax || bytes_ + size > kAnswerBytesMax) {
      holder_ = out_.size();
      out_.push_back(event("Survey Answers Continued", fmt::format("completed.{}", ++continued_)));
      answers_ = bytes_ = 0;
    }
    ++answers_;
    bytes_ += size;
    out_[holder_].properties.push_back({"answer." + key, std::move(value)});
  }

  RawEvent& answered(const Question& question, std::string_view what) {
    out_.push_back(event("Survey Answered", what));
    out_.back().properties.push_back({"question", question.id});
    return out_.back();
  }

  void score(const Question& question, std::int64_t number, const std::string& row) {
    property(row.empty() ? question.id : question.id + "." + row, number);
    if (question.instrument.empty()) return;
    RawEvent& e = answered(question, row.empty() ? question.id : question.id + ":" + row);
    e.instrument = question.instrument;
    e.score = static_cast<float>(number);
    if (row.empty())
      scored_[question.id] = out_.size() - 1;
    else
      e.properties.push_back({"row", row});
  }

  /// Beside the score that it explains, so that whoever reads the words sees the number.
  void text(const Question& question, const std::string& said) {
    const auto at = scored_.find(question.about);
    if (at != scored_.end() && out_[at->second].text.empty())
      out_[at->second].text = said;
    else
      answered(question, question.id).text = said;
  }

  void put(const Question& question, const Answer& answer) {
    if (const auto* number = std::get_if<std::int64_t>(&answer)) score(question, *number, {});
    if (const auto* rows = std::get_if<std::map<std::string, std::int64_t>>(&answer))
      for (const auto& [row, number] : *rows) score(question, number, row);
    if (const auto* flag = std::get_if<bool>(&answer)) property(question.id, *flag);
    if (const auto* said = std::get_if<std::string>(&answer)) {
      if (question.kind == QuestionKind::kText)
        text(question, *said);
      else
        property(question.id, *said);
    }
    if (const auto* list = std::get_if<std::vector<std::string>>(&answer)) {
      boost::json::array items;
      for (const std::string& item : *list) items.emplace_back(item);
      property(question.id, boost::json::serialize(items));
    }
  }

  const Completed& completed_;
  std::vector<RawEvent> out_;
  std::size_t holder_ = 0, answers_ = 0, bytes_ = 0, continued_ = 0;
  std::map<std::string, std::size_t> scored_;  // question → its event
};

}  // namespace

std::vector<RawEvent> events_of(const Completed& completed) { return Writer(completed).write(); }

}  // namespace zhike::feedback
