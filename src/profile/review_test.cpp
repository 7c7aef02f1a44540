#include "profile/review.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <map>
#include <set>

#include "base/file.h"
#include "ledger/hot.h"
#include "match/test_people.h"
#include "profile/test_decider.h"

namespace zhike::profile {
namespace {

using identity::TestGraph;

/// Simulated customers in a store: a subject for each record, which no event joins to another.
class ReviewTest : public testing::Test {
 protected:
  void SetUp() override {
    people_ = match::chinese_people(150, 7);
    fill();
  }
  void fill() {
    const match::Table& table = people_.table;
    std::vector<identity::OwnClaim> claims;
    for (std::size_t row = 0; row < table.rows(); ++row)
      claims.push_back({{{IdentifierKind::kLoyaltyId, "card" + std::to_string(row + 1)}}});
    graph_.resolve(claims);
    const identity::Traits traits(graph_.keys());
    std::vector<ledger::HotChange> records;
    must(graph_.db().write([&](ledger::Tx& tx) -> Result<void> {
      for (std::size_t row = 0; row < table.rows(); ++row) {
        std::vector<identity::Trait> stated;
        for (const match::Column& column : table.columns)
          if (const std::string& value = column.values.text(column.codes[row]); !value.empty())
            stated.push_back({column.name, value, true, {1}, {1000}});
        CX_TRY(traits.put(tx, {row + 1}, stated));
      }
      return {};
    }));
    for (std::size_t row = 0; row < table.rows(); ++row) {
      ledger::HotProfile record;
      record.events = 1;
      record.first_seen = record.last_seen = {100};
      record.units = {row % 2 == 0 ? "north" : "south"};
      records.push_back({{row + 1}, std::move(record)});
    }
    must(hot_->apply(BlockId{1}, {}, records));
  }
  template <class T>
  static T must(Result<T> result) {
    return TestGraph::must(std::move(result));
  }
  MatchRun run(std::optional<double> merge_from = {}, bool only_new = false) {
    bool fresh = false;
    const Reviews::Options options{.merge_from = merge_from, .only_new = only_new};
    const MatchRun begun = must(reviews_->begin(Grant::owner(), options, fresh));
    EXPECT_TRUE(fresh);
    return must(reviews_->run(begun, options));
  }
  std::vector<ReviewPair> open() {
    return must(reviews_->list(Grant::owner(), {}, *query::parse_cursor(""), 200)).items;
  }
  /// All pages of what is asked.
  std::vector<ReviewPair> all_of(const PairsAsked& asked, std::uint32_t at_once) {
    std::vector<ReviewPair> out;
    std::optional<query::Cursor> next = *query::parse_cursor("");
    while (next) {
      ReviewPage page = must(reviews_->list(Grant::owner(), asked, *next, at_once));
      for (ReviewPair& pair : page.items) out.push_back(std::move(pair));
      next = page.next;
    }
    return out;
  }
  /// By the simulated truth.
  [[nodiscard]] bool is_same(const ReviewPair& pair) const {
    return people_.truth[pair.people[0].customer.value - 1] ==
           people_.truth[pair.people[1].customer.value - 1];
  }
  CustomerId customer(std::uint64_t subject) { return must(graph_.graph().customer_of({subject})); }

