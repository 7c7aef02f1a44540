#include "ledger/hot.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "ledger/hot_codec.h"
#include "ledger/test_folder.h"

namespace zhike::ledger {
namespace {

HotProfile seen(std::int64_t at, std::string unit = "north") {
  HotProfile p;
  p.first_seen = p.last_seen = {at};
  p.events = 1;
  p.unit = unit;
  p.units = {unit};
  p.channels = {"web"};
  p.recent = {{.at = {at}, .event_id = static_cast<std::uint64_t>(at), .kind = 3}};
  return p;
}

/// Each test runs on what is in memory, and on what was written after every block.
class HotTest : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override { reopen(); }
  void reopen() {
    if (hot_) flush();
    hot_.reset();
    auto hot = Hot::open({.file = folder_.path / "hot.db", .migrations = ZHIKE_MIGRATIONS "/hot"});
    ASSERT_TRUE(hot) << to_string(hot.error());
    hot_ = std::move(*hot);
  }
  void apply(std::uint64_t block, std::vector<HotMerge> merges, std::vector<HotChange> changes) {
    const auto done = hot_->apply({block}, merges, changes);
    ASSERT_TRUE(done) << to_string(done.error());
    if (GetParam()) flush();
  }
  void flush() {
    const auto done = hot_->flush();
    ASSERT_TRUE(done) << to_string(done.error());
  }
  std::vector<std::uint64_t> ids(const Result<std::vector<HotProfile>>& list) {
    EXPECT_TRUE(list);
    std::vector<std::uint64_t> out;
    for (const HotProfile& p : list.value_or(std::vector<HotProfile>{})) out.push_back(p.customer.value);
    return out;
  }
  TestFolder folder_;
  std::unique_ptr<Hot> hot_;
};

TEST_P(HotTest, AddsUpAndKeepsTheLatest) {
  HotProfile order = seen(2000);
  order.orders = 1;
  order.spend = {{*parse_currency("CNY"), 1990, 5}};
  order.nps = 9;
  apply(1, {}, {{{7}, order}, {{7}, seen(1000, "south")}});
  HotProfile later = seen(3000, "south");
  later.spend = {{*parse_currency("USD"), 10, 3}, {*parse_currency("CNY"), 10, 9}};
  later.nps = 4;
  apply(2, {}, {{{7}, later}});
  reopen();
  const auto found = hot_->find({7});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->first_seen.ms, 1000);
  EXPECT_EQ(found->last_seen.ms, 3000);
  EXPECT_EQ(found->events, 3U);
  EXPECT_EQ(found->orders, 1U);
  EXPECT_EQ(found->spend,
            (std::vector<Spend>{{*parse_currency("USD"), 10, 3}, {*parse_currency("CNY"), 2000, 5}}))
      << "each currency has its own sum, the one that arrived first comes first";
  EXPECT_EQ(found->unit, "south");
  EXPECT_EQ(found->units, (std::vector<std::string>{"north", "south"}));
  EXPECT_EQ(found->nps, 4);
  EXPECT_LT(found->csat, 0);
  ASSERT_EQ(found->recent.size(), 3U);
  EXPECT_EQ(found->recent[0].at.ms, 3000);
  EXPECT_EQ(found->recent[2].at.ms, 1000);
  EXPECT_EQ(found->block, 2U);
}

TEST_P(HotTest, ARepeatedBlockChangesNothing) {
  apply(5, {}, {{{1}, seen(10)}});
  apply(5, {}, {{{1}, seen(20)}, {{2}, seen(20)}});
  apply(4, {}, {{{3}, seen(20)}});
  EXPECT_EQ(hot_->find({1})->events, 1U);
  EXPECT_EQ(hot_->find({2}).error().code, Code::kNotFound);
  EXPECT_EQ(hot_->stamp()->value, GetParam() ? 5U : 0U);
  EXPECT_EQ(*hot_->count(), 1U);
}

TEST_P(HotTest, MergesInOrderAndThenAdds) {
  apply(1, {}, {{{1}, seen(10)}, {{2}, seen(20, "south")}, {{3}, seen(30)}});
  // 3 → 2 → 1, a merge of a customer without record, and a change under an old name.
  apply(2, {{{2}, {3}}, {{1}, {2}}, {{1}, {9}}}, {{{3}, seen(40)}});
  EXPECT_EQ(*hot_->count(), 1U);
  const auto found = hot_->find({1});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->events, 4U);
  EXPECT_EQ(found->recent.size(), 4U);
  EXPECT_EQ(found->last_seen.ms, 40);
  EXPECT_EQ(found->units.size(), 2U);
  EXPECT_FALSE(hot_->find({2}));
  EXPECT_FALSE(hot_->find({3}));
  // The survivor need not have had a record.
  apply(3, {{{8}, {1}}}, {});
  EXPECT_EQ(hot_->find({8})->events, 4U);
  EXPECT_EQ(ids(hot_->list({}, {}, {}, 10)), (std::vector<std::uint64_t>{8}));
}

