// From tables to clusters: simulated customers, and tables that nobody should send.
#include "match/resolve.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "match/dependence.h"
#include "match/explain.h"
#include "match/test_people.h"

namespace zhike::match {
namespace {

using testing::Each;
using testing::HasSubstr;

struct TableOf {
  Table table;
  explicit TableOf(std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names)
      table.columns.push_back({.name = std::string(name), .values = {}, .codes = {}});
  }
  TableOf& add(const std::vector<std::string>& cells, std::uint8_t source = 0) {
    for (std::size_t c = 0; c < cells.size(); ++c)
      table.columns[c].codes.push_back(is_missing(cells[c]) ? 0 : table.columns[c].values.add(cells[c]));
    table.ids.push_back(std::to_string(table.ids.size()));
    table.sources.push_back(source);
    table.source_count = std::max<std::size_t>(table.source_count, source + 1U);
    return *this;
  }
};

ResolveOptions threads(std::size_t count, Giant giant = Giant::kSkip) {
  ResolveOptions out;
  out.estimate.threads = count;
  out.estimate.random_pairs = 5e4;
  out.limits.giant = giant;
  return out;
}

TEST(Resolve, FindsSimulatedChineseCustomers) {
  const People people = chinese_people(2000, 3);
  const auto out = resolve_auto(people.table, false, threads(2));
  ASSERT_TRUE(out);
  const Quality quality = against_truth(out->clusters.of, people.truth);
  EXPECT_GT(quality.f1(), 0.93) << quality.precision() << ' ' << quality.recall();
}

TEST(Resolve, FindsSimulatedWesternCustomers) {
  const People people = western_people(2000, 4);
  const auto out = resolve_auto(people.table, false, threads(2));
  ASSERT_TRUE(out);
  EXPECT_GT(against_truth(out->clusters.of, people.truth).f1(), 0.95);
}

TEST(Resolve, TheSameWhateverTheThreads) {
  const People people = western_people(600, 9);
  const auto one = resolve_auto(people.table, false, threads(1)),
             four = resolve_auto(people.table, false, threads(4));
  ASSERT_TRUE(one && four);
  EXPECT_EQ(to_toml(one->model), to_toml(four->model));
  EXPECT_EQ(one->clusters.of, four->clusters.of);
  EXPECT_EQ(one->compared_pairs, four->compared_pairs);
}

TEST(Resolve, TellsHowFarItIsAndStopsWhenToldTo) {
  const People people = western_people(500, 9);
  auto options = threads(2);
  std::vector<Stage> stages;
  std::vector<double> shares;
  options.watch = [&](Stage stage, double share) {
    if (stages.empty() || stages.back() != stage) stages.push_back(stage);
    if (stage == Stage::kComparing) shares.push_back(share);
    return true;
  };
  ASSERT_TRUE(resolve_auto(people.table, false, options));
  EXPECT_THAT(stages, testing::ElementsAre(Stage::kPreparing, Stage::kBlocking, Stage::kLearning,
                                           Stage::kComparing, Stage::kClustering));
  EXPECT_TRUE(std::ranges::is_sorted(shares));
  EXPECT_EQ(shares.front(), 0);
  EXPECT_EQ(shares.back(), 1);

  for (const Stage last : {Stage::kPreparing, Stage::kLearning, Stage::kComparing}) {
    std::size_t asked_after = 0;
    bool stopped = false;
    options.watch = [&](Stage stage, double share) {
      asked_after += stopped ? 1 : 0;
      stopped = stopped || (stage == last && (stage != Stage::kComparing || share > 0.3));
      return !stopped;
    };
    const auto out = resolve_auto(people.table, false, options);
    ASSERT_FALSE(out);
    EXPECT_EQ(out.error().code, Code::kStopping);
    EXPECT_EQ(asked_after, 0U) << "it has been told once";
  }
}

/// By many narrow rules, as a large table; below some 2,000 records one rule compares all.
ResolveOptions narrow() {
  auto out = threads(2);
  out.pairs_per_record = 10;
  out.pairs_least = 0;
  return out;
}

/// What a run leaves that is stopped when it has compared that share of all; 1: when all is compared.
std::optional<Unfinished> stopped_at(const People& people, double share, ResolveOptions options) {
  std::optional<Unfinished> left;
  options.leave = [&](Unfinished done) { left = std::move(done); };
  options.watch = [&](Stage stage, double done) {
    return stage != Stage::kClustering && (stage != Stage::kComparing || share == 1 || done < share);
  };
  EXPECT_FALSE(resolve_auto(people.table, false, options));
  return left;
}

void expect_same(const Resolution& rest, const Resolution& whole) {
  EXPECT_EQ(to_toml(rest.model), to_toml(whole.model));
  EXPECT_EQ(rest.clusters.of, whole.clusters.of);
  ASSERT_EQ(rest.edges.size(), whole.edges.size());
  for (std::size_t n = 0; n < rest.edges.size(); ++n) {
    const Edge &one = rest.edges[n], &other = whole.edges[n];
    EXPECT_EQ(std::tuple(one.a, one.b, one.weight), std::tuple(other.a, other.b, other.weight));
  }
}

TEST(Resolve, WhatWasStoppedIsGoneOnWithToTheSameEnd) {
  const People people = western_people(2100, 9);
  const auto whole = resolve_auto(people.table, false, narrow());
  ASSERT_TRUE(whole);
  std::size_t rules = 0;
  for (const double share : {0.0, 0.5, 1.0}) {
    auto left = stopped_at(people, share, narrow());
    ASSERT_TRUE(left);
    EXPECT_GE(left->rules, rules);
    EXPECT_EQ(left->rules > 0, share > 0) << "what was learned is kept, too";
    EXPECT_EQ(left->rules > 0, left->compared_pairs > 0);
    rules = left->rules;
    EXPECT_LE(left->compared_pairs, whole->compared_pairs);
    auto kept = parse_unfinished(to_bytes(*left), people.table.rows());
    ASSERT_TRUE(kept);
    EXPECT_EQ(kept->model, left->model) << "to the last digit";
    const auto rest = resolve_rest(*std::move(kept), people.table, false, narrow());
    ASSERT_TRUE(rest);
    EXPECT_EQ(rest->compared_pairs, whole->compared_pairs) << "no pair twice, none left out";
    expect_same(*rest, *whole);
  }
  EXPECT_EQ(rules, whole->model.rules.size());
}

TEST(Resolve, ADamagedRestIsNothingRatherThanSomethingElse) {
  Model model;
  model.comparisons = {{.column = "name", .kind = Kind::kText}};
  model.rules = {{.keys = {{.comparison = 0}}}};
  const Unfinished done{
      .model = model, .expected_matches = 7, .rules = 1, .edges = {{3, 9, 2.5F}, {1, 2, 1}}};
  const std::string bytes = to_bytes(done);
  const auto read = parse_unfinished(bytes, 10);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->edges.size(), 2U);
  EXPECT_FALSE(parse_unfinished(bytes, 9)) << "of a smaller table";
  EXPECT_FALSE(parse_unfinished(bytes + "more", 10));
  for (std::size_t length = 0; length < bytes.size(); ++length)
    EXPECT_FALSE(parse_unfinished(std::string_view(bytes).substr(0, length), 10)) << length;
}

