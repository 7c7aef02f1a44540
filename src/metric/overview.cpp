#include "metric/overview.h"

#include <algorithm>
#include <array>
#include <future>
#include <map>

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
  cards["active_customers"] = start("active_customers", by_channel);
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
