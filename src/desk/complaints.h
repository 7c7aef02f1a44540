// Complaints as they are kept and worked on: opened from any channel, owned by who took the first contact,
// moved along against a clock, made good within limits, told of as events like any other.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/crypto.h"
#include "desk/catalogue.h"
#include "desk/complaint.h"
#include "desk/suggest.h"
#include "event/grant.h"
#include "govern/audit.h"
#include "govern/keys.h"
#include "govern/units.h"
#include "identity/graph.h"
#include "ingest/intake.h"
#include "ledger/db.h"
#include "text/aspect_catalogue.h"

namespace zhike::desk {

struct NewComplaint {
  std::string client{};              ///< retry key; empty: every call opens another one
  std::string text{};                ///< what was said
  std::vector<Identifier> person{};  ///< who says it; empty: `customer`, else nobody known
  CustomerId customer{};
  std::string channel{};           ///< empty: other
  std::string source = "console";  ///< how it came: console, api, event, rule, import
  std::string unit{};
  std::string category{};              ///< empty: as suggested
  std::optional<Severity> severity{};  ///< none: the category's
  std::optional<Instant> opened{};     ///< none: now. Permission: kManageData
};

struct ComplaintFilter {
  std::vector<State> states{};                   ///< empty: all
  std::string category{};                        ///< and those below it
  std::vector<std::string> channels{}, units{};  ///< empty: all
  std::string number{};
  std::optional<Severity> severity{};
  std::optional<UserId> owner{};
  std::optional<CustomerId> customer{};
  std::optional<Instant> from{}, to{};  ///< opened; `to` is excluded
  bool overdue = false;                 ///< open, and past the clock
  bool waiting = false;                 ///< a remedy waits for approval
};

struct ComplaintPage {
  std::vector<Complaint> items;  ///< newest first; without text and person
  std::uint64_t next = 0;        ///< id to go on before; 0: no more
};

/// What is not set stays.
struct ComplaintChange {
  std::optional<std::string> category{};
  std::optional<Severity> severity{};  ///< the clock is set anew, from the opening
  std::optional<UserId> owner{};
  std::string note{};
};

struct MoveWish {
  Move move = Move::kAccept;
  std::string note{};
  CauseClass cause_class = CauseClass::kNone;  ///< of kResolve and kClose; kNone: stays
  std::string cause{};                         ///< in few words, the same for the same cause; never personal
};

struct NewStep {
  std::string client{};  ///< retry key within the complaint
  StepKind kind = StepKind::kNote;
  std::string note{};
  std::optional<Money> cost{};
};

struct ComplaintDetail {
  Complaint complaint;
  std::vector<Step> steps;  ///< oldest first
};

struct NewImprovement {
  std::string client{};            ///< retry key; empty: none
  std::string title{}, message{};  ///< the message goes to every customer concerned
  std::vector<ComplaintId> complaints{};
};
struct Improvement {
  ImprovementId id{};
  std::string title{}, message{};
  UserId actor{};
  Instant at{};
  std::uint64_t complaints = 0, told = 0;  ///< told: messages, one for each customer
};

class ComplaintRules;

/// Thread-safe. Borrows all parts. Reading needs kViewCustomers, writing kHandleComplaints; a complaint of a
/// unit is there for those who see the unit, one without for those who see all units. Every write is audited,
/// and tells the journal what happened with a message id of its own, so that the store keeps it once. Errors:
/// kPermissionMissing, kUnknownComplaint, kBadComplaint (names the field), kComplaintState, and those named.
class Complaints {
 public:
  struct Parts {
    ledger::Db& ledger;
    const govern::Keys& keys;
    const govern::Audit& audit;
    const govern::Units& units;
    identity::Graph& graph;
    ingest::Sources& sources;
    ingest::Intake& intake;
    const Clock& clock;
    Catalogue catalogue;
    std::optional<text::AspectCatalogue> aspects;  ///< of the trade, if there are
    Zone zone;
  };
  static constexpr std::size_t kTextBytesMax = 8'000, kNoteBytesMax = 4'000, kCauseBytesMax = 100,
                               kClientBytesMax = 120, kConcernedMax = 10'000, kLimitsMax = 200;