TEST(Resolve, GoingOnComparesWhatHasChangedSinceWithAll) {
  const People people = western_people(2100, 9);
  const auto whole = resolve_auto(people.table, false, narrow());
  ASSERT_TRUE(whole);
  auto stopped = stopped_at(people, 1, narrow());
  ASSERT_TRUE(stopped);
  ASSERT_GE(stopped->rules, 2U);
  Unfinished& left = *stopped;
  // Every tenth record is new or was another before: what was found of it is void.
  left.compared.assign(people.table.rows(), 1);
  for (std::size_t row = 0; row < left.compared.size(); row += 10) left.compared[row] = 0;
  std::erase_if(left.edges,
                [&](const Edge& edge) { return left.compared[edge.a] == 0 || left.compared[edge.b] == 0; });
  const Unfinished begun = left;
  const auto rest = resolve_rest(std::move(left), people.table, false, narrow());
  ASSERT_TRUE(rest);
  expect_same(*rest, *whole);
  EXPECT_GT(rest->compared_pairs, whole->compared_pairs) << "pairs of changed records, again";

  // Stopped while it still catches up, it leaves nothing: what it began with is the best there is.
  auto options = narrow();
  bool has_left = false;
  options.leave = [&](const Unfinished&) { has_left = true; };
  options.watch = [](Stage stage, double share) { return stage != Stage::kComparing || share <= 0; };
  EXPECT_FALSE(resolve_rest(begun, people.table, false, options));
  EXPECT_FALSE(has_left);
}

