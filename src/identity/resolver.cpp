#include "identity/resolver.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace zhike::identity {
namespace {

/// How many identifiers of a kind one customer may have; beyond it the value is rather a shared or a fake
/// one. Indexed by IdentifierKind - 1.
constexpr std::array<std::size_t, kIdentifierKindCount> kLimits{
    16,      // user_id (one per source anyway)
    10,      // email
    10,      // phone
    10,      // wechat_unionid
    20,      // wechat_openid: one per account of the company
    20,      // loyalty_id
    1,       // national_id
    20'000,  // order_id
    100,     // device_id
    2'000,   // anonymous_id: a new one per cleared browser
    200,     // external_id
};

std::optional<ConflictReason> obstacle(std::span<const Member> a, std::span<const Member> b) {
  std::array<std::size_t, kIdentifierKindCount> counts{};
  for (const auto members : {a, b})
    for (const Member& m : members) ++counts[static_cast<std::size_t>(m.kind) - 1];
  const auto count = [&](IdentifierKind kind) { return counts[static_cast<std::size_t>(kind) - 1]; };
  if (count(IdentifierKind::kNationalId) > 1) return ConflictReason::kExclusive;
  if (count(IdentifierKind::kUserId) > 1)
    for (const Member& x : a)
      for (const Member& y : b)
        if (x.kind == IdentifierKind::kUserId && y.kind == x.kind && x.source == y.source)
          return ConflictReason::kExclusive;
  for (std::size_t i = 0; i < kIdentifierKindCount; ++i)
    if (counts[i] > kLimits[i]) return ConflictReason::kTooMany;
  return std::nullopt;
}

std::string sealing_context(SubjectId subject) { return "identifier/" + subject.str(); }

}  // namespace

Resolver::Resolver(const govern::Keys& keys, std::size_t cached_max)
    : keys_(keys),
      hash_key_(keys.identifiers()),
      table_key_(crypto::random_key()),
      values_(cached_max),
      subjects_(cached_max),
      refused_(cached_max / 16) {}

void Resolver::forget() {
  values_.clear();
  subjects_.clear();
  refused_.clear();
  next_.reset();
}

Result<Outcome> Resolver::resolve(ledger::Tx& tx, std::span<const Claim> claims) {
  auto outcome = run(tx, claims);
  if (!outcome) forget();
  return outcome;
}

Result<Outcome> Resolver::run(ledger::Tx& tx, std::span<const Claim> claims) {
  if (!next_) {
    CX_TRY(next_, store::counters(tx));
  }
  start();
  gather(claims);
  CX_TRY(look_up(tx));
  std::size_t at = 0;
  for (const Claim& claim : claims) {
    CX_TRY(decide(tx, claim, std::span(refs_).subspan(at, claim.identifiers.size())));
    at += claim.identifiers.size();
  }
  CX_TRY(flush(tx));
  outcome_.resolved.reserve(claims.size());
  for (const std::uint32_t slot : chosen_) {
    const SubjectState state = slot == kNone ? SubjectState{} : slots_[slot].state;
    outcome_.resolved.push_back({.subject = state.subject, .customer = state.customer});
  }
  remember();
  return std::move(outcome_);
}

void Resolver::start() {
  slots_.clear();
  refs_.clear();
  chosen_.clear();
  missing_.clear();
  created_.clear();
  by_text_.clear();
  by_hash_.clear();
  by_subject_.clear();
  customers_.clear();
  changed_.clear();
  outcome_ = {};
  first_new_ = next_->next_subject;
}

void Resolver::gather(std::span<const Claim> claims) {
  for (const Claim& claim : claims)
    for (const Identifier& identifier : claim.identifiers) refs_.push_back(slot_of(identifier));
}

std::uint32_t Resolver::slot_of(const Identifier& identifier) {
  std::array<char, 1 + EventLimits::kIdentifierBytesMax> text;
  if (identifier.value.size() >= text.size()) return kNone;
  text[0] = static_cast<char>(identifier.kind);
  std::memcpy(text.data() + 1, identifier.value.data(), identifier.value.size());
  const crypto::Hash128 key = crypto::table_hash(table_key_, {text.data(), identifier.value.size() + 1});
  const auto index = static_cast<std::uint32_t>(slots_.size());
  const auto [at, added] = by_text_.try_emplace(key, index);
  if (!added) return at->second;
  Slot& slot = slots_.emplace_back();
  slot.identifier = &identifier;
  slot.same_as = index;
  slot.text = key;
  const auto subject = values_.find(key);
  slot.cached_value = subject.has_value();
  if (!subject) {
    missing_.push_back(index);
  } else if (!subject->is_set()) {
    slot.unusable = true;
  } else if (const auto state = subjects_.find(*subject)) {
    slot.cached_state = true;
    adopt(index, *state);
  } else {
    slot.state.subject = *subject;
    missing_.push_back(index);
  }
  return index;
}

