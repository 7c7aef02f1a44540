// The commands of surveys (see commands.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/console.h"

namespace zhike::cli {

struct SurveyOptions {
  std::string survey;                ///< number or id of its document
  std::string key;                   ///< of the round
  std::vector<std::string> filters;  ///< "channel=web", or text as query/where.h has it
  std::uint32_t sample = 0, silent_days = 0;
  std::optional<std::uint64_t> seed;
  std::string channel;
  std::string expires;  ///< empty: never
  std::string out;      ///< file of the links
};
[[nodiscard]] int survey_list(Console& console);
/// Whom a round would ask; nothing is stored.
[[nodiscard]] int survey_preview(Console& console, const SurveyOptions& options);
/// Makes a round, and writes its links to a file.
[[nodiscard]] int survey_round(Console& console, const SurveyOptions& options);
[[nodiscard]] int survey_rounds(Console& console, const SurveyOptions& options);

}  // namespace zhike::cli
