// Times the overview and every metric on a store of synthetic events: analysis_bench [EVENTS] (10 million).
// Events come in visits of about five, of a million subjects in 20 units over 90 days; a tenth of the
// subjects belong to another customer. The overview looks at the last 30 days and compares with the 30
// before. Each row says what the engine read for it and how long this machine's memory alone would take to
// bring that, with both cores adding it up: the bound below which no scan can go.
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "metric/overview.h"
#include "warehouse/migrate.h"
#include "warehouse/supervisor.h"

namespace {

namespace fs = std::filesystem;
using namespace zhike;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kPerBlock = 500'000;
constexpr warehouse::Limits kLoadLimits{.memory_bytes_max = 2ULL << 30, .time_max = seconds(600)};

constexpr std::string_view kKinds = R"(
INSERT INTO kinds
SELECT number + 1, 'track', concat('Event ', toString(number)),
       ['web', 'app', 'mini_program', 'store', 'email', 'call_center', 'marketplace', 'branch'][number % 8 + 1],
       ['home', 'browse', 'product', 'product', 'cart', 'search', 'page', 'store_visit', 'order', 'payment', 'delivery',
        'survey', 'contact', 'contact', 'complaint', 'order_change'][intDiv(number, 2) % 16 + 1],
       ['discover', 'consider', 'purchase', 'deliver', 'use', 'support', 'renew'][number % 7 + 1], 1
FROM numbers(64))";

constexpr std::string_view kMap =
    "INSERT INTO subject_map SELECT number * 10 + 1, number * 10, 1 FROM numbers(100000)";

constexpr std::string_view kEvents = R"(
INSERT INTO events
    (event_id, block_id, received_at, occurred_at, source_id, kind, subject_id, unit, session_id, case_id, amount_minor,
     currency, instrument, score, text, properties)
WITH {block:UInt64} * 1048576 + number AS id, intDiv(id, 5) AS visit, sipHash64(visit) AS dice, sipHash64(id, 1) AS own
SELECT id, {block:UInt64} AS block_id, at, at AS occurred_at, toUInt32(1 + dice % 8),
       toUInt32(if(own % 100 < 85, own % 16 + if(own % 3 = 0, 32, 0), 16 + own % 16 + if(own % 3 = 0, 32, 0)) + 1) AS kind, dice % 1000000,
       concat('unit', toString(dice % 20)), toString(visit),
       if(own % 100 < 85, '', toString(visit)), if(kind % 32 IN (17, 18), 1000 + own % 90000, 0), if(kind % 32 IN (17, 18), 'CNY', ''),
       if(kind % 32 = 23, ['nps', 'csat', 'ces', 'review'][sipHash64(id, 2) % 4 + 1], ''), if(kind % 32 = 23, sipHash64(id, 3) % 7 + 1, NULL),
       if(kind % 32 = 23, 'words of a customer', ''), map('page', toString(own % 1000))
FROM (SELECT number, toDateTime64('2026-01-01 00:00:00', 3, 'UTC') + toIntervalSecond(
             sipHash64(intDiv({block:UInt64} * 1048576 + number, 5), 7) % 7776000 + number % 5 * 120) AS at
      FROM numbers({rows:UInt64})))";