/// The slot is a known subject: the first such slot stands for it.
void Resolver::adopt(std::uint32_t slot, const SubjectState& state) {
  const auto [at, added] = by_subject_.try_emplace(state.subject, slot);
  slots_[slot].state = state;
  slots_[slot].same_as = at->second;
}

std::uint32_t Resolver::canonical(std::uint32_t slot) const {
  while (slots_[slot].same_as != slot) slot = slots_[slot].same_as;
  return slot;
}

Result<void> Resolver::look_up(ledger::Tx& tx) {
  std::vector<std::uint32_t> wanted;
  for (const std::uint32_t index : missing_) {
    Slot& slot = slots_[index];
    if (slot.state.subject.is_set()) {
      CX_TRY(const SubjectState state, store::by_id(tx, slot.state.subject));
      adopt(index, state);
      continue;
    }
    slot.normal = normalize(*slot.identifier);
    if (slot.normal.empty()) {
      slot.unusable = true;
      continue;
    }
    slot.hash = identifier_hash(hash_key_, slot.identifier->kind, slot.normal);
    const auto [at, added] = by_hash_.try_emplace(slot.hash, index);
    slot.same_as = at->second;
    if (added) wanted.push_back(index);
  }
  // In the order of the table, so that neighbours share pages: as stored, byte by byte.
  std::ranges::sort(wanted, [&](std::uint32_t a, std::uint32_t b) {
    return std::memcmp(&slots_[a].hash, &slots_[b].hash, sizeof(crypto::Hash128)) < 0;
  });
  for (const std::uint32_t index : wanted) {
    CX_TRY(const auto state, store::by_hash(tx, slots_[index].hash));
    if (state) adopt(index, *state);
    slots_[index].is_new = !state;
  }
  return {};
}

Result<void> Resolver::decide(ledger::Tx& tx, const Claim& claim, std::span<const std::uint32_t> slots) {
  own_.clear();
  for (const std::uint32_t ref : slots) {
    const std::uint32_t slot = ref == kNone ? kNone : canonical(ref);
    if (slot == kNone || slots_[slot].unusable || std::ranges::find(own_, slot) != own_.end()) continue;
    own_.push_back(slot);
  }
  if (own_.empty()) {
    chosen_.push_back(kNone);
    return {};
  }
  claim_first_new_ = next_->next_subject;
  for (const std::uint32_t slot : own_)
    if (!slots_[slot].state.subject.is_set()) create(slot, claim);
  const std::uint32_t first = own_.front();
  const auto together = [&](std::uint32_t slot) {
    return slots_[slot].state.customer == slots_[first].state.customer;
  };
  if (std::ranges::all_of(own_, together)) {
    chosen_.push_back(first);
    return {};
  }
  // By trust; a handful of entries, and std::stable_sort would allocate.
  for (std::size_t i = 1; i < own_.size(); ++i)
    for (std::size_t j = i; j > 0 && slots_[own_[j]].state.kind < slots_[own_[j - 1]].state.kind; --j)
      std::swap(own_[j], own_[j - 1]);
  const auto trusted =
      std::ranges::find_if(own_, [&](std::uint32_t slot) { return !slots_[slot].state.shared; });
  const std::uint32_t anchor = trusted == own_.end() ? first : *trusted;
  for (const std::uint32_t slot : own_)
    if (slot != anchor) CX_TRY(try_join(tx, claim, anchor, slot));
  chosen_.push_back(together(anchor) ? first : anchor);
  return {};
}

void Resolver::create(std::uint32_t index, const Claim& claim) {
  Slot& slot = slots_[index];
  slot.state = {.subject = {next_->next_subject++},
                .customer = {},
                .source = claim.source,
                .kind = slot.identifier->kind,
                .shared = false};
  slot.state.customer.value = slot.state.subject.value;
  slot.first_seen = claim.at;
  by_subject_.emplace(slot.state.subject, index);
  customers_[slot.state.customer] = {{slot.state.subject, slot.state.kind, slot.state.source}};
  created_.push_back(index);
}

Result<void> Resolver::load(ledger::Tx& tx, CustomerId customer) {
  if (customers_.contains(customer)) return {};
  CX_TRY(auto members, store::members(tx, customer));
  customers_.emplace(customer, std::move(members));
  return {};
}

