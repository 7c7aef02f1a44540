#include "app/app.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <map>
#include <span>

#include "app/connectors.h"
#include "app/decisions.h"
#include "app/matching.h"
#include "app/ports.h"
#include "app/sql.h"
#include "app/virtual.h"
#include "base/log.h"
#include "connector/kinds.h"
#include "desk/complaints.h"
#include "desk/rules.h"
#include "feedback/benchmarks.h"
#include "feedback/readings.h"
#include "feedback/rounds.h"
#include "feedback/surveys.h"
#include "feedback/text_learning.h"
#include "feedback/triggers.h"
#include "identity/history.h"
#include "journey/case_book.h"
#include "reputation/brands.h"
#include "reputation/burst_messages.h"
#include "reputation/reputation.h"
#include "warehouse/migrate.h"
#include "warehouse/socket_place.h"

namespace zhike::app {
namespace {

std::string_view kDefaultSource = "default";
constexpr std::chrono::seconds kHouseStep{10};

Result<void> make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return std::unexpected(file_error("create", folder, error.value()));
  // Only the service's own user may look in: the folder holds keys and sealed values.
  if (::chmod(folder.c_str(), 0700) != 0) return std::unexpected(file_error("chmod", folder, errno));
  return {};
}

/// Messages of rounds by the connectors that write to people.
class ConnectorPostman final : public feedback::Postman {
 public:
  explicit ConnectorPostman(Connectors& connectors) : connectors_(connectors) {}
  Result<void> write(std::uint64_t connector, const Letter& letter) override {
    return connectors_.write({connector}, {.to = letter.to,
                                           .subject = letter.subject,
                                           .text = letter.text,
                                           .id = letter.id,
                                           .channel = letter.channel,
                                           .link = letter.link});
  }

 private:
  Connectors& connectors_;
};

/// Conditions of triggers and rules, by their names, for a Grant.
Result<query::Filter> rule_filter(App& app, const Grant& grant, const feedback::FilterTexts& texts) {
  const std::vector<std::pair<std::string_view, std::string_view>> pairs(texts.begin(), texts.end());
  const auto tree = app.units().current();
  CX_TRY(const auto defaults, app.filter_defaults(grant, *tree, false));
  CX_TRY(query::Filter out, query::parse_filter(pairs, defaults));
  CX_TRY(app.externals().resolve(grant, out));
  return out;
}

/// Bursts of all brands since. The range ends with the hour, so that what was read of the posts serves until
/// there are further ones.
Result<std::vector<reputation::FoundBurst>> found_bursts(App& app, Instant since) {
  std::vector<reputation::FoundBurst> out;
  if (app.brands().current()->brands().empty()) return out;
  const std::int64_t hour = hours(1).value;
  const Instant now = app.clock().now();
  reputation::Question question{.filter = {}, .grain = query::Grain::kNone, .compare = query::Compare::kNone};
  question.filter.range = {Instant{since.ms - since.ms % hour} - days(1),
                           Instant{now.ms - now.ms % hour + hour}};
  question.filter.zone = app.zone();
  CX_TRY(auto answer, app.reputation().bursts(Grant::owner(), question, 0));
  for (reputation::BrandBurst& burst : answer.list.bursts)
    out.push_back({.brand = answer.book->brands()[burst.brand].key, .burst = std::move(burst)});
  return out;
}

/// Without a slash at its end; empty: not known.
std::string public_url(const Config& config) {
  std::string out = config.text("server.public_url");
  while (out.ends_with('/')) out.pop_back();
  return out;
}

/// See journey::CaseBook::Parts::former.
Result<std::vector<std::uint64_t>> former_customers(ledger::Db& identity,
                                                    std::span<const std::uint64_t> subjects) {
  std::vector<std::uint64_t> out;
  std::vector<SubjectId> asked;
  for (const std::uint64_t subject : subjects) asked.push_back({subject});
  CX_TRY(identity.read([&](ledger::Tx& tx) -> Result<void> {
    out.clear();
    CX_TRY(const auto found, identity::customers_ever(tx, asked));
    for (const CustomerId one : found) out.push_back(one.value);
    return {};
  }));
  return out;
}

/// The reading of comments, with what people chose and taught it.
Result<std::unique_ptr<feedback::Readings>> open_readings(const Config& config,
                                                          const std::filesystem::path& data,
                                                          feedback::Readings::Parts parts,
                                                          const govern::Audit& audit,
                                                          const crypto::Key& key) {
  const std::string setting = config.text("text.aspects");
  CX_TRY(parts.setup.aspects, feedback::aspects_of(setting, data));
  CX_TRY(std::string aspects, feedback::aspects_text_of(setting, data));
  ledger::Db& ledger = parts.ledger;
  warehouse::Client& client = parts.client;
  const Clock& clock = parts.clock;
  CX_TRY(auto readings, feedback::Readings::open(std::move(parts), {}));
  CX_TRY(auto learning, feedback::TextLearning::open({.ledger = ledger,
                                                      .audit = audit,
                                                      .key = key,
                                                      .client = client,
                                                      .clock = clock,
                                                      .readings = *readings,
                                                      .aspects = std::move(aspects)}));
  readings->attach(std::move(learning));
  return readings;
}

/// What the settings say of rounds. Errors: kBadSetting.
struct RoundRules {
  Millis quarantine{};
  bool opt_in = false, has_address = false;
};
Result<RoundRules> rounds_of(const Config& config) {
  const std::string& consent = config.text("surveys.consent");
  if (consent != "opt_out" && consent != "opt_in")
    return fail(Code::kBadSetting, "surveys.consent ({}): opt_out or opt_in",
                config.origin("surveys.consent"));
  const RoundRules out{.quarantine = config.duration("surveys.quarantine"),
                       .opt_in = consent == "opt_in",
                       .has_address = !public_url(config).empty()};
  if (out.quarantine > days(feedback::Rounds::kDaysMax))
    return fail(Code::kBadSetting, "surveys.quarantine ({}): at most {} days",
                config.origin("surveys.quarantine"), feedback::Rounds::kDaysMax);
  return out;
}

}  // namespace