/// Processor time of a process so far, from /proc.
double cpu_ms(int pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string text((std::istreambuf_iterator<char>(stat)), {});
  std::istringstream fields(text.substr(text.rfind(')') + 1));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  long user = 0, system = 0;
  fields >> user >> system;
  return 1000.0 * static_cast<double>(user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

double since(Clock::time_point from) {
  return std::chrono::duration<double, std::milli>(Clock::now() - from).count();
}

Result<void> load(warehouse::Client& client, std::uint64_t events) {
  CX_TRY(client.execute({.sql = kKinds, .params = {}}));
  CX_TRY(client.execute({.sql = kMap, .params = {}}));
  for (std::uint64_t done = 0, block = 1; done < events; done += kPerBlock, ++block) {
    warehouse::Params params;
    params.set("block", block).set("rows", std::min(kPerBlock, events - done));
    CX_TRY(client.execute({.sql = kEvents, .params = params, .limits = kLoadLimits}));
    std::fprintf(stderr, "\r%llu of %llu events",
                 static_cast<unsigned long long>(std::min(done + kPerBlock, events)),
                 static_cast<unsigned long long>(events));
  }
  std::fputc('\n', stderr);
  CX_TRY(client.execute({.sql = "SYSTEM RELOAD DICTIONARIES", .params = {}}));
  return client.execute({.sql = "OPTIMIZE TABLE events FINAL", .params = {}, .limits = kLoadLimits});
}

/// The overview reads active customers its own way; it must find what the metric finds.
Result<void> same_customers(warehouse::Client& client, const query::Filter& filter) {
  CX_TRY(const auto overview, metric::overview(client, Grant::owner(), filter));
  CX_TRY(const metric::Metric* const metric, metric::find("active_customers"));
  CX_TRY(const auto answer,
         metric::compute(client, Grant::owner(), *metric,
                         {.filter = filter, .grain = query::Grain::kDay, .by = query::By::kChannel}));
  cx_check(overview.customers == answer.value.n, "customers differ");
  for (const metric::Answer& card : overview.cards) {
    if (card.metric->key != metric->key) continue;
    cx_check(card.series.size() == answer.series.size(), "series differ");
    for (std::size_t i = 0; i < card.series.size(); ++i)
      cx_check(card.series[i].value.n == answer.series[i].value.n, "a day differs");
  }
  for (const metric::ChannelShare& share : overview.channel_mix)
    for (const metric::Group& group : answer.groups)
      cx_check(group.key != share.channel || group.value.n == share.customers, "a channel differs");
  return {};
}

/// Bytes a second that all cores together add up from memory, the best of five rounds.
double memory_speed() {
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  constexpr std::size_t kWords = std::size_t{64} << 20 >> 3;  // 64 MB for each core: no cache holds it
  std::vector<std::vector<std::uint64_t>> memory(cores, std::vector<std::uint64_t>(kWords, 1));
  double best = 0;
  for (int round = 0; round < 5; ++round) {
    std::vector<std::uint64_t> sums(cores);
    const auto from = Clock::now();
    {
      std::vector<std::jthread> threads;
      for (std::size_t i = 0; i < cores; ++i)
        threads.emplace_back(
            [&, i] { sums[i] = std::reduce(memory[i].begin(), memory[i].end(), std::uint64_t{0}); });
    }
    const double ms = since(from);
    for (const std::uint64_t sum : sums) cx_check(sum == kWords, "memory does not add up");
    best = std::max(best, static_cast<double>(cores * kWords * 8) / ms * 1000);
  }
  return best;
}

struct Read {
  double rows = 0, bytes = 0;
};
/// What the engine has read from tables since its start, uncompressed.
Result<Read> read_so_far(warehouse::Client& client) {
  CX_TRY(const auto table,
         client.select(
             {.sql = "SELECT sumIf(value, event = 'SelectedRows'), sumIf(value, event = 'SelectedBytes') "
                     "FROM system.events"}));
  return Read{.rows = static_cast<double>(warehouse::as_u64(table.rows[0][0])),
              .bytes = static_cast<double>(warehouse::as_u64(table.rows[0][1]))};
}

struct Timing {
  std::vector<double> ms, cpu;  ///< sorted
  Read read;                    ///< of one round
  [[nodiscard]] static double median(const std::vector<double>& of) { return of[of.size() / 2]; }
};

template <class Work>
Result<Timing> timed(warehouse::Client& client, int pid, int rounds, const Work& work) {
  Timing out;
  CX_TRY(const Read before, read_so_far(client));
  for (int i = 0; i < rounds; ++i) {
    const double cpu_before = cpu_ms(pid);
    const auto from = Clock::now();
    CX_TRY(work());
    out.ms.push_back(since(from));
    out.cpu.push_back(cpu_ms(pid) - cpu_before);
  }
  CX_TRY(const Read after, read_so_far(client));
  out.read = {.rows = (after.rows - before.rows) / rounds, .bytes = (after.bytes - before.bytes) / rounds};
  std::ranges::sort(out.ms);
  std::ranges::sort(out.cpu);
  return out;
}

void print(const std::string& name, const Timing& timing, double memory) {
  const double ms = timing.ms.front(), bound = timing.read.bytes / memory * 1000;
  std::printf("%-26s %8.0f %8.0f %8.0f %10.1f %8.1f %10.1f %8.1f %7.0f\n", name.c_str(), ms,
              Timing::median(timing.ms), timing.cpu.front(), timing.read.rows / 1e6, timing.read.bytes / 1e6,
              timing.read.rows / ms / 1000, bound, bound > 0 ? ms / bound : 0);
}

Result<void> measure(warehouse::Client& client, int pid, const query::Filter& filter) {
  const double memory = memory_speed();
  std::printf("memory: %.1f GB/s\n", memory / 1e9);
  std::printf("%-26s %8s %8s %8s %10s %8s %10s %8s %7s\n", "", "best ms", "median", "cpu ms", "M rows", "MB",
              "M rows/s", "bound ms", "ratio");
  for (const metric::Metric& m : metric::list()) {
    const metric::Question question{
        .filter = filter, .grain = query::Grain::kDay, .compare = query::Compare::kPrevious};
    const auto work = [&]() -> Result<void> {
      CX_TRY(metric::compute(client, Grant::owner(), m, question));
      return {};
    };
    CX_TRY(const Timing timing, timed(client, pid, 3, work));
    print(m.key, timing, memory);
    if (m.key == "cross_channel_share" || m.key == "complaint_rate" || m.key == "new_customers")
      std::printf("figure %s %.0f ms\n", m.key.c_str(), timing.ms.front());
  }
  const auto work = [&]() -> Result<void> {
    CX_TRY(const auto overview, metric::overview(client, Grant::owner(), filter));
    cx_check(overview.events > 0 && overview.cards.size() > 4, "an empty overview");
    return {};
  };
  CX_TRY(const Timing timing, timed(client, pid, 9, work));
  print("overview", timing, memory);
  std::printf("figure memory_speed %.1f GB/s\n", memory / 1e9);
  std::printf("figure overview_memory_ratio %.0f times\n",
              timing.ms.front() / (timing.read.bytes / memory * 1000));
  std::printf("figure overview_cpu_median %.0f ms\n", Timing::median(timing.cpu));
  std::printf("figure overview_best %.0f ms\n", timing.ms.front());
  std::printf("figure overview_median %.0f ms <= 1000\n", Timing::median(timing.ms));
  return {};
}

Result<void> run(const fs::path& folder, std::uint64_t events) {
  CX_TRY(const auto engine, warehouse::Supervisor::start({.program = warehouse::find_engine(),
                                                          .folder = folder / "store",
                                                          .socket = folder / "engine.sock"}));
  const auto client = warehouse::Client::connect(engine->address());
  CX_TRY(warehouse::migrate(*client, fs::path(ZHIKE_SOURCE) / "migrations/warehouse"));
  const auto loading = Clock::now();
  CX_TRY(load(*client, events));
  std::printf("%llu events loaded in %.0f s\n", static_cast<unsigned long long>(events),
              since(loading) / 1000);
  const query::Filter filter{
      .range = {*parse_time("2026-03-02", Zone::utc()), *parse_time("2026-04-01", Zone::utc())},
      .zone = *Zone::find("Asia/Shanghai")};
  CX_TRY(same_customers(*client, filter));
  return measure(*client, engine->status().pid, filter);
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t events = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 10'000'000;
  std::string folder = (fs::temp_directory_path() / "zhike-analysis-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) return 1;
  const auto result = run(folder, events);
  std::error_code ignored;
  fs::remove_all(folder, ignored);
  if (!result) std::fprintf(stderr, "analysis_bench: %s\n", to_string(result.error()).c_str());
  return result ? 0 : 1;
}
