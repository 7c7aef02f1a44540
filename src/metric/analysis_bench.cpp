// Times the overview and every metric on a store of synthetic events: analysis_bench [EVENTS] (10 million).
// Events come in visits of about five, of a million subjects in 20 units over 90 days; a tenth of the
// subjects belong to another customer. The overview looks at the last 30 days and compares with the 30
// before.
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
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
  std::vector<double> times, cpu;
  for (int i = 0; i < 7; ++i) {
    const double cpu_before = cpu_ms(engine->status().pid);
    const auto from = Clock::now();
    CX_TRY(const auto overview, metric::overview(*client, Grant::owner(), filter));
    times.push_back(since(from));
    cpu.push_back(cpu_ms(engine->status().pid) - cpu_before);
    cx_check(overview.events > 0 && overview.cards.size() > 4, "an empty overview");
  }
  CX_TRY(same_customers(*client, filter));
  for (const metric::Metric& m : metric::list()) {
    const auto from = Clock::now();
    CX_TRY(const auto answer,
           metric::compute(
               *client, Grant::owner(), m,
               {.filter = filter, .grain = query::Grain::kDay, .compare = query::Compare::kPrevious}));
    std::printf("%-26s %8.0f ms   n %llu\n", m.key.c_str(), since(from),
                static_cast<unsigned long long>(answer.value.n));
  }
  std::printf("overview, first: %.0f ms\n", times.front());
  std::ranges::sort(times);
  std::ranges::sort(cpu);
  std::printf("figure overview_cpu_median %.0f ms\n", cpu[cpu.size() / 2]);
  std::printf("figure overview_median %.0f ms <= 1000\n", times[times.size() / 2]);
  return {};
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
