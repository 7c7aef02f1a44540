#include "desk/complaint.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace zhike::desk {
namespace {

constexpr std::array<std::string_view, kSeverities> kSeverityNames{"low", "medium", "high", "critical"};
constexpr std::array<std::string_view, kStates> kStateNames{"new",      "accepted", "in_recovery",
                                                            "resolved", "closed",   "reopened"};
constexpr std::array<std::string_view, 4> kCauseNames{"", "value", "system", "people"};
constexpr std::array<std::string_view, 4> kStepStateNames{"done", "waiting", "approved", "refused"};
constexpr std::array<std::string_view, 8> kStepNames{"note",         "contact",     "apology", "refund",
                                                     "compensation", "replacement", "repair",  "goodwill"};
constexpr std::array<std::string_view, 4> kRefusalNames{"", "no_limit", "complaint_limit", "day_limit"};
constexpr std::array<std::string_view, 5> kMoveNames{"accept", "recover", "resolve", "close", "reopen"};

template <class Enum, std::size_t N>
std::optional<Enum> parse_in(const std::array<std::string_view, N>& names, std::string_view text) {
  const auto at = std::ranges::find(names, text);
  if (text.empty() || at == names.end()) return std::nullopt;
  return static_cast<Enum>(at - names.begin());
}

struct Way {
  State from;
  Move move;
  State to;
};
constexpr std::array kWays{
    Way{State::kNew, Move::kAccept, State::kAccepted},
    Way{State::kAccepted, Move::kRecover, State::kInRecovery},
    Way{State::kInRecovery, Move::kRecover, State::kInRecovery},
    Way{State::kReopened, Move::kRecover, State::kInRecovery},
    Way{State::kAccepted, Move::kResolve, State::kResolved},
    Way{State::kInRecovery, Move::kResolve, State::kResolved},
    Way{State::kReopened, Move::kResolve, State::kResolved},
    Way{State::kResolved, Move::kClose, State::kClosed},
    Way{State::kResolved, Move::kReopen, State::kReopened},
    Way{State::kClosed, Move::kReopen, State::kReopened},
};

}  // namespace

std::string_view to_string(Severity severity) noexcept {
  return kSeverityNames.at(static_cast<std::size_t>(severity));
}
std::optional<Severity> parse_severity(std::string_view text) noexcept {
  return parse_in<Severity>(kSeverityNames, text);
}
std::string_view to_string(State state) noexcept { return kStateNames.at(static_cast<std::size_t>(state)); }
std::optional<State> parse_state(std::string_view text) noexcept {
  return parse_in<State>(kStateNames, text);
}
std::optional<Move> parse_move(std::string_view text) noexcept {
  const auto move = parse_in<Move>(kMoveNames, text);
  return move == Move::kRecover ? std::nullopt : move;
}
std::optional<State> after(State state, Move move) noexcept {
  for (const Way& way : kWays)
    if (way.from == state && way.move == move) return way.to;
  return std::nullopt;
}
std::string_view to_string(CauseClass cause) noexcept {
  return kCauseNames.at(static_cast<std::size_t>(cause));
}
std::optional<CauseClass> parse_cause(std::string_view text) noexcept {
  return parse_in<CauseClass>(kCauseNames, text);
}
std::string_view to_string(StepState state) noexcept {
  return kStepStateNames.at(static_cast<std::size_t>(state));
}
std::string_view to_string(StepKind kind) noexcept { return kStepNames.at(static_cast<std::size_t>(kind)); }
std::optional<StepKind> parse_step(std::string_view text) noexcept {
  return parse_in<StepKind>(kStepNames, text);
}
std::vector<std::string_view> step_kinds() { return {kStepNames.begin(), kStepNames.end()}; }

std::string_view to_string(Refusal refusal) noexcept {
  return kRefusalNames.at(static_cast<std::size_t>(refusal));
}

Refusal check_limit(const RoleLimit* limit, std::int64_t amount, std::int64_t of_complaint,
                    std::int64_t of_day) noexcept {
  if (amount == 0) return Refusal::kNone;
  if (limit == nullptr) return Refusal::kNoLimit;
  // Amounts are bounded by parse_money, so that sums of them do not overflow.
  if (limit->complaint >= 0 && of_complaint + amount > limit->complaint) return Refusal::kComplaintLimit;
  if (limit->day >= 0 && of_day + amount > limit->day) return Refusal::kDayLimit;
  return Refusal::kNone;
}

}  // namespace zhike::desk
