#include "journey/channels.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "journey/catalogue_lists.h"
#include "journey/sql.h"
#include "metric/metric.h"
#include "query/prepare.h"

namespace zhike::journey {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kAgainMs = 7 * kDayMs;  // as long as the pause that ends a journey
// What happens to customers without their doing: no sign that they are active.
const std::vector<std::string> kPassive{"campaign", "shipping", "delivery", "survey", "recovery"};
// Both from 1 to 5.
const std::vector<std::string> kInstruments{"csat", "review"};
constexpr warehouse::Limits kLimits{.memory_bytes_max = 1ULL << 30, .time_max = seconds(60)};

struct Known {
  std::string_view key, unit, purpose;
  bool more_is_better = true;
};
constexpr std::array<Known, kChannelMeasures> kKnown{{{"cost", "money", ""},
                                                      {"cost_per_customer", "money", ""},
                                                      {"acquisition", "money", ""},
                                                      {"conversion", "share", "buy"},
                                                      {"waiting", "seconds", "help", false},
                                                      {"abandonment", "share", "help", false},
                                                      {"handling", "seconds", "help", false},
                                                      {"first_contact", "share", "help"},
                                                      {"satisfaction", "share", "please"},
                                                      {"retention", "share", "stay"}}};
const Known& known(ChannelMeasure measure) { return kKnown[static_cast<std::size_t>(measure)]; }

using ShareOf = stats::Share ChannelCounts::*;
using MomentsOf = stats::Moments ChannelCounts::*;

Measured measured(const stats::Share& share, NoValue otherwise, std::uint64_t young = 0) {
  Measured out{.value = {}, .interval = {}, .n = share.n, .young = young};
  if (share.n == 0) {
    out.why = young > 0 ? NoValue::kTooYoung : otherwise;
    return out;
  }
  out.value = share.value();
  out.interval = stats::wilson(share);
  return out;
}

Measured measured(const stats::Moments& moments, NoValue otherwise) {
  Measured out{.value = {}, .interval = {}, .n = moments.n};
  if (moments.n == 0) {
    out.why = otherwise;
    return out;
  }
  out.value = moments.mean();
  out.interval = stats::mean_interval(moments);
  return out;
}

Measured money(const ChannelCosts& costs, const std::string& channel, std::uint64_t parts) {
  Measured out{.value = {}, .interval = {}, .n = parts};
  const auto cost = costs.find(channel);
  if (cost == costs.end())
    out.why = NoValue::kNoCost;
  else if (parts == 0)
    out.why = NoValue::kNoCustomers;
  else
    out.value = cost->second / static_cast<double>(parts);
  return out;
}

Channel measure(const ChannelCounts& counts, const ChannelCosts& costs) {
  Channel out{.channel = counts.channel,
              .events = counts.events,
              .customers = counts.customers,
              .orders = counts.orders,
              .contacts = counts.contacts,
              .won = counts.won,
              .waiting_median = counts.waiting_median};
  const auto put = [&](ChannelMeasure which, Measured value) {
    out.measures[static_cast<std::size_t>(which)] = std::move(value);
  };
  const NoValue unsaid = counts.contacts == 0 ? NoValue::kNoContacts : NoValue::kNotRecorded;
  put(ChannelMeasure::kCost, money(costs, counts.channel, 1));
  put(ChannelMeasure::kCostPerCustomer, money(costs, counts.channel, counts.customers));
  put(ChannelMeasure::kAcquisition, money(costs, counts.channel, counts.won));
  put(ChannelMeasure::kConversion, measured(counts.conversion, NoValue::kNobodyLooked));
  put(ChannelMeasure::kWaiting, measured(counts.waiting, unsaid));
  // Where no contact ever was given up, nobody writes it down.
  put(ChannelMeasure::kAbandonment,
      measured(counts.abandonment.hits == 0 ? stats::Share{} : counts.abandonment, unsaid));
  put(ChannelMeasure::kHandling, measured(counts.handling, unsaid));
  put(ChannelMeasure::kFirstContact, counts.told_resolved == 0
                                         ? measured(stats::Share{}, unsaid)
                                         : measured(counts.first_contact, unsaid, counts.young_contacts));
  put(ChannelMeasure::kSatisfaction, measured(counts.satisfaction, NoValue::kNoAnswers));
  put(ChannelMeasure::kRetention, measured(counts.retention, NoValue::kNoCustomers, counts.young_customers));
  return out;
}

void judge(ChannelMeasure which, Measured& one, const Measured& others) {
  if (!one.interval || !others.interval || one.n < kVerdictFrom || others.n < kVerdictFrom) return;
  const bool is_above = one.interval->low > others.interval->high;
  const bool is_below = one.interval->high < others.interval->low;
  if (!is_above && !is_below) return;
  one.verdict = is_above == known(which).more_is_better ? Verdict::kStrong : Verdict::kWeak;
}

void judge_shares(std::span<const ChannelCounts> counts, std::vector<Channel>& out, ChannelMeasure which,
                  ShareOf share) {
  for (std::size_t c = 0; c < counts.size(); ++c) {
    stats::Share others;
    for (std::size_t o = 0; o < counts.size(); ++o)
      if (o != c && out[o].of(which).value) {
        others.hits += (counts[o].*share).hits;
        others.n += (counts[o].*share).n;
      }
    judge(which, out[c].measures[static_cast<std::size_t>(which)], measured(others, NoValue::kNone));
  }
}

void judge_means(std::span<const ChannelCounts> counts, std::vector<Channel>& out, ChannelMeasure which,
                 MomentsOf moments) {
  for (std::size_t c = 0; c < counts.size(); ++c) {
    stats::Moments others;
    for (std::size_t o = 0; o < counts.size(); ++o)
      if (o != c) {
        others.n += (counts[o].*moments).n;
        others.sum += (counts[o].*moments).sum;
        others.sum_squares += (counts[o].*moments).sum_squares;
      }
    judge(which, out[c].measures[static_cast<std::size_t>(which)], measured(others, NoValue::kNone));
  }
}

/// Asks the queries of one scorecard; `counts` by channel.
class Asking {
 public:
  Asking(warehouse::Client& client, const Grant& grant, const query::Filter& filter, Instant newest)
      : client_(client), grant_(grant), filter_(filter), newest_(newest) {}