  TestGraph graph_;
  match::People people_;
  TestFolder folder_;
  std::unique_ptr<ledger::Hot> hot_ =
      must(ledger::Hot::open({.file = folder_.path / "hot.db", .migrations = ZHIKE_MIGRATIONS "/hot"}));
  std::unique_ptr<ledger::Db> ledger_ =
      must(ledger::Db::open({.file = folder_.path / "ledger.db", .migrations = ZHIKE_MIGRATIONS "/ledger"}));
  std::unique_ptr<warehouse::Client> client_ = warehouse::Client::connect("unix:/nonexistent/engine.sock");
  AtOnce decider_{graph_};
  identity::Traits traits_{graph_.keys()};
  Names names_{graph_.db(), traits_, graph_.graph()};
  Unify unify_{{.hot = *hot_,
                .graph = graph_.graph(),
                .identity_db = graph_.db(),
                .names = names_,
                .client = *client_,
                .decider = decider_,
                .clock = Clock::system()}};
  Reviews::Parts parts_{.ledger = *ledger_,
                        .identity_db = graph_.db(),
                        .keys = graph_.keys(),
                        .hot = *hot_,
                        .graph = graph_.graph(),
                        .unify = unify_,
                        .decider = decider_,
                        .clock = Clock::system(),
                        .memory = folder_.path / "matching"};
  std::unique_ptr<Reviews> reviews_ = must(Reviews::open(parts_));
};

TEST_F(ReviewTest, ProposesTheMostDoubtfulFirstAndMasksWhatItShows) {
  const MatchRun done = run();
  EXPECT_EQ(done.state, RunState::kDone) << done.error_detail;
  EXPECT_EQ(done.records, people_.table.rows());
  ASSERT_GT(done.proposed, 50U);
  const auto pairs = open();
  ASSERT_FALSE(pairs.empty());
  const auto& words = people_.table.find("姓名")->values;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (i > 0)
      EXPECT_LE(std::abs(pairs[i - 1].probability - 0.5), std::abs(pairs[i].probability - 0.5) + 1e-8);
    double total = pairs[i].prior;
    for (const PairStep& step : pairs[i].steps) {
      total += step.weight;
      if (step.column != "name" || step.left.empty()) continue;
      for (std::uint32_t code = 1; code < words.size(); ++code) EXPECT_NE(step.left, words.text(code));
    }
    EXPECT_NEAR(1 / (1 + std::exp2(-total)), pairs[i].probability, 0.02);
    EXPECT_LT(pairs[i].people[0].customer, pairs[i].people[1].customer);
  }
}

TEST_F(ReviewTest, AnAcceptedPairIsOneARejectedOneStaysTwoAndNeitherIsAskedAgain) {
  run();
  const auto before = open();
  const auto yes = std::ranges::find_if(before, [&](const ReviewPair& p) { return is_same(p); });
  ASSERT_NE(yes, before.end());
  // What a person says counts, whatever the truth: any pair of others.
  const auto no = std::ranges::find_if(before, [&](const ReviewPair& p) {
    return std::ranges::none_of(p.people, [&](const Person& one) {
      return std::ranges::any_of(yes->people, [&](const Person& y) {
        return people_.truth[one.customer.value - 1] == people_.truth[y.customer.value - 1];
      });
    });
  });
  ASSERT_NE(no, before.end());
  const auto accepted = must(reviews_->decide(Grant::owner(), yes->id, Verdict::kAccept, false));
  EXPECT_EQ(accepted.state, PairState::kAccepted);
  EXPECT_EQ(customer(yes->people[1].customer.value), yes->people[0].customer);
  EXPECT_EQ(decider_.last.evidence, identity::Evidence::kReviewed);
  must(reviews_->decide(Grant::owner(), yes->id, Verdict::kAccept, false));  // a repeat
  const auto rejected = must(reviews_->decide(Grant::owner(), no->id, Verdict::kReject, false));
  EXPECT_EQ(rejected.state, PairState::kRejected);
  EXPECT_EQ(rejected.obstacle, "kept_apart");
  must(reviews_->decide(Grant::owner(), no->id, Verdict::kReject, false));
  EXPECT_EQ(graph_.number("SELECT count(*) FROM decisions"), 2);

  const MatchRun again = run();
  EXPECT_EQ(again.labels, 2U);
  EXPECT_EQ(again.records, people_.table.rows());  // what people joined is still looked at apart
  for (const ReviewPair& pair : open()) {
    EXPECT_NE(pair.id, yes->id);
    EXPECT_NE(pair.id, no->id);
  }
  EXPECT_EQ(reviews_->decide(Grant::owner(), yes->id, Verdict::kReject, false).error().code, Code::kBadField);
  EXPECT_EQ(
      must(reviews_->list(Grant::owner(), {.state = PairState::kAccepted}, *query::parse_cursor(""), 10))
          .items.size(),
      1U);
}

TEST_F(ReviewTest, MergesWhatIsSureByItselfAndAllOfItCanBeTakenBack) {
  const MatchRun done = run(0.99);
  ASSERT_GT(done.merged, 40U);
  std::map<std::uint64_t, std::map<std::uint32_t, int>> truths;  // customer → its people
  for (std::size_t row = 0; row < people_.table.rows(); ++row)
    ++truths[customer(row + 1).value][people_.truth[row]];
  std::size_t mixed = 0;
  for (const auto& [id, of] : truths) mixed += of.size() > 1 ? 1 : 0;
  EXPECT_LE(mixed, done.merged / 25);
  const auto now = graph_.number("SELECT count(DISTINCT customer) FROM subjects");
  EXPECT_EQ(now, static_cast<std::int64_t>(people_.table.rows() - done.merged));
  std::vector<std::uint64_t> joins;
  must(graph_.db().read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& row = tx.sql("SELECT version FROM joins WHERE evidence = 4 AND undone IS NULL");
    for (;;) {
      CX_TRY(const bool more, row.step());
      if (!more) return {};
      joins.push_back(row.u64(0));
    }
  }));
  for (const std::uint64_t join : joins) must(graph_.split({join}));
  EXPECT_EQ(graph_.number("SELECT count(DISTINCT customer) FROM subjects"),
            static_cast<std::int64_t>(people_.table.rows()));
}

