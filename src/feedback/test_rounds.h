// Surveys with customers to ask, for tests of rounds.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "feedback/rounds.h"
#include "feedback/survey_templates.h"
#include "identity/test_graph.h"
#include "ledger/test_folder.h"
#include "warehouse/test_client.h"

namespace zhike::feedback {

/// Answers with a population, and with those of it who spoke.
class Population final : public warehouse::Client {
 public:
  std::vector<CustomerId> all, spoke;
  Result<warehouse::Table> select(const warehouse::Query& query) override {
    std::vector<boost::json::array> out;
    for (const CustomerId one : query.sql.find("instrument") != query.sql.npos ? spoke : all)
      out.push_back({boost::json::string(one.str())});
    return warehouse::rows(std::move(out));
  }
  Result<void> stream(const warehouse::Query&, std::string_view,
                      const std::function<bool(std::string_view)>&) override {
    return {};
  }
  Result<void> insert(const warehouse::Insert&, std::string_view) override { return {}; }
  Result<void> execute(const warehouse::Query&) override { return {}; }
  Result<void> cancel(std::string_view) override { return {}; }
};

class RoundsFixture : public testing::Test {
 protected:
  void SetUp() override {
    db_ = must(
        ledger::Db::open({.file = folder_.path / "ledger.db", .migrations = ZHIKE_MIGRATIONS "/ledger"}));
    audit_ = std::make_unique<govern::Audit>(graph_.keys());
    sources_ = must(ingest::Sources::open(*db_, graph_.keys(), clock_));
    journal::Options options;
    options.folder = folder_.path / "journal";
    options.clock = &clock_;
    options.key = [this](std::int32_t day) -> Result<crypto::Key> { return graph_.keys().day(day); };
    options.journal_bytes_max = 1 << 20;
    journal_ = must(journal::Journal::open(std::move(options)));
    intake_ = std::make_unique<ingest::Intake>(*journal_, clock_);
    surveys_ = must(Surveys::open({.ledger = *db_,
                                   .key = graph_.keys().surveys(),
                                   .audit = *audit_,
                                   .sources = *sources_,
                                   .intake = *intake_,
                                   .clock = clock_,
                                   .zone = "UTC"}));
    rounds_ = std::make_unique<Rounds>(Rounds::Parts{.ledger = *db_,
                                                     .identity_db = graph_.db(),
                                                     .traits = traits_,
                                                     .graph = graph_.graph(),
                                                     .hot = *hot_,
                                                     .client = client_,
                                                     .surveys = *surveys_,
                                                     .clock = clock_,
                                                     .quarantine = days(30),
                                                     .has_address = true});
    nps_ = open("nps");
    ces_ = open("ces");
  }
  template <class T>
  static T must(Result<T> result) {
    EXPECT_TRUE(result) << (result ? "" : to_string(result.error()));
    if constexpr (!std::is_void_v<T>) return result ? std::move(*result) : T{};
  }
  template <class T>
  static std::string_view code(const Result<T>& result) {
    return result ? "ok" : info(result.error().code).id;
  }
  SurveyId open(std::string_view key) {
    for (const SurveyTemplate& one : survey_templates())
      if (one.key == key) {
        const auto head = must(surveys_->create(owner_, one.document, "", Tongue::kEn));
        return must(surveys_->move(owner_, head.id, SurveyState::kOpen)).id;
      }
    return {};
  }
  /// `count` customers with a user id and an e-mail address each, who are the population.
  void people(int count) {
    std::vector<identity::OwnClaim> claims;
    for (int i = 0; i < count; ++i)
      claims.push_back({.identifiers = {{IdentifierKind::kUserId, fmt::format("user-{}", i)},
                                        {IdentifierKind::kEmail, fmt::format("p{}@example.com", i)}}});
    graph_.resolve(claims);
    for (int i = 0; i < count; ++i)
      client_.all.push_back({graph_.customer(IdentifierKind::kUserId, fmt::format("user-{}", i))});
  }
  void say(CustomerId customer, std::string key, std::string value) {
    must(graph_.db().write([&](ledger::Tx& tx) -> Result<void> {
      const std::vector<identity::Trait> traits{
          {.key = std::move(key), .value = std::move(value), .source = {1}, .at = {5}}};
      return traits_.put(tx, SubjectId{customer.value}, traits);
    }));
  }
  RoundPlan plan(std::uint32_t sample = 0, std::uint64_t seed = 1) const {
    RoundPlan out;
    out.filter.range = {{0}, clock_.now() + days(1)};
    out.sample = sample;
    out.seed = seed;
    return out;
  }
  static std::uint64_t left(const RoundOutcome& outcome, Left why) {
    return outcome.left[static_cast<std::size_t>(why)];
  }
  /// Every customer whom any survey asked, with the times.
  std::map<std::uint64_t, std::vector<std::int64_t>> asks() {
    std::map<std::uint64_t, std::vector<std::int64_t>> out;
    must(db_->read([&](ledger::Tx& tx) -> Result<void> {
      ledger::Statement& row = tx.sql("SELECT subject, at FROM survey_asks ORDER BY at");
      for (;;) {
        CX_TRY(const bool more, row.step());
        if (!more) return {};
        out[row.u64(0)].push_back(row.i64(1));
      }
    }));
    return out;
  }

  TestFolder folder_;
  ManualClock clock_{Instant{1'700'000'000'000}};
  const Grant owner_ = Grant::owner();
  identity::TestGraph graph_;
  identity::Traits traits_{graph_.keys()};
  std::unique_ptr<ledger::Hot> hot_ =
      must(ledger::Hot::open({.file = folder_.path / "hot.db", .migrations = ZHIKE_MIGRATIONS "/hot"}));
  Population client_;
  std::unique_ptr<ledger::Db> db_;
  std::unique_ptr<govern::Audit> audit_;
  std::unique_ptr<ingest::Sources> sources_;
  std::unique_ptr<journal::Journal> journal_;
  std::unique_ptr<ingest::Intake> intake_;
  std::unique_ptr<Surveys> surveys_;
  std::unique_ptr<Rounds> rounds_;
  SurveyId nps_, ces_;
};

}  // namespace zhike::feedback
