// Key drivers from the stored answers of a survey: what moves an answer such as satisfaction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "event/grant.h"
#include "feedback/answer_columns.h"
#include "stats/drivers.h"
#include "stats/reliability.h"
#include "warehouse/client.h"

namespace zhike::feedback {

/// Which columns, by key.
struct DriverChoice {
  std::string outcome;
  std::vector<std::string> drivers;
};
inline constexpr std::size_t kDriversMax = 20;
/// Where more single numbers could be drivers than these, matrices come as the means of their rows.
inline constexpr std::size_t kSingleDriversMax = 12;
/// What to begin with: recommendation, satisfaction, effort or the first number as the outcome; all the
/// others as drivers, but those of the outcome's own matrix. Nothing: the survey has no two numbers.
[[nodiscard]] std::optional<DriverChoice> usual_choice(const std::vector<AnswerColumn>& columns);

/// Complete responses that are needed: ten for each driver (Harrell 2015, Regression Modeling
/// Strategies, 4.4), and 30.
[[nodiscard]] std::uint64_t responses_needed(std::size_t drivers);
/// From so many on, R² and coefficients can be tested with usual power: Green (1991), Multivariate Behavioral
/// Research 26:499-510, 50 + 8 for each driver.
[[nodiscard]] std::uint64_t responses_ample(std::size_t drivers);

/// Draws behind the intervals of shares that take about a second: 200 to 1,000.
[[nodiscard]] int driver_resamples(std::size_t rows, std::size_t drivers);

struct SurveyDrivers {
  AnswerColumn outcome;
  std::vector<AnswerColumn> drivers;
  std::vector<std::optional<stats::Reliability>> reliability;  ///< by driver; of means of several items
  std::uint64_t responses = 0, complete = 0;                   ///< in the filter; with all columns
  bool is_cut = false;                                         ///< see kResponsesMax
  /// Drivers of different scales are made percent of their scale, so that they can be compared: 0 at its low
  /// end, 100 at the other (Cohen, Cohen, Aiken and West 1999, Multivariate Behavioral Research 34:315-346).
  bool is_percent = false;
  int resamples = 0;  ///< draws behind the intervals of the shares: fewer where there are many responses
  stats::DriverAnalysis found;
};
/// `choice` empty, or a part of it: as usual_choice() has it. Permission: kViewMetrics. Errors:
/// kPermissionMissing, kUnknownSurvey, kBadField (a key that is no column; an outcome that is a driver too),
/// kTooFewRows, kBadDrivers (names the columns that never change or make each other up), kBadFilter, and the
/// client's.
[[nodiscard]] Result<SurveyDrivers> survey_drivers(warehouse::Client& client, Surveys& surveys,
                                                   const Grant& grant, SurveyId id,
                                                   const query::Filter& filter, const DriverChoice& choice);

/// The same of a table that is read already: `columns` are the outcome, then the drivers. Errors:
/// kTooFewRows, kBadDrivers.
[[nodiscard]] Result<SurveyDrivers> drivers_of(const AnswerTable& table,
                                               const std::vector<AnswerColumn>& columns);

}  // namespace zhike::feedback
