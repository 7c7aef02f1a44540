// Standing rules that open complaints from any channel: what fits is found behind the events, in order of
// their ids, and its complaint is opened in the transaction that moves the mark. So an event opens one,
// whenever the service ends, and whatever the number of rules that it fits.
#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "desk/complaints.h"
#include "desk/rule_plan.h"
#include "event/grant.h"
#include "identity/graph.h"
#include "ledger/db.h"
#include "query/filter.h"
#include "query/prepare.h"
#include "warehouse/client.h"

namespace zhike::desk {

using RuleId = Id<struct ComplaintRuleTag>;

struct Rule {
  RuleId id{};
  std::string name{};
  RulePlan plan{};
  bool on = true;  ///< off: looks at nothing; events of meanwhile open none
  UserId actor{};  ///< who made or changed it last; unset: the owner of the machine
  Instant created{}, changed{};
  /// Events that fit; complaints opened; events joined to a complaint that was open. The rest of them had
  /// one already.
  std::uint64_t matched = 0, opened = 0, joined = 0;
  std::string error{};  ///< why events are not looked at just now; empty: they are
  bool is_new = false;  ///< make() made it just now
};

struct RulePreview {
  static constexpr int kDays = 30;
  static constexpr std::size_t kExamples = 5;
  std::uint64_t events = 0, customers = 0;
  /// As if nothing had been open before, and nothing were resolved meanwhile.
  std::uint64_t opened = 0, joined = 0;
  std::array<std::uint64_t, kDays> by_day{};  ///< opened, by the service's zone; the last day is today
  struct Example {
    std::uint64_t event = 0;
    Instant at;
    CustomerId customer;
    std::string channel, text, category;
  };
  std::vector<Example> examples;  ///< newest first, of those that would have opened one
  bool is_cut = false;            ///< there were more, and the newest were not looked at
};

/// Thread-safe. Borrows all parts. Every call needs kManageData, preview() kViewCustomers too. Every change
/// is audited. Errors: kPermissionMissing, those of the ledger and of the warehouse, and those named.
class ComplaintRules {
 public:
  /// How far comments have been read.
  struct Read {
    std::uint32_t reading = 0;  ///< 0: none have
    std::uint64_t upto = 0;     ///< event id
  };
  struct Parts {
    ledger::Db& ledger;
    warehouse::Client& client;
    identity::Graph& graph;
    Complaints& complaints;
    const ingest::Sources& sources;
    const govern::Audit& audit;
    const Clock& clock;
    Zone zone;  ///< of days
    /// Conditions as everywhere else, for the Grant. Errors: those of query::parse_filter and of what
    /// resolves conditions on customers.
    std::function<Result<query::Filter>(const Grant&, const feedback::FilterTexts&)> filter_of;
    /// The newest block in the warehouse.
    std::function<BlockId()> arrived;
    std::function<Result<Read>()> read;
  };
  static constexpr std::size_t kRulesMax = 100;
  static constexpr std::uint64_t kPastMax = 50'000;  ///< events of a preview
  static constexpr Millis kRest{2'000};              ///< between looks

  explicit ComplaintRules(Parts parts) : parts_(std::move(parts)) {}
  ~ComplaintRules() { stop(); }
  ComplaintRules(const ComplaintRules&) = delete;
  ComplaintRules& operator=(const ComplaintRules&) = delete;

  void start();  ///< once
  void stop();

  /// What it would have done in the last 30 days. Errors: kBadField, those of filter_of.
  [[nodiscard]] Result<RulePreview> preview(const Grant& grant, const RulePlan& plan);
  /// From now on: earlier events open none. A repeat with the same name and plan answers what is there.
  /// Errors: as preview(); kKeyReused, kBadField (also: too many; who owns must handle complaints).
  [[nodiscard]] Result<Rule> make(const Grant& grant, std::string_view name, RulePlan plan, bool on);
  [[nodiscard]] Result<std::vector<Rule>> list(const Grant& grant);  ///< in order of being made
  /// All of it anew; it goes on with the events that come from now on. Errors: as make(); kNotFound.
  [[nodiscard]] Result<Rule> change(const Grant& grant, RuleId id, std::string_view name, RulePlan plan,
                                    bool on);
  /// Its complaints stay. Errors: kNotFound.
  [[nodiscard]] Result<void> remove(const Grant& grant, RuleId id);

  /// Looks at what has arrived, on the caller's thread. Answers how many complaints were opened.
  [[nodiscard]] Result<std::uint64_t> follow();

 private:
  struct Hit {
    std::uint64_t event = 0;
    SubjectId subject;
    CustomerId customer;
    Instant at;
    std::string channel, unit, words;
  };
  void loop();
  bool pause(Millis longest);
  Result<std::vector<Rule>> read(std::string_view where, std::uint64_t value);
  Result<query::Prepared> prepared(const Grant& grant, const RulePlan& plan, query::Range range,
                                   std::uint32_t reading);
  static std::vector<Hit> hits_of(const RulePlan& plan, const warehouse::Table& table);
  Result<void> check_for(const Grant& grant, const RulePlan& plan);
  Result<std::uint64_t> newest() const;
  Result<std::uint64_t> look(const Rule& rule, std::uint64_t mark, const Read& read);
  Result<bool> take(const Rule& rule, std::uint64_t from, std::uint64_t to, const std::vector<Hit>& hits,
                    std::uint64_t& opened);
  Result<void> admit(const Grant& grant, RulePlan& plan, Instant now);
  Result<void> record(ledger::Tx& tx, const Grant& grant, std::string_view action, RuleId id,
                      std::string detail);
  [[nodiscard]] static Grant grant_of(const Rule& rule);
  void note(RuleId rule, std::string error);

  Parts parts_;
  std::mutex following_;  // one caller of follow() at a time
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<RuleId, std::string> errors_;  // guarded by mutex_
  bool stopping_ = false;                 // guarded by mutex_
  std::thread thread_;
};

}  // namespace zhike::desk