std::filesystem::path program_folder() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
}

Result<std::filesystem::path> find_share(const Config& config) {
  const auto& named = config.text("app.share_folder");
  const auto here = program_folder();
  std::vector<std::filesystem::path> candidates;
  if (!named.empty())
    candidates = {named};
  else
    candidates = {here / "share" / "zhike", here.parent_path() / "share" / "zhike",
                  here.parent_path().parent_path()};
  std::error_code error;
  for (const auto& folder : candidates)
    if (std::filesystem::is_directory(folder / "migrations" / "ledger", error)) return folder;
  return fail(Code::kShareMissing, "{}", candidates.back().string());
}

Result<std::filesystem::path> find_web(const Config& config, const std::filesystem::path& data) {
  const auto& named = config.text("server.web_folder");
  if (named.empty()) {
    CX_TRY(const auto share, find_share(config));
    return share / "web" / "dist";
  }
  const auto folder = data / named;  // an absolute path stands for itself
  std::error_code error;
  if (std::filesystem::is_regular_file(folder / "index.html", error)) return folder;
  return fail(Code::kBadSetting, "server.web_folder ({}): there is no {}", config.origin("server.web_folder"),
              (folder / "index.html").string());
}

App::App(Options options)
    : options_(std::move(options)),
      age_(*options_.clock),
      started_at_(options_.clock->now()),
      feed_(*options_.clock) {}

Result<std::unique_ptr<App>> App::open(Options options) {
  std::unique_ptr<App> app(new App(std::move(options)));
  CX_TRY(app->zone_, Zone::find(app->config().text("app.zone")));
  CX_TRY(app->share_, find_share(app->config()));
  CX_TRY(make_folder(app->data()));
  CX_TRY(auto lock, FolderLock::take(app->data()));
  app->lock_.emplace(std::move(lock));
  CX_TRY(app->keys_, govern::Keys::open(app->data() / "keys"));
  // The engine takes longest to start: the stores are opened meanwhile.
  auto warehouse = std::async(std::launch::async, [&app] { return app->open_warehouse(); });
  const auto stores = app->open_stores();
  const auto engine = warehouse.get();
  CX_TRY(stores);
  CX_TRY(engine);
  CX_TRY(app->open_flow());
  CX_TRY(app->open_externals());
  CX_TRY(app->open_desk());
  CX_TRY(app->first_start());
  app->mover_->start();
  app->readings_->start();
  app->surveys_->rounds().start_post(std::make_unique<ConnectorPostman>(*app->connectors_),
                                     public_url(app->config()));
  app->surveys_->triggers().start();
  app->complaints_->rules().start();
  app->cases_->start();
  app->reputation_->messages().start();
  app->housekeeper_ = std::thread([self = app.get()] { self->keep_house(); });
  return app;
}

