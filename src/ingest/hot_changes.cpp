#include "ingest/hot_changes.h"

#include <algorithm>

#include "govern/mask.h"

namespace zhike::ingest {
namespace {

void add_once(std::vector<std::string>& list, const std::string& value) {
  if (!value.empty() && std::ranges::find(list, value) == list.end()) list.push_back(value);
}

bool is_interaction(EventType type) {
  return type == EventType::kTrack || type == EventType::kPage || type == EventType::kScreen;
}

void add_trait(ledger::HotProfile& p, const CleanValue& trait, SourceId source, Instant at) {
  constexpr std::size_t kValueMax = 80;  // the record is small
  if (trait.value.size() > kValueMax) return;
  std::string value = trait.value;
  const auto same = std::ranges::find(p.traits, trait.key, &ledger::HotTrait::key);
  if (same == p.traits.end())
    p.traits.push_back({std::string(trait.key), std::move(value), source, at});
  else if (same->at <= at)
    *same = {std::string(trait.key), std::move(value), source, at};
}

}  // namespace

std::string masked_identifier(const Identifier& id) {
  switch (id.kind) {
    case IdentifierKind::kUserId:
    case IdentifierKind::kEmail:
    case IdentifierKind::kPhone:
    case IdentifierKind::kWechatUnionId:
    case IdentifierKind::kWechatOpenId:
    case IdentifierKind::kLoyaltyId:
    case IdentifierKind::kNationalId:
      return fmt::format("{}:{}", to_string(id.kind), govern::mask(id.kind, id.value));
    case IdentifierKind::kOrderId:
    case IdentifierKind::kDeviceId:
    case IdentifierKind::kAnonymousId:
    case IdentifierKind::kExternalId:
      return {};
  }
  return {};
}

void HotChanges::add(CustomerId customer, const Seen& seen) {
  const RawEvent& e = seen.event;
  Change& c = changes_[customer];
  ledger::HotProfile& p = c.change.add;
  c.change.customer = p.customer = customer;
  for (const Identifier& id : e.identifiers) add_once(p.identifiers, masked_identifier(id));
  const Clean& clean = seen.clean;
  if (e.type == EventType::kIdentify || e.type == EventType::kGroup)
    for (std::size_t i = 0; i < clean.traits.size(); ++i)
      add_trait(p, clean.traits[i], e.source, clean.trait_at.empty() ? e.occurred_at : clean.trait_at[i]);
  add_once(p.units, e.unit);
  if (!is_interaction(e.type)) return;

  ++p.events;
  if (p.first_seen.ms == 0 || e.occurred_at < p.first_seen) p.first_seen = e.occurred_at;
  if (e.occurred_at > p.last_seen) p.last_seen = e.occurred_at;
  if (!e.unit.empty() && e.occurred_at >= c.unit_at) p.unit = e.unit, c.unit_at = e.occurred_at;
  add_once(p.channels, seen.placement.channel);
  if (seen.placement.touchpoint == "order") ++p.orders;
  if (e.amount && seen.placement.stage == "purchase") {
    if (p.currency.empty()) p.currency = e.amount->currency.str();
    if (p.currency == e.amount->currency.str()) p.spend_minor += e.amount->minor;
  }
  if (e.score) {
    const auto take = [&](float& score, Instant& at) {
      if (e.occurred_at >= at) score = *e.score, at = e.occurred_at;
    };
    if (e.instrument == "nps") take(p.nps, c.nps_at);
    if (e.instrument == "csat") take(p.csat, c.csat_at);
    if (e.instrument == "ces") take(p.ces, c.ces_at);
  }
  p.recent.push_back(
      {e.occurred_at, seen.event_id, seen.kind, e.amount ? e.amount->minor : 0, e.score.value_or(-1.0F)});
}

std::vector<ledger::HotChange> HotChanges::take() {
  std::vector<std::pair<CustomerId, Change*>> in_order;  // the records are large, and far apart
  in_order.reserve(changes_.size());
  for (auto& [customer, c] : changes_) in_order.emplace_back(customer, &c);
  std::ranges::sort(in_order);
  std::vector<ledger::HotChange> out;
  out.reserve(in_order.size());
  for (const auto& [customer, c] : in_order) {
    auto& recent = c->change.add.recent;
    if (recent.size() > 1)
      std::ranges::sort(recent, [](const auto& a, const auto& b) {
        return std::tie(b.at, b.event_id) < std::tie(a.at, a.event_id);
      });
    if (recent.size() > ledger::kInteractionsKept) recent.resize(ledger::kInteractionsKept);
    out.push_back(std::move(c->change));
  }
  changes_.clear();
  return out;
}

}  // namespace zhike::ingest
