// For tests: customers, an engine and virtual sources over them. Not part of the product.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>

#include "external/externals.h"
#include "identity/graph.h"
#include "ledger/test_folder.h"
#include "query/where.h"
#include "warehouse/migrate.h"
#include "warehouse/test_engine.h"

namespace zhike::external {

class PlainScrub final : public Scrub {
 public:
  [[nodiscard]] std::string scrub(std::string_view text) const override { return std::string(text); }
};

template <class T>
T must(Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "%s\n", to_string(result.error()).c_str());
    std::abort();
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

class World {
 public:
  explicit World(Reach reach) {
    keys = must(govern::Keys::open(folder.path / "keys"));
    identity_db = must(
        ledger::Db::open({.file = folder.path / "identity.db", .migrations = ZHIKE_MIGRATIONS "/identity"}));
    ledger =
        must(ledger::Db::open({.file = folder.path / "ledger.db", .migrations = ZHIKE_MIGRATIONS "/ledger"}));
    graph = must(identity::Graph::open(*identity_db, *keys));
    engine = must(warehouse::TestEngine::start());
    must(warehouse::migrate(engine->client(), ZHIKE_MIGRATIONS "/warehouse"));
    open(std::move(reach));
  }
  void open(Reach reach) {
    externals = must(Externals::open({.ledger = *ledger,
                                      .sealing = keys->connectors(),
                                      .graph = *graph,
                                      .identity_db = *identity_db,
                                      .client = engine->client(),
                                      .scrub = scrub,
                                      .clock = clock,
                                      .reach = std::move(reach)}));
  }
  /// One customer with these identifiers; answers the subject of the first.
  SubjectId customer(const std::vector<Identifier>& identifiers) {
    identity::Outcome out;
    must(identity_db->write([&](ledger::Tx& tx) -> Result<void> {
      const identity::Claim claim{.identifiers = identifiers, .at = clock.now(), .source = {1}};
      CX_TRY(out, graph->resolve(tx, {&claim, 1}));
      return {};
    }));
    return out.resolved.front().subject;
  }
  /// Subjects of a set, in order.
  std::vector<std::uint64_t> subjects(std::uint64_t set, std::string_view group = "") {
    warehouse::Params params;
    params.set("set", set).set("grp", group);
    const auto table =
        must(engine->client().select({.sql = "SELECT subject FROM customer_sets WHERE set_id = {set:UInt64} "
                                             "AND grp = {grp:String} ORDER BY 1",
                                      .params = params}));
    std::vector<std::uint64_t> out;
    for (const auto& row : table.rows) out.push_back(warehouse::as_u64(row[0]));
    return out;
  }
  /// Subjects that a condition comes to, each once.
  std::vector<std::uint64_t> subjects_where(const Grant& grant, const std::string& where) {
    query::Filter filter{.range = {}, .where = must(query::parse_where(where))};
    const auto done = externals->resolve(grant, filter);
    EXPECT_TRUE(done) << where << ": " << (done ? "" : to_string(done.error()));
    if (!done) return {};
    auto out = subjects(std::stoull(filter.where.condition.values.front()));
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
  }

  TestFolder folder;
  ManualClock clock{Instant{1'750'000'000'000}};
  PlainScrub scrub;
  std::unique_ptr<govern::Keys> keys;
  std::unique_ptr<ledger::Db> identity_db, ledger;
  std::unique_ptr<identity::Graph> graph;
  std::unique_ptr<warehouse::TestEngine> engine;
  std::unique_ptr<Externals> externals;
};

}  // namespace zhike::external
