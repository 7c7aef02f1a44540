// ingest_http_bench [ACK_SECONDS [LOAD_SECONDS [CLIENTS [JOINING_SECONDS]]]]: what the service takes in over
// HTTP, journal fsynced.
//   1. acknowledgement as fast as CLIENTS connections ask, one after another: single events, batches of 10,
//   of 100;
//   2. 100,000 events a second offered, whether or not earlier ones were answered: time to the
//   acknowledgement from
//      the intended moment, and how long until what was acknowledged is counted by queries;
//   3. the same of people who join: browsers and customer numbers that turn out to be one person
//   (bench_load.h), 1,000 new people a second who have 100 events each, then 5,000 who have 20;
//   4. the two physical limits of the same run: the same bytes appended and fsynced without anything else,
//   and the
//      same rows inserted into the engine as blocks without anything else.
// The load comes from this program, on the same processors.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "server/bench_load.h"
#include "server/bench_service.h"
#include "warehouse/client.h"
#include "warehouse/supervisor.h"

namespace {

using namespace zhike;
using namespace zhike::server::bench;
using SteadyClock = std::chrono::steady_clock;

constexpr int kBatch = 100;
constexpr double kOffered = 100'000;  // events a second
constexpr std::uint64_t kBlockRows = 50'000, kBlocks = 8;

double seconds_since(SteadyClock::time_point from) {
  return std::chrono::duration<double>(SteadyClock::now() - from).count();
}

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(to_string(result.error()));
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

std::uint64_t queryable(Connection& connection, const std::string& cookie) {
  const Answer answer = connection.ask(request("GET", "/api/status", cookie));
  if (answer.status != 200) throw std::runtime_error("no status: " + answer.body);
  return std::strtoull(std::string(after(answer.body, "\"events\":")).c_str(), nullptr, 10);
}

/// As fast as the connections ask.
void acknowledge(const std::filesystem::path& data, int events, double seconds, int clients) {
  Service service(data);
  std::vector<BatchMaker> makers(static_cast<std::size_t>(clients), BatchMaker(events));
  const auto began = SteadyClock::now();
  const Times times =
      closed_load(service.port(), clients, seconds, [&](int client, std::uint64_t n) -> std::string_view {
        const auto first = (n * static_cast<std::uint64_t>(clients) + static_cast<std::uint64_t>(client)) *
                           static_cast<std::uint64_t>(events);
        return makers[static_cast<std::size_t>(client)].request(first);
      });
  const double took = seconds_since(began);
  if (times.failed != 0) throw std::runtime_error("requests failed");
  const double rate = static_cast<double>(times.ms.size()) * events / took;
  const std::string name = events == 1 ? "single" : fmt::format("batch{}", events);
  fmt::print("figure acknowledged_{} {:.0f} events/s{}\nfigure acknowledged_{}_p99 {:.2f} ms\n", name, rate,
             events == kBatch ? " >= 200000" : "", name, times.quantile(0.99));
}

/// How far queries are behind acknowledgements, looked at again and again.
class Lag {
 public:
  Lag(const Service& service, std::string cookie)
      : connection_(service.port()), cookie_(std::move(cookie)), pid_(service.pid()) {}

  void acknowledged(std::uint64_t events) { acknowledged_ += events; }
  void look() {
    const auto now = SteadyClock::now();
    waiting_.push_back({now, acknowledged_.load()});
    counted_ = queryable(connection_, cookie_);
    while (!waiting_.empty() && waiting_.front().events <= counted_) {
      if (waiting_.front().events > 0) seconds_.push_back(seconds_since(waiting_.front().at));
      waiting_.pop_front();
    }
    server_mb_ = std::max(server_mb_, resident_mb(pid_));
    engine_mb_ = std::max(engine_mb_, resident_mb(child_of(pid_)));
  }
  [[nodiscard]] double server_mb() const { return server_mb_; }
  [[nodiscard]] double engine_mb() const { return engine_mb_; }
  [[nodiscard]] bool is_settled() const { return counted_ >= acknowledged_; }
  [[nodiscard]] std::uint64_t events() const { return acknowledged_; }
  /// Of all looks.
  [[nodiscard]] double quantile(double q) {
    std::ranges::sort(seconds_);
    return seconds_.empty()
               ? 0
               : seconds_[static_cast<std::size_t>(q * static_cast<double>(seconds_.size() - 1))];
  }

