// Times the directly-follows graph, the model of the variants, a Sankey of eight steps, a funnel of four,
// friction, the journey map and peak-end on a store of synthetic events: friction_bench [EVENTS [FOLDER
// [FIGURE]]] (10 million events, all figures). Events come in visits of about eight steps, of half a million
// subjects over 90 days; a tenth of the subjects belong to another customer. A store in FOLDER is kept, and
// used again where it is there.
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "journey/friction.h"
#include "journey/funnel.h"
#include "journey/journey.h"
#include "journey/journey_steps.h"
#include "journey/map.h"
#include "journey/peak_end.h"
#include "journey/tallied.h"
#include "journey/tallies.h"
#include "warehouse/migrate.h"
#include "warehouse/supervisor.h"

namespace {

namespace fs = std::filesystem;
using namespace zhike;
using WallClock = std::chrono::steady_clock;

constexpr std::uint64_t kPerBlock = 500'000;
constexpr warehouse::Limits kLoadLimits{.memory_bytes_max = 2ULL << 30, .time_max = seconds(600)};

constexpr std::string_view kKinds = R"(
INSERT INTO kinds
SELECT number + 1, 'track', concat(if(number % 16 = 9, 'Payment Failed ', 'Event '), toString(number)), ['web', 'app', 'mini_program', 'store'][intDiv(number, 16) + 1],
       ['home', 'browse', 'product', 'product', 'search', 'cart', 'product', 'browse', 'checkout', 'checkout', 'order', 'payment', 'delivery',
        'contact', 'survey', 'page'][number % 16 + 1],
       ['discover', 'consider', 'consider', 'consider', 'consider', 'consider', 'consider', 'consider', 'consider', 'consider', 'purchase',
        'purchase', 'deliver', 'support', 'use', 'discover'][number % 16 + 1], 1
FROM numbers(64))";

constexpr std::string_view kMap =
    "INSERT INTO subject_map SELECT number * 10 + 1, number * 10, 1 FROM numbers(50000)";

constexpr std::string_view kEvents = R"(
INSERT INTO events
    (event_id, block_id, received_at, occurred_at, source_id, kind, subject_id, unit, session_id, case_id, amount_minor,
     currency, instrument, score, text, properties)
WITH {block:UInt64} * 1048576 + number AS id, intDiv(id, 8) AS visit, sipHash64(visit) AS dice, sipHash64(id, 1) AS own
SELECT id, {block:UInt64} AS block_id, at, at AS occurred_at, 1,
       toUInt32(if(own % 100 < 70, own % 8, 8 + sipHash64(id, 2) % 8) + 16 * (sipHash64(visit, 3) % 4) + 1) AS kind, dice % 500000,
       concat('unit', toString(dice % 20)), toString(visit),
       if(kind % 16 IN (11, 12, 13, 14), toString(visit), ''), if(kind % 16 IN (11, 12), 1000 + own % 90000, 0), if(kind % 16 IN (11, 12), 'CNY', ''),
       if(kind % 16 = 15, 'nps', ''), if(kind % 16 = 15, sipHash64(id, 4) % 11, NULL), '', map()
FROM (SELECT number, toDateTime64('2026-01-01 00:00:00', 3, 'UTC') + toIntervalSecond(
             sipHash64(intDiv({block:UInt64} * 1048576 + number, 8), 7) % 7776000 + number % 8 * 90) AS at
      FROM numbers({rows:UInt64})))";

Result<void> load(warehouse::Client& client, std::uint64_t events) {
  CX_TRY(client.execute({.sql = kKinds, .params = {}}));
  CX_TRY(client.execute({.sql = kMap, .params = {}}));
  for (std::uint64_t done = 0, block = 1; done < events; done += kPerBlock, ++block) {
    warehouse::Params params;
    params.set("block", block).set("rows", std::min(kPerBlock, events - done));
    CX_TRY(client.execute({.sql = kEvents, .params = params, .limits = kLoadLimits}));
  }
  CX_TRY(client.execute({.sql = "SYSTEM RELOAD DICTIONARIES", .params = {}}));
  return client.execute({.sql = "OPTIMIZE TABLE events FINAL", .params = {}, .limits = kLoadLimits});
}