TEST_F(ReviewTest, DecisionsShowWhatOtherThresholdsWouldHaveComeTo) {
  run();
  EXPECT_TRUE(must(reviews_->curve(Grant::owner())).empty()) << "nothing is decided";
  std::vector<std::pair<double, bool>> said;  // probability, accepted
  for (const ReviewPair& pair : open()) {
    if (said.size() == 20) break;
    if (customer(pair.people[0].customer.value) != pair.people[0].customer ||
        customer(pair.people[1].customer.value) != pair.people[1].customer)
      continue;  // one with somebody else by now
    const bool yes = said.size() % 3 != 0;
    const auto done =
        must(reviews_->decide(Grant::owner(), pair.id, yes ? Verdict::kAccept : Verdict::kReject, true));
    if (done.state != PairState::kOpen) said.emplace_back(pair.probability, yes);
    if (said.size() == kCurveLeast - 1) {
      EXPECT_TRUE(must(reviews_->curve(Grant::owner())).empty()) << "too few";
    }
  }
  ASSERT_GE(said.size(), kCurveLeast);
  const auto curve = must(reviews_->curve(Grant::owner()));
  ASSERT_FALSE(curve.empty());
  for (const CurvePoint& point : curve) {
    std::uint64_t above = 0, right = 0, all = 0;
    for (const auto& [probability, yes] : said) {
      above += probability >= point.threshold ? 1 : 0;
      right += probability >= point.threshold && yes ? 1 : 0;
      all += yes ? 1 : 0;
    }
    EXPECT_EQ(point.right.n, above) << point.threshold;
    EXPECT_EQ(point.right.hits, right) << point.threshold;
    EXPECT_EQ(point.found.hits, right) << point.threshold;
    EXPECT_EQ(point.found.n, all);
  }
}

TEST_F(ReviewTest, ComparesOnlyWhatIsNewOrHasChanged) {
  const MatchRun first = run({}, true);
  EXPECT_FALSE(first.fresh) << "there was no run before";
  EXPECT_FALSE(first.model.is_null());
  const auto pairs = [&] {
    std::set<std::pair<CustomerId, CustomerId>> out;
    for (const auto& pair : open()) out.emplace(pair.people[0].customer, pair.people[1].customer);
    return out;
  };
  const auto before = pairs();
  ASSERT_LT(before.size(), 200U) << "one page";

  const MatchRun idle = run({}, true);
  EXPECT_EQ(idle.fresh, 0U);
  EXPECT_EQ(idle.compared, 0);
  EXPECT_EQ(idle.proposed, first.proposed) << "what waits goes on waiting";

  // The last record says what the first says: it is that person, whatever it was before.
  const match::Table& table = people_.table;
  const std::uint64_t changed = table.rows();
  const identity::Traits traits(graph_.keys());
  must(graph_.db().write([&](ledger::Tx& tx) -> Result<void> {
    std::vector<identity::Trait> stated;
    for (const match::Column& column : table.columns)
      stated.push_back({column.name, column.values.text(column.codes[0]), true, {1}, {2000}});
    return traits.put(tx, {changed}, stated);
  }));
  const MatchRun next = run({}, true);
  EXPECT_EQ(next.fresh, 1U);
  EXPECT_GT(next.compared, 0);
  EXPECT_LT(next.compared, static_cast<double>(table.rows()));
  EXPECT_TRUE(next.model.is_null()) << "nothing was learned";
  const auto after = pairs();
  EXPECT_TRUE(after.contains({CustomerId{1}, CustomerId{changed}}));
  const auto of_others = [&](std::set<std::pair<CustomerId, CustomerId>> all) {
    std::erase_if(all, [&](const auto& pair) { return pair.second.value == changed; });
    return all;
  };
  EXPECT_EQ(of_others(after), of_others(before));

  // Damaged, it is as if there had been none.
  must(write_file(folder_.path / "matching", "nonsense"));
  EXPECT_FALSE(run({}, true).fresh);
}