 private:
  struct Look {
    SteadyClock::time_point at;
    std::uint64_t events;
  };
  Connection connection_;
  std::string cookie_;
  int pid_;
  std::atomic<std::uint64_t> acknowledged_ = 0;
  std::uint64_t counted_ = 0;
  std::deque<Look> waiting_;
  std::vector<double> seconds_;
  double server_mb_ = 0, engine_mb_ = 0;
};

struct Offer {
  std::string name;  ///< of the figures
  People people;
};

void end_to_end(const std::filesystem::path& data, double seconds, const Offer& offer) {
  Service service(data);
  Lag lag(service, service.sign_in());
  std::atomic<bool> loading = true;
  std::jthread watch([&] {
    while (loading || !lag.is_settled()) {
      lag.look();
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
  });
  const auto began = SteadyClock::now();
  const Times times = open_load(
      service.port(), 32, kOffered / kBatch, seconds,
      [people = offer.people](std::uint64_t n) -> std::string_view {
        static thread_local BatchMaker maker(kBatch, people);  // the threads are of this load alone
        return maker.request(n * kBatch);
      },
      [&](std::uint64_t, const Answer& answer) {
        if (answer.status == 200) lag.acknowledged(kBatch);
        return answer.status == 200;
      });
  const double acknowledged_in = seconds_since(began);
  loading = false;
  watch.join();
  const double queryable_in = seconds_since(began);
  const double server_cpu = processor_seconds(service.pid());
  const double engine_cpu = processor_seconds(child_of(service.pid()));
  service.stop();
  const auto events = static_cast<double>(lag.events());
  fmt::print("{:.0f} events offered in {:.0f} s, acknowledged after {:.1f} s, all queryable after {:.1f} s\n",
             events, seconds, acknowledged_in, queryable_in);
  fmt::print(
      "figure {0}_acknowledged {1:.0f} events/s >= 100000\nfigure {0}_queryable {2:.0f} events/s >= 98000\n"
      "figure {0}_p50 {3:.2f} ms\nfigure {0}_p99 {4:.2f} ms <= 25\n"
      "figure {0}_lag_p50 {5:.2f} s\nfigure {0}_lag_max {6:.2f} s <= 5\n"
      "figure {0}_failed {7} requests <= 0\nfigure {0}_server_resident {8:.0f} MB <= 2000\n"
      "figure {0}_engine_resident {9:.0f} MB\nfigure {0}_server_cpu {10:.2f} us/event\n"
      "figure {0}_engine_cpu {11:.2f} us/event\n",
      offer.name, events / acknowledged_in, events / queryable_in, times.quantile(0.5), times.quantile(0.99),
      lag.quantile(0.5), lag.quantile(1), times.failed, lag.server_mb(), lag.engine_mb(),
      server_cpu * 1e6 / events, engine_cpu * 1e6 / events);
}

/// One thread, one file: as many batches together as clients wait, then a sync.
double raw_append(const std::filesystem::path& file, int clients) {
  BatchMaker maker(kBatch);
  std::string block;
  for (int client = 0; client < clients; ++client)
    block += maker.request(static_cast<std::uint64_t>(client) * kBatch);
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
    // Where the block ends comes first, from one column: sorting whole rows of a long run takes gigabytes.
    warehouse::Query last{.sql =
                              "SELECT max(event_id) FROM (SELECT event_id FROM events WHERE event_id > "
                              "{after:UInt64} ORDER BY event_id LIMIT {rows:UInt64})"};
    last.params.set("rows", kBlockRows).set("after", (i + 1) << 20);
    const auto end = warehouse::as_u64(must(client->select(last)).rows.at(0)[0]);
    warehouse::Query query{
        .sql = "SELECT * FROM events WHERE event_id > {after:UInt64} AND event_id <= {end:UInt64}"};
    query.params.set("after", (i + 1) << 20).set("end", end);
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

double folder_bytes(const std::filesystem::path& folder) {
  double sum = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) sum += static_cast<double>(entry.file_size());
  return sum;
}

void bench(double ack_seconds, double load_seconds, int clients, double joining_seconds) {
  const Folder folder;
  acknowledge(folder.path() / "single", 1, std::min(10.0, ack_seconds), clients * 4);
  acknowledge(folder.path() / "tens", 10, std::min(10.0, ack_seconds), clients * 2);
  acknowledge(folder.path() / "hundreds", kBatch, ack_seconds, clients);
  for (const char* name : {"single", "tens", "hundreds"}) std::filesystem::remove_all(folder.path() / name);
  const auto data = folder.path() / "data";
  end_to_end(data, load_seconds, {"offered", {}});
  for (const int events_each : {100, 20}) {
    const std::string name = fmt::format("joining_{:.0f}", kOffered / events_each);
    end_to_end(folder.path() / name, joining_seconds, {name, {.joins = true, .events_each = events_each}});
    std::filesystem::remove_all(folder.path() / name);
  }
  const double events = kOffered * load_seconds;
  fmt::print("figure journal_stored {:.1f} bytes/event\n", folder_bytes(data / "journal") / events);
  const double append = raw_append(folder.path() / "raw", clients);
  const RawInsert insert = raw_insert(data);
  fmt::print(
      "figure limit_fsynced_append {:.0f} events/s\nfigure limit_block_insert {:.0f} events/s\n"
      "figure warehouse_stored {:.1f} bytes/event\n",
      append, insert.rows_per_second, insert.bytes_per_event);
}

}  // namespace

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  try {
    bench(argc > 1 ? std::atof(argv[1]) : 60, argc > 2 ? std::atof(argv[2]) : 300,
          argc > 3 ? std::atoi(argv[3]) : 8, argc > 4 ? std::atof(argv[4]) : 60);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "ingest_http_bench: %s\n", error.what());
    return 1;
  }
}
