// What must hold for any claims: seeds replay.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>
#include <set>

#include "identity/test_graph.h"

namespace zhike::identity {
namespace {

using Partition = std::set<std::set<std::string>>;

std::string label(const Identifier& id) { return std::string(to_string(id.kind)) + ":" + id.value; }

Identifier identifier(std::size_t person, std::size_t which) {
  const std::string n = std::to_string(person);
  switch (which) {
    case 0:
      return {IdentifierKind::kUserId, "u" + n};
    case 1:
      return {IdentifierKind::kEmail, "p" + n + "@b.io"};
    case 2:
      return {IdentifierKind::kEmail, "q" + n + "@b.io"};
    case 3:
      return {IdentifierKind::kPhone, "+1415" + std::to_string(5550000 + person)};
    case 4:
      return {IdentifierKind::kOrderId, "o" + n};
    case 5:
      return {IdentifierKind::kLoyaltyId, "l" + n};
    default:
      return {IdentifierKind::kAnonymousId, "a" + n};
  }
}

/// Claims of `people`, each of one person alone unless `noise` mixes two.
std::vector<OwnClaim> make_claims(std::mt19937& random, std::size_t people, std::size_t count, double noise) {
  std::vector<OwnClaim> out(count);
  for (OwnClaim& claim : out) {
    const std::size_t person = random() % people;
    const std::size_t size = 1 + random() % 3;
    for (std::size_t i = 0; i < size; ++i) {
      const bool mixed = std::uniform_real_distribution<>(0, 1)(random) < noise;
      claim.identifiers.push_back(identifier(mixed ? random() % people : person, random() % 7));
    }
    claim.source = 1 + random() % 2;
  }
  return out;
}

Partition partition(TestGraph& graph, const std::vector<OwnClaim>& claims) {
  std::map<std::uint64_t, std::set<std::string>> customers;
  for (const OwnClaim& claim : claims)
    for (const Identifier& id : claim.identifiers)
      customers[graph.customer(id.kind, id.value)].insert(label(id));
  Partition out;
  for (auto& [customer, labels] : customers) out.insert(std::move(labels));
  return out;
}

/// The connected parts, by plain search.
Partition expected(const std::vector<OwnClaim>& claims) {
  std::map<std::string, std::set<std::string>> parts;
  for (const OwnClaim& claim : claims) {
    std::set<std::string> all;
    for (const Identifier& id : claim.identifiers) {
      all.insert(label(id));
      if (const auto at = parts.find(label(id)); at != parts.end())
        all.insert(at->second.begin(), at->second.end());
    }
    for (const std::string& one : all) parts[one] = all;
  }
  Partition out;
  for (const auto& [one, part] : parts) out.insert(part);
  return out;
}

void run(TestGraph& graph, const std::vector<OwnClaim>& claims, std::size_t batch) {
  for (std::size_t at = 0; at < claims.size(); at += batch)
    graph.resolve({claims.begin() + static_cast<std::ptrdiff_t>(at),
                   claims.begin() + static_cast<std::ptrdiff_t>(std::min(claims.size(), at + batch))});
}

TEST(GraphProperty, TheOrderOfPeacefulClaimsDoesNotMatter) {
  for (unsigned seed = 1; seed <= 4; ++seed) {
    std::mt19937 random(seed);
    std::vector<OwnClaim> claims = make_claims(random, 20, 120, 0);
    const Partition truth = expected(claims);
    for (int shuffle = 0; shuffle < 2; ++shuffle) {
      TestGraph graph;
      run(graph, claims, 1 + random() % 50);
      EXPECT_EQ(partition(graph, claims), truth) << "seed " << seed;
      EXPECT_EQ(graph.number("SELECT count(*) FROM conflicts"), 0);
      std::ranges::shuffle(claims, random);
    }
  }
}

TEST(GraphProperty, ARepeatChangesNothing) {
  std::mt19937 random(7);
  const std::vector<OwnClaim> claims = make_claims(random, 15, 150, 0.15);
  TestGraph graph;
  run(graph, claims, 40);
  run(graph, claims, 40);  // what was refused early may be shared by now: settled after a second pass
  constexpr auto kSize =
      "SELECT (SELECT count(*) FROM subjects) * 1000000 + (SELECT count(*) FROM joins) * 1000 + "
      "(SELECT count(*) FROM conflicts)";
  const auto size = graph.number(kSize);
  const Partition before = partition(graph, claims);
  graph.reopen();
  const Outcome again = graph.resolve(claims);
  EXPECT_TRUE(again.merges.empty());
  EXPECT_TRUE(again.map_changes.empty());
  EXPECT_EQ(graph.number(kSize), size);
  EXPECT_EQ(partition(graph, claims), before);
}

TEST(GraphProperty, NeitherCacheNorBatchSizeChangesAnything) {
  std::mt19937 random(11);
  const std::vector<OwnClaim> claims = make_claims(random, 25, 250, 0.1);
  const auto story = [&](std::size_t cached_max, std::size_t batch) {
    TestGraph graph(cached_max);
    run(graph, claims, batch);
    std::vector<std::int64_t> out;
    for (const OwnClaim& claim : claims)
      for (const Identifier& id : claim.identifiers)
        out.push_back(static_cast<std::int64_t>(graph.customer(id.kind, id.value)));
    for (const char* table : {"subjects", "joins", "subject_map", "conflicts"})
      out.push_back(graph.number("SELECT count(*) FROM " + std::string(table)));
    out.push_back(graph.number("SELECT sum(version * survivor + left_subject) FROM joins"));
    out.push_back(graph.number("SELECT sum(shared) FROM subjects"));
    return out;
  };
  const auto reference = story(1000, 50);
  EXPECT_EQ(story(0, 50), reference);
  EXPECT_EQ(story(7, 50), reference);
  EXPECT_EQ(story(1000, 1), reference);
  EXPECT_EQ(story(10, 250), reference);
}

TEST(GraphProperty, NobodyHasTwoUserIdsOfOneSource) {
  std::mt19937 random(3);
  const std::vector<OwnClaim> claims = make_claims(random, 30, 600, 0.5);
  TestGraph graph;
  run(graph, claims, 100);
  EXPECT_EQ(
      graph.number("SELECT count(*) FROM (SELECT 1 FROM subjects WHERE kind = 1 GROUP BY customer, source "
                   "HAVING count(*) > 1) AS many"),
      0);
  // The map as stored is the map as its history tells it, and a customer is its smallest subject.
  EXPECT_EQ(
      graph.number(
          "SELECT count(*) FROM subjects s WHERE customer <> coalesce((SELECT customer FROM subject_map m "
          "WHERE m.subject = s.id ORDER BY version DESC LIMIT 1), s.id)"),
      0);
  EXPECT_EQ(
      graph.number(
          "SELECT count(*) FROM (SELECT customer, min(id) AS least FROM subjects GROUP BY customer) AS c "
          "WHERE customer <> least"),
      0);
  // Every join leaves one customer less.
  EXPECT_EQ(
      graph.number(
          "SELECT (SELECT count(*) FROM subjects) - (SELECT count(*) FROM joins WHERE undone IS NULL) - "
          "(SELECT count(DISTINCT customer) FROM subjects)"),
      0);
}

// $ZHIKE_SEEDS: how many stories are told, instead of 6.
unsigned seeds() {
  const char* wanted = std::getenv("ZHIKE_SEEDS");
  return wanted == nullptr ? 6 : static_cast<unsigned>(std::atoi(wanted));
}

// Any merges, with events arriving in between, and then all of them taken back in any order: every customer
// is as if nobody had ever merged anything.
TEST(GraphProperty, WhatIsSplitBackIsAsItWas) {
  for (unsigned seed = 1, last = seeds(); seed <= last; ++seed) {
    std::mt19937 random(seed);
    // Each person's events name their own identifiers alone; some persons' limits are near.
    const std::vector<OwnClaim> claims = make_claims(random, 14, 400, 0);
    TestGraph control, graph;
    run(control, claims, 37);
    std::vector<std::uint64_t> merges;
    for (std::size_t at = 0; at < claims.size(); at += 20) {
      run(graph,
          {claims.begin() + static_cast<std::ptrdiff_t>(at),
           claims.begin() + static_cast<std::ptrdiff_t>(at) + 20},
          20);
      // Of two persons: identifiers of one that a person has separated would stay apart for good.
      for (int i = 0; i < 3; ++i) {
        const std::size_t one = random() % 14, other = (one + 1 + random() % 13) % 14;
        const auto left = TestGraph::must(graph.graph().subject(identifier(one, random() % 7)));
        const auto right = TestGraph::must(graph.graph().subject(identifier(other, random() % 7)));
        if (!left || !right) continue;
        if (const Decided done = TestGraph::must(graph.merge(left->value, right->value, true));
            done.version != 0)
          merges.push_back(done.version);
      }
      if (random() % 3 == 0 && !merges.empty()) {  // some are taken back on the way
        const std::size_t which = random() % merges.size();
        TestGraph::must(graph.split({merges[which]}));
        merges.erase(merges.begin() + static_cast<std::ptrdiff_t>(which));
      }
      if (random() % 4 == 0) graph.reopen();
    }
    ASSERT_GT(merges.size(), 5U);
    std::ranges::shuffle(merges, random);
    for (const std::uint64_t merge : merges) TestGraph::must(graph.split({merge}));
    for (const OwnClaim& claim : claims)
      for (const Identifier& id : claim.identifiers)
        ASSERT_EQ(graph.customer(id.kind, id.value), control.customer(id.kind, id.value))
            << "seed " << seed << " " << label(id);
    for (const char* sql : {"SELECT count(*) FROM subjects", "SELECT sum(customer * id) FROM subjects",
                            "SELECT sum(shared) FROM subjects", "SELECT count(*) FROM conflicts"})
      EXPECT_EQ(graph.number(sql), control.number(sql)) << "seed " << seed << " " << sql;
  }
}

}  // namespace
}  // namespace zhike::identity
