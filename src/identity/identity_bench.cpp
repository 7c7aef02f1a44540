// identity_bench [EVENTS]: resolves blocks of 20,000 claims: first all new, then the same customers again,
// warm and cold; at 1x and 10x.
#include <fmt/core.h>

#include <chrono>
#include <cstdlib>

#include "identity/test_graph.h"

namespace {

using namespace zhike;
using namespace zhike::identity;
using WallClock = std::chrono::steady_clock;

/// Every event names its user and a browser.
std::vector<OwnClaim> block(std::size_t first, std::size_t count, std::size_t customers) {
  std::vector<OwnClaim> out(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t event = first + i, customer = event * 7919 % customers;
    out[i].identifiers = {{IdentifierKind::kUserId, "customer-" + std::to_string(customer)},
                          {IdentifierKind::kAnonymousId, "browser-" + std::to_string(customer)}};
  }
  return out;
}

double resolve_all(TestGraph& graph, std::size_t events, std::size_t customers) {
  constexpr std::size_t kBlock = 20'000;
  double spent = 0;
  for (std::size_t at = 0; at < events; at += kBlock) {
    const auto claims = block(at, std::min(kBlock, events - at), customers);
    const auto start = WallClock::now();
    const Outcome out = graph.resolve(claims);
    spent += std::chrono::duration<double>(WallClock::now() - start).count();
    cx_check(out.conflicts == 0, "peaceful claims");
  }
  return spent * 1e6 / static_cast<double>(events);
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t base = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 100'000;
  fmt::print("{:>10} {:>20} {:>20} {:>20}   us per event of 2 identifiers\n", "customers", "all new",
             "repeated, warm", "repeated, no cache");
  for (const std::size_t customers : {base, base * 10}) {
    TestGraph graph(4'000'000);
    const double fresh = resolve_all(graph, customers, customers);
    const double warm = resolve_all(graph, customers, customers);
    graph.reopen();
    const double cold = resolve_all(graph, customers, customers);
    fmt::print("{:>10} {:>20.2f} {:>20.2f} {:>20.2f}\n", customers, fresh, warm, cold);
    if (customers == base) fmt::print("figure identity_lookups {:.0f} identifiers/s >= 400000\n", 2e6 / warm);
    fmt::print("figure resolve_new_{0}k {1:.2f} us\nfigure resolve_repeated_{0}k {2:.2f} us\n",
               customers / 1000, fresh, warm);
  }
}