Result<void> App::open_warehouse() {
  std::string address = config().text("engine.address");
  if (address.empty()) {
    warehouse::EngineOptions engine;
    engine.program = config().text("engine.program");
    if (engine.program.empty()) engine.program = warehouse::find_engine();
    engine.folder = data() / "warehouse";
    CX_TRY(engine.socket, warehouse::place_socket(data()));
    engine.memory_bytes_max = config().bytes("engine.memory_bytes_max");
    CX_TRY(supervisor_, warehouse::Supervisor::start(std::move(engine)));
    address = supervisor_->address();
  }
  client_ = warehouse::Client::connect(address);
  CX_TRY(warehouse::migrate(*client_, share_ / "migrations" / "warehouse"));
  CX_TRY(const auto version, client_->select({.sql = "SELECT version()"}));
  if (!version.rows.empty()) engine_version_ = warehouse::as_text(version.rows[0][0]);
  return {};
}

Result<void> App::open_stores() {
  const auto migrations = share_ / "migrations";
  CX_TRY(ledger_, ledger::Db::open({.file = data() / "ledger.db", .migrations = migrations / "ledger"}));
  CX_TRY(identity_,
         ledger::Db::open({.file = data() / "identity.db", .migrations = migrations / "identity"}));
  CX_TRY(hot_, ledger::Hot::open({.file = data() / "hot.db", .migrations = migrations / "hot"}));
  CX_TRY(graph_, identity::Graph::open(*identity_, *keys_));
  CX_TRY(sources_, ingest::Sources::open(*ledger_, *keys_, clock()));
  CX_TRY(touchpoints_, ingest::Touchpoints::open(*ledger_));
  CX_TRY(kinds_, ingest::Kinds::open(*ledger_, *touchpoints_, *sources_));
  audit_ = std::make_unique<govern::Audit>(*keys_);
  users_ = std::make_unique<govern::Users>(*ledger_, *audit_, clock());
  sessions_ = std::make_unique<govern::Sessions>(*ledger_, *users_, *audit_, clock());
  CX_TRY(sessions_->clean());
  CX_TRY(units_, govern::Units::open(*ledger_, *audit_, clock(), zone_));
  CX_TRY(rules_, identity::RuleBook::open(*ledger_, *audit_, clock()));
  graph_->use(rules_->current());
  journal::Options journal;
  journal.folder = data() / "journal";
  journal.key = [keys = keys_.get()](std::int32_t day) -> Result<crypto::Key> { return keys->day(day); };
  journal.clock = &clock();
  journal.journal_bytes_max = config().bytes("journal.bytes_max");
  CX_TRY(journal_, journal::Journal::open(std::move(journal)));
  if (const auto& found = journal_->recovery(); found.torn_bytes != 0)
    log::warn("journal_tail_cut", {{"segment", found.torn_segment}, {"bytes", found.torn_bytes}});
  return {};
}

