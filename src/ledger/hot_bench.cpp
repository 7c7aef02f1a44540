// hot_bench [CUSTOMERS]: fills hot.db, then applies blocks of 20,000 events and finds customers at random.
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <numeric>
#include <random>

#include "ledger/hot.h"
#include "ledger/test_folder.h"

namespace {

using namespace zhike;
using namespace zhike::ledger;
using WallClock = std::chrono::steady_clock;

double seconds_since(WallClock::time_point start) {
  return std::chrono::duration<double>(WallClock::now() - start).count();
}

HotProfile event(std::uint64_t block, std::uint32_t row, std::mt19937_64& random) {
  HotProfile p;
  p.first_seen = p.last_seen = {1'700'000'000'000 + static_cast<std::int64_t>(block) * 200 + row / 100};
  p.events = 1;
  p.unit = "shanghai-" + std::to_string(random() % 5);
  p.units = {p.unit};
  p.channels = {random() % 2 == 0 ? "web" : "store"};
  p.recent = {
      {.at = p.last_seen, .event_id = block << 20 | row, .kind = static_cast<std::uint32_t>(random() % 90)}};
  return p;
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t customers = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  const TestFolder folder;
  auto opened = Hot::open({.file = folder.path / "hot.db", .migrations = ZHIKE_MIGRATIONS "/hot"});
  cx_check(opened.has_value(), "hot.db opens");
  Hot& hot = **opened;
  std::mt19937_64 random(1);
  constexpr std::uint32_t kEvents = 20'000;
  std::uint64_t block = 0;
  const auto apply = [&](auto customer_of) {
    ++block;
    std::vector<HotChange> changes;
    for (std::uint32_t i = 0; i < kEvents; ++i)
      changes.push_back({{customer_of(i)}, event(block, i, random)});
    const auto start = WallClock::now();
    cx_check(hot.apply({block}, {}, changes).has_value(), "a block applies");
    if (hot.is_full() || block % 10 == 0) cx_check(hot.flush().has_value(), "the records are written");
    return seconds_since(start);
  };
  double filling = 0;
  for (std::uint64_t from = 1; from <= customers; from += kEvents)
    filling += apply([&](std::uint32_t i) { return std::min(customers, from + i); });
  fmt::print("{} customers\nfigure hot_fill {:.2f} us/event\n", customers,
             filling * 1e6 / static_cast<double>(block * kEvents));

  std::vector<double> blocks;
  for (int round = 0; round < 50; ++round)
    blocks.push_back(apply([&](std::uint32_t) { return 1 + random() % customers; }));
  const double all = std::accumulate(blocks.begin(), blocks.end(), 0.0);
  fmt::print("blocks of {} events\nfigure hot_apply_random {:.2f} us/event\nslowest block {:.0f} ms\n",
             kEvents, all * 1e6 / static_cast<double>(blocks.size() * kEvents),
             std::ranges::max(blocks) * 1e3);

  std::vector<double> finds;
  for (int i = 0; i < 100'000; ++i) {
    const auto start = WallClock::now();
    cx_check(hot.find({1 + random() % customers}).has_value(), "a customer is found");
    finds.push_back(seconds_since(start));
  }
  std::ranges::sort(finds);
  fmt::print("figure hot_find_p50 {:.1f} us\nfigure hot_find_p99 {:.1f} us <= 1000\n",
             finds[finds.size() / 2] * 1e6, finds[finds.size() * 99 / 100] * 1e6);
  const std::vector<std::string> scope{"shanghai-3"};
  const auto start = WallClock::now();
  cx_check(hot.list({}, {}, scope, 50)->size() == 50, "a page is full");
  fmt::print("list     50 of one unit in {:.2f} ms\n", seconds_since(start) * 1e3);
  fmt::print("file     {:.0f} bytes per customer\n",
             static_cast<double>(std::filesystem::file_size(folder.path / "hot.db")) /
                 static_cast<double>(customers));
}
