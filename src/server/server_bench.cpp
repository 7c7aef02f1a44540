// How many events a second the service acknowledges over HTTP, and how fast it answers for one customer:
// starts `zhike serve` beside this program on a temporary folder, and loads it from the same machine.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>
#include <vector>

#include "server/test_client.h"

namespace {

using Clock = std::chrono::steady_clock;
using zhike::server::RawClient;

constexpr const char* kWriteKey = "server-bench-write-key";
constexpr const char* kBasic = "c2VydmVyLWJlbmNoLXdyaXRlLWtleTo=";  // base64 of the key and a colon
constexpr int kBatch = 100;

struct Service {
  pid_t pid = -1;
  std::uint16_t port = 0;
  std::string token;
};

std::string after(const std::string& text, const std::string& mark) {
  const auto at = text.find(mark);
  return at == std::string::npos ? std::string{} : text.substr(at + mark.size());
}

Service start(const std::filesystem::path& program, const std::string& data) {
  int out[2];
  if (::pipe(out) != 0) std::exit(1);
  Service service;
  service.pid = ::fork();
  if (service.pid == 0) {
    ::dup2(out[1], STDOUT_FILENO);
    ::dup2(::open((data + ".log").c_str(), O_CREAT | O_WRONLY, 0600), STDERR_FILENO);
    ::execl(program.c_str(), "zhike", "serve", "--data", data.c_str(), "--port", "0", "--json", "--write-key",
            kWriteKey, nullptr);
    std::_Exit(127);
  }
  ::close(out[1]);
  std::string line;
  for (char c = 0; ::read(out[0], &c, 1) == 1 && c != '\n';) line += c;
  service.port = static_cast<std::uint16_t>(std::atoi(after(line, "\"port\":").c_str()));
  service.token = after(line, "token=").substr(0, after(line, "token=").find('"'));
  if (service.port == 0) {
    std::fprintf(stderr, "zhike serve did not start: %s\n", line.c_str());
    std::exit(1);
  }
  return service;
}

std::string request(std::string_view method, std::string_view path, std::string_view headers,
                    std::string_view body) {
  return fmt::format(
      "{} {} HTTP/1.1\r\nHost: bench\r\n{}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
      method, path, headers, body.size(), body);
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

struct Load {
  std::atomic<bool> stop{false};
  std::atomic<std::uint64_t> done{0}, failed{0};
  std::vector<std::vector<double>> times;

  /// Requests one after another on one connection; `make` answers the n-th.
  template <class Make>
  void client(std::uint16_t port, std::vector<double>& took, double pause_ms, Make make) {
    RawClient connection(port);
    for (std::uint64_t n = 0; !stop; ++n) {
      const std::string bytes = make(n);
      const auto began = Clock::now();
      connection.send(bytes);
      const std::string answer = connection.read_until("}", 20'000);
      const double ms = std::chrono::duration<double, std::milli>(Clock::now() - began).count();
      if (answer.find(" 200 ") == std::string::npos) {
        ++failed;
        if (answer.empty()) return;
        continue;
      }
      took.push_back(ms);
      ++done;
      if (pause_ms > ms)
        std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(pause_ms - ms));
    }
  }

  double quantile(double q) {
    std::vector<double> all;
    for (const auto& part : times) all.insert(all.end(), part.begin(), part.end());
    if (all.empty()) return 0;
    const auto at = static_cast<std::ptrdiff_t>(q * static_cast<double>(all.size() - 1));
    std::nth_element(all.begin(), all.begin() + at, all.end());
    return all[static_cast<std::size_t>(at)];
  }
};

void bench_ingest(const Service& service, int clients, int seconds) {
  Load load;
  load.times.resize(static_cast<std::size_t>(clients));
  std::vector<std::thread> threads;
  const std::string auth = fmt::format("Authorization: Basic {}\r\n", kBasic);
  const auto began = Clock::now();
  for (int c = 0; c < clients; ++c)
    threads.emplace_back([&, c] {
      load.client(service.port, load.times[static_cast<std::size_t>(c)], 0,
                  [&](std::uint64_t n) { return request("POST", "/v1/batch", auth, batch(c, n)); });
    });
  std::this_thread::sleep_for(std::chrono::seconds(seconds));
  load.stop = true;
  for (auto& thread : threads) thread.join();
  const double took = std::chrono::duration<double>(Clock::now() - began).count();
  fmt::print("{} clients, batches of {}, {:.1f} s, {} failed\n", clients, kBatch, took, load.failed.load());
  fmt::print("figure http_ingest_events {:.0f} events/s >= 60000\n",
             static_cast<double>(load.done) * kBatch / took);
  fmt::print("figure http_ingest_p50 {:.2f} ms\nfigure http_ingest_p99 {:.2f} ms\n", load.quantile(0.5),
             load.quantile(0.99));
}

std::string sign_in(const Service& service) {
  RawClient client(service.port);
  client.send(request(
      "POST", "/api/setup", "",
      fmt::format(
          R"({{"token":"{}","user":"bench","name":"Bench","password":"bench password 1","language":"en"}})",
          service.token)));
  const std::string answer = client.read_until("}");
  const std::string cookie = after(answer, "Set-Cookie: ");
  return fmt::format("Cookie: {}\r\n", cookie.substr(0, cookie.find(';')));
}

void bench_customer(const Service& service, int seconds) {
  const std::string cookie = sign_in(service);
  std::vector<std::string> ids;
  RawClient lister(service.port);
  lister.send(request("GET", "/api/customers?limit=200", cookie, ""));
  std::string rest = lister.read_until("next_cursor", 10'000);
  for (std::string at = after(rest, "{\"id\":\""); !at.empty(); at = after(at, "{\"id\":\""))
    ids.push_back(at.substr(0, at.find('"')));
  if (ids.empty()) return fmt::print("no customers yet: {}\n", rest.substr(0, 300));
  Load load;
  constexpr int kClients = 4;
  constexpr double kPauseMs = kClients * 1000.0 / 300;
  load.times.resize(kClients);
  std::vector<std::thread> threads;
  for (int c = 0; c < kClients; ++c)
    threads.emplace_back([&, c] {
      load.client(service.port, load.times[static_cast<std::size_t>(c)], kPauseMs, [&](std::uint64_t n) {
        return request("GET", "/api/customers/" + ids[(n * 7 + static_cast<std::uint64_t>(c)) % ids.size()],
                       cookie, "");
      });
    });
  std::this_thread::sleep_for(std::chrono::seconds(seconds));
  load.stop = true;
  for (auto& thread : threads) thread.join();
  fmt::print("customer 360: {:.0f} requests/s, {} failed\n", static_cast<double>(load.done) / seconds,
             load.failed.load());
  fmt::print("figure customer_360_p50 {:.2f} ms\nfigure customer_360_p99 {:.2f} ms <= 10\n",
             load.quantile(0.5), load.quantile(0.99));
}

}  // namespace

int main(int argc, char** argv) {
  const int seconds = argc > 1 ? std::atoi(argv[1]) : 10;
  const int clients = argc > 2 ? std::atoi(argv[2]) : 8;
  std::string folder = "/tmp/zhike-server-bench-XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) return 1;
  const auto program = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "zhike";
  const Service service = start(program, folder + "/data");
  bench_ingest(service, clients, seconds);
  std::this_thread::sleep_for(std::chrono::seconds(3));
  bench_customer(service, std::min(seconds, 5));
  ::kill(service.pid, SIGTERM);
  int status = 0;
  ::waitpid(service.pid, &status, 0);
  std::filesystem::remove_all(folder);
  return status == 0 ? 0 : 1;
}