Result<void> App::open_flow() {
  quarantine_ = std::make_unique<ingest::Quarantine>(data() / "quarantine", *ledger_, *keys_, clock());
  CX_TRY(plans_, ingest::Plans::open(*ledger_, *audit_, clock()));
  day_counts_ = std::make_unique<ingest::DayCounts>(*ledger_);
  CX_TRY(observer_, ingest::Observer::open(*ledger_, *plans_, *sources_, *day_counts_));
  gate_ = std::make_unique<ingest::Gate>(*plans_, *day_counts_, clock());
  intake_ = std::make_unique<ingest::Intake>(*journal_, clock(), &feed_, gate_.get());
  ingest::Mover::Options options;
  options.blocks = data() / "blocks";
  options.fingerprints.folder = data() / "fingerprints";
  options.fingerprints.window = config().duration("fingerprints.window");
  options.fingerprints.bytes_max = config().bytes("fingerprints.bytes_max");
  options.fingerprints.clock = &age_;
  options.journal_kept = config().duration("journal.kept");
  options.age = &age_;
  CX_TRY(mover_, ingest::Mover::open({.journal = *journal_,
                                      .ledger = *ledger_,
                                      .identity_db = *identity_,
                                      .graph = *graph_,
                                      .keys = *keys_,
                                      .hot = *hot_,
                                      .client = *client_,
                                      .kinds = *kinds_,
                                      .quarantine = *quarantine_,
                                      .sources = *sources_,
                                      .clock = clock(),
                                      .gate = gate_.get(),
                                      .feed = &feed_,
                                      .observer = observer_.get()},
                                     std::move(options)));
  CX_TRY(open_people());
  CX_TRY(connectors_, Connectors::open({.ledger = *ledger_,
                                        .keys = *keys_,
                                        .audit = *audit_,
                                        .clock = clock(),
                                        .config = config(),
                                        .sources = *sources_,
                                        .intake = *intake_,
                                        .client = *client_,
                                        .feed = feed_}));
  CX_TRY(imports_, Imports::open({.importer = ingest::Importer({.intake = *intake_,
                                                                .mover = *mover_,
                                                                .journal = *journal_,
                                                                .sources = *sources_,
                                                                .ledger = *ledger_,
                                                                .clock = clock()}),
                                  .ledger = *ledger_,
                                  .sources = *sources_,
                                  .quarantine = *quarantine_,
                                  .clock = clock(),
                                  .age = age_},
                                 {.folder = data() / "imports",
                                  .file_bytes_max = config().bytes("server.upload_bytes_max"),
                                  .all_bytes_max = config().bytes("server.uploads_bytes_max")}));
  return {};
}

// Profiles, and what takes customers together and apart.
Result<void> App::open_people() {
  traits_ = std::make_unique<identity::Traits>(*keys_);
  names_ = std::make_unique<profile::Names>(*identity_, *traits_, *graph_);
  ports_ = std::make_unique<Ports>(*kinds_, *ledger_, *audit_, clock());
  profiles_ = std::make_unique<profile::Profiles>(profile::Profiles::Parts{.hot = *hot_,
                                                                           .graph = *graph_,
                                                                           .kinds = *ports_,
                                                                           .client = *client_,
                                                                           .audit = *ports_,
                                                                           .identity_db = *identity_,
                                                                           .traits = *traits_,
                                                                           .names = *names_,
                                                                           .clock = clock()});
  decisions_ = std::make_unique<Decisions>(*mover_, *identity_, *ledger_, *audit_);
  CX_TRY(decisions_->catch_up());
  unify_ = std::make_unique<profile::Unify>(profile::Unify::Parts{.hot = *hot_,
                                                                  .graph = *graph_,
                                                                  .identity_db = *identity_,
                                                                  .names = *names_,
                                                                  .client = *client_,
                                                                  .decider = *decisions_,
                                                                  .clock = clock()});
  CX_TRY(reviews_, profile::Reviews::open({.ledger = *ledger_,
                                           .identity_db = *identity_,
                                           .keys = *keys_,
                                           .hot = *hot_,
                                           .graph = *graph_,
                                           .unify = *unify_,
                                           .decider = *decisions_,
                                           .clock = clock(),
                                           .memory = data() / "matching"}));
  matching_ = std::make_unique<Matching>(*reviews_);
  return {};
}