TEST(Resolve, ASavedModelDoesTheSame) {
  const People people = western_people(600, 2);
  const auto learned = resolve_auto(people.table, false, threads(2));
  ASSERT_TRUE(learned);
  const auto model = parse_model(to_toml(learned->model));
  ASSERT_TRUE(model);
  const auto again = resolve_by(*model, people.table, false, threads(2));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->clusters.of, learned->clusters.of);
}

TEST(Resolve, NewRecordsComeToKnownClusters) {
  const People people = western_people(800, 11);
  const auto all = resolve_auto(people.table, false, threads(2));
  ASSERT_TRUE(all);
  ResolveOptions options = threads(2);
  options.known.assign(people.table.rows(), 0);
  const std::size_t known = people.table.rows() * 9 / 10;
  for (std::size_t row = 0; row < known; ++row) options.known[row] = all->clusters.of[row] + 1;
  const auto out = resolve_by(all->model, people.table, false, options);
  ASSERT_TRUE(out);
  for (const Edge& edge : out->edges) EXPECT_TRUE(edge.a >= known || edge.b >= known);
  EXPECT_GT(out->compared_pairs, 0);
  EXPECT_LT(out->compared_pairs, all->compared_pairs * 0.25) << "a tenth of the records is new";
  const double before = against_truth(all->clusters.of, people.truth).f1();
  EXPECT_NEAR(against_truth(out->clusters.of, people.truth).f1(), before, 0.01);
  for (std::size_t row = 1; row < known; ++row)
    if (all->clusters.of[row] == all->clusters.of[row - 1]) {
      EXPECT_EQ(out->clusters.of[row], out->clusters.of[row - 1]) << row;
    }

  // In parts of any size the same pairs are looked at: threads and the cutting of giant blocks change
  // nothing.
  ResolveOptions one = options;
  one.estimate.threads = 1;
  const auto alone = resolve_by(all->model, people.table, false, one);
  ASSERT_TRUE(alone);
  EXPECT_EQ(alone->compared_pairs, out->compared_pairs);
  EXPECT_EQ(alone->clusters.of, out->clusters.of);
}

TEST(Resolve, AKnownClusterStaysThoughTheModelDoubtsIt) {
  const People people = western_people(600, 12);
  const auto all = resolve_auto(people.table, false, threads(2));
  ASSERT_TRUE(all);
  std::uint32_t other = 1;
  while (all->clusters.of[other] == all->clusters.of[0]) ++other;
  ResolveOptions options = threads(2);
  options.known.assign(people.table.rows(), 0);
  options.known[0] = options.known[other] = 1;
  const auto out = resolve_by(all->model, people.table, false, options);
  ASSERT_TRUE(out);
  EXPECT_EQ(out->clusters.of[0], out->clusters.of[other]);
}

