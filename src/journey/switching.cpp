#include "journey/switching.h"

#include <set>
#include <utility>

#include "journey/catalogue_lists.h"
#include "journey/sql.h"
#include "query/prepare.h"

namespace zhike::journey {
namespace {

constexpr std::int64_t kPauseMs = 7 * 86'400'000LL;  // as in journey.cpp
constexpr warehouse::Limits kLimits{.memory_bytes_max = 1ULL << 30, .time_max = seconds(60)};
// Names of events in which somebody says who they are, or shows it.
const std::vector<std::string> kIdentified{"%dentity%", "%dentified%", "%erified%", "%uthenticated%"};

ChannelSwitch read_pair(const boost::json::array& row) {
  return {.from = warehouse::as_text(row[0]),
          .to = warehouse::as_text(row[1]),
          .count = warehouse::as_u64(row[2]),
          .customers = warehouse::as_u64(row[3]),
          .median_ms = warehouse::as_i64(row[4]),
          .carried = warehouse::as_u64(row[5]),
          .lost_identity = warehouse::as_u64(row[6]),
          .lost_matter = warehouse::as_u64(row[7])};
}

}  // namespace

Result<Switching> switching(warehouse::Client& client, const Grant& grant, const query::Filter& filter) {
  CX_TRY(query::Prepared prepared, query::prepare(grant, Permission::kViewMetrics, filter, sql::kSwitching));
  CX_TRY(auto service, list_of("contacts", "touchpoints"));
  CX_TRY(const auto complaints, list_of("complaint_rate", "goal"));
  CX_TRY(const auto resolved, list_of("resolution_time", "goal_names"));
  service.insert(service.end(), complaints.begin(), complaints.end());
  prepared.params.set("level", "channel")
      .set("pause_ms", kPauseMs)
      .set("service", service)
      .set("passive", kPassiveTouchpoints)  // an opened campaign is a change of channel
      .set("resolved", resolved)
      .set("identified", kIdentified);
  CX_TRY(const warehouse::Table table, client.select(prepared.query(kLimits)));
  Switching out;
  std::set<std::string> connected;
  for (const auto& row : table.rows) {
    ChannelSwitch pair = read_pair(row);
    if (pair.from.empty()) {
      out.switches = pair.count;
      out.carried = pair.carried;
      out.lost = warehouse::as_u64(row[8]);
      out.journeys = warehouse::as_u64(row[9]);
      out.switching = warehouse::as_u64(row[10]);
      out.channels = warehouse::as_u64(row[11]);
      continue;
    }
    if (pair.carried > 0) connected.insert({pair.from, pair.to});
    out.pairs.push_back(std::move(pair));
  }
  out.connected = connected.size();
  return out;
}

}  // namespace zhike::journey
