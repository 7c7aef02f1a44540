// customer360_bench [CUSTOMERS [SECONDS]]: customer 360 over HTTP at 500 requests/s on a million customers.
// The store is made by `zhike import` of a file, so customers came the way of everybody's: journal, mover,
// identity, hot state, warehouse.
#include <fmt/core.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <random>
#include <stdexcept>

#include "server/bench_service.h"

namespace {

using namespace zhike;
using namespace zhike::server::bench;

constexpr int kEventsEach = 2;
constexpr double kRate = 500;
constexpr int kConnections = 16;

constexpr std::string_view kMapping = R"(
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
)";

/// Orders in the order of time, each of a random customer, none without any.
void write_orders(const std::filesystem::path& path, std::uint64_t customers) {
  std::ofstream out(path);
  std::string piece = "order_no,customer,at,total,channel,branch,category\n";
  std::mt19937_64 random(5);
  const std::uint64_t rows = customers * kEventsEach;
  for (std::uint64_t i = 0; i < rows; ++i) {
    const std::uint64_t who = i < customers ? i : random() % customers;
    const std::uint64_t minute = i * 90 * 24 * 60 / rows;
    piece += fmt::format("N{:09},C{:08},2026-{:02}-{:02} {:02}:{:02}:{:02},{}.{:02},{},branch{},cat{}\n", i,
                         who, minute / 40'320 + 1, minute / 1440 % 28 + 1, minute / 60 % 24, minute % 60,
                         i % 60, random() % 900, i % 100, i % 2 ? "web" : "app", who % 20, i % 30);
    if (piece.size() > 1 << 20) {
      out << piece;
      piece.clear();
    }
  }
  out << piece << std::flush;
  if (!out) throw std::runtime_error("cannot write " + path.string());
}

/// The ids of all customers, from the list that the console shows.
std::vector<std::string> all_customers(std::uint16_t port, const std::string& cookie) {
  std::vector<std::string> ids;
  Connection connection(port);
  for (std::string cursor;;) {
    const Answer answer = connection.ask(
        request("GET", "/api/customers?limit=200" + (cursor.empty() ? "" : "&cursor=" + cursor), cookie));
    if (answer.status != 200)
      throw std::runtime_error("the list of customers: " + answer.body.substr(0, 300));
    std::string_view rest = answer.body;
    while (!(rest = after(rest, "{\"id\":\"")).empty()) ids.emplace_back(rest.substr(0, rest.find('"')));
    const std::string_view next = after(answer.body, "\"next_cursor\":\"");
    if (next.empty()) return ids;
    cursor = next.substr(0, next.find('"'));
  }
}

void bench(std::uint64_t customers, double seconds) {
  const Folder folder;
  const auto data = folder.path() / "data";
  write_orders(folder.path() / "orders.csv", customers);
  std::ofstream(folder.path() / "bench.toml") << kMapping;
  const auto began = std::chrono::steady_clock::now();
  run({"import", "--data", data.string(), "--map", folder.path() / "bench.toml", folder.path() / "orders.csv",
       "--json"},
      folder.path() / "import.log");
  fmt::print("{} customers with {} events each by zhike import (CSV through journal and mover): {:.0f} s\n",
             customers, kEventsEach,
             std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
  Service service(data);
  const std::string cookie = service.sign_in();
  const std::vector<std::string> ids = all_customers(service.port(), cookie);
  if (ids.size() != customers)
    throw std::runtime_error(fmt::format("{} customers are listed, not {}", ids.size(), customers));
  std::mt19937_64 random(3);
  std::vector<std::uint32_t> chosen(static_cast<std::size_t>(kRate * seconds * 2));
  for (auto& one : chosen) one = static_cast<std::uint32_t>(random() % ids.size());
  const auto id = [&](std::uint64_t n) -> const std::string& { return ids[chosen[n % chosen.size()]]; };
  const Times times = open_load(
      service.port(), kConnections, kRate, seconds,
      [&](std::uint64_t n) -> std::string_view {
        static thread_local std::string bytes;
        return bytes = request("GET", "/api/customers/" + id(n), cookie);
      },
      [&](std::uint64_t n, const Answer& answer) {
        return answer.status == 200 && answer.body.starts_with(fmt::format("{{\"id\":\"{}\"", id(n)));
      });
  service.stop();
  fmt::print(
      "{} requests in {:.0f} s at random moments, customers uniformly random, {} connections; from the "
      "intended moment: p50 {:.2f}, p99 {:.2f}, max {:.2f} ms; {} errors\n",
      times.ms.size(), seconds, kConnections, times.quantile(0.5), times.quantile(0.99), times.quantile(1),
      times.failed);
  fmt::print("figure customer360_customers {} customers\nfigure customer360_rate {:.0f} requests/s >= 490\n",
             ids.size(), static_cast<double>(times.ms.size()) / seconds);
  fmt::print("figure customer360_p50 {:.2f} ms\nfigure customer360_p99 {:.2f} ms <= 5\n", times.quantile(0.5),
             times.quantile(0.99));
  fmt::print("figure customer360_max {:.2f} ms\nfigure customer360_errors {} requests <= 0\n",
             times.quantile(1), times.failed);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    bench(argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000, argc > 2 ? std::atof(argv[2]) : 30);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "customer360_bench: %s\n", error.what());
    return 1;
  }
}