TEST(Resolve, LinksTwoSetsOnlyBetweenThem) {
  People people = western_people(700, 6);
  for (std::size_t row = 0; row < people.table.rows(); ++row) people.table.sources[row] = row % 2;
  people.table.source_count = 2;
  const auto out = resolve_auto(people.table, true, threads(2));
  ASSERT_TRUE(out);
  ASSERT_FALSE(out->edges.empty());
  for (const Edge& edge : out->edges) ASSERT_NE(people.table.sources[edge.a], people.table.sources[edge.b]);
}

TEST(Resolve, WaterfallsEndAtTheWeightOfTheirPair) {
  const People people = western_people(400, 8);
  const auto out = resolve_auto(people.table, false, threads(1));
  ASSERT_TRUE(out);
  Explainer explainer(*out);
  ASSERT_GT(out->edges.size(), 20U);
  for (std::size_t i = 0; i < 20; ++i) {
    const Waterfall why = explainer.explain(out->edges[i].a, out->edges[i].b);
    double sum = why.prior;
    for (const Step& step : why.steps) sum += step.weight;
    EXPECT_NEAR(sum, why.total, 1e-9);
    EXPECT_NEAR(why.total, static_cast<double>(out->edges[i].weight), 1e-3);
  }
}

// What a person has decided holds, and moves m: pairs that the model would have taken for strangers.
TEST(Labels, HoldAndTeach) {
  const People people = western_people(600, 21);
  auto options = threads(2);
  const auto alone = resolve_auto(people.table, false, options);
  ASSERT_TRUE(alone);
  const auto apart = [&](const Resolution& out, std::uint32_t a, std::uint32_t b) {
    return out.clusters.of[a] != out.clusters.of[b];
  };
  std::uint32_t stranger = 1;
  while (!apart(*alone, 0, stranger)) ++stranger;
  const Edge certain = alone->edges.front();
  ASSERT_FALSE(apart(*alone, certain.a, certain.b));
  options.labels = {{.a = stranger, .b = 0, .is_match = true},
                    {.a = certain.b, .b = certain.a, .is_match = false}};
  const auto taught = resolve_auto(people.table, false, options);
  ASSERT_TRUE(taught);
  EXPECT_TRUE(apart(*taught, certain.a, certain.b));
  EXPECT_FALSE(apart(*taught, 0, stranger));
  const auto differing = [](const Resolution& out) { return out.model.comparisons[1].m[kElse]; };
  EXPECT_GT(differing(*taught), differing(*alone));
  const auto kept = resolve_by(taught->model, people.table, false, options);
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->clusters.of, taught->clusters.of);
}

// The simulated addresses repeat both names, and a postcode lies in one city: whoever shares a name has a
// similar address.
TEST(Dependence, FindsWhatOtherColumnsTell) {
  const People people = western_people(8000, 14);
  auto profiles = profile(people.table);
  auto comparisons = propose(people.table, profiles);
  const auto records = prepare(people.table, comparisons, false, 2);
  ASSERT_TRUE(records);
  find_dependence(*records, comparisons);
  constexpr std::uint32_t kGivenName = 1U << 0U, kSurname = 1U << 1U, kPostcode = 4, kCity = 5, kEmail = 7;
  EXPECT_EQ(comparisons[kEmail].told_by, kGivenName | kSurname);
  EXPECT_NE(comparisons[kCity].told_by | comparisons[kPostcode].told_by, 0U);
  for (const std::size_t k : {0U, 1U, 2U, 3U, 6U}) EXPECT_EQ(comparisons[k].told_by, 0U) << k;
}

TEST(Dependence, DrawsEveryPairOfAGroupAlike) {
  TableOf table{"surname"};
  for (const char* name : {"smith", "jones", "smith", "smith", "li"}) table.add({name});
  const std::vector<Comparison> comparisons{{.column = "surname", .kind = Kind::kSurname}};
  const auto records = prepare(table.table, comparisons, false, 1);
  ASSERT_TRUE(records);
  const Agreeing agreeing(*records, Kind::kSurname, 0, 2);
  EXPECT_EQ(agreeing.groups(), 1U);
  EXPECT_EQ(agreeing.pairs(), 3);
  std::map<RecordPair, int> seen;
  for (const auto& [a, b] : agreeing.draw(3000, 1)) ++seen[std::minmax(a, b)];
  ASSERT_EQ(seen.size(), 3U);
  for (const auto& [pair, count] : seen) EXPECT_NEAR(count, 1000, 130) << pair.first << pair.second;
  EXPECT_TRUE(Agreeing(*records, Kind::kSurname, 0, 4).draw(10, 1).empty());
}

