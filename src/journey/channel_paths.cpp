#include "journey/channel_paths.h"

#include <functional>
#include <map>
#include <utility>

#include "journey/catalogue_lists.h"
#include "journey/sql.h"
#include "query/prepare.h"

namespace zhike::journey {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::uint64_t kPathsMax = 20'000, kTouchesMax = 100;
constexpr warehouse::Limits kLimits{.memory_bytes_max = 1ULL << 30, .time_max = seconds(60)};

Result<warehouse::Table> ask(warehouse::Client& client, const Grant& grant, const query::Filter& filter,
                             const ChannelPathOptions& options) {
  CX_TRY(query::Prepared prepared,
         query::prepare(grant, Permission::kViewMetrics, filter, sql::kChannelPaths));
  CX_TRY(const auto orders, list_of("conversion_rate", "goal"));
  const std::int64_t window_ms = options.window_days * kDayMs;
  prepared.params.set("since", Instant{filter.range.from.ms - window_ms})
      .set("window_ms", window_ms)
      .set("conversion", std::string_view(options.conversion))
      .set("orders", orders)
      .set("passive", kPassiveTouchpoints)  // campaigns are touches
      .set("property", std::string_view(options.property))
      .set("each", static_cast<std::uint64_t>(options.each ? 1 : 0))
      .set("length", kTouchesMax)
      .set("paths", kPathsMax);
  return client.select(prepared.query(kLimits));
}

}  // namespace

Result<ChannelCredit> channel_credit(warehouse::Client& client, const Grant& grant,
                                     const query::Filter& filter, const ChannelPathOptions& options) {
  if (options.window_days < 1 || options.window_days > 365)
    return fail(Code::kBadFilter, "a window of 1 to 365 days");
  CX_TRY(const warehouse::Table table, ask(client, grant, filter, options));
  ChannelCredit out;
  std::map<std::string, std::uint32_t, std::less<>> places;
  std::vector<stats::ChannelPath> paths;
  std::uint64_t taken = 0;
  for (const auto& row : table.rows) {
    stats::ChannelPath path{
        .channels = {}, .conversions = warehouse::as_u64(row[1]), .lost = warehouse::as_u64(row[2])};
    out.conversions = warehouse::as_u64(row[3]);
    out.journeys = warehouse::as_u64(row[4]);
    out.paths = warehouse::as_u64(row[5]);
    taken += path.conversions + path.lost;
    for (const auto& node : row[0].as_array()) {
      const auto [place, is_new] =
          places.try_emplace(warehouse::as_text(node), static_cast<std::uint32_t>(out.names.size()));
      if (is_new) out.names.push_back(place->first);
      path.channels.push_back(place->second);
    }
    paths.push_back(std::move(path));
  }
  out.left_out = out.journeys - taken;
  if (out.conversions == 0) return out;
  CX_TRY(out.found, stats::attribute(paths, out.names.size(), options.attribution));
  return out;
}

}  // namespace zhike::journey
