#include "ingest/hot_changes.h"

#include <algorithm>

namespace zhike::ingest {
namespace {

void add_once(std::vector<std::string>& list, const std::string& value) {
  if (!value.empty() && std::ranges::find(list, value) == list.end()) list.push_back(value);
}

bool is_interaction(EventType type) {
  return type == EventType::kTrack || type == EventType::kPage || type == EventType::kScreen;
}

constexpr std::int64_t kSpendMax = 9'000'000'000'000'000'000;  // of one amount: 9e16 (base/money.h)

/// Events come by rising id.
void spend(ledger::HotProfile& p, const Money& amount, std::uint64_t event_id) {
  const auto at = std::ranges::find(p.spend, amount.currency, &ledger::Spend::currency);
  if (at == p.spend.end())
    p.spend.push_back({amount.currency, amount.minor, event_id});
  else
    at->minor = std::clamp<std::int64_t>(at->minor, -kSpendMax, kSpendMax) + amount.minor;
}

}  // namespace

void HotChanges::add(CustomerId customer, const Seen& seen) {
  const RawEvent& e = seen.event;
  const auto [place, is_new] = places_.try_emplace(customer, static_cast<std::uint32_t>(changes_.size()));
  if (is_new) changes_.emplace_back();
  ledger::HotChange& c = changes_[place->second];
  ledger::HotProfile& p = c.add;
  c.customer = p.customer = customer;
  add_once(p.units, e.unit);
  if (!is_interaction(e.type)) return;

  ++p.events;
  if (p.first_seen.ms == 0 || e.occurred_at < p.first_seen) p.first_seen = e.occurred_at;
  if (e.occurred_at > p.last_seen) p.last_seen = e.occurred_at;
  if (!e.unit.empty() && e.occurred_at >= p.unit_at) p.unit = e.unit, p.unit_at = e.occurred_at;
  add_once(p.channels, seen.placement.channel);
  if (seen.placement.touchpoint == "order") ++p.orders;
  if (e.amount && e.amount->currency.is_set() && seen.placement.stage == "purchase")
    spend(p, *e.amount, seen.event_id);
  if (e.score) {
    const auto take = [&](float& score, Instant& at) {
      if (e.occurred_at >= at) score = *e.score, at = e.occurred_at;
    };
    if (e.instrument == "nps") take(p.nps, p.nps_at);
    if (e.instrument == "csat") take(p.csat, p.csat_at);
    if (e.instrument == "ces") take(p.ces, p.ces_at);
  }
  const Money amount = e.amount.value_or(Money{});
  p.recent.push_back({e.occurred_at, seen.event_id, seen.kind, amount.minor,
                      amount.minor == 0 ? Currency{} : amount.currency, e.score.value_or(-1.0F)});
}

std::vector<ledger::HotChange> HotChanges::take() {
  std::vector<std::pair<CustomerId, ledger::HotChange*>> in_order;  // the records are large, and far apart
  in_order.reserve(changes_.size());
  for (ledger::HotChange& c : changes_) in_order.emplace_back(c.customer, &c);
  std::ranges::sort(in_order);
  std::vector<ledger::HotChange> out;
  out.reserve(in_order.size());
  for (const auto& [customer, c] : in_order) {
    auto& recent = c->add.recent;
    if (recent.size() > 1)
      std::ranges::sort(recent, [](const auto& a, const auto& b) {
        return std::tie(b.at, b.event_id) < std::tie(a.at, a.event_id);
      });
    if (recent.size() > ledger::kInteractionsKept) recent.resize(ledger::kInteractionsKept);
    out.push_back(std::move(*c));
  }
  changes_.clear();
  places_.clear();
  return out;
}

}  // namespace zhike::ingest
