// What questions about brand reputation cost on a million posts of 120 days in the store: the first, which
// reads them; those after it; bursts with the reasons of ten. reputation_bench [POSTS] [MIGRATIONS_FOLDER]
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "feedback/readings.h"
#include "govern/keys.h"
#include "ledger/test_folder.h"
#include "reputation/reputation.h"
#include "warehouse/migrate.h"
#include "warehouse/test_engine.h"

namespace {

using namespace zhike;
using Timer = std::chrono::steady_clock;

template <class T>
T must(Result<T> result) {
  if (!result) {
    fmt::print(stderr, "reputation_bench: {}\n", to_string(result.error()));
    std::exit(1);
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

double seconds_of(const std::function<void()>& work) {
  const auto begin = Timer::now();
  work();
  return std::chrono::duration<double>(Timer::now() - begin).count();
}

/// Posts of about 100 characters; every fifth names no brand, and one day has a thousand more of the first.
void fill(warehouse::Client& client, std::uint64_t posts) {
  must(client.execute(
      {.sql = "INSERT INTO kinds VALUES (1, 'track', 'Post Published', 'social', 'post', '', 1)"}));
  must(client.execute({.sql = "SYSTEM RELOAD DICTIONARY kind_of"}));
  constexpr std::string_view kEvents =
      "INSERT INTO events (event_id, block_id, received_at, occurred_at, source_id, kind, subject_id, unit, "
      "text, "
      "properties) SELECT number + 1, 1, toDateTime64('2026-05-01', 3, 'UTC'), "
      "if(number % 1000 = 0, toDateTime64('2026-04-20 10:00:00', 3, 'UTC') + number % 7200, "
      "toDateTime64('2026-01-01', 3, 'UTC') + cityHash64(number) % 10368000), 1, 1, number % 300000, 'main', "
      "concat(if(number % 1000 = 0, 'brand one', ['brand one', 'brand two', 'brand three', 'brand four', "
      "'nobody']"
      "[cityHash64(number, 1) % 5 + 1]), ' has ', ['good', 'slow', 'friendly', 'rude', 'cheap']"
      "[cityHash64(number, 2) % 5 + 1], ' service, said somebody in the queue this morning while waiting, "
      "number ', "
      "toString(number % 700000)), map('platform', 'x', 'followers', toString(number % 5000), 'shares', "
      "toString(number % 7)) FROM numbers({posts:UInt64})";
  constexpr std::string_view kReadings =
      "INSERT INTO readings (reading, event_id, occurred_at, source_id, kind, subject_id, unit, language, "
      "sentiment, words) SELECT 1, event_id, occurred_at, source_id, kind, subject_id, unit, 'en', "
      "['negative', 'neutral', 'positive'][event_id % 3 + 1], arrayDistinct(splitByChar(' ', text)) FROM "
      "events";
  for (const std::string_view sql : {kEvents, kReadings}) {
    warehouse::Query query{.sql = sql};
    query.limits = {.memory_bytes_max = 0, .time_max = seconds(600)};
    if (sql == kEvents) query.params.set("posts", posts);
    must(client.execute(query));
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t posts = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  const std::string migrations = argc > 2 ? argv[2] : "migrations";
  const auto engine = must(warehouse::TestEngine::start());
  must(warehouse::migrate(engine->client(), migrations + "/warehouse"));
  fill(engine->client(), posts);
  const TestFolder folder;
  const auto keys = must(govern::Keys::open(folder.path / "keys"));
  const auto db =
      must(ledger::Db::open({.file = folder.path / "ledger.db", .migrations = migrations + "/ledger"}));
  const govern::Audit audit(*keys);
  must(db->write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("INSERT INTO text_readings VALUES (1, 'bench', 0, 1, 1, 0)").run());
    return {};
  }));
  const auto brands = must(reputation::Brands::open(*db, audit, Clock::system()));
  std::vector<reputation::Brand> wanted;
  for (const char* name : {"one", "two", "three", "four"})
    wanted.push_back({.key = name, .is_own = wanted.empty(), .name_en = std::string("brand ") + name});
  must(brands->put(Grant::owner(), wanted, {}, 0));
  const auto readings =
      must(feedback::Readings::open({.ledger = *db,
                                     .client = engine->client(),
                                     .clock = Clock::system(),
                                     .setup = {.aspects = must(feedback::aspects_of("retail", {}))},
                                     .arrived = [](BlockId, Millis) { return BlockId{}; }},
                                    {}));
  reputation::Reputation asked(engine->client(), *brands, *readings);
  const auto day = [](std::string_view text) { return must(parse_time(text, Zone::utc())); };
  // The whole of it: 120 days, of which the first 30 are history.
  const reputation::Question question{.filter = {.range = {day("2026-02-01"), day("2026-05-01")}},
                                      .compare = query::Compare::kNone};
  const Grant owner = Grant::owner();
  std::uint64_t counted = 0, found = 0;
  const double first = seconds_of([&] { counted = must(asked.report(owner, question)).report.posts; });
  const double again = seconds_of([&] { must(asked.report(owner, question)); });
  const double bursts =
      seconds_of([&] { found = must(asked.bursts(owner, question, 10)).list.bursts.size(); });
  const double seen = seconds_of([&] { must(asked.posts(owner, question, {})); });
  fmt::print("{} posts stored, {} of the period counted, {} bursts\n", posts, counted, found);
  fmt::print("figure reputation_first {:.2f} s{}\n", first, posts == 1'000'000 ? " <= 5" : "");
  fmt::print("figure reputation_again {:.3f} s\n", again);
  fmt::print("figure reputation_bursts {:.2f} s\n", bursts);
  fmt::print("figure reputation_posts {:.2f} s\n", seen);
}
