#include "journey/model.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>

#include "journey/sql.h"
#include "mining/inductive.h"
#include "mining/net.h"
#include "query/prepare.h"

namespace zhike::journey {
namespace {

constexpr std::int64_t kPauseMs = 7 * 86'400'000LL;  // as in journey.cpp
constexpr std::uint64_t kVariantsMax = 20'000, kStepsMax = 200;
constexpr std::size_t kBytesMax = std::size_t{256} << 20U;  // of markings, and of one search
constexpr warehouse::Limits kLimits{.memory_bytes_max = 1ULL << 30, .time_max = seconds(60)};

Result<warehouse::Table> ask(warehouse::Client& client, const Grant& grant, const query::Filter& filter,
                             Level level) {
  CX_TRY(query::Prepared prepared, query::prepare(grant, Permission::kViewMetrics, filter, sql::kVariants));
  prepared.params.set("level", to_string(level))
      .set("pause_ms", kPauseMs)
      .set("steps", kStepsMax)
      .set("variants", kVariantsMax);
  return client.select(prepared.query(kLimits));
}

}  // namespace

Result<Model> model(warehouse::Client& client, const Grant& grant, const query::Filter& filter,
                    const ModelOptions& options) {
  CX_TRY(const warehouse::Table table, ask(client, grant, filter, options.level));
  Model out;
  mining::Sequences sequences;
  std::map<std::string, mining::Activity, std::less<>> numbers;
  std::vector<mining::Activity> sequence;
  for (const auto& row : table.rows) {
    const std::uint64_t count = warehouse::as_u64(row[1]);
    out.journeys = warehouse::as_u64(row[2]);
    out.variants = warehouse::as_u64(row[3]);
    sequence.clear();
    for (const auto& node : row[0].as_array()) {
      const auto [number, is_new] =
          numbers.try_emplace(warehouse::as_text(node), static_cast<mining::Activity>(out.names.size()));
      if (is_new) out.names.push_back(number->first);
      sequence.push_back(number->second);
    }
    if (sequence.empty()) continue;  // too long
    sequences.add(sequence, count);
    out.modelled += count;
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
