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

constexpr std::uint64_t kChannelSlot = 64, kWholeSlot = 128;  // of customer_mix.sql

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
  for (const auto& row : table.rows) {  // slot, channel, n: see the SQL
    const std::uint64_t slot = warehouse::as_u64(row[0]), n = warehouse::as_u64(row[2]);
    if (slot < out.by_time.size())
      out.by_time[slot] = n;
    else if (slot >= kChannelSlot && slot < kWholeSlot)
      out.by_channel[warehouse::as_text(row[1])] = n;
    else if (slot == kWholeSlot)
      out.whole.n = n;
  }
  return out;
}

/// Active customers of a whole range: compute() without buckets and groups, quicker.
Result<std::uint64_t> active_in(warehouse::Client& client, const Grant& grant, const query::Filter& filter) {
  CX_TRY(query::Prepared prepared,
         query::prepare(grant, Permission::kViewMetrics, filter, sql::kActiveWhole));
  CX_TRY(const warehouse::Table table, client.select(prepared.query()));
  if (table.rows.size() != 1) return fail(Code::kQueryFailed, "no answer to a count");
  return warehouse::as_u64(table.rows[0][0]);
}

/// The card of active customers, with the channels as its groups.
Result<Answer> active_customers(warehouse::Client& client, const Grant& grant, const Question& question) {
  CX_TRY(const Metric* const metric, find("active_customers"));
  const query::Filter& filter = question.filter;
  const std::vector<std::int32_t> buckets = query::buckets(filter, question.grain);
  if (buckets.size() > 64 || question.grain == query::Grain::kMonth)
    return compute(client, grant, *metric, question);
  Question earlier{.filter = filter};
  std::future<Result<std::uint64_t>> before;
  if (question.compare != query::Compare::kNone) {
    earlier.filter.range = query::compared(filter.range, filter.zone, question.compare);
    before = std::async(std::launch::async, [&] { return active_in(client, grant, earlier.filter); });
  }
  const Result<CustomerMix> read =
      customer_mix(client, grant, filter, buckets, question.grain == query::Grain::kWeek ? 7 : 1);
  std::optional<Result<std::uint64_t>> old;
  if (before.valid()) old = before.get();  // awaited before any return: it borrows from this frame
  CX_TRY(const CustomerMix mix, read);
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
  if (old) {
    CX_TRY(const std::uint64_t then, *old);
    bool comparable = then > 0;
    if (!comparable) {
      CX_TRY(comparable, query::any(client, grant, earlier.filter.range));
    }
    if (comparable) out.change = change(*metric, {.n = then}, mix.whole);
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

using Answers = Result<std::vector<Answer>>;

/// The cards, those that read the same rows together.
Result<std::vector<std::vector<const Metric*>>> batches() {
  std::vector<std::vector<const Metric*>> out;
  for (const std::string_view key : kCards) {
    CX_TRY(const Metric* const metric, find(key));
    const auto same =
        std::ranges::find_if(out, [&](const auto& batch) { return alike(*batch.front(), *metric); });
    if (same != out.end())
      same->push_back(metric);
    else
      out.push_back({metric});
  }
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
  CX_TRY(const Metric* const customers_metric, find("active_customers"));
  CX_TRY(const Metric* const events_metric, find("events"));
  CX_TRY(auto together, batches());
  std::erase_if(together, [&](const auto& batch) { return batch.front() == customers_metric; });

  // The longest first, so that the short ones fill the gaps.
  auto customers_asked =
      std::async(std::launch::async, [&] { return active_customers(client, grant, by_channel); });
  auto events_asked =
      std::async(std::launch::async, [&] { return compute(client, grant, *events_metric, mix_only); });
  std::vector<std::future<Answers>> asked;
  for (const auto& batch : together)
    asked.push_back(
        std::async(std::launch::async, [&] { return compute_alike(client, grant, batch, card); }));
  const Result<query::Stored> stored = query::stored(client, grant);

  // All are awaited before any error is passed on: they borrow from this frame.
  Result<Answer> customers = customers_asked.get();
  const Result<Answer> events = events_asked.get();
  std::vector<Answers> answers;
  for (auto& waiting : asked) answers.push_back(waiting.get());
  CX_TRY(customers);
  CX_TRY(events);
  CX_TRY(stored);
  std::map<std::string_view, Answer> cards;
  for (Answers& batch : answers) {
    CX_TRY(batch);
    for (Answer& one : *batch) cards.emplace(one.metric->key, std::move(one));
  }
  Overview out{.range = filter.range, .grain = grain, .cards = {}, .channel_mix = {}, .stored = *stored};
  out.channel_mix = mix(*events, *customers);
  out.events = events->value.n;
  out.customers = customers->value.n;
  customers->groups.clear();
  cards.emplace(customers_metric->key, std::move(*customers));
  out.orders = cards.at("orders").value.n;
  for (const std::string_view key : kCards) out.cards.push_back(std::move(cards.at(key)));
  return out;
}

}  // namespace zhike::metric