  /// Sends what is pending from the run before; a journal that takes nothing is no reason not to start.
  [[nodiscard]] static Result<std::unique_ptr<Complaints>> open(Parts parts);
  ~Complaints();
  Complaints(const Complaints&) = delete;
  Complaints& operator=(const Complaints&) = delete;

  /// Rules that open complaints by themselves; they borrow this. Once.
  void attach(std::unique_ptr<ComplaintRules> rules);
  [[nodiscard]] ComplaintRules& rules() { return *rules_; }

  [[nodiscard]] const Catalogue& catalogue() const { return parts_.catalogue; }
  [[nodiscard]] const Suggester& suggester() const { return suggester_; }
  [[nodiscard]] Instant now() const { return parts_.clock.now(); }

  /// Opens it, or answers the one that was opened with the same retry key. Who opens it owns it: who takes
  /// the first contact answers for it to the end.
  [[nodiscard]] Result<Complaint> create(const Grant& grant, NewComplaint wanted);
  [[nodiscard]] Result<ComplaintPage> list(const Grant& grant, const ComplaintFilter& filter,
                                           std::uint64_t before, std::uint32_t count);
  [[nodiscard]] Result<ComplaintDetail> find(const Grant& grant, ComplaintId id);
  /// The complaint that was opened from an event; none: it was not. Only who may see it learns of it.
  [[nodiscard]] Result<std::optional<ComplaintId>> of_client(const Grant& grant, std::string_view client);
  /// Who it is today; unset: nobody known.
  [[nodiscard]] Result<CustomerId> customer_of(const Complaint& complaint);

  [[nodiscard]] Result<Complaint> change(const Grant& grant, ComplaintId id, const ComplaintChange& wanted);
  /// Closing needs a cause. Nothing is resolved while a remedy waits for approval.
  [[nodiscard]] Result<Complaint> move(const Grant& grant, ComplaintId id, const MoveWish& wish);

  /// Writes a step down. One that costs more than the role of the user may give waits for approval. What was
  /// given before is counted in the same transaction, so that two at once cannot both take the rest of a
  /// limit.
  [[nodiscard]] Result<Step> add_step(const Grant& grant, ComplaintId id, const NewStep& wanted);
  /// Approves or refuses a waiting step. Errors: kApprovalNotAllowed (one's own; beyond the limit of one's
  /// role).
  [[nodiscard]] Result<Step> decide(const Grant& grant, ComplaintId id, StepId step, bool approve,
                                    const std::string& note);
  /// Of every role, the user's own settings in place of the catalogue's.
  [[nodiscard]] Result<std::vector<RoleLimit>> limits();
  /// Replaces all. Permission: kManageUsers.
  [[nodiscard]] Result<void> put_limits(const Grant& grant, const std::vector<RoleLimit>& limits);

  /// Links it to complaints and tells their customers, each once.
  [[nodiscard]] Result<Improvement> improve(const Grant& grant, const NewImprovement& wanted);
  [[nodiscard]] Result<std::vector<Improvement>> improvements(const Grant& grant);  ///< newest first

  /// All that the filter finds, oldest first, without text and person: for the report. `costs`: what their
  /// done and approved steps cost, by complaint and currency. Permission: kViewMetrics.
  struct Cost {
    ComplaintId complaint;
    Money money;
    bool waiting = false;
  };
  struct Everything {
    std::vector<Complaint> complaints;
    std::vector<Cost> costs;                          ///< by complaint
    std::map<ComplaintId, Instant> first_resolved{};  ///< of those that were resolved once
  };
  [[nodiscard]] Result<Everything> everything(const Grant& grant, const ComplaintFilter& filter);

  /// Sends events that are not known to be in the journal, and looks up who complained where that was not
  /// known yet.
  [[nodiscard]] Result<void> catch_up();

