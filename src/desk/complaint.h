// One complaint as a value: its states and what leads from one to the next, severities, causes, steps. No
// I/O.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/money.h"
#include "base/time.h"
#include "event/event.h"

namespace zhike::desk {

using ComplaintId = Id<struct ComplaintTag>;
using StepId = Id<struct ComplaintStepTag>;
using ImprovementId = Id<struct ImprovementTag>;

enum class Severity : std::uint8_t { kLow, kMedium, kHigh, kCritical };
inline constexpr std::size_t kSeverities = 4;
[[nodiscard]] std::string_view to_string(Severity severity) noexcept;  ///< "low"
[[nodiscard]] std::optional<Severity> parse_severity(std::string_view text) noexcept;

enum class State : std::uint8_t { kNew, kAccepted, kInRecovery, kResolved, kClosed, kReopened };
inline constexpr std::size_t kStates = 6;
[[nodiscard]] std::string_view to_string(State state) noexcept;  ///< "in_recovery"
[[nodiscard]] std::optional<State> parse_state(std::string_view text) noexcept;

/// What leads on. kRecover is a step towards the customer.
enum class Move : std::uint8_t { kAccept, kRecover, kResolve, kClose, kReopen };
[[nodiscard]] std::optional<Move> parse_move(std::string_view text) noexcept;  ///< "accept"; not of kRecover
/// Nothing: not allowed in this state.
[[nodiscard]] std::optional<State> after(State state, Move move) noexcept;
/// Somebody works on it, or should.
[[nodiscard]] constexpr bool is_open(State state) noexcept {
  return state != State::kResolved && state != State::kClosed;
}

/// Why it came to the complaint: what is sold, how the work is organised, what somebody did.
enum class CauseClass : std::uint8_t { kNone, kValue, kSystem, kPeople };
[[nodiscard]] std::string_view to_string(CauseClass cause) noexcept;  ///< "value"; of kNone ""
[[nodiscard]] std::optional<CauseClass> parse_cause(std::string_view text) noexcept;

/// Of those only kDone and kApproved have happened.
enum class StepState : std::uint8_t { kDone, kWaiting, kApproved, kRefused };
[[nodiscard]] std::string_view to_string(StepState state) noexcept;  ///< "waiting"

/// What a user may write down as a step; the moves write theirs.
enum class StepKind : std::uint8_t {
  kNote,  ///< for colleagues; no cost
  kContact,
  kApology,
  kRefund,
  kCompensation,
  kReplacement,
  kRepair,
  kGoodwill
};
[[nodiscard]] std::string_view to_string(StepKind kind) noexcept;  ///< "refund"
[[nodiscard]] std::optional<StepKind> parse_step(std::string_view text) noexcept;
[[nodiscard]] std::vector<std::string_view> step_kinds();

struct Complaint {
  ComplaintId id{};
  std::string number{};  ///< what people quote: "C-000042"
  std::string channel{}, source{}, unit{};
  std::string category{}, suggested{};  ///< keys of the catalogue
  double confidence = 0;                ///< of the suggestion
  bool chosen = false;                  ///< a person chose the category
  Severity severity = Severity::kMedium;
  State state = State::kNew;
  UserId first_owner{}, owner{};  ///< unset: nobody yet
  Instant opened{}, accept_due{}, due{};
  std::optional<Instant> accepted{}, resolved{}, closed{};
  std::uint32_t reopened = 0;  ///< how often
  CauseClass cause_class = CauseClass::kNone;
  std::string cause{};
  SubjectId subject{};               ///< unset: not known yet, or nobody
  std::string text{};                ///< what was said; empty where it was not asked for
  std::vector<Identifier> person{};  ///< likewise
  bool waits_for_approval = false;
  friend bool operator==(const Complaint&, const Complaint&) = default;
};

struct Approval {
  std::string why{};  ///< the limit that was passed: see Refusal
  UserId decided_by{};
  std::optional<Instant> decided{};
  std::string note{};
};
struct Step {
  StepId id{};
  Instant at{};
  UserId actor{};
  std::string kind{};    ///< StepKind, or opened, accepted, changed, resolved, closed, reopened, told
  std::string detail{};  ///< of a change: what; never personal
  std::string note{};
  std::optional<Money> cost{};
  StepState state = StepState::kDone;
  std::optional<Approval> approval{};
};

/// What a role may give without asking. Amounts in minor units; below 0: without end.
struct RoleLimit {
  std::string role;
  Currency currency;
  std::int64_t complaint = 0;  ///< for all remedies of one complaint
  std::int64_t day = 0;        ///< of one user on one day
  friend bool operator==(const RoleLimit&, const RoleLimit&) = default;
};
enum class Refusal : std::uint8_t { kNone, kNoLimit, kComplaintLimit, kDayLimit };
[[nodiscard]] std::string_view to_string(Refusal refusal) noexcept;  ///< "day_limit"; of kNone ""
/// Whether `amount` more may be given after what was given before; `limit` null: the role has none.
[[nodiscard]] Refusal check_limit(const RoleLimit* limit, std::int64_t amount, std::int64_t of_complaint,
                                  std::int64_t of_day) noexcept;

}  // namespace zhike::desk
