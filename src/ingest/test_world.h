// For tests: the whole road from intake to warehouse on a private engine, in a temporary folder. Everything
// but the engine can be closed and opened again, as after a crash.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "base/age_clock.h"
#include "identity/traits.h"
#include "ingest/import.h"
#include "ingest/presets.h"
#include "ingest/replay.h"
#include "ledger/test_folder.h"
#include "warehouse/migrate.h"
#include "warehouse/test_engine.h"

namespace zhike::ingest {

template <class T>
T must(Result<T> result) {
  if (!result) {
    ADD_FAILURE() << to_string(result.error());
    std::abort();
  }
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

/// The engine, shared by the tests of one program: each makes its own tables anew.
inline warehouse::TestEngine& engine() {
  static const std::unique_ptr<warehouse::TestEngine> one = must(warehouse::TestEngine::start());
  return *one;
}

class TestWorld {
 public:
  explicit TestWorld(Kinds::Limits limits = {}, const Clock& time = Clock::system())
      : kind_limits(limits), clock(time) {
    warehouse::Client& client = engine().client();
    for (const char* sql : {"DROP DICTIONARY IF EXISTS kind_of", "DROP DICTIONARY IF EXISTS subject_customer",
                            "DROP TABLE IF EXISTS events SYNC", "DROP TABLE IF EXISTS kinds SYNC",
                            "DROP TABLE IF EXISTS subject_map SYNC", "DROP TABLE IF EXISTS items SYNC",
                            "DROP TABLE IF EXISTS migrations SYNC"})
      must(client.execute({.sql = sql}));
    must(warehouse::migrate(client, ZHIKE_MIGRATIONS "/warehouse"));
    keys = must(govern::Keys::open(folder.path / "keys"));
    open();
  }

  void open() {
    ledger =
        must(ledger::Db::open({.file = folder.path / "ledger.db", .migrations = ZHIKE_MIGRATIONS "/ledger"}));
    identity_db = must(
        ledger::Db::open({.file = folder.path / "identity.db", .migrations = ZHIKE_MIGRATIONS "/identity"}));
    hot = must(ledger::Hot::open({.file = folder.path / "hot.db", .migrations = ZHIKE_MIGRATIONS "/hot"}));
    graph = must(identity::Graph::open(*identity_db, *keys));
    journal::Options options;
    options.folder = folder.path / "journal";
    options.clock = &clock;
    options.key = [this](std::int32_t day) -> Result<crypto::Key> { return keys->day(day); };
    journal = must(journal::Journal::open(std::move(options)));
    touchpoints = must(Touchpoints::open(*ledger));
    sources = must(Sources::open(*ledger, *keys, clock));
    kinds = must(Kinds::open(*ledger, *touchpoints, *sources, kind_limits));
    quarantine = std::make_unique<Quarantine>(folder.path / "quarantine", *ledger, *keys, clock);
    audit = std::make_unique<govern::Audit>(*keys);
    plans = must(Plans::open(*ledger, *audit, clock));
    days = std::make_unique<DayCounts>(*ledger);
    observer = must(Observer::open(*ledger, *plans, *sources, *days));
    gate = std::make_unique<Gate>(*plans, *days, clock);
    intake = std::make_unique<Intake>(*journal, clock, nullptr, gate.get());
    Mover::Options moving;
    moving.blocks = folder.path / "blocks";
    moving.fingerprints.folder = folder.path / "fingerprints";
    age = std::make_unique<AgeClock>(clock);
    moving.age = moving.fingerprints.clock = age.get();
    moving.block_wait_max = block_wait;
    moving.hot_wait_max = hot_wait;
    moving.after = after;
    mover = must(Mover::open({*journal, *ledger, *identity_db, *graph, *keys, *hot, engine().client(), *kinds,
                              *quarantine, *sources, clock, gate.get(), feed, observer.get()},
                             std::move(moving)));
    mover->start();
  }
  void close() {
    mover.reset();
    intake.reset();
    gate.reset();
    observer.reset();
    days.reset();
    plans.reset();
    quarantine.reset();
    kinds.reset();
    sources.reset();
    touchpoints.reset();
    journal.reset();
    graph.reset();
    hot.reset();
    identity_db.reset();
    ledger.reset();
  }
  void reopen() {
    close();
    open();
  }
  ~TestWorld() { close(); }

  /// Waits until everything accepted so far is in the warehouse.
  bool settle(Millis longest = seconds(60)) { return mover->wait_moved(journal->end(), longest); }

  std::uint64_t number(std::string_view sql) {
    const auto table = must(engine().client().select({.sql = sql}));
    return table.rows.empty() ? 0 : warehouse::as_u64(table.rows[0][0]);
  }
  double real(std::string_view sql) {
    return warehouse::as_double(must(engine().client().select({.sql = sql})).rows[0][0]);
  }
  std::string text(std::string_view sql) {
    return warehouse::as_text(must(engine().client().select({.sql = sql})).rows[0][0]);
  }
  std::vector<identity::Trait> traits(CustomerId customer) {
    std::vector<identity::Trait> out;
    must(identity_db->read([&](ledger::Tx& tx) -> Result<void> {
      CX_TRY(out, identity::Traits(*keys).get(tx, customer));
      return {};
    }));
    return out;
  }
  Importer importer() { return Importer({*intake, *mover, *journal, *sources, *ledger, clock}); }
  Source source(std::string name) {
    Source wanted;
    wanted.name = std::move(name);
    return must(sources->find_or_make(std::move(wanted)));
  }

  const Kinds::Limits kind_limits;
  const Clock& clock;
  TestFolder folder;
  std::function<bool(Step)> after;
  Feed* feed = nullptr;
  std::unique_ptr<AgeClock> age;
  Millis block_wait{50}, hot_wait{50};
  std::unique_ptr<govern::Keys> keys;
  std::unique_ptr<ledger::Db> ledger, identity_db;
  std::unique_ptr<ledger::Hot> hot;
  std::unique_ptr<identity::Graph> graph;
  std::unique_ptr<journal::Journal> journal;
  std::unique_ptr<Touchpoints> touchpoints;
  std::unique_ptr<Sources> sources;
  std::unique_ptr<Kinds> kinds;
  std::unique_ptr<Quarantine> quarantine;
  std::unique_ptr<govern::Audit> audit;
  std::unique_ptr<Plans> plans;
  std::unique_ptr<DayCounts> days;
  std::unique_ptr<Observer> observer;
  std::unique_ptr<Gate> gate;
  std::unique_ptr<Intake> intake;
  std::unique_ptr<Mover> mover;
};

}  // namespace zhike::ingest
