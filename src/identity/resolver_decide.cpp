// The part of the resolver that takes customers apart, and carries out what people decide.
#include <algorithm>
#include <set>
#include <tuple>

#include "identity/resolver.h"

namespace zhike::identity {

/// A subject of the database, as a slot beside those of the claims.
Result<std::uint32_t> Resolver::slot_of_subject(ledger::Tx& tx, SubjectId subject) {
  if (const auto at = by_subject_.find(subject); at != by_subject_.end()) return at->second;
  CX_TRY(SubjectState state, store::by_id(tx, subject));
  state.customer = now(subject, state.customer);
  const auto index = static_cast<std::uint32_t>(slots_.size());
  Slot& slot = slots_.emplace_back();
  slot.same_as = index;
  slot.cached_value = true;  // its text is not known here
  adopt(index, state);
  return index;
}

/// The subject's customer in this batch.
CustomerId Resolver::now(SubjectId subject, CustomerId otherwise) const {
  const auto at = changed_.find(subject);
  return at == changed_.end() ? otherwise : outcome_.map_changes[at->second].customer;
}

Result<std::vector<Edge>> Resolver::edges_of(ledger::Tx& tx, CustomerId customer) {
  CX_TRY(load(tx, customer));
  CX_TRY(write_joins(tx));
  return store::edges(tx, customers_[customer]);
}

Result<void> Resolver::take_apart(ledger::Tx& tx, CustomerId customer, std::span<const Edge> edges,
                                  std::span<const std::uint64_t> undone, std::uint64_t version) {
  for (const std::uint64_t join : undone) CX_TRY(store::undo_join(tx, join, version));
  const std::vector<Member> members = std::move(customers_[customer]);
  customers_.erase(customer);
  parts_.erase(customer);
  std::vector<SubjectId> subjects;
  FlatMap<SubjectId, const Member*> member_of;
  for (const Member& member : members) {
    subjects.push_back(member.subject);
    member_of.emplace(member.subject, &member);
  }
  for (const std::vector<SubjectId>& tree : trees(subjects, edges, undone)) {
    const CustomerId own{tree.front().value};
    std::vector<Member> group;
    for (const SubjectId subject : tree) {
      group.push_back(*member_of.find(subject)->second);
      parted_.emplace_back(subject, own);
      if (own == customer) continue;
      const MapChange change{.subject = subject, .customer = own, .version = version};
      maps_.push_back(change);
      note_change(change);
    }
    customers_.insert_or_assign(own, std::move(group));
    if (held_.contains(customer)) held_.insert(own);
  }
  refused_.clear();  // smaller customers have room for what was refused
  return {};
}

Result<std::uint64_t> Resolver::release(ledger::Tx& tx, std::uint32_t index, DecisionRow row) {
  const SubjectId subject = slots_[index].state.subject;
  const CustomerId customer = slots_[index].state.customer;
  CX_TRY(const std::vector<Edge> edges, edges_of(tx, customer));
  std::vector<std::uint64_t> undone;
  for (const Edge& edge : edges)
    if (edge.left == subject || edge.right == subject) undone.push_back(edge.version);
  if (undone.empty()) return 0;
  row.version = next_->next_version++;
  row.left = subject;
  CX_TRY(store::insert_decision(tx, row));
  CX_TRY(take_apart(tx, customer, edges, undone, row.version));
  return row.version;
}

Result<void> Resolver::unlink(ledger::Tx& tx, const Claim& claim) {
  const std::uint32_t first = own_.front();
  if (!slots_[first].state.subject.is_set()) create(first, claim);
  chosen_.push_back(first);
  const DecisionRow why{.kind = DecisionKind::kUnlink, .source = claim.source, .at = claim.at};
  if (own_.size() == 1) {
    CX_TRY(release(tx, first, why));
    return {};
  }
  for (const std::uint32_t slot : std::span(own_).subspan(1)) {
    const SubjectState& owner = slots_[first].state;
    const SubjectState& taken = slots_[slot].state;
    if (!taken.subject.is_set() || taken.customer != owner.customer) continue;
    CX_TRY(const std::vector<Edge> edges, edges_of(tx, owner.customer));
    std::vector<std::uint64_t> ways;
    for (std::vector<Edge> rest = edges;;) {
      const auto step = first_step(taken.subject, owner.subject, rest);
      if (!step) break;
      ways.push_back(step->version);
      std::erase(rest, *step);
    }
    if (ways.empty()) continue;
    DecisionRow row = why;
    row.version = next_->next_version++;
    row.left = taken.subject;
    row.right = owner.subject;
    CX_TRY(store::insert_decision(tx, row));
    CX_TRY(take_apart(tx, owner.customer, edges, ways, row.version));
  }
  return {};
}

/// `right` is proved to belong to the claim's person, and whoever has it never proved it: it changes hands.
Result<bool> Resolver::take_over(ledger::Tx& tx, const Why& why, std::uint32_t left, std::uint32_t right) {
  const SubjectState& taken = slots_[right].state;
  if (taken.verified || (why.verified & kind_bit(taken.kind)) == 0) return false;
  CX_TRY(const std::uint64_t version, release(tx, right,
                                              {.kind = DecisionKind::kVerified,
                                               .source = why.source,
                                               .at = why.at,
                                               .right = slots_[left].state.subject}));
  if (version == 0) return false;
  CX_TRY(const auto reason, obstacle(tx, why, left, right));
  if (reason) return false;
  join(why, left, right);
  return true;
}

Result<void> Resolver::carry_out(ledger::Tx& tx, const Decision& decision, Result<Decided>& answer) {
  claim_first_new_ = next_->next_subject;
  CX_TRY(write_joins(tx));
  switch (decision.act) {
    case Decision::Act::kMerge:
      return merge(tx, decision, answer);
    case Decision::Act::kSplit:
      return split(tx, decision, answer);
    case Decision::Act::kApart:
      return keep_apart(tx, decision, answer);
    case Decision::Act::kShare:
      return share(tx, decision, answer);
  }
  return {};
}

Result<void> Resolver::merge(ledger::Tx& tx, const Decision& d, Result<Decided>& answer) {
  const auto left = slot_of_subject(tx, d.left);
  if (!left) return answer = std::unexpected(left.error()), Result<void>{};
  const auto right = slot_of_subject(tx, d.right);
  if (!right) return answer = std::unexpected(right.error()), Result<void>{};
  const CustomerId a = slots_[*left].state.customer, b = slots_[*right].state.customer;
  if (a == b) return answer = Decided{.version = 0, .customers = {a}}, Result<void>{};
  const Why why{.source = {}, .at = d.at, .evidence = d.evidence, .verified = 0};
  CX_TRY(const auto reason, obstacle(tx, why, *left, *right));
  if (reason && !d.force) {
    answer = Decided{.version = 0,
                     .customers = {std::min(a, b), std::max(a, b)},
                     .obstacle = std::string(to_string(*reason))};
    return {};
  }
  const std::uint64_t version = next_->next_version;
  CX_TRY(lift(tx, a, b, version));
  join(why, *left, *right);
  CX_TRY(store::insert_decision(tx, {.version = version,
                                     .kind = DecisionKind::kMerge,
                                     .actor = d.actor,
                                     .source = {},
                                     .at = d.at,
                                     .left = d.left,
                                     .right = d.right,
                                     .reason = d.reason}));
  answer = Decided{.version = version, .customers = {std::min(a, b)}};
  return {};
}

Result<void> Resolver::keep_apart(ledger::Tx& tx, const Decision& d, Result<Decided>& answer) {
  const auto left = slot_of_subject(tx, d.left);
  if (!left) return answer = std::unexpected(left.error()), Result<void>{};
  const auto right = slot_of_subject(tx, d.right);
  if (!right) return answer = std::unexpected(right.error()), Result<void>{};
  const CustomerId a = slots_[*left].state.customer, b = slots_[*right].state.customer;
  if (a == b) return answer = Decided{.version = 0, .customers = {a}}, Result<void>{};
  Decided done{.version = 0, .customers = {std::min(a, b), std::max(a, b)}};
  CX_TRY(load(tx, a));
  CX_TRY(load(tx, b));
  CX_TRY(const auto apart, store::apart_from(tx, d.left));
  if (std::ranges::find(apart, d.right) == apart.end()) {
    done.version = next_->next_version++;
    CX_TRY(store::insert_decision(tx, {.version = done.version,
                                       .kind = DecisionKind::kApart,
                                       .actor = d.actor,
                                       .source = {},
                                       .at = d.at,
                                       .left = d.left,
                                       .right = d.right,
                                       .reason = d.reason}));
    CX_TRY(separate(tx, d.left, d.right, done.version));
  }
  answer = std::move(done);
  return {};
}

/// What a person joins, no earlier separation keeps apart.
Result<void> Resolver::lift(ledger::Tx& tx, CustomerId a, CustomerId b, std::uint64_t version) {
  const std::vector<Member>& of_b = customers_[b];
  for (const Member& member : customers_.find(a)->second) {
    if (!member.apart) continue;
    CX_TRY(const auto others, store::apart_from(tx, member.subject));
    for (const SubjectId other : others)
      if (std::ranges::find(of_b, other, &Member::subject) != of_b.end())
        CX_TRY(store::lift_apart(tx, member.subject, other, version));
  }
  return {};
}

Result<void> Resolver::separate(ledger::Tx& tx, SubjectId a, SubjectId b, std::uint64_t version) {
  CX_TRY(store::keep_apart(tx, a, b, version));
  for (const SubjectId subject : {a, b}) {
    CX_TRY(const std::uint32_t slot, slot_of_subject(tx, subject));
    for (Member& member : customers_[slots_[slot].state.customer])
      if (member.subject == subject) member.apart = true;
  }
  return {};
}

Result<void> Resolver::split(ledger::Tx& tx, const Decision& d, Result<Decided>& answer) {
  // `parted`: joins that an event took back meanwhile; what they had caused is put right all the same.
  std::vector<Edge> wanted, parted, ends;
  for (const std::uint64_t version : d.joins) {
    Edge edge;
    const auto state = store::join_state(tx, version, edge);
    if (!state) return answer = std::unexpected(state.error()), Result<void>{};
    ends.push_back(edge);
    if (*state == store::JoinState::kHolds) wanted.push_back(edge);
    if (*state == store::JoinState::kTakenBackByEvent) {
      CX_TRY(const auto restored, store::held_between(tx, edge.left, edge.right));
      if (restored) {
        wanted.push_back(*restored);
        continue;
      }
      CX_TRY(const auto apart, store::apart_from(tx, edge.left));
      if (std::ranges::find(apart, edge.right) == apart.end()) parted.push_back(edge);  // else a repeat
    }
  }
  const auto customers_of = [&](std::span<const Edge> edges) -> Result<std::set<CustomerId>> {
    std::set<CustomerId> out;
    for (const Edge& edge : edges)
      for (const SubjectId end : {edge.left, edge.right}) {
        CX_TRY(const std::uint32_t slot, slot_of_subject(tx, end));
        out.insert(slots_[slot].state.customer);
      }
    return out;
  };
  CX_TRY(const auto whole, customers_of(wanted));
  CX_TRY(const auto before, customers_of(ends));
  if (wanted.empty() && parted.empty())
    return answer = Decided{.version = 0, .customers = {before.begin(), before.end()}}, Result<void>{};
  if (whole.size() > 1) {
    answer = fail(Code::kBadField, "the joins are of {} customers", whole.size());
    return {};
  }
  std::vector<std::pair<SubjectId, CustomerId>> subjects;
  for (const CustomerId customer : before) {
    CX_TRY(load(tx, customer));
    for (const Member& member : customers_[customer]) subjects.emplace_back(member.subject, customer);
  }
  const std::uint64_t version = next_->next_version++;
  CX_TRY(store::insert_decision(tx, {.version = version,
                                     .kind = DecisionKind::kSplit,
                                     .actor = d.actor,
                                     .source = {},
                                     .at = d.at,
                                     .left = ends.front().left,
                                     .right = ends.front().right,
                                     .reason = d.reason}));
  if (!wanted.empty()) {
    CX_TRY(const std::vector<Edge> edges, edges_of(tx, *whole.begin()));
    std::vector<std::uint64_t> undone;
    for (const Edge& edge : wanted) undone.push_back(edge.version);
    CX_TRY(take_apart(tx, *whole.begin(), edges, undone, version));
  }
  wanted.insert(wanted.end(), parted.begin(), parted.end());
  for (const Edge& edge : wanted) CX_TRY(separate(tx, edge.left, edge.right, version));
  CX_TRY(try_again(tx, subjects, wanted));
  std::set<CustomerId> after;
  for (const auto& [subject, customer] : subjects) after.insert(now(subject, customer));
  answer = Decided{.version = version, .customers = {after.begin(), after.end()}};
  return {};
}

Result<void> Resolver::share(ledger::Tx& tx, const Decision& d, Result<Decided>& answer) {
  const auto slot = slot_of_subject(tx, d.left);
  if (!slot) return answer = std::unexpected(slot.error()), Result<void>{};
  slots_[*slot].state.shared = true;
  slots_[*slot].state.doubted = false;
  slots_[*slot].cached_state = false;
  CX_TRY(store::set_shared(tx, d.left, Shared::kDecided));
  CX_TRY(
      const std::uint64_t version,
      release(tx, *slot, {.kind = DecisionKind::kShared, .actor = d.actor, .at = d.at, .reason = d.reason}));
  answer = Decided{.version = version, .customers = {slots_[*slot].state.customer}};
  return {};
}

/// What was refused to these subjects while they were one customer may be right now that they are not: joins
/// are tried again as their claims came, and what was found to be shared by those refusals alone is not.
Result<void> Resolver::try_again(ledger::Tx& tx, std::span<const std::pair<SubjectId, CustomerId>> subjects,
                                 std::span<const Edge> undone) {
  const std::uint64_t since = std::ranges::min_element(undone, {}, &Edge::version)->version + 1;
  std::vector<Conflict> refused;
  for (const auto& [subject, customer] : subjects) {
    CX_TRY(const auto more, store::take_conflicts(tx, subject, since));
    refused.insert(refused.end(), more.begin(), more.end());
  }
  const auto order = [](const Conflict& c) { return std::tuple(c.version, c.at, c.suspect, c.other); };
  std::ranges::sort(refused, {}, order);
  const auto join_again = [&](SubjectId left, SubjectId right, const Why& why) -> Result<void> {
    CX_TRY(const std::uint32_t a, slot_of_subject(tx, left));
    CX_TRY(const std::uint32_t b, slot_of_subject(tx, right));
    return try_join(tx, why, a, b);
  };
  std::vector<Conflict> again;
  for (const Conflict& c : refused) {
    CX_TRY(const std::uint32_t suspect, slot_of_subject(tx, c.suspect));
    CX_TRY(const bool no_longer,
           store::unshare(tx, c.suspect, rules_->of(slots_[suspect].state.kind).shared_after));
    if (!no_longer) continue;
    slots_[suspect].state.shared = slots_[suspect].state.doubted = false;
    slots_[suspect].cached_state = false;
    CX_TRY(write_joins(tx));
    CX_TRY(const auto released, store::released(tx, c.suspect, since));
    for (const Join& join : released) {
      if (std::ranges::find(undone, join.version, &Edge::version) != undone.end()) continue;
      const Why why{.source = join.source, .at = join.at, .evidence = join.evidence};
      if (join.evidence == Evidence::kClaim)
        CX_TRY(join_again(join.left, join.right, why));
      else
        CX_TRY(restore(tx, join, why));
    }
    CX_TRY(const auto untried, store::take_untried(tx, c.suspect));
    again.insert(again.end(), untried.begin(), untried.end());
  }
  again.insert(again.end(), refused.begin(), refused.end());
  std::ranges::sort(again, {}, order);
  refused_.clear();  // they are tried in earnest
  for (const Conflict& c : again) CX_TRY(join_again(c.other, c.suspect, {.source = c.source, .at = c.at}));
  return {};
}

/// What people joined holds again, whatever rule they overruled, unless they have taken it back since.
Result<void> Resolver::restore(ledger::Tx& tx, const Join& join, const Why& why) {
  CX_TRY(const auto apart, store::apart_from(tx, join.left));
  if (std::ranges::find(apart, join.right) != apart.end()) return {};
  CX_TRY(const std::uint32_t left, slot_of_subject(tx, join.left));
  CX_TRY(const std::uint32_t right, slot_of_subject(tx, join.right));
  if (slots_[left].state.customer == slots_[right].state.customer) return {};
  CX_TRY(load(tx, slots_[left].state.customer));
  CX_TRY(load(tx, slots_[right].state.customer));
  this->join(why, left, right);
  return {};
}

Result<void> Resolver::make_rebuilds(ledger::Tx& tx) {
  std::set<CustomerId> customers;
  for (const auto& [subject, own] : parted_) customers.insert(now(subject, own));
  for (const CustomerId customer : customers) {
    CX_TRY(load(tx, customer));
    Rebuild& rebuild = outcome_.rebuilds.emplace_back(Rebuild{.customer = customer, .subjects = {}});
    for (const Member& member : customers_[customer]) rebuild.subjects.push_back(member.subject);
    std::ranges::sort(rebuild.subjects);
  }
  return {};
}

}  // namespace zhike::identity
