// How the command line says what it made of a log of steps: times, shares, intervals, what was left out.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>

#include "cli/console.h"
#include "journey/step_file.h"
#include "journey/step_log.h"
#include "stats/interval.h"

namespace zhike::cli {

/// "2.5 h"; none: "–".
[[nodiscard]] std::string duration(std::optional<double> ms);
/// "12.5%"; none: "–".
[[nodiscard]] std::string percent(std::optional<double> share);

/// " [low, high]", each as `show` has it; none: empty.
template <class Show>
std::string between(const std::optional<stats::Interval>& interval, const Show& show) {
  return interval ? fmt::format(" [{}, {}]", show(interval->low), show(interval->high)) : std::string();
}
/// A duration and its interval.
[[nodiscard]] std::string times(const std::optional<double>& value,
                                const std::optional<stats::Interval>& interval);

/// Events that were no use, on standard error.
void note_told(Console& console, const journey::Told& told);

/// "COLUMN=VALUE,VALUE"; empty: none. Errors: kBadFilter.
[[nodiscard]] Result<std::optional<journey::StepRule>> rule_of(const std::string& given);

}  // namespace zhike::cli