  std::map<std::string, ChannelCounts> counts;

  Result<void> volume() {
    CX_TRY(query::Prepared prepared, prepare(sql::kChannelVolume));
    CX_TRY(const auto orders, list_of("conversion_rate", "goal"));
    CX_TRY(const auto looks, list_of("conversion_rate", "base"));
    prepared.params.set("orders", orders).set("looks", looks);
    CX_TRY(const warehouse::Table table, client_.select(prepared.query(kLimits)));
    for (const auto& row : table.rows) {
      ChannelCounts& of = at(row[0]);
      of.events = warehouse::as_u64(row[1]);
      of.customers = warehouse::as_u64(row[2]);
      of.orders = warehouse::as_u64(row[3]);
      of.conversion = {.hits = warehouse::as_u64(row[5]), .n = warehouse::as_u64(row[4])};
    }
    return won();
  }

  Result<void> service() {
    CX_TRY(query::Prepared prepared, prepare(sql::kChannelService));
    CX_TRY(const auto contacts, list_of("contacts", "touchpoints"));
    CX_TRY(const auto answered, list_of("first_response_time", "goal_names"));
    CX_TRY(const auto resolved, list_of("resolution_time", "goal_names"));
    prepared.params.set("contacts", contacts)
        .set("answered", answered)
        .set("resolved", resolved)
        .set("until", Instant{filter_.range.to.ms + kAgainMs})
        .set("again_ms", kAgainMs)
        .set("horizon_ms", newest_.ms);
    CX_TRY(const warehouse::Table table, client_.select(prepared.query(kLimits)));
    for (const auto& row : table.rows) read_service(row);
    return {};
  }

  /// Which instrument was taken.
  Result<std::string> answers() {
    CX_TRY(query::Prepared prepared, prepare(sql::kChannelAnswers));
    prepared.params.set("instruments", kInstruments);
    CX_TRY(const warehouse::Table table, client_.select(prepared.query(kLimits)));
    std::string taken;
    for (const std::string& instrument : kInstruments)
      for (const auto& row : table.rows)
        if (taken.empty() && warehouse::as_text(row[1]) == instrument) taken = instrument;
    for (const auto& row : table.rows)
      if (warehouse::as_text(row[1]) == taken)
        at(row[0]).satisfaction = {.hits = warehouse::as_u64(row[3]), .n = warehouse::as_u64(row[2])};
    return taken;
  }

  Result<void> retention(std::int64_t days) {
    CX_TRY(query::Prepared prepared, prepare(sql::kChannelRetention));
    prepared.params.set("until", Instant{filter_.range.to.ms + days * kDayMs + 1})
        .set("again_ms", days * kDayMs)
        .set("horizon_ms", newest_.ms)
        .set("passive", kPassive);
    CX_TRY(const warehouse::Table table, client_.select(prepared.query(kLimits)));
    for (const auto& row : table.rows) {
      ChannelCounts& of = at(row[0]);
      of.retention = {.hits = warehouse::as_u64(row[2]), .n = warehouse::as_u64(row[1])};
      of.young_customers = warehouse::as_u64(row[3]);
    }
    return {};
  }

 private:
  Result<query::Prepared> prepare(std::string_view text) {
    return query::prepare(grant_, Permission::kViewMetrics, filter_, text);
  }

  ChannelCounts& at(const boost::json::value& cell) {
    ChannelCounts& out = counts[warehouse::as_text(cell)];
    if (out.channel.empty()) out.channel = warehouse::as_text(cell);
    return out;
  }

  Result<void> won() {
    CX_TRY(const metric::Metric* const fresh, metric::find("new_customers"));
    CX_TRY(const metric::Answer found,
           metric::compute(client_, grant_, *fresh, {.filter = filter_, .by = query::By::kChannel}));
    for (const metric::Group& group : found.groups)
      if (const auto of = counts.find(group.key); of != counts.end()) of->second.won = group.value.n;
    return {};
  }

