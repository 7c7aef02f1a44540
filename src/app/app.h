// App: all parts of the service on one data folder, wired and started in order, stopped in reverse. The
// server and the commands use nothing else.
#pragma once

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "app/feed_hub.h"
#include "app/imports.h"
#include "app/notices.h"
#include "base/age_clock.h"
#include "base/config.h"
#include "base/file.h"
#include "event/grant.h"
#include "external/externals.h"
#include "govern/audit.h"
#include "govern/keys.h"
#include "govern/sessions.h"
#include "govern/units.h"
#include "govern/users.h"
#include "identity/graph.h"
#include "identity/rules.h"
#include "identity/traits.h"
#include "ingest/day_counts.h"
#include "ingest/gate.h"
#include "ingest/intake.h"
#include "ingest/kinds.h"
#include "ingest/mover.h"
#include "ingest/observe.h"
#include "ingest/plan.h"
#include "ingest/quarantine.h"
#include "ingest/sources.h"
#include "ingest/touchpoints.h"
#include "journal/journal.h"
#include "ledger/db.h"
#include "ledger/hot.h"
#include "profile/profile.h"
#include "profile/review.h"
#include "profile/unify.h"
#include "query/parse.h"
#include "query/prepare.h"
#include "warehouse/client.h"
#include "warehouse/supervisor.h"

namespace zhike::desk {
class Complaints;
}  // namespace zhike::desk
namespace zhike::feedback {
class Readings;
class Surveys;
}  // namespace zhike::feedback
namespace zhike::journey {
class CaseBook;
}  // namespace zhike::journey
namespace zhike::reputation {
class Brands;
class Reputation;
}  // namespace zhike::reputation

namespace zhike::app {

class Connectors;
class Decisions;
class Matching;
class Ports;

struct Options {
  std::filesystem::path data;
  Config config;
  std::string write_key;  ///< of the default source; empty: a random one on the first start
  const Clock* clock = &Clock::system();
};

/// Totals that are asked for often: refreshed at most once a second.
struct Totals {
  std::uint64_t waiting_events = 0, waiting_bytes = 0;
  std::uint64_t customers = 0, events = 0, quarantined = 0;
  query::Stored stored;
};

/// A unit that has events, is listed, or is in the grant of who asks.
struct UnitView {
  govern::Unit unit;
  Zone zone = Zone::utc();  ///< where its days begin, inherited or its own
  std::uint64_t events = 0;
  bool listed = false;  ///< something beside its key is known
};

/// Thread-safe.
class App {
 public:
  /// Returns when events can be taken and, with the embedded engine, queries be asked. Errors: kDataInUse,
  /// kShareMissing, kEngineFailed, and those of the parts.
  [[nodiscard]] static Result<std::unique_ptr<App>> open(Options options);
  /// Stops taking, lets the running block finish, ends the engine.
  ~App();

  [[nodiscard]] const Config& config() const { return options_.config; }
  [[nodiscard]] const std::filesystem::path& data() const { return options_.data; }
  [[nodiscard]] const Clock& clock() const { return *options_.clock; }
  /// For what is deleted or forgotten by its age.
  [[nodiscard]] const AgeClock& age() const { return age_; }
  [[nodiscard]] const Zone& zone() const { return zone_; }
  [[nodiscard]] Instant started_at() const { return started_at_; }

