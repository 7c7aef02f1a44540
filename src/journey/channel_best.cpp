#include "journey/channel_best.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "journey/catalogue_lists.h"
#include "journey/sql.h"
#include "query/prepare.h"

namespace zhike::journey {
namespace {

constexpr std::int64_t kHourMs = 3'600'000, kVisitPauseMs = 8 * kHourMs, kWeekMs = 7 * 24 * kHourMs;
constexpr warehouse::Limits kLimits{.memory_bytes_max = 1ULL << 30, .time_max = seconds(60)};
// What happens to customers without their doing says nothing of which channel they use.
const std::vector<std::string> kPassive{"campaign", "shipping", "delivery", "survey", "recovery"};

class Asking {
 public:
  Asking(warehouse::Client& client, const Grant& grant, const query::Filter& filter, Instant newest,
         const Chosen& chosen)
      : client_(client), grant_(grant), filter_(filter), newest_(newest), chosen_(chosen) {}

  /// `parts`: one customer in so many stands by themselves; 0: only the one asked for.
  Result<std::vector<ChannelHistory>> histories(const Purpose& purpose, std::uint64_t parts) {
    if (purpose.key == "reach") return reach(parts);
    if (purpose.key == "buy") return buy(parts);
    if (purpose.key == "get_through") return contacts(false, parts);
    if (purpose.key == "help") return contacts(true, parts);
    // Where nobody was asked about satisfaction, what customers wrote of their own accord.
    CX_TRY(auto asked, answers("csat", parts));
    for (const ChannelHistory& one : asked)
      if (!one.channel.empty()) return asked;
    return answers("review", parts);
  }

 private:
  Result<query::Prepared> prepare(std::string_view text) {
    return query::prepare(grant_, query::viewing(grant_), filter_, text);
  }
  Instant after(std::int64_t ms) const { return Instant{filter_.range.to.ms + ms}; }

  Result<std::vector<ChannelHistory>> buy(std::uint64_t parts) {
    CX_TRY(query::Prepared prepared, prepare(sql::kBestBuy));
    CX_TRY(const auto orders, list_of("conversion_rate", "goal"));
    CX_TRY(const auto looks, list_of("conversion_rate", "base"));
    prepared.params.set("orders", orders).set("looks", looks).set("pause_ms", kVisitPauseMs);
    return read(prepared, parts);
  }

  Result<std::vector<ChannelHistory>> contacts(bool solved, std::uint64_t parts) {
    CX_TRY(query::Prepared prepared, prepare(sql::kBestContacts));
    CX_TRY(const auto touchpoints, list_of("contacts", "touchpoints"));
    CX_TRY(const auto answered, list_of("first_response_time", "goal_names"));
    CX_TRY(const auto resolved, list_of("resolution_time", "goal_names"));
    prepared.params.set("contacts", touchpoints)
        .set("answered", answered)
        .set("resolved", resolved)
        .set("until", after(kWeekMs))
        .set("again_ms", kWeekMs)
        .set("horizon_ms", newest_.ms)
        .set("solved", static_cast<std::uint64_t>(solved ? 1 : 0));
    return read(prepared, parts);
  }

  Result<std::vector<ChannelHistory>> answers(std::string_view instrument, std::uint64_t parts) {
    CX_TRY(query::Prepared prepared, prepare(sql::kBestAnswers));
    prepared.params.set("instrument", instrument);
    return read(prepared, parts);
  }

  Result<std::vector<ChannelHistory>> reach(std::uint64_t parts) {
    CX_TRY(query::Prepared prepared, prepare(sql::kBestReach));
    prepared.params.set("touchpoints", purposes().messages)
        .set("answers", purposes().message_answers)
        .set("until", after(kWeekMs))
        .set("answer_ms", kWeekMs)
        .set("horizon_ms", newest_.ms);
    return read(prepared, parts);
  }

  Result<std::vector<ChannelHistory>> read(query::Prepared& prepared, std::uint64_t parts) {
    prepared.params.set("passive", kPassive)
        .set("customer", chosen_.customer ? chosen_.customer->value : std::uint64_t{0})
        .set("parts", parts);
    CX_TRY(const warehouse::Table table, client_.select(prepared.query(kLimits)));
    std::vector<ChannelHistory> out;
    out.reserve(table.rows.size());
    for (const auto& row : table.rows)
      out.push_back({.who = warehouse::as_u64(row[0]),
                     .main = warehouse::as_text(row[1]),
                     .channel = warehouse::as_text(row[2]),
                     .n = warehouse::as_u64(row[3]),
                     .hits = warehouse::as_u64(row[4]),
                     .customers = warehouse::as_u64(row[5]),
                     .firsts = warehouse::as_u64(row[6])});
    return out;
  }

  warehouse::Client& client_;
  const Grant& grant_;
  const query::Filter& filter_;
  Instant newest_;
  const Chosen& chosen_;
};

Result<void> check(const ChoiceOptions& options, const Chosen& chosen) {
  if (!(options.sure >= 0.5 && options.sure <= 0.999)) return fail(Code::kBadFilter, "sure of 0.5 to 0.999");
  if (options.worth && !(std::isfinite(*options.worth) && *options.worth > 0))
    return fail(Code::kBadFilter, "a worth above 0");
  for (const auto& [channel, cost] : options.costs)
    if (!std::isfinite(cost) || cost < 0) return fail(Code::kBadFilter, "cost of {}", channel);
  if (chosen.sample > kSampleMost) return fail(Code::kBadFilter, "a sample of up to {}", kSampleMost);
  return {};
}

std::uint64_t customers_of(std::span<const ChannelHistory> histories) {
  std::uint64_t out = 0;
  for (const ChannelHistory& one : histories) out += one.firsts;
  return out;
}

}  // namespace

Result<ChannelKnowledge> channel_knowledge(warehouse::Client& client, const Grant& grant,
                                           const query::Filter& filter, const Purpose& purpose,
                                           const Chosen& chosen, ChoiceOptions options) {
  CX_TRY(check(options, chosen));
  if (!grant.may(query::viewing(grant)))
    return fail(Code::kPermissionMissing, "{}", to_string(query::viewing(grant)));
  CX_TRY(const query::Stored stored, query::stored(client, grant));
  if (!stored.newest) return ChannelKnowledge(purpose, {}, std::move(options));
  Asking asking(client, grant, filter, *stored.newest, chosen);
  CX_TRY(auto histories, asking.histories(purpose, 0));
  if (chosen.sample > 0) {
    const std::uint64_t parts = (customers_of(histories) + chosen.sample - 1) / chosen.sample;
    CX_TRY(histories, asking.histories(purpose, std::max<std::uint64_t>(parts, 1)));
  }
  return ChannelKnowledge(purpose, histories, std::move(options));
}

}  // namespace zhike::journey
