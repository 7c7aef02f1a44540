#include "journey/model.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "journey/journey_steps.h"
#include "journey/tallied.h"
#include "journey/tallies.h"
#include "mining/inductive.h"
#include "mining/net.h"

namespace zhike::journey {
namespace {

constexpr std::size_t kVariantsMax = 20'000, kStepsMax = 200;
constexpr std::size_t kBytesMax = std::size_t{256} << 20U;  // of markings, and of one search

}  // namespace

Result<Model> model(warehouse::Client& client, const Grant& grant, const query::Filter& filter,
                    const ModelOptions& options) {
  CX_TRY(JourneySteps steps, JourneySteps::open(client, grant, filter, options.level));
  CX_TRY(const VariantTally tally, tallied(steps, VariantTally(kStepsMax),
                                           [](VariantTally& to, std::uint64_t,
                                              std::span<const JourneyStep> journey) { to.take(journey); }));
  Model out;
  out.journeys = tally.sequences().total() + tally.too_long();
  out.variants = tally.sequences().size() + (tally.too_long() > 0 ? 1 : 0);
  mining::Sequences sequences;
  std::map<mining::Activity, mining::Activity> numbers;  // of a node among the names
  std::vector<mining::Activity> sequence;
  for (const std::size_t i : most_frequent(tally.sequences(), kVariantsMax)) {
    sequence.clear();
    for (const mining::Activity node : tally.sequences()[i]) {
      const auto [number, is_new] =
          numbers.try_emplace(node, static_cast<mining::Activity>(out.names.size()));
      if (is_new) out.names.push_back(steps.nodes()[node]);
      sequence.push_back(number->second);
    }
    sequences.add(sequence, tally.sequences().count(i));
    out.modelled += tally.sequences().count(i);
  }
  if (sequences.size() == 0) return out;
  CX_TRY(mining::Tree tree, mining::mine_inductive(sequences, options.noise));
  const mining::Net net = mining::net_of(tree, out.names);
  CX_TRY(mining::Conformance conformance,
         mining::conform(sequences, out.names, net, {.bytes_max = kBytesMax}));
  for (std::size_t v = 0; v < std::min(sequences.size(), static_cast<std::size_t>(options.variants)); ++v) {
    Variant variant{.steps = {}, .journeys = sequences.count(v), .fits = conformance.costs[v] == 0};
    for (const mining::Activity activity : sequences[v]) variant.steps.push_back(out.names[activity]);
    out.items.push_back(std::move(variant));
  }
  out.found = Model::Found{.tree = std::move(tree), .conformance = std::move(conformance)};
  return out;
}

}  // namespace zhike::journey
