// The commands of surveys (see commands.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/app.h"
#include "cli/console.h"
#include "feedback/surveys.h"

namespace zhike::cli {

/// By number or id of the document. Errors: kUnknownSurvey.
[[nodiscard]] Result<feedback::SurveyHead> find_survey(app::App& app, const std::string& named);

struct SurveyOptions {
  std::string survey;                ///< number or id of its document
  std::string key;                   ///< of the round
  std::vector<std::string> filters;  ///< "channel=web", or text as query/where.h has it
  std::uint32_t sample = 0, silent_days = 0;
  std::optional<std::uint64_t> seed;
  std::string channel;
  std::string expires;  ///< empty: never
  std::string out;      ///< file of the links
  // Of triggers.
  std::vector<std::string> properties;  ///< "resolved=true,yes"
  std::uint32_t delay_minutes = 0, within_hours = 0;
  double share = 1;
  std::string quiet;   ///< "21:00-09:00"; empty: none
  std::string preset;  ///< key; empty: none
  std::uint64_t connector = 0;
  std::string state;  ///< "on", "paused" or "ended"
  std::string link;   ///< address of a link
  // Of indices.
  std::string compare = "none", grain = "none", by = "none";
};
[[nodiscard]] int survey_list(Console& console);
/// Whom a round would ask; nothing is stored.
[[nodiscard]] int survey_preview(Console& console, const SurveyOptions& options);
/// Makes a round, and writes its links to a file.
[[nodiscard]] int survey_round(Console& console, const SurveyOptions& options);
[[nodiscard]] int survey_rounds(Console& console, const SurveyOptions& options);
[[nodiscard]] int survey_indices(Console& console, const SurveyOptions& options);
[[nodiscard]] int survey_triggers(Console& console, const SurveyOptions& options);
/// What a trigger would have done in the last 30 days; nothing is stored.
[[nodiscard]] int survey_trigger_preview(Console& console, const SurveyOptions& options);
[[nodiscard]] int survey_trigger(Console& console, const SurveyOptions& options);
/// Pauses a trigger, lets it go on, or ends it.
[[nodiscard]] int survey_trigger_move(Console& console, const SurveyOptions& options);
/// A score weighted for non-response: each row is somebody who was asked, and has a score or none.
struct ScoreCommand {
  std::string file, score;
  std::string measure = "mean";        ///< nps, share or mean
  std::string scale;                   ///< "1:5"; empty: any number
  std::vector<std::string> weight_by;  ///< columns; empty: every answer weighs the same
  double weight_max = 5, confidence = 0.95;
  std::uint64_t cell_min = 5;
  std::size_t minimum = 10;  ///< fewer answers make no value
};
[[nodiscard]] int indices_score(Console& console, const ScoreCommand& command);

struct BenchmarkOptions {
  std::string file, metric;
  std::vector<std::string> filters;
};
[[nodiscard]] int benchmark_import(Console& console, const BenchmarkOptions& options);
[[nodiscard]] int benchmark_list(Console& console, const BenchmarkOptions& options);
[[nodiscard]] int benchmark_compare(Console& console, const BenchmarkOptions& options);
/// Takes one link back.
[[nodiscard]] int survey_revoke(Console& console, const SurveyOptions& options);

}  // namespace zhike::cli
