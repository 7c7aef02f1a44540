#include "journey/journey_steps.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <string_view>
#include <utility>

#include "journey/customer_rows.h"
#include "journey/reaches.h"
#include "journey/sql.h"

namespace zhike::journey {
namespace {

constexpr std::int64_t kPauseMs = 7 * 86'400'000LL;
constexpr std::size_t kNodesMax = 4096, kKindsMax = 1 << 22;
constexpr std::uint16_t kNoNode = 0xFFFF;

/// An event in 32 bytes: time and node share one number, the time in front. Times from 1800 to 4200.
struct Kept {
  std::uint64_t customer = 0, when = 0, event_id = 0, matter = 0;

  static constexpr std::array<std::string_view, 5> kColumns{"UInt64", "Int64", "UInt64", "UInt64", "UInt32"};
  static constexpr std::int64_t kShift = 1LL << 43;
  void set(std::int64_t ms, std::uint16_t node) {
    when = static_cast<std::uint64_t>(ms + kShift) << 16U | node;
  }
  [[nodiscard]] std::int64_t ms() const { return static_cast<std::int64_t>(when >> 16U) - kShift; }
  [[nodiscard]] std::uint16_t node() const { return static_cast<std::uint16_t>(when); }
  friend bool operator<(const Kept& a, const Kept& b) {
    if (a.customer != b.customer) return a.customer < b.customer;
    if (a.when >> 16U != b.when >> 16U) return a.when >> 16U < b.when >> 16U;
    return a.event_id < b.event_id;
  }
};

/// Cuts the events of one customer into journeys.
class Cutter {
 public:
  void cut(std::span<const Kept> events, const EachJourney& each) {
    reaches_.clear();
    for (const Kept& event : events) reaches_.add(event.matter, event.ms());
    reaches_.settle();
    steps_.clear();
    std::int64_t reached = std::numeric_limits<std::int64_t>::min();
    for (const Kept& event : events) {
      if (!steps_.empty() && event.ms() - reached > kPauseMs) {
        each(event.customer, steps_);
        steps_.clear();
      }
      reached = std::max(reached, reaches_.of(event.matter, event.ms()));
      steps_.push_back({.ms = event.ms(), .node = event.node()});
    }
    each(events.front().customer, steps_);
  }

 private:
  Reaches reaches_;
  std::vector<JourneyStep> steps_;
};

}  // namespace

Result<JourneySteps> JourneySteps::open(warehouse::Client& client, const Grant& grant,
                                        const query::Filter& filter, Level level) {
  CX_TRY(query::Prepared asked, query::prepare(grant, Permission::kViewMetrics, filter, sql::kJourneyEvents));
  asked.params.set("level", to_string(level));
  JourneySteps out(client, std::move(asked));
  warehouse::Params params;
  params.set("level", to_string(level));
  CX_TRY(const warehouse::Table table,
         client.select({.sql = sql::kJourneyNodes, .params = std::move(params)}));
  std::map<std::string, std::uint16_t, std::less<>> numbers;
  for (const auto& row : table.rows) {
    const auto [node, is_new] =
        numbers.try_emplace(warehouse::as_text(row[1]), static_cast<std::uint16_t>(out.nodes_.size()));
    if (is_new) out.nodes_.push_back(node->first);
    if (out.nodes_.size() > kNodesMax) return fail(Code::kQueryTooLarge, "more than {} nodes", kNodesMax);
    const std::uint64_t kind = warehouse::as_u64(row[0]);
    if (kind > kKindsMax) return fail(Code::kQueryTooLarge, "more than {} kinds of events", kKindsMax);
    if (out.node_of_.size() <= kind) out.node_of_.resize(kind + 1, kNoNode);
    out.node_of_[kind] = node->second;
  }
  return out;
}

Result<void> JourneySteps::each(std::span<const EachJourney> workers, std::uint64_t held,
                                std::uint64_t most) {
  std::vector<Cutter> cutters(workers.size());
  std::uint64_t count = 0;
  return each_customer<Kept>(
      client_, asked_,
      {.rows = held, .workers = workers.size(), .full = "too many events: ask for a shorter time"},
      [&](warehouse::NativeRow& row, Kept& out) {
        std::int64_t ms = 0;
        std::uint32_t kind = 0;
        row.number(out.customer);
        row.number(ms);
        row.number(out.event_id);
        row.number(out.matter);
        row.number(kind);
        const std::uint16_t node = kind < node_of_.size() ? node_of_[kind] : kNoNode;
        if (node == kNoNode) return RowRead::kPassed;  // a kind that came since
        if (++count > most) return RowRead::kFull;
        out.set(ms, node);
        return RowRead::kTaken;
      },
      [&](std::size_t worker, std::span<const Kept> events) {
        cutters[worker].cut(events, workers[worker]);
      });
}

}  // namespace zhike::journey