TEST_P(HotTest, ListsByPagesAndUnits) {
  std::vector<HotChange> changes;
  for (std::uint64_t c = 1; c <= 10; ++c)
    changes.push_back({{c}, seen(100 + static_cast<std::int64_t>(c / 2), c % 2 == 0 ? "north" : "south")});
  apply(1, {}, changes);
  std::vector<std::uint64_t> all;
  Instant seen_before{};
  CustomerId before{};
  for (;;) {
    const auto page = hot_->list(seen_before, before, {}, 3);
    ASSERT_TRUE(page);
    if (page->empty()) break;
    for (const HotProfile& p : *page) all.push_back(p.customer.value);
    seen_before = page->back().last_seen;
    before = page->back().customer;
  }
  EXPECT_EQ(all, (std::vector<std::uint64_t>{10, 9, 8, 7, 6, 5, 4, 3, 2, 1}));
  const std::vector<std::string> north{"north"}, nowhere{"west"};
  EXPECT_EQ(ids(hot_->list({}, {}, north, 3)), (std::vector<std::uint64_t>{10, 8, 6}));
  EXPECT_EQ(ids(hot_->list({104}, {8}, north, 3)), (std::vector<std::uint64_t>{6, 4, 2}));
  EXPECT_TRUE(ids(hot_->list({}, {}, nowhere, 3)).empty());
}

INSTANTIATE_TEST_SUITE_P(Memory, HotTest, testing::Values(false, true),
                         [](const auto& info) { return info.param ? "Written" : "InMemory"; });

