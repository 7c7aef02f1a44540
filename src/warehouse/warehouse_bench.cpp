// Figures of the engine through the client: small lookups, RowBinary inserts of events, streamed answers,
// memory. warehouse_bench [MIGRATIONS_FOLDER]
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

#include "warehouse/migrate.h"
#include "warehouse/test_engine.h"

namespace {

using namespace zhike;
using namespace zhike::warehouse;
using Timer = std::chrono::steady_clock;

double ms_since(Timer::time_point from) {
  return std::chrono::duration<double, std::milli>(Timer::now() - from).count();
}

/// Processor time of the engine so far, in ms: what stays comparable when the machine is shared.
double cpu_ms(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  std::getline(file, text);
  std::istringstream rest(text.substr(text.rfind(')') + 2));
  std::string skipped;
  for (int i = 0; i < 11; ++i) rest >> skipped;
  double user = 0, system = 0;
  rest >> user >> system;
  return (user + system) * 1e3 / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

void check(const Result<void>& done) {
  if (done) return;
  std::fprintf(stderr, "warehouse_bench: %s\n", to_string(done.error()).c_str());
  std::exit(1);
}

std::string events(std::uint64_t block, std::uint64_t rows) {
  RowWriter out;
  for (std::uint64_t i = 0; i < rows; ++i) {
    const Instant at{1'760'000'000'000 + static_cast<std::int64_t>((block * rows + i) * 700)};
    out.u64((block << 20) + i);
    out.u64(block);
    out.instant(at + Millis{900});
    out.instant(at);
    out.u32(1);
    out.u32(static_cast<std::uint32_t>(i % 60));
    out.u64((i * 2'654'435'761U) % 100'000);
    out.text(i % 3 == 0 ? "north" : "south");
    out.text("session-" + std::to_string(i % 5'000));
    out.text(i % 4 == 0 ? "order-" + std::to_string(i) : "");
    out.i64(static_cast<std::int64_t>(i % 100'000));
    out.text("CNY");
    out.text(i % 20 == 0 ? "csat" : "");
    if (i % 20 == 0) {
      out.not_null();
      out.f32(static_cast<float>(i % 5 + 1));
    } else {
      out.null();
    }
    out.text(i % 20 == 0 ? "物流很快，包装完好，客服态度不错" : "");
    out.map_size(3);
    for (const char* key : {"page", "device", "campaign"}) {
      out.text(key);
      out.text("value-" + std::to_string(i % 50));
    }
  }
  return out.take();
}

void insert_events(Client& client, int pid, std::uint64_t rows, std::uint64_t blocks, std::uint64_t& next) {
  double bytes = 0;
  std::vector<std::string> data;
  for (std::uint64_t i = 0; i < blocks; ++i) data.push_back(events(next + i, rows));
  const double cpu_before = cpu_ms(pid);
  const auto from = Timer::now();
  for (const std::string& block : data) {
    bytes += static_cast<double>(block.size());
    check(client.insert({.table = "events", .token = std::to_string(next++)}, block));
  }
  const double ms = ms_since(from);
  std::printf(
      "insert  %7llu rows a block   %9.0f rows/s  %6.1f MB/s  %7.1f ms a block  %5.1f us of processor a "
      "row\n",
      static_cast<unsigned long long>(rows), static_cast<double>(rows * blocks) / ms * 1e3, bytes / ms / 1e3,
      ms / static_cast<double>(blocks),
      (cpu_ms(pid) - cpu_before) * 1e3 / static_cast<double>(rows * blocks));
  std::printf("figure insert_%lluk_rows %.0f rows/s\n", static_cast<unsigned long long>(rows / 1000),
              static_cast<double>(rows * blocks) / ms * 1e3);
}

void look_up(Client& client, const char* name, std::string_view sql, int threads) {
  constexpr int kEach = 200;
  std::vector<std::vector<double>> times(static_cast<std::size_t>(threads));
  std::vector<std::thread> all;
  const auto from = Timer::now();
  for (auto& mine : times) {
    all.emplace_back([&client, &mine, sql] {
      for (std::uint64_t i = 0; i < kEach; ++i) {
        Query query{.sql = sql};
        query.params.set("subject", (i * 7'919) % 100'000);
        const auto start = Timer::now();
        const auto table = client.select(query);
        mine.push_back(ms_since(start));
        if (!table) check(std::unexpected(table.error()));
      }
    });
  }
  for (auto& thread : all) thread.join();
  const double total = ms_since(from);
  std::vector<double> sorted;
  for (const auto& mine : times) sorted.insert(sorted.end(), mine.begin(), mine.end());
  std::ranges::sort(sorted);
  std::printf("%-24s %d threads   %7.0f /s   p50 %6.2f ms   p99 %6.2f ms\n", name, threads,
              static_cast<double>(sorted.size()) / total * 1e3, sorted[sorted.size() / 2],
              sorted[sorted.size() * 99 / 100]);
}

void stream(Client& client, const char* format) {
  double bytes = 0;
  const auto from = Timer::now();
  check(client.stream({.sql = "SELECT event_id, occurred_at, subject_id, unit, amount_minor, properties FROM "
                              "events LIMIT 1000000",
                       .limits = {.result_rows_max = 0}},
                      format, [&](std::string_view piece) {
                        bytes += static_cast<double>(piece.size());
                        return true;
                      }));
  std::printf("stream  %-14s %6.0f MB   %6.0f MB/s\n", format, bytes / 1e6, bytes / ms_since(from) / 1e3);
}

}  // namespace

int main(int argc, char** argv) {
  const auto from = Timer::now();
  auto engine = TestEngine::start();
  if (!engine) check(std::unexpected(engine.error()));
  std::printf("figure engine_cold_start %.0f ms\n", ms_since(from));
  Client& client = (*engine)->client();
  const auto migrated = migrate(client, argc > 1 ? argv[1] : ZHIKE_SOURCE "/migrations/warehouse");
  if (!migrated) check(std::unexpected(migrated.error()));
  const auto resident = [&](const char* when) {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    std::printf("resident %s: %.0f MB\n", when,
                static_cast<double>((*engine)->supervisor().status().resident_bytes) / 1e6);
  };
  resident("idle");
  std::uint64_t next = 1;
  const int pid = (*engine)->supervisor().status().pid;
  insert_events(client, pid, 1'000, 50, next);
  insert_events(client, pid, 10'000, 40, next);
  insert_events(client, pid, 100'000, 15, next);
  resident("after inserts");
  for (const int threads : {1, 4}) {
    look_up(client, "select 1", "SELECT {subject:UInt64}", threads);
    look_up(client, "events of one subject",
            "SELECT event_id, occurred_at FROM events WHERE unit = 'north' AND subject_id = {subject:UInt64} "
            "ORDER BY occurred_at DESC LIMIT 50",
            threads);
  }
  stream(client, "RowBinary");
  stream(client, "CSVWithNames");
  resident("after all");
  std::this_thread::sleep_for(std::chrono::seconds(5));
  resident("5 s later");
}
