// ingest_http_bench [SECONDS [CLIENTS]]: events a second that the service acknowledges over HTTP (batches of
// 100, journal fsynced), how many a second become queryable, and beside them in the same run the two physical
// limits: the same bytes appended and fsynced without anything else, and the same rows inserted into the
// engine as blocks without anything else.
#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <thread>

#include "server/bench_service.h"
#include "warehouse/client.h"
#include "warehouse/supervisor.h"

namespace {

using namespace zhike;
using namespace zhike::server::bench;
using SteadyClock = std::chrono::steady_clock;

constexpr int kBatch = 100;
constexpr std::uint64_t kBlockRows = 50'000, kBlocks = 8;
constexpr std::string_view kAuthorization =
    "Authorization: Basic c2VydmVyLWJlbmNoLXdyaXRlLWtleTo=\r\n";  // base64 of the key and a colon

double seconds_since(SteadyClock::time_point from) {
  return std::chrono::duration<double>(SteadyClock::now() - from).count();
}

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(to_string(result.error()));
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

std::string batch(int client, std::uint64_t number) {
  std::string body = R"({"batch":[)";
  for (int i = 0; i < kBatch; ++i) {
    const std::uint64_t n = number * kBatch + static_cast<std::uint64_t>(i);
    body += fmt::format(
        R"({}{{"type":"track","event":"Product Viewed","messageId":"c{}-{}","userId":"u{}","timestamp":"2026-11-20T10:{:02}:{:02}.000Z","properties":{{"sku":"SKU-{}","category":"shoes","price":{}.5,"currency":"CNY","campaign":"autumn","position":{}}},"context":{{"page":{{"path":"/p/{}","referrer":"https://example.com/"}},"library":{{"name":"analytics.js","version":"2.1"}}}}}})",
        i == 0 ? "" : ",", client, n, n % 50'000, n / 60 % 60, n % 60, n % 900, n % 300, i, n % 900);
  }
  return body + "]}";
}

/// Waits until the answers of the service count `events`.
void wait_queryable(const Service& service, const std::string& cookie, std::uint64_t events) {
  Connection connection(service.port());
  const auto from = SteadyClock::now();
  for (;;) {
    const Answer answer = connection.ask(request("GET", "/api/status", cookie));
    const std::string counted(after(answer.body, "\"events\":"));
    if (answer.status == 200 && std::strtoull(counted.c_str(), nullptr, 10) == events) return;
    if (seconds_since(from) > 300) throw std::runtime_error("not queryable after 300 s: " + answer.body);
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

/// One thread, one file: as many batches together as clients wait, then a sync.
double raw_append(const std::filesystem::path& file, int clients) {
  std::string block;
  for (int client = 0; client < clients; ++client) block += batch(client, 0);
  const Fd fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  const auto began = SteadyClock::now();
  std::uint64_t events = 0;
  while (seconds_since(began) < 2) {
    must(write_all(fd.get(), block, file));
    if (::fdatasync(fd.get()) != 0) throw std::runtime_error("fdatasync");
    events += static_cast<std::uint64_t>(clients * kBatch);
  }
  return static_cast<double>(events) / seconds_since(began);
}

struct RawInsert {
  double rows_per_second = 0, bytes_per_event = 0;
};

/// Takes blocks out of the store that the service has left, and inserts them into an empty table like it.
RawInsert raw_insert(const std::filesystem::path& data) {
  const auto engine = must(warehouse::Supervisor::start(
      {.program = warehouse::find_engine(), .folder = data / "warehouse", .socket = data / "bench.sock"}));
  const auto client = warehouse::Client::connect(engine->address());
  must(client->execute({.sql = "CREATE TABLE bench_events AS events"}));
  std::vector<std::string> blocks;
  for (std::uint64_t i = 0; i < kBlocks; ++i) {
    warehouse::Query query{.sql =
                               "SELECT * FROM events ORDER BY event_id LIMIT {rows:UInt64} "
                               "OFFSET {from:UInt64}",
                           .limits = {.memory_bytes_max = 1ULL << 30}};
    query.params.set("rows", kBlockRows).set("from", i * kBlockRows);
    std::string& block = blocks.emplace_back();
    must(client->stream(query, "RowBinary", [&](std::string_view piece) {
      block += piece;
      return true;
    }));
  }
  const auto began = SteadyClock::now();
  for (std::uint64_t i = 0; i < kBlocks; ++i)
    must(client->insert({.table = "bench_events", .token = std::to_string(i)}, blocks[i]));
  const double took = seconds_since(began);
  const auto counted = must(client->select({.sql = "SELECT count() FROM bench_events"}));
  const auto stored = must(client->select({.sql = "SELECT sum(data_compressed_bytes) / sum(rows) FROM "
                                                  "system.parts WHERE active AND table = 'events' "
                                                  "AND database = currentDatabase()"}));
  return {static_cast<double>(warehouse::as_u64(counted.rows.at(0)[0])) / took,
          warehouse::as_double(stored.rows.at(0)[0])};
}

void bench(double seconds, int clients) {
  const Folder folder;
  const auto data = folder.path() / "data";
  Service service(data);
  const std::string cookie = service.sign_in();
  const auto began = SteadyClock::now();
  const Times times = closed_load(service.port(), clients, seconds, [](int client, std::uint64_t n) {
    return request("POST", "/v1/batch", kAuthorization, batch(client, n));
  });
  const double acknowledged_in = seconds_since(began);
  const auto events = static_cast<double>(times.ms.size()) * kBatch;
  wait_queryable(service, cookie, times.ms.size() * kBatch);
  const double queryable_in = seconds_since(began);
  service.stop();
  fmt::print(
      "{} clients, batches of {}, one after another: {:.0f} events acknowledged in {:.1f} s and all "
      "queryable after {:.1f} s, {} requests failed\n",
      clients, kBatch, events, acknowledged_in, queryable_in, times.failed);
  fmt::print(
      "figure http_ingest_acknowledged {:.0f} events/s >= 60000\nfigure http_ingest_queryable {:.0f} "
      "events/s\nfigure http_ingest_p50 {:.2f} ms\nfigure http_ingest_p99 {:.2f} ms\n",
      events / acknowledged_in, events / queryable_in, times.quantile(0.5), times.quantile(0.99));
  const double append = raw_append(folder.path() / "raw", clients);
  const RawInsert insert = raw_insert(data);
  fmt::print("figure limit_fsynced_append {:.0f} events/s\nfigure limit_block_insert {:.0f} events/s\n",
             append, insert.rows_per_second);
  fmt::print(
      "figure http_ingest_of_append_limit {:.3f} ratio\nfigure http_queryable_of_insert_limit {:.3f} "
      "ratio\nfigure http_ingest_stored {:.1f} bytes/event\n",
      events / acknowledged_in / append, events / queryable_in / insert.rows_per_second,
      insert.bytes_per_event);
  if (times.failed != 0) throw std::runtime_error("requests failed");
}

}  // namespace

int main(int argc, char** argv) {
  try {
    bench(argc > 1 ? std::atof(argv[1]) : 15, argc > 2 ? std::atoi(argv[2]) : 8);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "ingest_http_bench: %s\n", error.what());
    return 1;
  }
}