/// A store in which events have joined nearly all: few pairs are left, and many namesakes whose mailboxes are
/// called alike.
class FewLeft : public ReviewTest {
 protected:
  void SetUp() override {
    match::Table& table = people_.table;
    for (const char* name : {"name", "phone", "email", "birthday", "city"})
      table.columns.push_back({.name = name, .values = {}, .codes = {}});
    std::uint64_t at = 0;
    const auto any = [&](std::uint64_t below) { return match::mix(++at) % below; };
    const auto add = [&](std::uint32_t person, const std::array<std::string, 5>& cells) {
      for (std::size_t c = 0; c < cells.size(); ++c)
        table.columns[c].codes.push_back(table.columns[c].values.add(cells[c]));
      table.ids.push_back(std::to_string(table.ids.size() + 1));
      table.sources.push_back(0);
      people_.truth.push_back(person);
    };
    constexpr std::array<std::string_view, 12> kFirst{"Ana", "Ben", "Cleo", "Dan",  "Eva",  "Finn",
                                                      "Gus", "Ida", "Jon",  "Kira", "Liam", "Mona"};
    constexpr std::array<std::string_view, 12> kLast{"Abel",  "Brandt", "Castro", "Dunn",   "Engel", "Faber",
                                                     "Grant", "Hoff",   "Ivers",  "Jensen", "Klein", "Lopez"};
    for (std::uint32_t person = 1; person <= kPersons; ++person) {
      const std::string first(kFirst[any(12)]), last(kLast[any(12)]);
      const std::string birthday = fmt::format("19{:02}-{:02}-{:02}", 50 + any(50), 1 + any(12), 1 + any(28));
      const std::string city = fmt::format("City {}", any(15));
      add(person, {first + " " + last, fmt::format("1{:010}", any(9'000'000'000)),
                   fmt::format("{}.{}{}@example.com", first, last, any(1000)), birthday, city});
      if (person <= kTwice)
        add(person, {first + " " + last, fmt::format("1{:010}", any(9'000'000'000)), "", birthday, city});
    }
    fill();
  }
  static constexpr std::uint32_t kPersons = 1500, kTwice = 15;
};

TEST_F(FewLeft, NamesakesAreNotTakenForOnePerson) {
  const MatchRun done = run();
  EXPECT_LT(done.proposed, 300U);
  std::size_t right = 0, wrong = 0;
  for (const ReviewPair& pair : open())
    if (pair.probability >= 0.5) ++(is_same(pair) ? right : wrong);
  EXPECT_GE(right, 13U);
  EXPECT_LE(wrong, 4U);
}

TEST_F(ReviewTest, ARunIsCancelledAndAnotherBegun) {
  EXPECT_EQ(reviews_->cancel(Grant::owner()).error().code, Code::kNotFound);
  for (const match::Stage in : {match::Stage::kReading, match::Stage::kComparing}) {
    double done = 0;
    std::set<match::Stage> seen;
    Reviews::Options options;
    options.progress = [&](match::Stage stage, double share) {
      const double now = reviews_->progress().value_or(-1);
      EXPECT_GE(now, done) << "a bar that goes back";
      EXPECT_LE(now, 1);
      done = now;
      seen.insert(stage);
      if (stage == in && (share > 0.3 || in == match::Stage::kReading))
        EXPECT_EQ(must(reviews_->cancel(Grant::owner())).state, RunState::kRunning);
    };
    bool fresh = false;
    const MatchRun begun = must(reviews_->begin(Grant::owner(), options, fresh));
    const MatchRun ended = must(reviews_->run(begun, options));
    EXPECT_EQ(ended.state, RunState::kInterrupted);
    EXPECT_EQ(ended.error_code, "") << "somebody wanted it so";
    ASSERT_FALSE(seen.empty());
    EXPECT_EQ(*seen.rbegin(), in) << "it ends in that stage";
    EXPECT_FALSE(reviews_->progress());
    EXPECT_TRUE(open().empty());
  }
  EXPECT_EQ(must(reviews_->cancel(Grant::owner())).state, RunState::kInterrupted) << "a repeat";
  EXPECT_EQ(run().state, RunState::kDone);
  EXPECT_FALSE(open().empty());
}

class EndedRun : public ReviewTest {
 protected:
  /// Ends when it has compared so much; what it was.
  MatchRun ended(double share, Reviews::Options options = {}) {
    options.progress = [&](match::Stage stage, double done) {
      if (stage == match::Stage::kClustering || (stage == match::Stage::kComparing && done >= share))
        must(reviews_->cancel(Grant::owner()));
    };
    return carried(options);
  }
  MatchRun resumed() { return carried({.resume = true}); }
  MatchRun carried(const Reviews::Options& options) {
    bool fresh = false;
    const MatchRun begun = must(reviews_->begin(Grant::owner(), options, fresh));
    EXPECT_TRUE(fresh);
    return must(reviews_->run(begun, options));
  }
  std::vector<std::tuple<CustomerId, CustomerId, double>> pairs() {
    std::vector<std::tuple<CustomerId, CustomerId, double>> out;
    for (const auto& pair : open())
      out.emplace_back(pair.people[0].customer, pair.people[1].customer, pair.probability);
    std::ranges::sort(out);
    return out;
  }
};

TEST_F(EndedRun, IsGoneOnWithToTheSameEnd) {
  EXPECT_FALSE(reviews_->is_resumable());
  bool fresh = false;
  EXPECT_EQ(reviews_->begin(Grant::owner(), {.resume = true}, fresh).error().code, Code::kNotFound);
  const MatchRun whole = run();
  const auto wanted = pairs();
  ASSERT_FALSE(wanted.empty());

  must(ledger_->write([](ledger::Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("DELETE FROM match_pairs").run());
    return {};
  }));
  EXPECT_EQ(ended(2).state, RunState::kInterrupted);
  ASSERT_TRUE(reviews_->is_resumable());
  EXPECT_TRUE(pairs().empty());
  reviews_.reset();
  reviews_ = must(Reviews::open(parts_));  // it waits though the service is stopped
  const MatchRun rest = resumed();
  EXPECT_EQ(rest.state, RunState::kDone);
  EXPECT_EQ(rest.compared, whole.compared) << "with what the ended one has compared, no pair twice";
  EXPECT_EQ(rest.proposed, whole.proposed);
  EXPECT_FALSE(rest.model.is_null());
  EXPECT_EQ(pairs(), wanted);
  EXPECT_FALSE(reviews_->is_resumable()) << "it is done";
}

TEST_F(EndedRun, GoesOnAsItWasAskedFor) {
  run();
  // The last record says what the first says; the run over what is new is ended and gone on with.
  const match::Table& table = people_.table;
  const std::uint64_t changed = table.rows();
  must(graph_.db().write([&](ledger::Tx& tx) -> Result<void> {
    std::vector<identity::Trait> stated;
    for (const match::Column& column : table.columns)
      stated.push_back({column.name, column.values.text(column.codes[0]), true, {1}, {2000}});
    return traits_.put(tx, {changed}, stated);
  }));
  EXPECT_EQ(ended(2, {.merge_from = 0.99, .only_new = true}).state, RunState::kInterrupted);
  ASSERT_TRUE(reviews_->is_resumable());
  const MatchRun rest = resumed();
  EXPECT_EQ(rest.state, RunState::kDone);
  EXPECT_EQ(rest.fresh, 1U);
  EXPECT_TRUE(rest.model.is_null()) << "nothing was learned";
  EXPECT_EQ(rest.merged, 1U);
  EXPECT_EQ(customer(1), customer(changed));
}

TEST_F(EndedRun, BeginsAnewWhereWhatItLeftIsDamaged) {
  EXPECT_EQ(ended(2).state, RunState::kInterrupted);
  must(write_file(folder_.path / "matching.unfinished", "nonsense"));
  const MatchRun rest = resumed();
  EXPECT_EQ(rest.state, RunState::kDone);
  EXPECT_FALSE(pairs().empty());
}

TEST_F(ReviewTest, AsksForRightsAndUnits) {
  run();
  const auto pairs = open();
  ASSERT_FALSE(pairs.empty());
  Grant analyst = Grant::owner();
  analyst.permissions = 1U << static_cast<unsigned>(Permission::kViewCustomers);
  EXPECT_EQ(reviews_->list(analyst, {}, *query::parse_cursor(""), 10).error().code, Code::kPermissionMissing);
  EXPECT_EQ(reviews_->decide(analyst, pairs[0].id, Verdict::kSkip, false).error().code,
            Code::kPermissionMissing);
  Grant north = Grant::owner();
  north.all_units = false;
  north.units = {"north"};
  bool fresh = false;
  EXPECT_EQ(reviews_->begin(north, {}, fresh).error().code, Code::kPermissionMissing);
  EXPECT_EQ(reviews_->cancel(north).error().code, Code::kPermissionMissing);
  EXPECT_EQ(reviews_->cancel(analyst).error().code, Code::kPermissionMissing);
  for (const ReviewPair& pair : must(reviews_->list(north, {}, *query::parse_cursor(""), 200)).items)
    for (const Person& person : pair.people) EXPECT_EQ(person.customer.value % 2, 1U);
  const auto foreign =
      std::ranges::find_if(pairs, [](const ReviewPair& p) { return p.people[1].customer.value % 2 == 0; });
  ASSERT_NE(foreign, pairs.end());
  EXPECT_EQ(reviews_->decide(north, foreign->id, Verdict::kAccept, false).error().code, Code::kNotFound);
}

TEST_F(ReviewTest, PagesOnAndSurvivesARestart) {
  const auto proposed = run().proposed;
  std::size_t seen = 0;
  std::optional<query::Cursor> next = *query::parse_cursor("");
  while (next) {
    const ReviewPage page = must(reviews_->list(Grant::owner(), {}, *next, 7));
    seen += page.items.size();
    next = page.next;
  }
  EXPECT_EQ(seen, proposed);
  bool fresh = false;
  (void)must(reviews_->begin(Grant::owner(), {}, fresh));
  (void)must(reviews_->begin(Grant::owner(), {}, fresh));
  EXPECT_FALSE(fresh);  // one is on its way
  reviews_ = must(Reviews::open(parts_));
  EXPECT_EQ(must(reviews_->runs(Grant::owner(), 5)).front().state, RunState::kInterrupted);
  EXPECT_EQ(must(reviews_->open_count()), proposed);
}

TEST_F(ReviewTest, ComesInTheOrderThatIsAskedFor) {
  const auto proposed = run().proposed;
  using By = std::function<bool(const ReviewPair&, const ReviewPair&)>;
  const std::vector<std::pair<PairOrder, By>> orders{
      {PairOrder::kDoubt,
       [](const auto& a, const auto& b) {
         return std::abs(a.probability - 0.5) < std::abs(b.probability - 0.5) - 1e-8;
       }},
      {PairOrder::kLikely, [](const auto& a, const auto& b) { return a.probability > b.probability + 1e-8; }},
      {PairOrder::kUnlikely,
       [](const auto& a, const auto& b) { return a.probability < b.probability - 1e-8; }},
      {PairOrder::kNewest,
       [](const auto& a, const auto& b) { return std::pair(a.at, a.id) > std::pair(b.at, b.id); }}};
  for (const auto& [order, is_before] : orders) {
    const auto pairs = all_of({.order = order}, 7);
    EXPECT_EQ(pairs.size(), proposed);
    for (std::size_t n = 1; n < pairs.size(); ++n)
      EXPECT_FALSE(is_before(pairs[n], pairs[n - 1])) << static_cast<int>(order) << " at " << n;
  }
  EXPECT_NE(all_of({.order = PairOrder::kLikely}, 50).front().probability,
            all_of({.order = PairOrder::kUnlikely}, 50).front().probability);
}

TEST_F(ReviewTest, IsSearchedByCustomer) {
  (void)run();
  const auto pairs = all_of({}, 200);
  ASSERT_GT(pairs.size(), 3U);
  const CustomerId wanted = pairs.back().people[1].customer;
  const auto names_wanted = [&](const ReviewPair& pair) {
    return std::ranges::any_of(pair.people, [&](const Person& one) { return one.customer == wanted; });
  };
  const auto found = all_of({.of = {{wanted}}}, 1);
  EXPECT_EQ(found.size(), static_cast<std::size_t>(std::ranges::count_if(pairs, names_wanted)));
  EXPECT_TRUE(std::ranges::all_of(found, names_wanted));
  EXPECT_TRUE(all_of({.of = {std::vector<CustomerId>{}}}, 10).empty()) << "found nobody: no pairs";
}

}  // namespace
}  // namespace zhike::profile
