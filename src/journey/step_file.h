// Logs of steps from files: XES, and tables (CSV, Excel, Parquet, OCEL ...).
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "journey/step_log.h"

namespace zhike::journey {

/// What somebody says of steps: those whose column has one of the values. A step without a value is unknown.
struct StepRule {
  std::string column;
  std::vector<std::string> values;
  /// None: the value is not one of them.
  [[nodiscard]] Said of(std::string_view value) const;
};
/// "COLUMN=VALUE,VALUE". Errors: kBadFilter.
[[nodiscard]] Result<StepRule> parse_step_rule(std::string_view text);

/// Of a table: columns, whatever the case of their letters. Of XES: attributes of events, and of traces:
/// `case_name`, and `group` where a trace has it (else its first event that has).
struct StepColumns {
  std::string case_name, activity, time;  ///< empty: as XES names them (case:concept:name, concept:name ...)
  std::string start, resource, transition;  ///< empty: start_timestamp, org:resource, lifecycle:transition
                                            ///< where there are any
  std::string cost, group;                  ///< empty: none
};

struct StepOptions {
  StepColumns columns = {};
  std::optional<StepRule> machine = {};  ///< which steps a machine did
  std::optional<StepRule> failure = {};  ///< which steps failed
  std::size_t bytes_max = StepBuilder::kBytesMax;
  std::function<void(double share)> progress = {};  ///< of the file as stored
};

/// A time without an offset is UTC. Errors: kBadFile, kFileFailed, kDriverColumnMissing (one that is named is
/// not there), kBadLog, kLogTooLarge.
[[nodiscard]] Result<StepLog> read_steps(const std::filesystem::path& file, const StepOptions& options);

}  // namespace zhike::journey
