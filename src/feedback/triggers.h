// Triggers: events that ask the customer they happened to, such as the end of a call, some time later. What
// fits is found behind the events, in order of their ids, and noted in the transaction that moves the mark;
// whoever is due is asked in the transaction that settles the note. So an event asks once, whenever the
// service ends, and what is due while it is down is asked when it is back, unless it is stale by then.
#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "event/grant.h"
#include "feedback/rounds.h"
#include "feedback/surveys.h"
#include "feedback/trigger_plan.h"
#include "identity/graph.h"
#include "ledger/db.h"
#include "query/filter.h"
#include "query/prepare.h"
#include "warehouse/client.h"

namespace zhike::feedback {

using TriggerId = Id<struct SurveyTriggerTag>;

enum class TriggerState : std::uint8_t {
  kOn,
  kPaused,  ///< looks at nothing; events of meanwhile ask nobody
  kEnded,   ///< for good
};
[[nodiscard]] std::string_view to_string(TriggerState state) noexcept;  ///< "on"
[[nodiscard]] std::optional<TriggerState> parse_trigger_state(std::string_view text) noexcept;

struct Trigger {
  TriggerId id;
  SurveyId survey;
  std::string key;
  TriggerPlan plan{};
  TriggerState state = TriggerState::kOn;
  UserId actor;
  Instant created;
  std::uint64_t matched = 0;  ///< events; each waits, has asked, or was left out
  std::uint64_t waiting = 0, asked = 0;
  /// Events that asked nobody, by reason: to_string(Left), "stopped" (the trigger was), "closed" (the survey
  /// was), "stale" (it was too late).
  std::vector<std::pair<std::string, std::uint64_t>> left{};
  Round round{};        ///< its links, messages and funnel
  std::string error{};  ///< why events are not looked at just now; empty: they are
  bool is_new = false;  ///< make() made it just now
};

struct TriggerPreview {
  static constexpr int kDays = 30;
  std::uint64_t events = 0, customers = 0;
  std::uint64_t drawn = 0;  ///< events, of the share
  std::uint64_t asked = 0;  ///< with the quarantine among them; before consent, addresses and other surveys
  std::array<std::uint64_t, kDays> by_day{};  ///< events, by the service's zone; the last day is today
  bool is_cut = false;                        ///< there were more, and the oldest were not looked at
};

/// Thread-safe. Borrows all parts. Every call needs kManageData, and the survey must be there for the Grant.
/// Errors: kPermissionMissing, kUnknownSurvey, those of the ledger and of the warehouse, and those named.
class Triggers {
 public:
  struct Parts {
    ledger::Db& ledger;
    warehouse::Client& client;
    identity::Graph& graph;
    Surveys& surveys;
    const Clock& clock;
    Zone zone;  ///< of days and quiet hours
    /// Conditions as everywhere else, for the Grant. Errors: those of query::parse_filter and of what
    /// resolves conditions on customers.
    std::function<Result<query::Filter>(const Grant&, const FilterTexts&)> filter_of;
    /// Waits until a block above this one is in the warehouse, at most so long; answers the newest.
    std::function<BlockId(BlockId, Millis)> arrived;
  };
  static constexpr std::size_t kTriggersMax = 200;        ///< that are not ended
  static constexpr std::uint64_t kPastMax = 200'000;      ///< events of a preview
  static constexpr Millis kRest{2'000}, kAskStep{5'000};  ///< between looks at events, and at who is due

  explicit Triggers(Parts parts) : parts_(std::move(parts)) {}
  ~Triggers() { stop(); }
  Triggers(const Triggers&) = delete;
  Triggers& operator=(const Triggers&) = delete;

  void start();  ///< once
  void stop();

  /// What it would have done in the last 30 days. Errors: kBadField, those of filter_of.
  [[nodiscard]] Result<TriggerPreview> preview(const Grant& grant, SurveyId survey, const TriggerPlan& plan);
  /// From now on: earlier events ask nobody. `key` names it within its survey; a repeat with the same plan
  /// answers what is there. Errors: as preview(); kKeyReused, kBadField (also: too many).
  [[nodiscard]] Result<Trigger> make(const Grant& grant, SurveyId survey, std::string_view key,
                                     TriggerPlan plan);
  [[nodiscard]] Result<std::vector<Trigger>> list(const Grant& grant, SurveyId survey);  ///< newest first
  /// Errors: kNotFound, kSurveyState (it was ended).
  [[nodiscard]] Result<Trigger> move(const Grant& grant, SurveyId survey, TriggerId trigger, TriggerState to);

  /// Looks at what has arrived, on the caller's thread. Answers how many events fit.
  [[nodiscard]] Result<std::uint64_t> follow();
  /// Asks who is due, on the caller's thread. Answers how many were asked.
  [[nodiscard]] Result<std::size_t> ask_due();

 private:
  struct Waiting {
    TriggerId trigger;
    std::uint64_t event = 0;
    SubjectId subject;
    Instant due;
    TriggerState state = TriggerState::kOn;
    SurveyState survey = SurveyState::kOpen;
  };
  void loop();
  bool pause(Millis longest);
  Result<std::vector<Trigger>> read(std::string_view where, std::uint64_t value, bool counted = true);
  Result<void> count(ledger::Tx& tx, std::vector<Trigger>& triggers);
  Result<query::Prepared> prepared(const Grant& grant, const TriggerPlan& plan, std::string_view sql,
                                   query::Range range);
  Result<std::uint64_t> look(const Trigger& trigger, std::uint64_t mark, std::uint64_t upto);
  Result<std::vector<Waiting>> due();
  Result<void> leave(const Waiting& one, std::string_view why);
  Result<void> postpone(const Waiting& one, Instant until);
  Result<bool> ask(const Waiting& one, const Trigger& trigger, Rounds::LastAsked& asked);
  Result<bool> settle(const Waiting& one, const Trigger& trigger, const Rounds::Chosen& chosen);
  [[nodiscard]] static Grant grant_of(const Trigger& trigger);
  void note(TriggerId trigger, std::string error);

  Parts parts_;
  std::mutex following_, asking_;  // one caller of follow() and of ask_due() at a time
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<TriggerId, std::string> errors_;  // guarded by mutex_
  bool stopping_ = false;                    // guarded by mutex_
  std::thread thread_;
};

}  // namespace zhike::feedback
