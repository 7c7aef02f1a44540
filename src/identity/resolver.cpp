#include "identity/resolver.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <future>

#include "identity/obstacle.h"

namespace zhike::identity {
namespace {

std::string blocked_key(IdentifierKind kind, std::string_view normal) {
  std::string key(1, static_cast<char>(kind));
  return key.append(normal);
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

Result<Outcome> Resolver::resolve(ledger::Tx& tx, std::span<const Claim> claims,
                                  std::span<const Decision> decisions, std::shared_ptr<const Rules> rules) {
  use(std::move(rules));
  auto outcome = run(tx, claims, decisions);
  if (!outcome) forget();
  return outcome;
}

void Resolver::use(std::shared_ptr<const Rules> rules) {
  if (rules_ == rules) return;
  rules_ = std::move(rules);
  values_.clear();  // what was usable may be blocked now
  refused_.clear();
  blocked_.clear();
  for (const Identifier& value : rules_->blocked) blocked_.insert(blocked_key(value.kind, value.value));
}

Result<Outcome> Resolver::run(ledger::Tx& tx, std::span<const Claim> claims,
                              std::span<const Decision> decisions) {
  if (!next_) {
    CX_TRY(next_, store::counters(tx));
    CX_TRY(const auto held, store::held_by_people(tx));
    held_ = {held.begin(), held.end()};
  }
  start();
  gather(claims);
  CX_TRY(look_up(tx));
  std::size_t at = 0;
  for (const Claim& claim : claims) {
    CX_TRY(decide(tx, claim, std::span(refs_).subspan(at, claim.identifiers.size())));
    at += claim.identifiers.size();
  }
  for (const Decision& decision : decisions) CX_TRY(carry_out(tx, decision, outcome_.decided.emplace_back()));
  for (const MapChange& change : outcome_.map_changes)
    if (change.subject.value < first_new_) moved_.push_back(change);
  if (!parted_.empty()) {
    CX_TRY(write(tx));
    CX_TRY(make_rebuilds(tx));
  }
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
  parts_.clear();
  changed_.clear();
  joins_.clear();
  maps_.clear();
  moved_.clear();
  parted_.clear();
  outcome_ = {};
  first_new_ = next_->next_subject;
}

/// In rounds of one short step each, because the tables are larger than the processor's cache: the steps of
/// many identifiers then wait for memory side by side.
void Resolver::gather(std::span<const Claim> claims) {
  texts_.clear();
  for (const Claim& claim : claims)
    for (const Identifier& identifier : claim.identifiers) texts_.push_back(text_of(identifier));
  refs_.reserve(texts_.size());
  std::size_t at = 0;
  for (const Claim& claim : claims)
    for (const Identifier& identifier : claim.identifiers) {
      refs_.push_back(texts_[at] ? slot_of(identifier, *texts_[at]) : kNone);
      ++at;
    }
  for (Slot& slot : slots_) {
    const auto subject = values_.find(slot.text);
    slot.cached_value = subject.has_value();
    slot.unusable = subject && !subject->is_set();
    if (subject) slot.state.subject = *subject;
  }
  for (std::uint32_t index = 0; index < slots_.size(); ++index) {
    Slot& slot = slots_[index];
    if (slot.unusable) continue;
    const auto state = slot.cached_value ? subjects_.find(slot.state.subject) : std::nullopt;
    slot.cached_state = state.has_value();
    if (state)
      slot.state = *state;
    else
      missing_.push_back(index);
  }
  for (std::uint32_t index = 0; index < slots_.size(); ++index)
    if (slots_[index].cached_state) adopt(index, slots_[index].state);
}

/// The key of values_; none: longer than an identifier can be.
std::optional<crypto::Hash128> Resolver::text_of(const Identifier& identifier) const {
  std::array<char, 1 + EventLimits::kIdentifierBytesMax> text;
  if (identifier.value.size() >= text.size()) return std::nullopt;
  text[0] = static_cast<char>(identifier.kind);
  std::memcpy(text.data() + 1, identifier.value.data(), identifier.value.size());
  return crypto::table_hash(table_key_, {text.data(), identifier.value.size() + 1});
}

std::uint32_t Resolver::slot_of(const Identifier& identifier, const crypto::Hash128& text) {
  const auto index = static_cast<std::uint32_t>(slots_.size());
  const auto [at, added] = by_text_.try_emplace(text, index);
  if (!added) return at->second;
  Slot& slot = slots_.emplace_back();
  slot.identifier = &identifier;
  slot.same_as = index;
  slot.text = text;
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
    if (slot.normal.empty() ||
        (!blocked_.empty() && blocked_.contains(blocked_key(slot.identifier->kind, slot.normal)))) {
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
  if (!claim.linkable) own_.resize(1);
  if (claim.unlink) return unlink(tx, claim);
  for (const std::uint32_t slot : own_)
    if (!slots_[slot].state.subject.is_set()) create(slot, claim);
  CX_TRY(link(tx, claim));
  return claim.verified == 0 ? Result<void>{} : mark_verified(tx, claim);
}

Result<void> Resolver::link(ledger::Tx& tx, const Claim& claim) {
  const std::uint32_t first = own_.front();
  const auto together = [&](std::uint32_t slot) {
    return slots_[slot].state.customer == slots_[first].state.customer;
  };
  const bool by_people = !held_.empty() && held_.contains(slots_[first].state.customer);
  if (!by_people && std::ranges::all_of(own_, together)) {
    chosen_.push_back(first);
    return {};
  }
  // By trust; a handful of entries, and std::stable_sort would allocate.
  const auto rank = [&](std::uint32_t slot) { return rules_->of(slots_[slot].state.kind).rank; };
  for (std::size_t i = 1; i < own_.size(); ++i)
    for (std::size_t j = i; j > 0 && rank(own_[j]) < rank(own_[j - 1]); --j) std::swap(own_[j], own_[j - 1]);
  const auto trusted =
      std::ranges::find_if(own_, [&](std::uint32_t slot) { return !slots_[slot].state.shared; });
  const std::uint32_t anchor = trusted == own_.end() ? first : *trusted;
  const Why why{.source = claim.source, .at = claim.at, .verified = claim.verified};
  for (const std::uint32_t slot : own_)
    if (slot != anchor) CX_TRY(try_join(tx, why, anchor, slot));
  bool is_one = together(anchor);
  if (is_one && by_people) {
    CX_TRY(is_one, are_one_by_events(tx, first, anchor));
  }
  chosen_.push_back(is_one ? first : anchor);
  return {};
}

/// Of one customer that people hold together: whether events alone would have joined the two.
Result<bool> Resolver::are_one_by_events(ledger::Tx& tx, std::uint32_t left, std::uint32_t right) {
  CX_TRY(const Parts* parts, parts_by_events(tx, slots_[left].state.customer));
  return parts->at(slots_[left].state.subject) == parts->at(slots_[right].state.subject);
}

Result<void> Resolver::mark_verified(ledger::Tx& tx, const Claim& claim) {
  for (const std::uint32_t index : own_) {
    Slot& slot = slots_[index];
    if (slot.state.verified || (claim.verified & kind_bit(slot.state.kind)) == 0) continue;
    slot.state.verified = true;
    slot.cached_state = false;
    if (slot.state.subject.value < first_new_) CX_TRY(store::set_verified(tx, slot.state.subject));
  }
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
  customers_[slot.state.customer] = {{slot.state.subject, slot.state.kind, slot.state.source, false}};
  created_.push_back(index);
}

Result<void> Resolver::load(ledger::Tx& tx, CustomerId customer) {
  if (customers_.contains(customer)) return {};
  CX_TRY(auto members, store::members(tx, customer));
  customers_.emplace(customer, std::move(members));
  return {};
}

/// It was refused before, and nothing has changed since.
bool Resolver::is_refused(const Why& why, std::uint32_t left, std::uint32_t right) {
  const crypto::Hash128 pair{slots_[right].state.subject.value, slots_[left].state.subject.value};
  const bool known = why.verified == 0 && refused_.find(pair).has_value();
  if (known) ++outcome_.conflicts;
  return known;
}

Result<void> Resolver::try_join(ledger::Tx& tx, const Why& why, std::uint32_t left, std::uint32_t right) {
  const SubjectState& a = slots_[left].state;
  const SubjectState& b = slots_[right].state;
  if (a.shared || b.shared) return note_untried(tx, why, left, right);
  if (a.customer == b.customer) return join_beside(tx, why, left, right);
  if (is_refused(why, left, right)) return {};
  CX_TRY(const auto reason, obstacle(tx, why, left, right));
  if (!reason) return join(why, left, right), Result<void>{};
  if (why.verified != 0) {
    CX_TRY(const bool taken, take_over(tx, why, left, right));
    if (taken) return {};
  }
  return refuse(tx, why, right, left, *reason);
}

/// An identifier that must be verified first is noted of one customer: it may come to somebody while it
/// stands alone.
bool Resolver::may_join(const Why& why, const Slot& slot, std::size_t of_customer) const {
  const Joins joins = rules_->of(slot.state.kind).joins;
  if (joins == Joins::kAlways || of_customer == 1) return true;
  return joins == Joins::kVerified &&
         (slot.state.verified || (why.verified & kind_bit(slot.state.kind)) != 0);
}

Result<std::optional<ConflictReason>> Resolver::obstacle(ledger::Tx& tx, const Why& why, std::uint32_t left,
                                                         std::uint32_t right) {
  const CustomerId a = slots_[left].state.customer, b = slots_[right].state.customer;
  CX_TRY(load(tx, a));
  CX_TRY(load(tx, b));
  const std::vector<Member>& of_a = customers_[a];
  return between(tx, why, {left, of_a}, {right, customers_.find(b)->second});
}

Result<std::optional<ConflictReason>> Resolver::between(ledger::Tx& tx, const Why& why, const Side& left,
                                                        const Side& right) {
  const Slot& a = slots_[left.slot];
  const Slot& b = slots_[right.slot];
  const std::span<const Member> of_a = left.members, of_b = right.members;
  const bool by_claim = why.evidence == Evidence::kClaim;
  if (by_claim && !(may_join(why, a, of_a.size()) && may_join(why, b, of_b.size())))
    return ConflictReason::kUnverified;
  if (const auto reason = against(*rules_, of_a, of_b)) return reason;
  CX_TRY(const bool apart, separated(tx, of_a, of_b));
  return apart ? std::optional(ConflictReason::kKeptApart) : std::nullopt;
}

Result<void> Resolver::refuse(ledger::Tx& tx, const Why& why, std::uint32_t suspect, std::uint32_t other,
                              ConflictReason reason) {
  ++outcome_.conflicts;
  Slot& slot = slots_[suspect];
  const Conflict conflict{
      .suspect = slot.state.subject,
      .other = slots_[other].state.subject,
      .reason = reason,
      .source = why.source,
      .at = why.at,
      .version = next_->next_version,
      .held = held_.contains(slot.state.customer) || held_.contains(slots_[other].state.customer)};
  if (reason != ConflictReason::kUnverified)  // that may change any day
    refused_.put({conflict.suspect.value, conflict.other.value}, true);
  CX_TRY(const store::Suspicion known, store::insert_conflict(tx, conflict));
  const bool tells = reason == ConflictReason::kExclusive || reason == ConflictReason::kTooMany;
  const std::uint32_t enough = rules_->of(slot.state.kind).shared_after;
  if (!tells || enough == 0 || known.refused < enough) return {};
  slot.state.shared = true;
  slot.state.doubted = known.held > 0;
  slot.cached_state = false;  // to be remembered anew
  CX_TRY(store::set_shared(tx, conflict.suspect, known.held > 0 ? Shared::kDoubted : Shared::kFound));
  if (!rules_->release_shared) return {};
  CX_TRY(
      release(tx, suspect,
              {.kind = DecisionKind::kShared, .source = why.source, .at = why.at, .right = conflict.other}));
  return {};
}

void Resolver::join(const Why& why, std::uint32_t left, std::uint32_t right) {
  const SubjectState& a = slots_[left].state;
  const SubjectState& b = slots_[right].state;
  const auto [survivor, absorbed] = std::minmax(a.customer, b.customer);
  const Join join{.version = next_->next_version++,
                  .left = a.subject,
                  .right = b.subject,
                  .survivor = survivor,
                  .absorbed = absorbed,
                  .source = why.source,
                  .at = why.at,
                  .evidence = why.evidence};
  joins_.push_back(join);
  if (why.evidence != Evidence::kClaim || held_.contains(absorbed)) held_.insert(survivor);
  parts_.erase(survivor);
  parts_.erase(absorbed);
  const std::vector<Member> moved = std::move(customers_[join.absorbed]);
  customers_.erase(join.absorbed);
  for (const Member& member : moved) {
    const MapChange change{.subject = member.subject, .customer = join.survivor, .version = join.version};
    maps_.push_back(change);
    note_change(change);
  }
  std::vector<Member>& grown = customers_[join.survivor];
  grown.insert(grown.end(), moved.begin(), moved.end());
  if (join.absorbed.value < claim_first_new_)
    outcome_.merges.push_back({.survivor = join.survivor, .absorbed = join.absorbed});
}

/// A shared identifier joins nobody; where it may turn out not to be shared, what would have been joined is
/// kept for that day.
Result<void> Resolver::note_untried(ledger::Tx& tx, const Why& why, std::uint32_t left, std::uint32_t right) {
  const SubjectState& a = slots_[left].state;
  const SubjectState& b = slots_[right].state;
  if (why.evidence != Evidence::kClaim || a.subject == b.subject || !(a.doubted || b.doubted)) return {};
  CX_TRY(store::insert_conflict(tx, {.suspect = b.subject,
                                     .other = a.subject,
                                     .reason = ConflictReason::kShared,
                                     .source = why.source,
                                     .at = why.at,
                                     .version = next_->next_version,
                                     .held = true}));
  return {};
}

// Two subjects that are one customer because people say so: what an event says of them is noted too, by the
// rules for what events alone have joined, so that taking back what people said leaves what events say.
Result<void> Resolver::join_beside(ledger::Tx& tx, const Why& why, std::uint32_t left, std::uint32_t right) {
  const CustomerId customer = slots_[left].state.customer;
  if (why.evidence != Evidence::kClaim || left == right || !held_.contains(customer)) return {};
  CX_TRY(const Parts* parts, parts_by_events(tx, customer));
  const SubjectId a = slots_[left].state.subject, b = slots_[right].state.subject;
  const std::size_t of_left = parts->at(a), of_right = parts->at(b);
  if (of_left == of_right) return {};
  CX_TRY(const bool refused, store::has_conflict(tx, b, a));
  if (refused) return {};
  std::vector<Member> of_a, of_b;
  for (const Member& member : customers_[customer]) {
    const std::size_t part = parts->at(member.subject);
    if (part == of_left) of_a.push_back(member);
    if (part == of_right) of_b.push_back(member);
  }
  CX_TRY(const auto reason, between(tx, why, {left, of_a}, {right, of_b}));
  if (reason) return refuse(tx, why, right, left, *reason);
  const Join join{.version = next_->next_version++,
                  .left = a,
                  .right = b,
                  .survivor = customer,
                  .absorbed = customer,
                  .source = why.source,
                  .at = why.at,
                  .evidence = why.evidence};
  joins_.push_back(join);
  maps_.push_back({.subject = a, .customer = customer, .version = join.version});
  parts_.erase(customer);
  return {};
}

/// Which subjects of a customer events alone have joined: a number for each part.
Result<const Resolver::Parts*> Resolver::parts_by_events(ledger::Tx& tx, CustomerId customer) {
  if (const auto known = parts_.find(customer); known != parts_.end()) return &known->second;
  CX_TRY(const std::vector<Edge> edges, edges_of(tx, customer));
  std::vector<std::uint64_t> by_people;
  for (const Edge& edge : edges)
    if (!edge.by_claim) by_people.push_back(edge.version);
  std::vector<SubjectId> subjects;
  for (const Member& member : customers_[customer]) subjects.push_back(member.subject);
  Parts& out = parts_[customer];
  std::size_t number = 0;
  for (const auto& part : trees(subjects, edges, by_people)) {
    for (const SubjectId subject : part) out.emplace(subject, number);
    ++number;
  }
  return &out;
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

/// Whoever reads joins of the running batch from the tables calls this before.
Result<void> Resolver::write_joins(ledger::Tx& tx) {
  CX_TRY(store::insert_joins(tx, joins_));
  std::ranges::sort(maps_, {}, [](const MapChange& c) { return std::pair(c.subject, c.version); });
  CX_TRY(store::insert_maps(tx, maps_));
  joins_.clear();
  maps_.clear();
  return {};
}

/// Their identifiers under keys of their own. Reads slots only.
std::vector<store::NewSubject> Resolver::sealed_subjects() const {
  std::vector<store::NewSubject> out;
  out.reserve(created_.size());
  for (const std::uint32_t index : created_) {
    const Slot& slot = slots_[index];
    auto key = keys_.make_subject_key(slot.state.subject);
    std::string sealed =
        crypto::seal(key.key, shown(*slot.identifier, slot.normal), sealing_context(slot.state.subject));
    out.push_back({slot.state, slot.first_seen, std::move(key.wrapped), std::move(sealed)});
  }
  return out;
}

Result<void> Resolver::write(ledger::Tx& tx) {
  constexpr std::size_t kMany = 500;
  // Where there are many, another thread seals them while this one writes the other tables.
  auto subjects = std::async(created_.size() < kMany ? std::launch::deferred : std::launch::async,
                             [this] { return sealed_subjects(); });
  CX_TRY(write_joins(tx));
  for (const MapChange& change : moved_) CX_TRY(store::set_customer(tx, change.subject, change.customer));
  std::vector<store::SubjectHash> hashes;
  hashes.reserve(created_.size());
  for (const std::uint32_t index : created_)
    hashes.push_back({slots_[index].hash, slots_[index].state.subject});
  std::ranges::sort(hashes, [](const store::SubjectHash& a, const store::SubjectHash& b) {
    return std::memcmp(&a.hash, &b.hash, sizeof a.hash) < 0;
  });
  CX_TRY(store::insert_hashes(tx, hashes));
  CX_TRY(store::insert_subjects(tx, subjects.get()));
  moved_.clear();
  created_.clear();
  return {};
}

void Resolver::remember() {
  for (const MapChange& change : outcome_.map_changes)
    subjects_.update(change.subject, [&](SubjectState& state) { state.customer = change.customer; });
  for (std::uint32_t index = 0; index < slots_.size(); ++index) {
    const std::uint32_t same = canonical(index);
    const Slot& slot = slots_[same];
    if (!slot.unusable && !slot.state.subject.is_set()) continue;  // new, and not made: see Claim::linkable
    if (!slots_[index].cached_value)
      values_.put(slots_[index].text, slot.unusable ? SubjectId{} : slot.state.subject);
    if (same == index && !slot.unusable && !slot.cached_state) subjects_.put(slot.state.subject, slot.state);
  }
}

}  // namespace zhike::identity
