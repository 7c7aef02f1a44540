#include "identity/blocks.h"

#include <gtest/gtest.h>

#include "identity/test_graph.h"
#include "identity/traits.h"

namespace zhike::identity {
namespace {

template <class Work>
Result<void> write(TestGraph& t, Work work) {
  return t.db().write([&](ledger::Tx& tx) -> Result<void> { return work(tx); });
}

Block block(std::uint64_t id) {
  return {.id = {id},
          .from = {1, id * 100},
          .to = {1, id * 100 + 100},
          .rows = 7,
          .mark = id,
          .created_at = {1000 * static_cast<std::int64_t>(id)}};
}

TEST(Blocks, KeepTheirPlaceUntilDone) {
  TestGraph t;
  ASSERT_TRUE(write(t, [](ledger::Tx& tx) -> Result<void> {
    EXPECT_EQ(blocks::next_id(tx)->value, 1U);
    EXPECT_FALSE(blocks::last(tx)->has_value());
    EXPECT_EQ(*blocks::done_up_to(tx), JournalPlace{});
    for (std::uint64_t id = 1; id <= 3; ++id) CX_TRY(blocks::put_cut(tx, block(id)));
    CX_TRY(blocks::mark_done(tx, {1}));
    CX_TRY(blocks::mark_done(tx, {1}));
    CX_TRY(blocks::mark_done(tx, {3}));
    const auto waiting = blocks::unfinished(tx);
    EXPECT_EQ(*waiting, std::vector<Block>{block(2)});
    EXPECT_EQ(blocks::next_id(tx)->value, 4U);
    EXPECT_EQ(*blocks::done_up_to(tx), block(2).from);
    CX_TRY(blocks::mark_done(tx, {2}));
    EXPECT_EQ(*blocks::done_up_to(tx), block(3).to);
    EXPECT_EQ((*blocks::last(tx))->mark, 3U);
    EXPECT_EQ(*blocks::drop_done(tx, {99'000}), 2);
    EXPECT_EQ(blocks::next_id(tx)->value, 4U);
    return {};
  }));
  EXPECT_EQ(write(t, [](ledger::Tx& tx) { return blocks::mark_done(tx, {77}); }).error().code,
            Code::kNotFound);
  EXPECT_EQ(write(t, [](ledger::Tx& tx) { return blocks::put_cut(tx, block(3)); }).error().code,
            Code::kLedgerConflict);
}

TEST(TraitsTest, SealSensitiveValuesAndTheLatestWins) {
  TestGraph t;
  t.resolve({{{{IdentifierKind::kUserId, "u1"}, {IdentifierKind::kEmail, "a@b.io"}}}});
  const Traits traits(t.keys());
  const Trait name{"name", "王小明", true, {1}, {1000}}, city{"city", "上海", false, {1}, {1000}};
  ASSERT_TRUE(write(t, [&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(traits.put(tx, {1}, std::array{name, city}));
    CX_TRY(traits.put(tx, {1}, std::array{Trait{"city", "北京", false, {2}, {500}}}));  // older: ignored
    CX_TRY(
        traits.put(tx, {2}, std::array{Trait{"name", "王大明", true, {2}, {2000}}}));  // of the other subject
    const auto got = traits.get(tx, {1});
    EXPECT_EQ(*got, (std::vector<Trait>{city, {"name", "王大明", true, {2}, {2000}}}));
    return {};
  }));
  EXPECT_EQ(t.number("SELECT count(*) FROM traits WHERE key = 'name' AND clear IS NOT NULL"), 0);
  EXPECT_EQ(write(t, [&](ledger::Tx& tx) { return traits.put(tx, {99}, std::array{name}); }).error().code,
            Code::kNotFound);
  // Without its key a value is gone; what was in clear stays readable.
  ASSERT_TRUE(write(t, [&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("UPDATE subjects SET wrapped = NULL").run());
    EXPECT_EQ(traits.get(tx, {1})->size(), 1U);
    return {};
  }));
  EXPECT_TRUE(TestGraph::must(t.graph().identifiers_of({1})).empty());
}

TEST(TraitsTest, InventedKeysFindNoRoom) {
  TestGraph t;
  t.resolve({{{{IdentifierKind::kUserId, "u1"}}}});
  const Traits traits(t.keys());
  const auto put = [&](std::uint64_t from, std::uint64_t to) {
    std::vector<Trait> some;
    for (std::uint64_t i = from; i < to; ++i)
      some.push_back({"key" + std::to_string(i), std::to_string(to), false, {1}, {1000}});
    ASSERT_TRUE(write(t, [&](ledger::Tx& tx) { return traits.put(tx, {1}, some); }));
  };
  put(0, 200);
  put(200, 400);
  put(300, 550);  // a hundred that are known, a hundred that fit, fifty that do not
  EXPECT_EQ(t.number("SELECT count(*) FROM traits"), static_cast<std::int64_t>(Traits::kCountMax));
  put(1000, 1100);
  put(0, 10);
  EXPECT_EQ(t.number("SELECT count(*) FROM traits"), static_cast<std::int64_t>(Traits::kCountMax));
  EXPECT_EQ(t.number("SELECT count(*) FROM traits WHERE clear = '10'"), 10) << "what is there may change";
  EXPECT_EQ(t.number("SELECT count(*) FROM traits WHERE clear = '550'"), 200);
}

// What was counted once is not counted again within the transaction, and means that subject alone.
TEST(TraitsTest, AFullSubjectIsRemembered) {
  TestGraph t;
  t.resolve({{{{IdentifierKind::kUserId, "u1"}}}, {{{IdentifierKind::kUserId, "u2"}}}});
  const Traits traits(t.keys());
  for (const TraitOp op : {TraitOp::kSet, TraitOp::kAdd})
    ASSERT_TRUE(write(t, [&](ledger::Tx& tx) -> Result<void> {
      FullSubjects full;
      for (std::uint64_t i = 0; i < Traits::kCountMax + 20; ++i)
        CX_TRY(traits.change(tx, {1}, op, {{"key" + std::to_string(i), "1", false, {1}, {1000}, op}}, full));
      CX_TRY(traits.change(tx, {1}, op, {{"key7", "2", false, {1}, {2000}, op}}, full));
      return traits.change(tx, {2}, op, {{"new", "1", false, {1}, {1000}, op}}, full);
    }));
  constexpr auto kMax = static_cast<std::int64_t>(Traits::kCountMax);
  EXPECT_EQ(t.number("SELECT count(*) FROM traits WHERE subject = 1"), kMax);
  EXPECT_EQ(t.number("SELECT count(*) FROM traits WHERE subject = 1 AND clear = '2'"), 1);
  EXPECT_EQ(t.number("SELECT count(DISTINCT key) FROM trait_entries WHERE subject = 1"), kMax);
  EXPECT_EQ(t.number("SELECT count(*) FROM trait_entries WHERE subject = 1 AND key = 'key7'"), 2);
  EXPECT_EQ(t.number("SELECT count(*) FROM traits WHERE subject = 2"), 1);
  EXPECT_EQ(t.number("SELECT count(*) FROM trait_entries WHERE subject = 2"), 1);
}

TEST(SearchTerms, FindCustomersByNameBlindly) {
  TestGraph t;
  t.resolve({{{{IdentifierKind::kUserId, "u1"}}}, {{{IdentifierKind::kUserId, "u2"}}}});
  const Traits traits(t.keys());
  EXPECT_EQ(traits.search_terms("Zhang  San"), traits.search_terms("ｚｈａｎｇ\xe3\x80\x80ＳＡＮ"));
  EXPECT_NE(traits.search_terms("Zhang San"), traits.search_terms("Zhang Sa"));
  EXPECT_EQ(traits.search_terms("Zhang San").back(), traits.search_terms("San ZHANG, Mr.").back());
  EXPECT_EQ(traits.search_terms("張偉").back(), traits.search_terms("张伟先生").back());
  EXPECT_TRUE(traits.search_terms(" ").empty());
  const auto term = [&](std::string_view name) { return traits.search_terms(name).front(); };
  ASSERT_TRUE(write(t, [&](ledger::Tx& tx) -> Result<void> {
    const std::array terms{term("Zhang San")};
    for (int repeat = 0; repeat < 2; ++repeat)
      for (const std::uint64_t subject : {1U, 2U}) CX_TRY(put_search_terms(tx, {subject}, terms));
    EXPECT_EQ(find_by_term(tx, term("zhangsan"), 10)->size(), 2U);
    EXPECT_EQ(find_by_term(tx, term("zhangsan"), 1)->size(), 1U);
    EXPECT_TRUE(find_by_term(tx, term("li si"), 10)->empty());
    return {};
  }));
}

}  // namespace
}  // namespace zhike::identity