TEST(Prepare, AMailboxStandsInForAMissingPhone) {
  TableOf table{"phone", "email"};
  table.add({"", "13912345678@163.com"}).add({"+86 139 1234 5678", ""}).add({"", "123456789@qq.com"});
  const std::vector<Comparison> comparisons{{.column = "phone", .kind = Kind::kPhone},
                                            {.column = "email", .kind = Kind::kEmail}};
  const auto records = prepare(table.table, comparisons, false, 1);
  ASSERT_TRUE(records);
  EXPECT_NE(records->row(0)[0], 0U);
  EXPECT_EQ(records->row(0)[0], records->row(1)[0]);
  EXPECT_EQ(records->row(2)[0], 0U);
}

TEST(BadInput, NothingToCompare) {
  EXPECT_EQ(resolve_auto(Table{}, false, threads(1)).error().code, Code::kNothingToCompare);
  TableOf nulls{"name", "city"}, same{"name", "city"};
  for (int i = 0; i < 50; ++i) {
    nulls.add({"", "NA"});
    same.add({"Li Na", "Wuhan"});
  }
  EXPECT_EQ(resolve_auto(nulls.table, false, threads(1)).error().code, Code::kNothingToCompare);
  EXPECT_EQ(resolve_auto(same.table, false, threads(1)).error().code, Code::kNothingToCompare);
}

TEST(BadInput, EmptyAndConstantColumnsAreLeftOut) {
  People people = western_people(500, 12);
  const std::size_t rows = people.table.rows();
  people.table.columns.push_back(
      {.name = "notes", .values = {}, .codes = std::vector<std::uint32_t>(rows, 0)});
  Column country{.name = "country", .values = {}, .codes = {}};
  country.codes.assign(rows, country.values.add("Utopia"));
  people.table.columns.push_back(std::move(country));
  const auto out = resolve_auto(people.table, false, threads(1));
  ASSERT_TRUE(out);
  EXPECT_EQ(out->profiles[8].why, "empty");
  EXPECT_EQ(out->profiles[9].why, "constant");
  EXPECT_GT(against_truth(out->clusters.of, people.truth).f1(), 0.95);
}

TEST(BadInput, ASharedPhoneDoesNotMergeStrangers) {
  People people = western_people(2400, 13);
  Column& phone = people.table.columns[6];
  ASSERT_EQ(phone.name, "phone");
  const std::uint32_t shared = phone.values.add("02000000000");
  for (std::size_t row = 0; row < 2000; ++row) phone.codes[row] = shared;
  const auto out = resolve_auto(people.table, false, threads(2));
  ASSERT_TRUE(out);
  EXPECT_GT(against_truth(out->clusters.of, people.truth).f1(), 0.9);
}

TEST(BadInput, AGiantBlockIsRefusedByName) {
  TableOf table{"surname", "city"};
  for (int i = 0; i < 3000; ++i)
    table.add({i % 2 == 0 ? "smith" : "jones" + std::to_string(i), "city " + std::to_string(i % 40)});
  Model model{.prior = -10};
  model.comparisons = {{.column = "surname", .kind = Kind::kSurname}};
  model.comparisons[0].m.fill(0.125);
  model.comparisons[0].u.fill(0.125);
  model.rules = {{{{0, View::kValue}}}};
  auto options = threads(1, Giant::kRefuse);
  options.limits.block_pairs_max = 1e6;
  const auto refused = resolve_by(model, table.table, false, options);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kGiantBlock);
  EXPECT_THAT(refused.error().detail, HasSubstr("surname.value"));
  EXPECT_THAT(refused.error().detail, HasSubstr("1124250 pairs"));
  options.limits.giant = Giant::kSample;
  const auto sampled = resolve_by(model, table.table, false, options);
  ASSERT_TRUE(sampled);
  EXPECT_NEAR(sampled->compared_pairs, 1e6, 1e4);
  options.limits.giant = Giant::kSkip;
  EXPECT_EQ(resolve_by(model, table.table, false, options)->compared_pairs, 0);
}

