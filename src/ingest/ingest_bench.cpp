// Parsers in MB/s; the whole road (CSV → journal → mover → engine) in rows/s.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdio>

#include "base/file.h"
#include "base/memory.h"
#include "ingest/csv.h"
#include "ingest/segment.h"
#include "ingest/test_world.h"

namespace zhike::ingest {
namespace {

std::string orders(int rows) {
  std::string out = "order_no,customer,at,total,channel,branch,category\n";
  for (int i = 0; i < rows; ++i)
    out += fmt::format("N{:08},C{:06},2024-{:02}-{:02} 10:{:02}:{:02},{}.{:02},{},branch{},cat{}\n", i,
                       i % (rows / 10 + 1), i % 12 + 1, i % 28 + 1, i % 60, i / 60 % 60, i % 900, i % 100,
                       i % 2 ? "web" : "app", i % 20, i % 30);
  return out;
}

void csv(benchmark::State& state) {
  const std::string text = orders(200'000);
  for (auto _ : state) {
    const auto reader = must(CsvReader::open(TextSource::of(text)));
    std::size_t cells = 0;
    while (must(reader->next()) == CsvReader::Next::kRow) cells += reader->cells().size();
    benchmark::DoNotOptimize(cells);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(text.size()) * state.iterations());
}
BENCHMARK(csv)->Unit(benchmark::kMillisecond);

void segment(benchmark::State& state) {
  std::string body = R"({"batch":[)";
  for (int i = 0; i < 100; ++i)
    body += fmt::format(
        R"({}{{"type":"track","event":"Product Viewed","userId":"u{}","messageId":"m{}","timestamp":"2023-11-14T22:00:00Z",)"
        R"("properties":{{"sku":"P{}","price":12.5,"category":"shoes","name":"Running shoe"}},)"
        R"("context":{{"page":{{"path":"/p/{}","title":"Shoes"}},"library":{{"name":"analytics.js"}}}}}})",
        i ? "," : "", i, i, i, i);
  body += "]}";
  SegmentParser parser;
  for (auto _ : state) benchmark::DoNotOptimize(must(parser.parse_body(body, {.now = {1'700'000'000'000}})));
  state.SetBytesProcessed(static_cast<std::int64_t>(body.size()) * state.iterations());
  state.SetItemsProcessed(100 * state.iterations());
}
BENCHMARK(segment);

/// Events as the import makes them: of a customer number, without phone or e-mail.
std::vector<RawEvent> plain_events(SourceId source, int count) {
  std::vector<RawEvent> out;
  for (int i = 0; i < count; ++i) {
    RawEvent& e = out.emplace_back();
    e.name = "Order Placed";
    e.source = source;
    e.identifiers = {{IdentifierKind::kUserId, fmt::format("C{:06}", i)}};
    e.occurred_at = e.received_at = {1'700'000'000'000 + i};
    e.properties = {{"category", fmt::format("cat{}", i % 30)}, {"total", 9.5}};
  }
  return out;
}

// What the gate and the observer add to an event that has nothing to repair.
void gate(benchmark::State& state) {
  TestWorld world;
  const Source source = world.source("bench");
  Parsed parsed;
  parsed.events = plain_events(source.id, 1000);
  for (auto _ : state) world.gate->pass(source, parsed);
  state.SetItemsProcessed(1000 * state.iterations());
}
BENCHMARK(gate);

void observe(benchmark::State& state) {
  TestWorld world;
  const std::vector<RawEvent> events = plain_events(world.source("bench").id, 1000);
  std::vector<Observer::Stored> stored;
  for (const RawEvent& e : events) stored.push_back({2, &e});
  for (int i = 0; i < 20; ++i) world.observer->see(stored);  // the usual state: one in 64 is looked at
  for (auto _ : state) world.observer->see(stored);
  state.SetItemsProcessed(1000 * state.iterations());
}
BENCHMARK(observe);

/// What a shop sends: browsers that become known, customers with a phone that some change, a shared counter.
std::vector<RawEvent> events_of_people(int count) {
  std::vector<RawEvent> out = plain_events({}, count);
  for (int i = 0; i < count; ++i) {
    const int person = i % (count / 10);
    RawEvent& e = out[static_cast<std::size_t>(i)];
    e.message_id = fmt::format("m{}", i);
    e.identifiers = {{IdentifierKind::kUserId, fmt::format("C{:06}", person)}};
    if (i % 3 != 0)
      e.identifiers.push_back({IdentifierKind::kAnonymousId, fmt::format("b{}", i % (count / 5))});
    if (i % 4 == 0)
      e.identifiers.push_back(
          {IdentifierKind::kPhone, fmt::format("139{:08}", person + (i % 97 == 0 ? 1 : 0))});
    if (i % 5 == 0) e.identifiers.push_back({IdentifierKind::kEmail, fmt::format("c{}@mail.cn", person)});
  }
  return out;
}

/// From the journal to the warehouse. 1: with all identifiers and the rules of identity; 0: of a customer
/// number each, which joins nothing. Twice: of people who are new, and of the same people again.
void move_events(benchmark::State& state) {
  constexpr int kCount = 2'000'000, kEach = 1'000;
  const bool with_rules = state.range(0) != 0;
  std::vector<RawEvent> all = events_of_people(kCount);
  for (RawEvent& e : all)
    if (!with_rules) e.identifiers.resize(1);
  for (auto _ : state) {
    TestWorld world;
    const Source source = world.source("bench");
    for (const char* people : {"new", "known"}) {
      std::vector<Parsed> calls;  // made before the clock starts: to make events is not to move them
      for (auto from = all.begin(); from != all.end(); from += kEach) {
        Parsed& parsed = calls.emplace_back();
        parsed.events.assign(from, from + kEach);
        for (RawEvent& e : parsed.events) e.source = source.id, e.message_id += people;
      }
      const auto start = std::chrono::steady_clock::now();
      for (Parsed& call : calls) must(world.intake->accept(source, std::move(call)));
      if (!world.settle(seconds(300))) state.SkipWithError("not moved");
      const double s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
      std::printf("figure move_%s_of_%s %.0f events/s >= 100000\n", with_rules ? "with_identity" : "plain",
                  people, kCount / s);
    }
  }
  state.SetItemsProcessed(2 * kCount * state.iterations());
}
BENCHMARK(move_events)->Arg(0)->Arg(1)->Iterations(1)->Unit(benchmark::kMillisecond)->UseRealTime();

void import_rows(benchmark::State& state) {
  const auto rows = static_cast<int>(state.range(0));
  for (auto _ : state) {
    state.PauseTiming();
    TestWorld world;
    const std::filesystem::path file = world.folder.path / "orders.csv";
    must(write_file(file, orders(rows)));
    const Mapping mapping = must(Mapping::parse(R"(
source = "bench"
currency = "CNY"
[[event]]
name = "Order Placed"
time = "{at}"
id = "o:{order_no}"
identifiers = [{kind = "user_id", column = "customer"}]
channel = "{channel}"
unit = "{branch}"
case = "{order_no}"
amount = {value = "{total}"}
properties = ["category"]
)",
                                                "bench"));
    state.ResumeTiming();
    const ImportReport report = must(world.importer().run(std::array{file}, mapping, {}));
    if (report.files[0].stored != static_cast<std::uint64_t>(rows)) state.SkipWithError("rows are missing");
    std::printf("read in %.2f s, all in %.2f s\n", report.files[0].seconds, report.seconds);
    std::printf("figure import_rows %.0f rows/s >= 100000\n", rows / report.seconds);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(rows) * state.iterations());
}
BENCHMARK(import_rows)->Arg(500'000)->Iterations(1)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace zhike::ingest

int main(int argc, char** argv) {
  zhike::keep_freed_memory();  // as the program does
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