Result<void> App::open_externals() {
  CX_TRY(const auto rules, rounds_of(config()));
  CX_TRY(surveys_, feedback::Surveys::open({.ledger = *ledger_,
                                            .key = keys_->surveys(),
                                            .audit = *audit_,
                                            .sources = *sources_,
                                            .intake = *intake_,
                                            .clock = clock(),
                                            .zone = zone_.name()}));
  surveys_->attach(
      std::make_unique<feedback::Rounds>(feedback::Rounds::Parts{.ledger = *ledger_,
                                                                 .identity_db = *identity_,
                                                                 .traits = *traits_,
                                                                 .graph = *graph_,
                                                                 .hot = *hot_,
                                                                 .client = *client_,
                                                                 .surveys = *surveys_,
                                                                 .clock = clock(),
                                                                 .quarantine = rules.quarantine,
                                                                 .opt_in = rules.opt_in,
                                                                 .has_address = rules.has_address}));
  surveys_->attach(std::make_unique<feedback::Triggers>(feedback::Triggers::Parts{
      .ledger = *ledger_,
      .client = *client_,
      .graph = *graph_,
      .surveys = *surveys_,
      .clock = clock(),
      .zone = zone_,
      .filter_of = [this](const Grant& grant,
                          const feedback::FilterTexts& texts) { return rule_filter(*this, grant, texts); },
      .arrived = [this](BlockId known, Millis longest) { return mover_->wait_delivered(known, longest); }}));
  surveys_->attach(std::make_unique<feedback::Benchmarks>(feedback::Benchmarks::Parts{
      .ledger = *ledger_, .client = *client_, .audit = *audit_, .clock = clock()}));
  CX_TRY(readings_,
         open_readings(config(), data(),
                       {.ledger = *ledger_,
                        .client = *client_,
                        .clock = clock(),
                        .setup = {},
                        .arrived = [this](BlockId known,
                                          Millis longest) { return mover_->wait_delivered(known, longest); }},
                       *audit_, crypto::derive(keys_->surveys(), "text_labels/1")));
  CX_TRY(externals_, external::Externals::open({.ledger = *ledger_,
                                                .sealing = keys_->connectors(),
                                                .graph = *graph_,
                                                .identity_db = *identity_,
                                                .client = *client_,
                                                .scrub = *ports_,
                                                .clock = clock(),
                                                .reach = reach_of(config())}));
  return {};
}

Result<void> App::open_desk() {
  CX_TRY(desk::Catalogue catalogue, desk::catalogue_of(config().text("complaints.catalogue"), data()));
  // Words of the trade's aspects help to find a category; a catalogue of one's own may have none.
  auto aspects = text::shipped_aspects(catalogue.key);
  CX_TRY(complaints_,
         desk::Complaints::open({.ledger = *ledger_,
                                 .keys = *keys_,
                                 .audit = *audit_,
                                 .units = *units_,
                                 .graph = *graph_,
                                 .sources = *sources_,
                                 .intake = *intake_,
                                 .clock = clock(),
                                 .catalogue = std::move(catalogue),
                                 .aspects = aspects ? std::optional(*std::move(aspects)) : std::nullopt,
                                 .zone = zone_}));
  complaints_->attach(std::make_unique<desk::ComplaintRules>(desk::ComplaintRules::Parts{
      .ledger = *ledger_,
      .client = *client_,
      .graph = *graph_,
      .complaints = *complaints_,
      .sources = *sources_,
      .audit = *audit_,
      .clock = clock(),
      .zone = zone_,
      .filter_of = [this](const Grant& grant,
                          const feedback::FilterTexts& texts) { return rule_filter(*this, grant, texts); },
      .arrived = [this] { return mover_->wait_delivered(BlockId{}, Millis{0}); },
      .read = [this]() -> Result<desk::ComplaintRules::Read> {
        CX_TRY(const auto extent, readings_->extent());
        return desk::ComplaintRules::Read{.reading = extent.reading, .upto = extent.upto};
      }}));
  cases_ = std::make_unique<journey::CaseBook>(
      journey::CaseBook::Parts{.ledger = *ledger_,
                               .client = *client_,
                               .definitions = {*ledger_, *audit_, clock()},
                               .clock = clock(),
                               .arrived = [this] { return mover_->wait_delivered(BlockId{}, Millis{0}); },
                               .former =
                                   [this](std::span<const std::uint64_t> subjects) {
                                     return former_customers(*identity_, subjects);
                                   }});
  CX_TRY(brands_, reputation::Brands::open(*ledger_, *audit_, clock()));
  reputation_ = std::make_unique<reputation::Reputation>(*client_, *brands_, *readings_);
  reputation_->attach(std::make_unique<reputation::BurstMessages>(reputation::BurstMessages::Parts{
      .ledger = *ledger_,
      .audit = *audit_,
      .postman = std::make_unique<ConnectorPostman>(*connectors_),
      .clock = clock(),
      .zone = zone_,
      .public_url = public_url(config()),
      .bursts = [this](Instant since) { return found_bursts(*this, since); },
      .name_of =
          [this](const std::string& key, const std::string& language) {
            const auto book = brands_->current();
            const auto at = book->find(key);
            if (!at) return std::string();
            const reputation::Brand& brand = book->brands()[*at];
            const std::string& name = language == "zh" ? brand.name_zh : brand.name_en;
            return name.empty() ? brand.name_zh + brand.name_en : name;
          },
      .check_connector = [this](std::uint64_t id) -> Result<void> {
        CX_TRY(const auto known, connectors_->find({id}));
        if (!known.connector->kind->writes) return fail(Code::kBadField, "'connector' writes to nobody");
        return {};
      }}));
  return {};
}

