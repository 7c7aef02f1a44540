#include "metric/overview.h"

#include <algorithm>
#include <array>
#include <future>
#include <map>

#include "metric/estimate.h"
#include "metric/sql.h"

namespace zhike::metric {

namespace {

// Each reads little, except active_customers: the page must be there within a second.
constexpr std::array<std::string_view, 9> kCards{
    "nps",    "csat",    "ces",         "review_mean", "active_customers",
    "orders", "revenue", "order_value", "repeat_rate"};

Result<Answer> answer(warehouse::Client& client, const Grant& grant, std::string_view key,
                      const Question& question) {
  CX_TRY(const Metric* const metric, find(key));
  return compute(client, grant, *metric, question);
}

/// Active customers, by day or week, and by channel: what compute() would answer in four readings, in one.
struct CustomerMix {
  Parts whole;
  std::vector<std::uint64_t> by_time;  ///< one for each bucket
  std::map<std::string, std::uint64_t> by_channel;
};

Result<CustomerMix> customer_mix(warehouse::Client& client, const Grant& grant, const query::Filter& filter,
                                 std::span<const std::int32_t> buckets, std::int64_t step_days) {
  CX_TRY(query::Prepared prepared,
         query::prepare(grant, Permission::kViewMetrics, filter, sql::kCustomerMix));
  prepared.params.set("first", format_utc({buckets.front() * 86'400'000LL}).substr(0, 10))
      .set("step", step_days);
  CX_TRY(const warehouse::Table table, client.select(prepared.query()));
  CustomerMix out{.whole = {}, .by_time = std::vector<std::uint64_t>(buckets.size()), .by_channel = {}};
  for (const auto& row : table.rows) {
    const std::uint64_t used = warehouse::as_u64(row[0]), n = warehouse::as_u64(row[2]);
    out.whole.n += n;
    const auto& channels = row[1].as_array();
    for (std::size_t i = 0; i < std::min<std::size_t>(channels.size(), 64); ++i)
      if ((used >> i & 1U) != 0) out.by_channel[warehouse::as_text(channels[i])] += n;
    const auto& by_time = row[3].as_array();
    for (std::size_t i = 0; i < std::min(by_time.size(), out.by_time.size()); ++i)
      out.by_time[i] += warehouse::as_u64(by_time[i]);
  }
  return out;
}

/// The card of active customers, with the channels as its groups.
Result<Answer> active_customers(warehouse::Client& client, const Grant& grant, const Question& question) {
  CX_TRY(const Metric* const metric, find("active_customers"));
  const query::Filter& filter = question.filter;
  const std::vector<std::int32_t> buckets = query::buckets(filter.range, filter.zone, question.grain);
  if (buckets.size() > 64 || question.grain == query::Grain::kMonth)
    return compute(client, grant, *metric, question);
  CX_TRY(const CustomerMix mix,
         customer_mix(client, grant, filter, buckets, question.grain == query::Grain::kWeek ? 7 : 1));
  // What remains is the period compared with: one reading.
  Answer out{.metric = metric,
             .range = filter.range,
             .grain = question.grain,
             .value = estimate(*metric, mix.whole),
             .change = {},
             .currency = {},
             .series = {},
             .groups = {}};
  for (std::size_t i = 0; i < buckets.size(); ++i)
    out.series.push_back({.at = filter.zone.to_instant(buckets[i] * 86'400'000LL),
                          .value = estimate(*metric, {.n = mix.by_time[i]})});
  for (const auto& [channel, n] : mix.by_channel)
    out.groups.push_back({.key = channel, .value = estimate(*metric, {.n = n})});
  if (question.compare != query::Compare::kNone) {
    Question earlier{.filter = filter};
    earlier.filter.range = query::compared(filter.range, filter.zone, question.compare);
    CX_TRY(const Answer before, compute(client, grant, *metric, earlier));
    out.change = change(*metric, {.n = before.value.n}, mix.whole);
  }
  return out;
}

std::vector<ChannelShare> mix(const Answer& events, const Answer& customers) {
  std::map<std::string, std::uint64_t, std::less<>> active;
  for (const Group& group : customers.groups) active[group.key] = group.value.n;
  std::vector<ChannelShare> out;
  for (const Group& group : events.groups)
    out.push_back({.channel = group.key,
                   .events = group.value.n,
                   .customers = active[group.key],
                   .share = static_cast<double>(group.value.n) / static_cast<double>(events.value.n)});
  return out;
}

}  // namespace

Result<Overview> overview(warehouse::Client& client, const Grant& grant, const query::Filter& filter,
                          query::Compare compare) {
  const query::Grain grain = query::grain_for(filter.range);
  const Question card{.filter = filter, .grain = grain, .by = query::By::kNone, .compare = compare};
  Question by_channel = card;  // its groups are the channel mix
  by_channel.by = query::By::kChannel;
  Question mix_only = by_channel;
  mix_only.grain = query::Grain::kNone;
  mix_only.compare = query::Compare::kNone;
  const auto start = [&](std::string_view key, const Question& question) {
    return std::async(std::launch::async,
                      [&client, &grant, key, &question] { return answer(client, grant, key, question); });
  };
  // The longest first, so that the short ones fill the gaps.
  std::map<std::string_view, std::future<Result<Answer>>> cards;
  cards["active_customers"] =
      std::async(std::launch::async, [&] { return active_customers(client, grant, by_channel); });
  auto channel_events = start("events", mix_only);
  for (const std::string_view key : kCards)
    if (!cards.contains(key)) cards[key] = start(key, card);
  auto stored = query::stored(client, grant);

  Overview out{.range = filter.range, .grain = grain, .cards = {}, .channel_mix = {}, .stored = {}};
  std::optional<Error> failed;
  const auto take = [&](std::future<Result<Answer>>& waiting) {
    auto result = waiting.get();  // all are awaited: they borrow from this frame
    if (!result && !failed) failed = result.error();
    return result ? std::move(*result) : Answer{};
  };
  for (const std::string_view key : kCards) out.cards.push_back(take(cards[key]));
  const Answer events = take(channel_events);
  if (failed) return std::unexpected<Error>(*failed);
  if (!stored) return std::unexpected<Error>(stored.error());
  out.stored = *stored;
  const auto card_of = [&](std::string_view key) -> Answer& {
    return *std::ranges::find(out.cards, key,
                              [](const Answer& a) { return std::string_view(a.metric->key); });
  };
  Answer& customers = card_of("active_customers");
  out.channel_mix = mix(events, customers);
  customers.groups.clear();
  out.events = events.value.n;
  out.customers = customers.value.n;
  out.orders = card_of("orders").value.n;
  return out;
}

}  // namespace zhike::metric