  [[nodiscard]] const govern::Keys& keys() const { return *keys_; }
  [[nodiscard]] ledger::Db& ledger() { return *ledger_; }
  [[nodiscard]] ledger::Hot& hot() { return *hot_; }
  [[nodiscard]] identity::Graph& graph() { return *graph_; }
  [[nodiscard]] journal::Journal& journal() { return *journal_; }
  [[nodiscard]] warehouse::Client& warehouse() { return *client_; }
  [[nodiscard]] ingest::Sources& sources() { return *sources_; }
  [[nodiscard]] ingest::Touchpoints& touchpoints() { return *touchpoints_; }
  [[nodiscard]] ingest::Kinds& kinds() { return *kinds_; }
  [[nodiscard]] ingest::Intake& intake() { return *intake_; }
  [[nodiscard]] ingest::Quarantine& quarantine() { return *quarantine_; }
  [[nodiscard]] ingest::Mover& mover() { return *mover_; }
  [[nodiscard]] ingest::Plans& plans() { return *plans_; }
  [[nodiscard]] ingest::Observer& observer() { return *observer_; }
  [[nodiscard]] ingest::DayCounts& day_counts() { return *day_counts_; }
  /// Writes into the audit log what no part writes itself. Errors: of the ledger.
  [[nodiscard]] Result<void> audit(UserId actor, std::string_view action, std::string target,
                                   std::string detail);
  [[nodiscard]] const profile::Names& names() const { return *names_; }
  [[nodiscard]] const profile::Profiles& profiles() const { return *profiles_; }
  [[nodiscard]] const profile::Unify& unify() const { return *unify_; }
  [[nodiscard]] profile::Reviews& reviews() { return *reviews_; }
  [[nodiscard]] Matching& matching() { return *matching_; }
  /// The rules of identity in force, and new ones from now on. Identifiers that they block, and that are
  /// somebody's, are shared from then on. Errors: those of RuleBook::replace and Mover::decide.
  [[nodiscard]] std::shared_ptr<const identity::Rules> identity_rules() const { return rules_->current(); }
  [[nodiscard]] Result<void> put_identity_rules(UserId actor, identity::Rules next);
  [[nodiscard]] govern::Users& users() { return *users_; }
  [[nodiscard]] govern::Sessions& sessions() { return *sessions_; }
  [[nodiscard]] govern::Units& units() { return *units_; }
  [[nodiscard]] Connectors& connectors() { return *connectors_; }
  [[nodiscard]] Imports& imports() { return *imports_; }
  [[nodiscard]] external::Externals& externals() { return *externals_; }
  [[nodiscard]] feedback::Surveys& surveys() { return *surveys_; }
  [[nodiscard]] desk::Complaints& complaints() { return *complaints_; }
  [[nodiscard]] feedback::Readings& readings() { return *readings_; }
  [[nodiscard]] journey::CaseBook& cases() { return *cases_; }
  [[nodiscard]] reputation::Brands& brands() { return *brands_; }
  [[nodiscard]] reputation::Reputation& reputation() { return *reputation_; }
  [[nodiscard]] FeedHub& feed() { return feed_; }

  /// A fresh one-time token that makes the first administrator; nothing once there is a user.
  [[nodiscard]] Result<std::optional<std::string>> setup_token() { return sessions_->make_setup_token(); }
  /// A user who may do everything; no error when the login exists already.
  [[nodiscard]] Result<void> add_administrator(std::string_view login, std::string_view name,
                                               std::string_view password);
  /// The write key that this start made for the default source; empty: it was there before.
  [[nodiscard]] const std::string& first_write_key() const { return first_write_key_; }

  /// Without an embedded engine: a status that is always ready.
  [[nodiscard]] warehouse::EngineStatus engine() const;
  [[nodiscard]] const std::string& engine_version() const { return engine_version_; }
  [[nodiscard]] Totals totals();
  /// What is wrong or about to be; empty: nothing.
  [[nodiscard]] std::vector<Notice> notices();
  /// False: the journal has reached its limit, and a batch would be refused.
  [[nodiscard]] bool takes_events();
  /// The units that the grant may see, by key. A parent that it may not see is left out.
  [[nodiscard]] Result<std::vector<UnitView>> unit_views(const Grant& grant);
  /// For query::parse_filter. `tree` must outlive the result. `newest`: look for the newest event, which ends
  /// a range without an end.
  [[nodiscard]] Result<query::Defaults> filter_defaults(const Grant& grant, const govern::UnitTree& tree,
                                                        bool newest);
  [[nodiscard]] Result<query::Stored> stored(const Grant& grant);
  /// Keys of the stages, in order of the journey.
  [[nodiscard]] std::vector<std::string> stage_order() const;

