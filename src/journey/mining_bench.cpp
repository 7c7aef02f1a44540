// mining_bench: real logs of ../shared/data (or $ZHIKE_DATA) from the packed file to their graph and
// variants, to a model, and to alignments. A log that is not there is left out.
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "journey/log_file.h"
#include "mining/align.h"
#include "mining/conform.h"
#include "mining/dfg.h"
#include "mining/inductive.h"
#include "mining/net.h"

namespace {

using namespace zhike;
using WallClock = std::chrono::steady_clock;

std::filesystem::path data_folder() {
  const char* given = std::getenv("ZHIKE_DATA");
  return std::filesystem::path(given != nullptr ? given : ZHIKE_DATA_DEFAULT) / "process_logs";
}

/// The least of three runs, which the machine's other work disturbed least.
template <class Work>
double seconds(const Work& work) {
  double least = 1e9;
  for (int run = 0; run < 3; ++run) {
    const auto start = WallClock::now();
    work();
    least = std::min(least, std::chrono::duration<double>(WallClock::now() - start).count());
  }
  return least;
}

mining::EventLog load(const char* name) {
  auto log = journey::read_log(data_folder() / name);
  cx_check(log.has_value(), "the log is read");
  return std::move(*log);
}

void graph(const char* name) {
  std::size_t edges = 0, variants = 0;
  const double least = seconds([&] {
    const mining::EventLog log = load(name);
    edges = mining::directly_follows(log).edges.size();
    variants = mining::variants_of(log).size();
  });
  fmt::print("{:<46} {:>10.3f} s (goal 1.0)  {} edges, {} variants\n",
             fmt::format("{}: read, graph, variants", name), least, edges, variants);
}

void model(const char* name) {
  const mining::EventLog log = load(name);
  const mining::Sequences variants = mining::variants_of(log);
  std::size_t transitions = 0;
  const double least = seconds([&] {
    const auto tree = mining::mine_inductive(variants, 0);
    cx_check(tree.has_value(), "a model is mined");
    transitions = mining::net_of(*tree, log.activities).transitions.size();
  });
  fmt::print("{:<46} {:>10.3f} s (goal 0.5)  {} transitions\n", fmt::format("{}: inductive miner", name),
             least, transitions);
}

void alignments(const char* name, double noise) {
  const mining::EventLog log = load(name);
  const mining::Sequences variants = mining::variants_of(log);
  const auto tree = mining::mine_inductive(variants, noise);
  cx_check(tree.has_value(), "a model is mined");
  const mining::Net net = mining::net_of(*tree, log.activities);
  const std::vector<mining::Activity> labels = mining::labels_of(log.activities, net);
  std::vector<std::vector<mining::Activity>> traces(variants.size());
  for (std::size_t v = 0; v < variants.size(); ++v)
    for (const mining::Activity activity : variants[v]) traces[v].push_back(labels[activity]);
  std::uint64_t cost = 0;
  const double least = seconds([&] {
    mining::States states(net);
    mining::Aligner aligner(states);
    cost = 0;
    for (std::size_t v = 0; v < traces.size(); ++v) {
      const auto found = aligner.align(traces[v]);
      cx_check(found.has_value(), "a trace is aligned");
      cost += found->cost * variants.count(v);
    }
  });
  fmt::print("{:<46} {:>10.0f} variants/s (goal 2000)  {} variants, cost {}\n",
             fmt::format("{}: alignments, noise {}", name, noise), static_cast<double>(traces.size()) / least,
             traces.size(), cost);
}

}  // namespace

int main() {
  const auto is_there = [](const char* name) { return std::filesystem::exists(data_folder() / name); };
  if (is_there("bpic2012.xes.gz")) graph("bpic2012.xes.gz");
  if (is_there("helpdesk.xes.gz")) model("helpdesk.xes.gz");
  if (is_there("bpic2012.xes.gz")) model("bpic2012.xes.gz");
  if (is_there("receipt.xes.gz")) {
    alignments("receipt.xes.gz", 0);
    alignments("receipt.xes.gz", 0.2);
  }
  if (is_there("bpic2012.xes.gz")) alignments("bpic2012.xes.gz", 0);
}
