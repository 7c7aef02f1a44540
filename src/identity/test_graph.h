// A graph on a temporary identity.db, for tests and the benchmark.
#pragma once

#include <initializer_list>
#include <memory>
#include <vector>

#include "identity/graph.h"
#include "ledger/test_folder.h"

namespace zhike::identity {

/// A claim that owns its identifiers.
struct OwnClaim {
  std::vector<Identifier> identifiers{};
  std::uint64_t source = 1;
  std::int64_t at = 1'700'000'000'000;
  bool unlink = false, linkable = true;
  std::uint16_t verified = 0;
};

class TestGraph {
 public:
  explicit TestGraph(std::size_t cached_max = 1000) : options_{.cached_max = cached_max} {
    keys_ = must(govern::Keys::open(folder_.path / "keys"));
    db_ = must(
        ledger::Db::open({.file = folder_.path / "identity.db", .migrations = ZHIKE_MIGRATIONS "/identity"}));
    reopen();
  }
  void reopen() { graph_ = must(Graph::open(*db_, *keys_, options_)); }

  Outcome resolve(const std::vector<OwnClaim>& claims) {
    std::vector<Claim> views;
    for (const OwnClaim& claim : claims)
      views.push_back(
          {claim.identifiers, {claim.at}, {claim.source}, claim.unlink, claim.linkable, claim.verified});
    Outcome out;
    must(db_->write([&](ledger::Tx& tx) -> Result<void> {
      CX_TRY(out, graph_->resolve(tx, views));
      return {};
    }));
    return out;
  }
  /// What one decision comes to.
  Result<Decided> decide(const Decision& decision) {
    outcome = {};
    must(db_->write([&](ledger::Tx& tx) -> Result<void> {
      CX_TRY(outcome, graph_->resolve(tx, {}, {&decision, 1}));
      return {};
    }));
    return outcome.decided.at(0);
  }
  Result<Decided> merge(std::uint64_t left, std::uint64_t right, bool force = false) {
    return decide({.act = Decision::Act::kMerge,
                   .left = {left},
                   .right = {right},
                   .force = force,
                   .actor = {5},
                   .at = {1'700'000'100'000},
                   .reason = "seen together"});
  }
  Result<Decided> split(std::vector<std::uint64_t> joins) {
    return decide({.act = Decision::Act::kSplit,
                   .joins = std::move(joins),
                   .actor = {5},
                   .at = {1'700'000'200'000},
                   .reason = "two people"});
  }
  Outcome outcome;  ///< of the last decision

  /// The customer of an identifier; 0: not known.
  std::uint64_t customer(IdentifierKind kind, std::string value) {
    return must(graph_->find({kind, std::move(value)})).value_or(CustomerId{}).value;
  }
  /// The answer of a query with one number.
  std::int64_t number(std::string_view sql) {
    std::int64_t out = 0;
    must(db_->read([&](ledger::Tx& tx) -> Result<void> {
      ledger::Statement& row = tx.sql(sql);
      CX_TRY(const bool there, row.step());
      out = there ? row.i64(0) : -1;
      return {};
    }));
    return out;
  }
  Graph& graph() { return *graph_; }
  ledger::Db& db() { return *db_; }
  const govern::Keys& keys() const { return *keys_; }
  std::filesystem::path file() const { return folder_.path / "identity.db"; }

  template <class T>
  static T must(Result<T> result) {
    cx_check(result.has_value(), result ? "" : to_string(result.error()).c_str());
    if constexpr (!std::is_void_v<T>) return std::move(*result);
  }

 private:
  TestFolder folder_;
  Graph::Options options_;
  std::unique_ptr<govern::Keys> keys_;
  std::unique_ptr<ledger::Db> db_;
  std::unique_ptr<Graph> graph_;
};

}  // namespace zhike::identity