 private:
  explicit Complaints(Parts parts);

  struct Sealed {
    std::string wrapped, person, said;
  };
  struct Stored {
    Complaint complaint;
    Sealed sealed;
  };
  struct StepRow {
    std::string_view kind, detail{};
    std::string note{};
    std::optional<Money> cost{};
    StepState state = StepState::kDone;
    std::string client{};
  };
  // complaint_rows.cpp
  static Result<std::optional<Stored>> read_row(ledger::Tx& tx, std::string_view where,
                                                std::string_view value);
  Result<Stored> found(ledger::Tx& tx, const Grant& grant, Permission needed, ComplaintId id);
  static Result<void> insert_row(ledger::Tx& tx, const Stored& row, const std::string& client);
  static Result<void> update_row(ledger::Tx& tx, const Complaint& complaint);
  static Result<std::vector<Step>> steps_of(ledger::Tx& tx, const crypto::Key& key, ComplaintId id);
  static Result<Step> step_of(ledger::Tx& tx, const crypto::Key& key, ComplaintId id, StepId step);
  Result<crypto::Key> key_of(const Stored& row) const;
  Result<void> unseal(Stored& row) const;
  Result<StepId> write_step(ledger::Tx& tx, const Stored& row, UserId actor, StepRow step);
  Result<void> record(ledger::Tx& tx, const Grant& grant, std::string_view action, ComplaintId id,
                      std::string detail);
  // complaints.cpp
  Result<Stored> prepare(const Grant& grant, NewComplaint& wanted) const;
  Result<std::vector<Identifier>> person_of(const NewComplaint& wanted) const;
  Result<void> classify(Complaint& one, const std::string& words, const std::string& chosen,
                        std::optional<Severity> severity) const;
  void set_clock(Complaint& complaint) const;
  // complaint_from_rule.cpp
  friend class ComplaintRules;
  /// An event that fits a rule, and what the rule makes of it.
  struct FromRule {
    std::uint64_t event = 0;
    Instant at;
    SubjectId subject;
    CustomerId customer;  ///< unset: nobody known
    std::string words, channel, unit, category;
    std::optional<Severity> severity{};
    UserId owner{};
    Millis quiet{};
    std::uint64_t rule = 0;
  };
  enum class Taken : std::uint8_t { kOpened, kJoined, kKnown };
  struct Drafted {
    Stored row;
    std::vector<SubjectId> subjects;  ///< whose complaints are those of the same customer
  };
  Result<Drafted> draft(const FromRule& from) const;
  /// Once an event: a repeat changes nothing.
  Result<Taken> take(ledger::Tx& tx, Drafted& drafted, const FromRule& from);
  Result<void> put_new(ledger::Tx& tx, Stored& row, const std::string& client, UserId actor);
  [[nodiscard]] Result<UserId> owner_now(ledger::Tx& tx, UserId owner) const;
  // complaint_steps.cpp
  Result<std::string> role_of(ledger::Tx& tx, const Grant& grant) const;
  Result<std::optional<RoleLimit>> limit_of(ledger::Tx& tx, const std::string& role, Currency currency) const;
  Result<Refusal> check(ledger::Tx& tx, const Grant& grant, const Complaint& complaint, Money cost,
                        StepId except) const;
  // complaint_events.cpp
  static Result<void> enqueue(ledger::Tx& tx, const Stored& row, StepId step, std::string_view name,
                              std::string properties, Instant at);
  static std::string properties_of(const Complaint& complaint);
  static Result<void> enqueue_remedy(ledger::Tx& tx, const Stored& row, StepId step, std::string_view kind,
                                     const std::optional<Money>& cost, Instant at);
  void send_now();  ///< what cannot be sent stays for catch_up()
  Result<void> send_pending();
  Result<void> look_up_subjects();

  Parts parts_;
  Suggester suggester_;
  std::unique_ptr<ComplaintRules> rules_;  // borrows this: ends first
};

}  // namespace zhike::desk
