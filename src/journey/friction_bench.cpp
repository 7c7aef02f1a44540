// Times the directly-follows graph, the model of the variants, a Sankey of eight steps, a funnel of four,
// friction, the journey map and peak-end on a store of synthetic events: friction_bench [EVENTS] (10
// million). Events come in visits of about eight steps, of half a million subjects over 90 days; a tenth of
// the subjects belong to another customer.
#include <stdlib.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
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

/// The median of three, in ms.
Result<double> timed(const auto& work) {
  std::vector<double> times;
  for (int i = 0; i < 3; ++i) {
    const auto from = WallClock::now();
    CX_TRY(work());
    times.push_back(std::chrono::duration<double, std::milli>(WallClock::now() - from).count());
  }
  std::ranges::sort(times);
  return times[1];
}

const query::Filter kAll{.range = {{1'767'225'600'000}, {1'775'001'600'000}}};  // all 90 days

Result<void> measure_paths(warehouse::Client& client) {
  CX_TRY(const double graph_ms, timed([&]() -> Result<void> {
           CX_TRY(const auto found, journey::graph(client, Grant::owner(), kAll, {}));
           cx_check(found.journeys > 0, "an empty graph");
           return {};
         }));
  std::printf("figure graph %.0f ms <= 2000\n", graph_ms);
  CX_TRY(const double variants_ms, timed([&]() -> Result<void> {
           CX_TRY(auto steps,
                  journey::JourneySteps::open(client, Grant::owner(), kAll, journey::Level::kTouchpoint));
           CX_TRY(const auto found,
                  journey::tallied(steps, journey::VariantTally(200),
                                   [](journey::VariantTally& to, std::uint64_t,
                                      std::span<const journey::JourneyStep> one) { to.take(one); }));
           cx_check(journey::most_frequent(found.sequences(), 100).size() == 100, "too few variants");
           return {};
         }));
  std::printf("figure variants_100 %.0f ms <= 2000\n", variants_ms);
  CX_TRY(const double sankey_ms, timed([&]() -> Result<void> {
           CX_TRY(const auto found, journey::paths(client, Grant::owner(), kAll, {.steps = 8}));
           cx_check(found.journeys > 0, "no paths");
           std::printf("%llu paths\n", static_cast<unsigned long long>(found.journeys));
           return {};
         }));
  std::printf("figure sankey_8_steps %.0f ms <= 3000\n", sankey_ms);
  return {};
}

Result<void> measure(warehouse::Client& client) {
  const query::Filter& filter = kAll;
  CX_TRY(const double funnel_ms, timed([&]() -> Result<void> {
           CX_TRY(
               const auto found,
               journey::funnel(client, Grant::owner(), filter,
                               {.steps = {{"product", ""}, {"cart", ""}, {"checkout", ""}, {"order", ""}}}));
           cx_check(found.all.levels.back().customers > 0, "an empty funnel");
           return {};
         }));
  std::printf("figure funnel_4_steps %.0f ms <= 1000\n", funnel_ms);
  CX_TRY(const double friction_ms, timed([&]() -> Result<void> {
           CX_TRY(const auto found, journey::friction(client, Grant::owner(), filter, {}));
           cx_check(!found.items.empty(), "no friction");
           std::printf("%llu journeys, %llu frictions\n", static_cast<unsigned long long>(found.journeys),
                       static_cast<unsigned long long>(found.found));
           return {};
         }));
  std::printf("figure friction %.0f ms <= 30000\n", friction_ms);
  CX_TRY(const double map_ms, timed([&]() -> Result<void> {
           CX_TRY(const auto found, journey::map(client, Grant::owner(), filter, {}));
           cx_check(!found.stages.empty(), "an empty map");
           return {};
         }));
  std::printf("figure journey_map %.0f ms <= 60000\n", map_ms);
  CX_TRY(const double peak_end_ms, timed([&]() -> Result<void> {
           CX_TRY(const auto found, journey::peak_end(client, Grant::owner(), filter, {}));
           cx_check(found.answered > 0, "no judgements");
           return {};
         }));
  std::printf("figure peak_end %.0f ms <= 30000\n", peak_end_ms);
  return {};
}

Result<void> run(const fs::path& folder, std::uint64_t events) {
  CX_TRY(const auto engine, warehouse::Supervisor::start({.program = warehouse::find_engine(),
                                                          .folder = folder / "store",
                                                          .socket = folder / "engine.sock"}));
  const auto client = warehouse::Client::connect(engine->address());
  CX_TRY(warehouse::migrate(*client, ZHIKE_SOURCE "/migrations/warehouse"));
  CX_TRY(load(*client, events));
  CX_TRY(measure_paths(*client));
  return measure(*client);
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t events = argc > 1 ? std::stoull(argv[1]) : 10'000'000;
  std::string name = (fs::temp_directory_path() / "friction_bench-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) return 1;
  const auto done = run(name, events);
  fs::remove_all(name);
  if (!done) std::fprintf(stderr, "%s\n", to_string(done.error()).c_str());
  return done ? 0 : 1;
}