 private:
  explicit App(Options options);
  Result<void> open_stores();
  Result<void> open_warehouse();
  Result<void> open_flow();
  Result<void> open_people();
  Result<void> open_externals();
  Result<void> open_desk();
  Result<void> first_start();
  void keep_house();
  void write_observed();
  void refresh_totals();

  Options options_;
  AgeClock age_;
  Zone zone_ = Zone::utc();
  Instant started_at_;
  std::filesystem::path share_;
  std::string first_write_key_, engine_version_;
  FeedHub feed_;
  std::optional<FolderLock> lock_;
  std::unique_ptr<govern::Keys> keys_;
  std::unique_ptr<ledger::Db> ledger_, identity_;
  std::unique_ptr<govern::Audit> audit_;
  std::unique_ptr<govern::Users> users_;
  std::unique_ptr<govern::Sessions> sessions_;
  std::unique_ptr<govern::Units> units_;
  std::unique_ptr<ledger::Hot> hot_;
  std::unique_ptr<identity::Graph> graph_;
  std::unique_ptr<warehouse::Supervisor> supervisor_;
  std::unique_ptr<warehouse::Client> client_;
  std::unique_ptr<journal::Journal> journal_;
  std::unique_ptr<ingest::Sources> sources_;
  std::unique_ptr<ingest::Touchpoints> touchpoints_;
  std::unique_ptr<ingest::Kinds> kinds_;
  std::unique_ptr<ingest::Quarantine> quarantine_;
  std::unique_ptr<ingest::Plans> plans_;
  std::unique_ptr<ingest::DayCounts> day_counts_;
  std::unique_ptr<ingest::Observer> observer_;
  std::unique_ptr<ingest::Gate> gate_;
  std::unique_ptr<ingest::Intake> intake_;
  std::unique_ptr<ingest::Mover> mover_;
  std::unique_ptr<identity::Traits> traits_;
  std::unique_ptr<profile::Names> names_;
  std::unique_ptr<Ports> ports_;
  std::unique_ptr<profile::Profiles> profiles_;
  std::unique_ptr<identity::RuleBook> rules_;
  std::unique_ptr<Decisions> decisions_;
  std::unique_ptr<profile::Unify> unify_;
  std::unique_ptr<profile::Reviews> reviews_;
  std::unique_ptr<Connectors> connectors_;
  std::unique_ptr<Imports> imports_;
  std::unique_ptr<Matching> matching_;
  std::mutex house_mutex_;
  std::condition_variable house_changed_;
  bool closing_ = false;  // guarded by house_mutex_
  std::thread housekeeper_;
  std::mutex totals_mutex_, totals_refresh_;
  std::atomic<bool> totals_known_{false};
  Totals totals_;
  Instant totals_at_;
  std::unique_ptr<external::Externals> externals_;
  std::unique_ptr<feedback::Surveys> surveys_;
  std::unique_ptr<feedback::Readings> readings_;
  std::unique_ptr<journey::CaseBook> cases_;
  std::unique_ptr<desk::Complaints> complaints_;
  std::unique_ptr<reputation::Brands> brands_;
  std::unique_ptr<reputation::Reputation> reputation_;
};

/// Where migrations, presets and the console are, seen from this program: app.share_folder, else share/zhike
/// beside the installation, else the source tree that the program was built in. Errors: kShareMissing.
[[nodiscard]] Result<std::filesystem::path> find_share(const Config& config);
/// The folder of the built console: server.web_folder (a relative path begins in the data folder), else
/// web/dist of the share folder, which need not be there. Errors: kBadSetting (the named folder has no
/// index.html), kShareMissing.
[[nodiscard]] Result<std::filesystem::path> find_web(const Config& config, const std::filesystem::path& data);
[[nodiscard]] std::filesystem::path program_folder();

}  // namespace zhike::app