TEST(BadInput, AModelOfOtherColumns) {
  TableOf table{"city"};
  table.add({"a"}).add({"b"});
  Model model;
  model.comparisons = {{.column = "surname", .kind = Kind::kSurname}};
  EXPECT_EQ(resolve_by(model, table.table, false, threads(1)).error().code, Code::kMatchColumnMissing);
}

TEST(Cluster, OneWeakEdgeDoesNotBridge) {
  const std::vector<Edge> edges{{0, 1, 20}, {1, 2, 20}, {0, 2, 20}, {3, 4, 20},
                                {4, 5, 20}, {3, 5, 20}, {2, 3, 2}};
  const std::vector<std::uint8_t> sources(6, 0);
  const Score score = [&](std::uint32_t a, std::uint32_t b) {
    for (const Edge& edge : edges)
      if (std::minmax(edge.a, edge.b) == std::minmax(a, b)) return static_cast<double>(edge.weight);
    return -12.0;
  };
  const Clusters out = cluster(6, edges, sources, {.merge_at = 0}, score);
  EXPECT_EQ(out.count, 2U);
  EXPECT_EQ(out.refused, 1U);
  EXPECT_EQ(out.of[0], out.of[2]);
  EXPECT_NE(out.of[2], out.of[3]);
}

TEST(Cluster, OneToOne) {
  const std::vector<Edge> edges{{0, 2, 9}, {1, 2, 8}, {1, 3, 3}};
  const std::vector<std::uint8_t> sources{0, 0, 1, 1};
  const Clusters out =
      cluster(4, edges, sources, {.merge_at = 0, .one_to_one = true}, [](auto, auto) { return 9.0; });
  EXPECT_EQ(out.of, (std::vector<std::uint32_t>{0, 1, 0, 1}));
}

TEST(Evaluate, WorkedByHand) {
  // Clusters {0,1,2} {3}; truth {0,1} {2,3}: right 01; wrong 02, 12; missed 23.
  const Quality quality =
      against_truth(std::vector<std::uint32_t>{5, 5, 5, 6}, std::vector<std::uint32_t>{1, 1, 2, 2});
  EXPECT_EQ(quality.right, 1);
  EXPECT_EQ(quality.wrong, 2);
  EXPECT_EQ(quality.missed, 1);
  EXPECT_DOUBLE_EQ(quality.f1(), 0.4);
  const std::vector<Label> labels{{0, 1, true}, {2, 3, true}, {0, 2, false}, {0, 3, false}};
  const Quality labelled = against_labels(std::vector<std::uint32_t>{5, 5, 5, 6}, labels);
  EXPECT_EQ(labelled.right, 1);
  EXPECT_EQ(labelled.wrong, 1);
  EXPECT_EQ(labelled.missed, 1);
}

TEST(Threshold, BestExpectedF1WorkedByHand) {
  // Probabilities 0.9 and 0.1, one match expected: F1 is 2 * 0.9 / 2 = 0.9 with the first, 2 * 1 / 3 with
  // both; half of the better one is 0.45.
  const std::vector<Edge> edges{{0, 1, static_cast<float>(log2_odds_of(0.9))},
                                {0, 2, static_cast<float>(log2_odds_of(0.1))}};
  EXPECT_NEAR(best_threshold(edges, 1), log2_odds_of(0.45), 1e-5);
  EXPECT_EQ(best_threshold({}, 1), 0);
}

}  // namespace
}  // namespace zhike::match
