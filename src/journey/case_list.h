// Where the cases of a kind of journey stand: running, complete or left, at which place and for how long, and
// the cases themselves. Asked of the cases that are kept (CaseBook), or, where a question concerns a part of
// the events, of cases that are cut out of it for the question.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "event/grant.h"
#include "journey/case_book.h"
#include "journey/case_row.h"
#include "journey/definitions.h"
#include "query/filter.h"
#include "stats/interval.h"
#include "warehouse/client.h"

namespace zhike::journey {

enum class CaseOrder : std::uint8_t { kQuiet, kBegan, kSteps, kFailures };
[[nodiscard]] std::string_view to_string(CaseState state) noexcept;  ///< "running"
[[nodiscard]] std::string_view to_string(CaseOrder order) noexcept;  ///< "quiet"
/// Errors: kBadFilter.
[[nodiscard]] Result<CaseState> parse_case_state(std::string_view text);
[[nodiscard]] Result<CaseOrder> parse_case_order(std::string_view text);

struct CaseQuestion {
  static constexpr std::size_t kListedMax = 10'000;
  Definition definition{};
  Instant now{};  ///< when it is decided which cases still run
  // Of the list alone:
  std::optional<CaseState> state{};
  std::string stage{}, touchpoint{};    ///< of the last step; empty: any
  Millis quiet_least{0};                ///< since the last event
  CaseOrder order = CaseOrder::kQuiet;  ///< the most first; of kBegan the latest
  std::size_t limit = 50, offset = 0;   ///< together at most kListedMax
};

struct CaseDuration {
  std::uint64_t n = 0;
  std::optional<double> median_ms{}, p90_ms{};  ///< none: n is 0
  std::optional<stats::Interval> median_range{};
};

/// Cases by the place of their last step.
struct CasePlace {
  std::string stage, touchpoint;
  std::uint64_t running = 0, complete = 0, left = 0;
  CaseDuration quiet{};  ///< of the running ones: since their last event
};

struct CaseDay {
  std::int32_t day = 0;                             ///< epoch day by the filter's zone
  std::uint64_t began = 0, complete = 0, left = 0;  ///< of the cases that began on it, what became of them
};

struct CaseItem {
  CaseRow row{};
  CaseState state{};
  std::string stage{}, touchpoint{}, channel{}, first_channel{};
};

struct CaseReport {
  std::uint64_t running = 0, complete = 0, left = 0, customers = 0;
  /// Of the cases that are over, those that are complete: Wilson. None where a kind has no ends.
  std::optional<stats::Interval> completion{};
  CaseDuration took{};              ///< of the complete ones: first to last step
  CaseDuration quiet{};             ///< of the running ones
  std::vector<CasePlace> places{};  ///< most cases first
  std::vector<CaseDay> days{};      ///< every day of the range, at most kDaysMax of them, the latest
  std::uint64_t listed = 0;         ///< cases that fit the list
  std::vector<CaseItem> items{};
  std::optional<std::uint64_t> kept_upto{};  ///< event id; none: cut for this question
  static constexpr std::size_t kDaysMax = 400;
};

/// Of cases that began within the filter's range; conditions say which events there are at all. `book`: null:
/// nothing is kept. Thread-safe, blocks. Permission: kViewMetrics. Errors: kPermissionMissing, kBadFilter,
/// kQueryTooLarge, the ledger's and the client's.
[[nodiscard]] Result<CaseReport> cases(warehouse::Client& client, CaseBook* book, const Grant& grant,
                                       const query::Filter& filter, const CaseQuestion& question);

}  // namespace zhike::journey