Result<void> App::first_start() {
  if (!sources_->list().empty() && options_.write_key.empty()) return {};
  ingest::Source source;
  source.name = kDefaultSource;
  source.zone = config().text("app.zone");
  CX_TRY(const auto made, sources_->find_or_make(std::move(source)));
  if (!options_.write_key.empty()) return sources_->add_key(made.id, options_.write_key);
  CX_TRY(const auto key, sources_->make_key(made.id));
  first_write_key_ = key.second;
  return {};
}

/// What is written down now and then; never on the way of a request.
void App::keep_house() {
  Instant cleaned = age_.now();
  for (bool last = false; !last;) {
    {
      std::unique_lock lock(house_mutex_);
      last = house_changed_.wait_for(lock, kHouseStep, [this] { return closing_; });
    }
    if (const auto noted = sources_->note_uses(last); !noted) log::error("key_uses_not_noted", noted.error());
    if (const auto written = connectors_->write_down(); !written)
      log::error("connectors_not_written", written.error());
    if (const auto sent = surveys_->send_pending(clock().now() - minutes(1)); !sent)
      log::error("surveys_not_sent", sent.error());
    if (const auto done = complaints_->catch_up(); !done) log::error("complaints_not_sent", done.error());
    write_observed();
    const Instant now = age_.now();  // asked each time, so that a jump is noticed when it happens
    if (last || (now >= cleaned && now - cleaned < hours(1))) continue;
    cleaned = now;
    if (const auto done = imports_->clean(); !done) log::error("imports_not_cleaned", done.error());
    if (const auto done = sessions_->clean(); !done) log::error("sessions_not_cleaned", done.error());
  }
}

void App::write_observed() {
  if (const auto saved = day_counts_->save(); !saved) log::error("day_counts_not_saved", saved.error());
  if (const auto saved = observer_->save(); !saved) log::error("observed_not_saved", saved.error());
}

Result<void> App::audit(UserId actor, std::string_view action, std::string target, std::string detail) {
  return ledger_->write([&](ledger::Tx& tx) -> Result<void> {
    return audit_->append(tx, {.seq = 0,
                               .at = clock().now(),
                               .actor = actor,
                               .action = std::string(action),
                               .target = target,
                               .detail = detail});
  });
}

App::~App() {
  {
    const std::lock_guard lock(house_mutex_);
    closing_ = true;
  }
  house_changed_.notify_all();
  if (housekeeper_.joinable()) housekeeper_.join();
  if (connectors_) connectors_->stop();  // ends a message on its way, so that the post need not wait for it
  if (reputation_) reputation_->messages().stop();
  if (cases_) cases_->stop();
  if (complaints_) complaints_->rules().stop();
  if (surveys_) surveys_->triggers().stop();
  if (surveys_) surveys_->rounds().stop_post();
  if (readings_) readings_->stop();
  matching_.reset();
  imports_.reset();  // interrupts the running import while the mover can still store what it sent
  if (mover_) mover_->stop();
  mover_.reset();
  if (observer_) write_observed();  // of the last blocks
  journal_.reset();
  client_.reset();
  if (supervisor_) {
    supervisor_->stop();
    warehouse::clear_socket(data());
  }
}

warehouse::EngineStatus App::engine() const {
  if (supervisor_) return supervisor_->status();
  warehouse::EngineStatus status;
  status.ready = true;
  status.bound = "external";
  return status;
}

