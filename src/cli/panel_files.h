// A panel from a file: units by period, each stage of a chain a column.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "stats/chain.h"

namespace zhike::cli {

/// Of dates; a period that is written as a month, quarter, ISO week or whole number is taken as it is.
enum class PeriodGrain { kDay, kWeek, kMonth, kQuarter, kYear };
[[nodiscard]] std::optional<PeriodGrain> parse_period_grain(std::string_view text);

/// A period as a number: those that follow each other differ by one.
struct PeriodPoint {
  enum class Kind { kNumber, kDay, kWeek, kMonth, kQuarter, kYear };
  Kind kind = Kind::kNumber;
  std::int64_t number = 0;
  friend bool operator==(const PeriodPoint&, const PeriodPoint&) = default;
};
/// "2024-03", "202403", "2024Q1", "2024-W09", "7", and dates by `grain`. None: no period.
[[nodiscard]] std::optional<PeriodPoint> parse_period(std::string_view text, PeriodGrain grain);
[[nodiscard]] std::string to_string(const PeriodPoint& period);  ///< "2024-03"

/// What a stage is made of.
struct WantedStage {
  std::string name, column;
  bool is_sum = false;  ///< of the rows of a unit and period; else their mean
  bool is_log = false;  ///< the logarithm of that; 0 and less is not known
};
/// "NAME=COLUMN", "NAME=sum(COLUMN)", "NAME=log(sum(COLUMN))". None: no such thing.
[[nodiscard]] std::optional<WantedStage> parse_wanted_stage(std::string_view text);

struct StageRead {
  std::string name, column;
  std::uint64_t empty = 0, not_numbers = 0;  ///< rows
  std::uint64_t known = 0;                   ///< units × periods
  std::vector<double> values;                ///< as in stats::Panel
};

struct PanelFile {
  std::vector<std::string> units;  ///< in order of their names
  PeriodPoint first, last;
  std::size_t periods = 0;
  std::vector<StageRead> stages;
  std::uint64_t rows = 0, unreadable = 0, no_unit = 0, no_period = 0;
  std::vector<std::string> notes;
  [[nodiscard]] stats::Panel panel() const;  ///< borrows the values
};

inline constexpr std::size_t kPeriodsMax = 5'000, kCellsMax = 5'000'000;

/// Any format and encoding that an import reads. Errors: those of the readers, kDriverColumnMissing,
/// kTooFewRows (no row with unit and period), kBadFile (more periods or cells than the above).
[[nodiscard]] Result<PanelFile> read_panel(const std::filesystem::path& file, std::string_view unit_column,
                                           std::string_view period_column, PeriodGrain grain,
                                           std::span<const WantedStage> stages);

}  // namespace zhike::cli