/// Seconds of processor that a process has had in user and in system.
double processor_s(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string text((std::istreambuf_iterator<char>(file)), {});
  std::istringstream fields(text.substr(std::min(text.rfind(')'), text.size() - 1) + 1));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;  // from the state to the faults
  double user = 0, system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

/// What runs, and what of it is asked for.
struct Bench {
  warehouse::Client& client;
  int engine = 0;      ///< its process
  std::string only{};  ///< the figure that is wanted; empty: all

  /// Prints the median of three, and the processor seconds of one of them, ours and the store's.
  Result<void> figure(std::string_view name, int most_ms, const auto& work) const {
    if (!only.empty() && only != name) return {};
    const auto spent = [&] { return std::pair(processor_s(::getpid()), processor_s(engine)); };
    const auto before = spent();
    std::vector<double> times;
    for (int i = 0; i < 3; ++i) {
      const auto from = WallClock::now();
      CX_TRY(work());
      times.push_back(std::chrono::duration<double, std::milli>(WallClock::now() - from).count());
    }
    const auto after = spent();
    std::ranges::sort(times);
    std::printf("figure %.*s %.0f ms <= %d\n", static_cast<int>(name.size()), name.data(), times[1], most_ms);
    std::printf("processor %.2f s here, %.2f s in the store\n", (after.first - before.first) / 3,
                (after.second - before.second) / 3);
    return {};
  }
};

const query::Filter kAll{.range = {{1'767'225'600'000}, {1'775'001'600'000}}};  // all 90 days

Result<void> measure_paths(const Bench& bench) {
  warehouse::Client& client = bench.client;
  CX_TRY(bench.figure("graph", 2000, [&]() -> Result<void> {
    CX_TRY(const auto found, journey::graph(client, Grant::owner(), kAll, {}));
    cx_check(found.journeys > 0, "an empty graph");
    return {};
  }));
  CX_TRY(bench.figure("variants_100", 2000, [&]() -> Result<void> {
    CX_TRY(auto steps,
           journey::JourneySteps::open(client, Grant::owner(), kAll, journey::Level::kTouchpoint));
    CX_TRY(const auto found,
           journey::tallied(steps, journey::VariantTally(200),
                            [](journey::VariantTally& to, std::uint64_t,
                               std::span<const journey::JourneyStep> one) { to.take(one); }));
    cx_check(journey::most_frequent(found.sequences(), 100).size() == 100, "too few variants");
    return {};
  }));
  return bench.figure("sankey_8_steps", 3000, [&]() -> Result<void> {
    CX_TRY(const auto found, journey::paths(client, Grant::owner(), kAll, {.steps = 8}));
    cx_check(found.journeys > 0, "no paths");
    return {};
  });
}

Result<void> measure(const Bench& bench) {
  warehouse::Client& client = bench.client;
  CX_TRY(bench.figure("funnel_4_steps", 1000, [&]() -> Result<void> {
    CX_TRY(const auto found,
           journey::funnel(client, Grant::owner(), kAll,
                           {.steps = {{"product", ""}, {"cart", ""}, {"checkout", ""}, {"order", ""}}}));
    cx_check(found.all.levels.back().customers > 0, "an empty funnel");
    return {};
  }));
  CX_TRY(bench.figure("friction", 30'000, [&]() -> Result<void> {
    CX_TRY(const auto found, journey::friction(client, Grant::owner(), kAll, {}));
    cx_check(!found.items.empty(), "no friction");
    std::printf("%llu journeys, %llu frictions\n", static_cast<unsigned long long>(found.journeys),
                static_cast<unsigned long long>(found.found));
    return {};
  }));
  CX_TRY(bench.figure("journey_map", 60'000, [&]() -> Result<void> {
    CX_TRY(const auto found, journey::map(client, Grant::owner(), kAll, {}));
    cx_check(!found.stages.empty(), "an empty map");
    return {};
  }));
  return bench.figure("peak_end", 30'000, [&]() -> Result<void> {
    CX_TRY(const auto found, journey::peak_end(client, Grant::owner(), kAll, {}));
    cx_check(found.answered > 0, "no judgements");
    return {};
  });
}

Result<void> run(const fs::path& folder, std::uint64_t events, std::string only) {
  const bool is_loaded = fs::exists(folder / "loaded");
  CX_TRY(const auto engine,
         warehouse::Supervisor::start({.program = warehouse::find_engine(), .folder = folder / "store"}));
  const auto client = warehouse::Client::connect(engine->address());
  CX_TRY(warehouse::migrate(*client, ZHIKE_SOURCE "/migrations/warehouse"));
  if (!is_loaded) {
    CX_TRY(load(*client, events));
    std::ofstream(folder / "loaded") << events << '\n';
  }
  const Bench bench{.client = *client, .engine = engine->status().pid, .only = std::move(only)};
  CX_TRY(measure_paths(bench));
  return measure(bench);
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t events = argc > 1 ? std::stoull(argv[1]) : 10'000'000;
  std::string name = (fs::temp_directory_path() / "friction_bench-XXXXXX").string();
  const bool is_kept = argc > 2;
  if (is_kept) {
    name = argv[2];
    fs::create_directories(name);
  } else if (::mkdtemp(name.data()) == nullptr) {
    return 1;
  }
  const auto done = run(name, events, argc > 3 ? argv[3] : "");
  if (!is_kept) fs::remove_all(name);
  if (!done) std::fprintf(stderr, "%s\n", to_string(done.error()).c_str());
  return done ? 0 : 1;
}