// What cannot be asked just now, or is being asked by another thread, keeps its last value: this feeds
// screens, not decisions, and a warehouse that hangs must not hang them.
void App::refresh_totals() {
  std::unique_lock one(totals_refresh_, std::defer_lock);
  if (!totals_known_) {
    one.lock();  // the first time there is nothing to answer meanwhile
    if (totals_known_) return;
  } else if (!one.try_lock()) {
    return;
  }
  const auto stored = query::stored(*client_, Grant::owner(), {.time_max = seconds(2)});
  const auto customers = hot_->count();
  const auto waiting = quarantine_->count({});
  const std::lock_guard lock(totals_mutex_);
  if (stored) {
    totals_.stored = *stored;
    totals_.events = stored->events;
  }
  if (customers) totals_.customers = *customers;
  if (waiting) totals_.quarantined = *waiting;
  totals_known_ = true;
}

Totals App::totals() {
  const auto now = clock().now();
  bool old = false;
  {
    const std::lock_guard lock(totals_mutex_);
    old = !totals_known_ || now < totals_at_ || now - totals_at_ >= Millis{1000};
    if (old) totals_at_ = now;
  }
  if (old) refresh_totals();
  const std::lock_guard lock(totals_mutex_);
  const auto counters = feed_.counters();
  const std::uint64_t settled = counters.stored + counters.dropped + counters.quarantined;
  totals_.waiting_bytes = journal_->bytes_waiting();
  totals_.waiting_events = counters.received > settled ? counters.received - settled : 0;
  return totals_;
}

Result<void> App::put_identity_rules(UserId actor, identity::Rules next) {
  const auto before = rules_->current();
  const std::vector<Identifier> blocked = next.blocked;
  CX_TRY(rules_->replace(actor, std::move(next)));
  for (const Identifier& value : blocked) {
    if (std::ranges::find(before->blocked, value) != before->blocked.end()) continue;
    CX_TRY(const auto subject, graph_->subject(value));
    if (!subject) continue;
    CX_TRY(decisions_->decide({.act = identity::Decision::Act::kShare,
                               .left = *subject,
                               .right = {},
                               .joins = {},
                               .actor = actor,
                               .at = clock().now(),
                               .reason = "blocked"}));
  }
  graph_->use(rules_->current());
  return {};
}

Result<void> App::add_administrator(std::string_view login, std::string_view name,
                                    std::string_view password) {
  CX_TRY(const auto users, users_->list());
  for (const auto& user : users)
    if (user.login == login) return {};
  govern::NewUser user;
  user.login = login;
  user.name = name;
  user.password = password;
  user.role = govern::kAdministrator;
  user.all_units = true;
  CX_TRY(users_->create(UserId{}, user));
  return {};
}

Result<std::vector<UnitView>> App::unit_views(const Grant& grant) {
  const auto tree = units_->current();
  CX_TRY(const auto prepared, query::prepare(grant, query::viewing(grant), sql::kUnits));
  CX_TRY(const auto table, client_->select(prepared.query()));
  std::map<std::string, std::uint64_t> events;
  for (const auto& row : table.rows) events[warehouse::as_text(row[0])] = warehouse::as_u64(row[1]);
  if (grant.all_units)
    for (const govern::Unit& unit : tree->list()) events.try_emplace(unit.key);
  else
    for (const std::string& unit : grant.units) events.try_emplace(unit);
  std::vector<UnitView> out;
  for (const auto& [key, count] : events) {
    const govern::Unit* known = tree->find(key);
    UnitView view{.unit = known == nullptr ? govern::Unit{.key = key} : *known,
                  .zone = tree->zone_of(key),
                  .events = count,
                  .listed = known != nullptr};
    if (!events.contains(view.unit.parent)) view.unit.parent.clear();
    out.push_back(std::move(view));
  }
  return out;
}

Result<query::Defaults> App::filter_defaults(const Grant& grant, const govern::UnitTree& tree, bool newest) {
  query::Defaults out{.zone = zone_, .newest = {}, .now = clock().now(), .units = &tree, .grant = &grant};
  if (newest) {
    CX_TRY(const auto stored, query::stored(*client_, grant));
    out.newest = stored.newest;
  }
  return out;
}

Result<query::Stored> App::stored(const Grant& grant) { return query::stored(*client_, grant); }

std::vector<std::string> App::stage_order() const {
  std::vector<std::string> keys;
  for (const auto& stage : touchpoints_->current()->stages) keys.push_back(stage.key);
  return keys;
}

}  // namespace zhike::app