// Whatever is written when, and however little fits into memory, the answers are the same.
TEST(Hot, FlushingChangesNoAnswer) {
  const TestFolder folder;
  const auto open = [&](const char* file, std::size_t bytes) {
    auto hot = Hot::open({.file = folder.path / file, .migrations = ZHIKE_MIGRATIONS "/hot"}, bytes);
    cx_check(hot.has_value(), "hot.db opens");
    return *std::move(hot);
  };
  const std::vector<std::string> north{"north"};
  std::mt19937 random(7);
  auto plain = open("plain.db", 1), cached = open("cached.db", 20'000);
  int flushes = 0;
  for (std::uint64_t block = 1; block <= 300; ++block) {
    std::vector<HotMerge> merges;
    std::vector<HotChange> changes;
    for (auto n = random() % 3; n > 0; --n) merges.push_back({{1 + random() % 40}, {1 + random() % 40}});
    for (auto n = random() % 6; n > 0; --n)
      changes.push_back({{1 + random() % 40},
                         seen(1 + static_cast<int>(random() % 900), random() % 2 ? "north" : "south")});
    for (Hot* hot : {plain.get(), cached.get()}) ASSERT_TRUE(hot->apply({block}, merges, changes));
    ASSERT_TRUE(plain->flush());
    if (cached->is_full() || random() % 8 == 0) {
      ++flushes;
      ASSERT_TRUE(cached->flush());
    }
    if (random() % 20 == 0) {  // what was not flushed is applied again by the mover: here it is flushed
      ASSERT_TRUE(cached->flush());
      cached.reset();
      cached = open("cached.db", 20'000);
    }
    ASSERT_EQ(*plain->count(), *cached->count()) << block;
    const Instant before{static_cast<std::int64_t>(random() % 900)};
    for (const auto& units : {std::vector<std::string>{}, north}) {
      const auto a = plain->list(before, {5}, units, 7), b = cached->list(before, {5}, units, 7);
      ASSERT_TRUE(a && b);
      ASSERT_EQ(a->size(), b->size()) << block;
      for (std::size_t i = 0; i < a->size(); ++i) {
        EXPECT_EQ((*a)[i].customer, (*b)[i].customer) << block;
        EXPECT_EQ((*a)[i].recent, (*b)[i].recent);
      }
    }
    for (std::uint64_t c = 1; c <= 40; ++c) {
      const auto a = plain->find({c}), b = cached->find({c});
      ASSERT_EQ(a.has_value(), b.has_value()) << block << ' ' << c;
      if (!a) continue;
      EXPECT_EQ(encode_profile(*a), encode_profile(*b));
      EXPECT_EQ(a->last_seen, b->last_seen);
    }
  }
  EXPECT_GT(flushes, 10);
  EXPECT_LT(flushes, 290);
}

TEST(HotCodec, KeepsExtremes) {
  HotProfile p;
  p.first_seen = {std::numeric_limits<std::int64_t>::min()};
  p.events = std::numeric_limits<std::uint64_t>::max();
  p.spend = {{*parse_currency("CNY"), std::numeric_limits<std::int64_t>::max(), 0}};
  for (int i = 0; i < 3; ++i)
    p.recent.push_back(
        {.at = {i == 1 ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max()},
         .event_id = std::numeric_limits<std::uint64_t>::max() - static_cast<std::uint64_t>(i),
         .kind = 0xffffffff,
         .amount_minor = std::numeric_limits<std::int64_t>::min(),
         .currency = i == 0 ? Currency{} : *parse_currency("KWD"),
         .score = i == 2 ? -1.0F : 4.5F});
  HotProfile back;
  ASSERT_TRUE(decode_profile(encode_profile(p), back));
  ASSERT_TRUE(decode_recent(encode_recent(p.recent), back));
  EXPECT_EQ(back.first_seen, p.first_seen);
  EXPECT_EQ(back.events, p.events);
  EXPECT_EQ(back.recent, p.recent);
  add_profile(back, p);
  EXPECT_EQ(back.spend, p.spend);  // saturated
}

TEST(HotCodec, StaysWithinItsBytes) {
  HotProfile p;
  for (int i = 0; i < 200; ++i) {
    HotProfile more = seen(i);
    more.channels = {"channel " + std::to_string(i) + std::string(500, 'x') + "客"};
    more.units = more.channels;
    more.recent[0].amount_minor = std::numeric_limits<std::int64_t>::min();
    more.recent[0].score = 5;
    add_profile(p, more);
  }
  EXPECT_EQ(p.recent.size(), kInteractionsKept);
  EXPECT_EQ(p.recent[0].at.ms, 199);
  EXPECT_EQ(p.units.size(), kListMax);
  EXPECT_LE(encode_profile(p).size(), 2 * kListMax * (kTextMax + 1) + 200);
  EXPECT_LE(encode_recent(p.recent).size(), kInteractionsKept * 48);
}

TEST(HotCodec, ReadsWhatEarlierVersionsWrote) {
  // Version 2: first seen 5, 2 events, 1 order, 19.90 of CNY, no unit, one channel, no answers, no traits.
  std::string old{"\x02\x0a\x02\x01\x8c\x1f\x03", 7};
  old += "CNY";
  old += std::string("\0\0\x01\x03", 4) + "web";
  for (int i = 0; i < 3; ++i) old += std::string("\0\0\x80\xbf", 4);
  old += std::string("\0\0\x07", 3);
  HotProfile back;
  const auto read = decode_profile(old, back);
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_EQ(back.first_seen.ms, 5);
  EXPECT_EQ(back.spend, (std::vector<Spend>{{*parse_currency("CNY"), 1990, 0}}));
  EXPECT_EQ(back.channels, std::vector<std::string>{"web"});
  EXPECT_EQ(back.block, 7U);
  HotProfile later;
  later.spend = {{*parse_currency("EUR"), 5, 1}};
  add_profile(back, later);
  EXPECT_EQ(back.spent().currency, *parse_currency("CNY")) << "what was there came first";
  const std::string recent{"\x01\x01\x14\x08\x07\xc8\x01\x00", 8};  // one, of 1.00 without a currency
  ASSERT_TRUE(decode_recent(recent, back));
  ASSERT_EQ(back.recent.size(), 1U);
  EXPECT_EQ(back.recent[0].amount_minor, 100);
  EXPECT_FALSE(back.recent[0].currency.is_set());
}

TEST(HotCodec, RefusesDamagedBytes) {
  HotProfile p = seen(17);
  p.spend = {{*parse_currency("CNY"), 1990, 5}};
  const std::string profile = encode_profile(p), recent = encode_recent(p.recent);
  HotProfile out;
  for (std::size_t n = 0; n < profile.size(); ++n)
    EXPECT_FALSE(decode_profile(profile.substr(0, n), out)) << n;
  for (std::size_t n = 0; n < recent.size(); ++n) EXPECT_FALSE(decode_recent(recent.substr(0, n), out)) << n;
  EXPECT_FALSE(decode_profile(profile + "x", out));
  EXPECT_FALSE(decode_recent("\x01\xff\xff\xff\xff\xff\xff\xff\xff\x7f", out));
  EXPECT_FALSE(decode_recent("\x02", out));
  for (std::size_t at = 0; at < profile.size(); ++at)  // any byte may change: no crash, no huge allocation
    for (const char to : {'\0', '\x7f', '\xff'}) {
      std::string changed = profile;
      changed[at] = to;
      (void)decode_profile(changed, out);
    }
}

}  // namespace
}  // namespace zhike::ledger