  void read_service(const boost::json::array& row) {
    ChannelCounts& of = at(row[0]);
    of.contacts = warehouse::as_u64(row[1]);
    of.abandonment = {.hits = warehouse::as_u64(row[2]), .n = warehouse::as_u64(row[3])};
    of.waiting = {.n = warehouse::as_u64(row[4]),
                  .sum = warehouse::as_double(row[5]),
                  .sum_squares = warehouse::as_double(row[6])};
    if (of.waiting.n > 0) of.waiting_median = warehouse::as_double(row[7]);
    of.handling = {.n = warehouse::as_u64(row[8]),
                   .sum = warehouse::as_double(row[9]),
                   .sum_squares = warehouse::as_double(row[10])};
    of.told_resolved = warehouse::as_u64(row[11]);
    of.first_contact = {.hits = warehouse::as_u64(row[13]), .n = warehouse::as_u64(row[12])};
    of.young_contacts = warehouse::as_u64(row[14]);
  }

  warehouse::Client& client_;
  const Grant& grant_;
  const query::Filter& filter_;
  Instant newest_;
};

Result<void> check(const ScorecardOptions& options) {
  if (options.retention_days < 2 || options.retention_days > 365)
    return fail(Code::kBadFilter, "retention of 2 to 365 days");
  for (const auto& [channel, cost] : options.costs)
    if (!std::isfinite(cost) || cost < 0) return fail(Code::kBadFilter, "cost of {}", channel);
  return {};
}

}  // namespace

std::string_view to_string(ChannelMeasure measure) noexcept {
  return kKnown[static_cast<std::size_t>(measure)].key;
}
std::string_view unit_of(ChannelMeasure measure) noexcept {
  return kKnown[static_cast<std::size_t>(measure)].unit;
}
std::string_view purpose_of(ChannelMeasure measure) noexcept {
  return kKnown[static_cast<std::size_t>(measure)].purpose;
}

std::string_view to_string(NoValue why) noexcept {
  switch (why) {
    case NoValue::kNone:
      return "";
    case NoValue::kNoCost:
      return "no_cost";
    case NoValue::kNoCustomers:
      return "no_customers";
    case NoValue::kNobodyLooked:
      return "nobody_looked";
    case NoValue::kNoContacts:
      return "no_contacts";
    case NoValue::kNotRecorded:
      return "not_recorded";
    case NoValue::kNoAnswers:
      return "no_answers";
    case NoValue::kTooYoung:
      return "too_young";
  }
  return {};
}

std::string_view to_string(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::kNone:
      return "";
    case Verdict::kStrong:
      return "strong";
    case Verdict::kWeak:
      return "weak";
  }
  return {};
}

std::vector<Channel> measure_channels(std::span<const ChannelCounts> counts, const ChannelCosts& costs) {
  std::vector<Channel> out;
  out.reserve(counts.size());
  for (const ChannelCounts& one : counts) out.push_back(measure(one, costs));
  judge_shares(counts, out, ChannelMeasure::kConversion, &ChannelCounts::conversion);
  judge_shares(counts, out, ChannelMeasure::kAbandonment, &ChannelCounts::abandonment);
  judge_shares(counts, out, ChannelMeasure::kFirstContact, &ChannelCounts::first_contact);
  judge_shares(counts, out, ChannelMeasure::kSatisfaction, &ChannelCounts::satisfaction);
  judge_shares(counts, out, ChannelMeasure::kRetention, &ChannelCounts::retention);
  judge_means(counts, out, ChannelMeasure::kWaiting, &ChannelCounts::waiting);
  judge_means(counts, out, ChannelMeasure::kHandling, &ChannelCounts::handling);
  return out;
}

Result<Scorecard> scorecard(warehouse::Client& client, const Grant& grant, const query::Filter& filter,
                            const ScorecardOptions& options) {
  CX_TRY(check(options));
  if (!grant.may(Permission::kViewMetrics))
    return fail(Code::kPermissionMissing, "{}", to_string(Permission::kViewMetrics));
  CX_TRY(const query::Stored stored, query::stored(client, grant));
  Scorecard out{.channels = {}, .satisfaction = {}, .known_until = stored.newest};
  if (!stored.newest) return out;
  Asking asking(client, grant, filter, *stored.newest);
  CX_TRY(asking.volume());
  CX_TRY(asking.service());
  CX_TRY(out.satisfaction, asking.answers());
  CX_TRY(asking.retention(options.retention_days));
  std::vector<ChannelCounts> counts;
  for (auto& [channel, one] : asking.counts) counts.push_back(std::move(one));
  std::ranges::sort(counts, [](const ChannelCounts& a, const ChannelCounts& b) {
    return a.events != b.events ? a.events > b.events : a.channel < b.channel;
  });
  out.channels = measure_channels(counts, options.costs);
  return out;
}

}  // namespace zhike::journey