Result<void> Resolver::try_join(ledger::Tx& tx, const Claim& claim, std::uint32_t left, std::uint32_t right) {
  Slot& a = slots_[left];
  Slot& b = slots_[right];
  if (a.state.customer == b.state.customer || a.state.shared || b.state.shared) return {};
  if (refused_.find({b.state.subject.value, a.state.subject.value})) {
    ++outcome_.conflicts;
    return {};
  }
  CX_TRY(load(tx, a.state.customer));
  CX_TRY(load(tx, b.state.customer));
  const auto reason = obstacle(customers_[a.state.customer], customers_[b.state.customer]);
  return reason ? refuse(tx, claim, b, a, *reason) : join(tx, claim, a, b);
}

Result<void> Resolver::refuse(ledger::Tx& tx, const Claim& claim, Slot& suspect, const Slot& other,
                              ConflictReason reason) {
  ++outcome_.conflicts;
  const SubjectId subject = suspect.state.subject;
  refused_.put({subject.value, other.state.subject.value}, true);
  CX_TRY(const bool many, store::insert_conflict(tx, subject, other.state.subject, reason, claim));
  const IdentifierKind kind = suspect.state.kind;
  // Those belong to one person or one order by their nature: what was refused says nothing of them.
  if (kind == IdentifierKind::kUserId || kind == IdentifierKind::kNationalId ||
      kind == IdentifierKind::kOrderId)
    return {};
  if (!many) return {};
  suspect.state.shared = true;
  suspect.cached_state = false;  // to be remembered anew
  return store::set_shared(tx, subject);
}

Result<void> Resolver::join(ledger::Tx& tx, const Claim& claim, const Slot& left, const Slot& right) {
  const auto [survivor, absorbed] = std::minmax(left.state.customer, right.state.customer);
  const Join join{.version = next_->next_version++,
                  .left = left.state.subject,
                  .right = right.state.subject,
                  .survivor = survivor,
                  .absorbed = absorbed,
                  .source = claim.source,
                  .at = claim.at};
  CX_TRY(store::insert_join(tx, join));
  const std::vector<Member> moved = std::move(customers_[join.absorbed]);
  customers_.erase(join.absorbed);
  for (const Member& member : moved) {
    const MapChange change{.subject = member.subject, .customer = join.survivor, .version = join.version};
    CX_TRY(store::insert_map(tx, change));
    note_change(change);
  }
  std::vector<Member>& grown = customers_[join.survivor];
  grown.insert(grown.end(), moved.begin(), moved.end());
  if (join.absorbed.value < claim_first_new_)
    outcome_.merges.push_back({.survivor = join.survivor, .absorbed = join.absorbed});
  return {};
}

void Resolver::note_change(const MapChange& change) {
  const auto [at, added] = changed_.try_emplace(change.subject, outcome_.map_changes.size());
  if (added)
    outcome_.map_changes.push_back(change);
  else
    outcome_.map_changes[at->second] = change;
  if (const auto slot = by_subject_.find(change.subject); slot != by_subject_.end())
    slots_[slot->second].state.customer = change.customer;
}

Result<void> Resolver::flush(ledger::Tx& tx) {
  for (const MapChange& change : outcome_.map_changes)
    if (change.subject.value < first_new_) CX_TRY(store::set_customer(tx, change.subject, change.customer));
  for (const std::uint32_t index : created_) {
    const Slot& slot = slots_[index];
    const auto key = keys_.make_subject_key(slot.state.subject);
    const std::string sealed =
        crypto::seal(key.key, shown(*slot.identifier, slot.normal), sealing_context(slot.state.subject));
    CX_TRY(store::insert_subject(tx, slot.state, slot.first_seen, key.wrapped, sealed));
  }
  std::ranges::sort(created_, [&](std::uint32_t a, std::uint32_t b) {
    return std::memcmp(&slots_[a].hash, &slots_[b].hash, sizeof(crypto::Hash128)) < 0;
  });
  for (const std::uint32_t index : created_)
    CX_TRY(store::insert_hash(tx, slots_[index].hash, slots_[index].state.subject));
  return {};
}

void Resolver::remember() {
  for (const MapChange& change : outcome_.map_changes)
    subjects_.update(change.subject, [&](SubjectState& state) { state.customer = change.customer; });
  for (std::uint32_t index = 0; index < slots_.size(); ++index) {
    const std::uint32_t same = canonical(index);
    const Slot& slot = slots_[same];
    if (!slots_[index].cached_value)
      values_.put(slots_[index].text, slot.unusable ? SubjectId{} : slot.state.subject);
    if (same == index && !slot.unusable && !slot.cached_state) subjects_.put(slot.state.subject, slot.state);
  }
}

}  // namespace zhike::identity
