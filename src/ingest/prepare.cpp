#include "ingest/prepare.h"

#include <algorithm>
#include <future>

#include "identity/survivor.h"
#include "ingest/case_step.h"
#include "ingest/claims.h"
#include "ingest/detect.h"
#include "ingest/record.h"

namespace zhike::ingest {
namespace {

constexpr std::string_view kGroupId = "group_id";  // as the Segment protocol's groupId becomes

Instant minute_of(Instant at) { return {at.ms - at.ms % 60'000}; }
identity::JournalPlace place(journal::Position at) { return {at.segment, at.offset}; }

// Products and places, so no key of theirs is a person's; their values are scrubbed all the same.
std::string item_rows(const std::vector<Item>& items, const std::vector<Item>& groups) {
  warehouse::RowWriter w;
  const auto write = [&w](const Item& item) {
    w.text(item.type);
    w.text(item.id);
    w.u32(static_cast<std::uint32_t>(item.source.value));
    w.u8(item.gone ? 1 : 0);
    w.instant(item.at);
    w.map_size(item.properties.size());
    for (const auto& [key, value] : item.properties) {
      w.text(key);
      w.text(scrub(value));
    }
  };
  std::ranges::for_each(items, write);
  std::ranges::for_each(groups, write);
  return w.take();
}

}  // namespace

void Preparer::drop_repeats(const Batch& batch, Fates& fates) {
  const std::vector<RawEvent>& events = batch.parsed.events;
  const Instant now = parts_.age.now();
  fates.events.assign(events.size(), Reason::kNone);
  kept_.clear();
  for (std::size_t i = 0; i < events.size(); ++i) {
    const RawEvent& e = events[i];
    if (parts_.fingerprints.check_and_add(batch.marks[i], now)) {
      fates.events[i] = Reason::kDuplicate;
      continue;
    }
    kept_.push_back({i, parts_.kinds.number(e.source, e.type, e.name, e.channel)});
  }
}

// A group describes itself, as an item does, and its member belongs to it: of the customer only that is kept.
void Preparer::take_group(const RawEvent& e) {
  clean_.traits.clear();
  const Value* id = find(e.properties, kGroupId);
  if (id == nullptr) return;
  Item group{.type = "group",
             .id = zhike::to_string(*id),
             .gone = false,
             .at = e.occurred_at,
             .properties = {},
             .source = e.source,
             .received_at = e.received_at};
  for (const Property& p : e.traits)
    if (std::string value = zhike::to_string(p.value);
        !value.empty() && classify_key(p.key, false) != KeyClass::kSecret)
      group.properties.emplace_back(p.key, std::move(value));
  // Named without a description, it must not replace one.
  if (group.properties.empty()) group.at = {};
  clean_.traits.push_back({kGroupId, scrub(group.id)});
  if (const Value* name = find(e.traits, "name"))
    if (std::string text = scrub(zhike::to_string(*name)); !text.empty())
      clean_.traits.push_back({"group_name", std::move(text)});
  groups_.push_back(std::move(group));
}

// Sensitive values of any event, and all traits of an identify, are facts about the subject.
Result<void> Preparer::put_traits(ledger::Tx& tx, const Fact& fact) {
  const RawEvent& e = *fact.event;
  std::vector<identity::Trait> traits;
  if (e.type != EventType::kGroup)
    for (const SealedValue& s : fact.sealed)
      traits.push_back({s.key, s.value, true, e.source, e.occurred_at});
  if (e.type == EventType::kIdentify || e.type == EventType::kGroup)
    for (const CleanValue& t : fact.traits)
      traits.push_back({std::string(t.key), t.value, false, e.source, e.occurred_at});
  if (!traits.empty()) CX_TRY(traits_.put(tx, fact.subject, traits, full_));
  if (e.type == EventType::kIdentify && !fact.full_name.empty()) {
    CX_TRY(identity::put_search_terms(tx, fact.subject, traits_.search_terms(fact.full_name)));
  }
  return {};
}

Result<void> Preparer::change_traits(ledger::Tx& tx, const RawEvent& e, SubjectId subject) {
  std::vector<identity::Trait> traits;
  for (const Property& p : e.traits) {
    const KeyClass is = classify_key(p.key, true);
    std::string value = zhike::to_string(p.value);
    if (is == KeyClass::kSecret || (value.empty() && e.trait_op != TraitOp::kUnset)) continue;
    const bool sensitive = is_sensitive(is) || shown_trait(p.key, value) != value;
    traits.push_back({p.key, std::move(value), sensitive, e.source, e.occurred_at});
  }
  if (e.trait_op == TraitOp::kDelete)  // only its source and time matter
    traits.assign(1, {{}, {}, false, e.source, e.occurred_at});
  return traits_.change(tx, subject, e.trait_op, std::move(traits), full_);
}

// Who each event belongs to is worked out first. Then another thread writes that, and what the events say of
// their subjects, into the tables, while this one makes the block and its file of it.
Result<void> Preparer::transact(ledger::Tx& tx, const Batch& batch, Fates& fates, Block& block) {
  constexpr std::size_t kMany = 500;
  full_.clear();  // the work of a transaction may be started over
  CX_TRY(block.record.id, identity::blocks::next_id(tx));
  std::vector<identity::Claim> claims;
  claims.reserve(kept_.size());
  const std::string consent = consent_key(*parts_.graph.rules());
  for (const Row& row : kept_) claims.push_back(claim_of(batch.parsed.events[row.at], consent));
  CX_TRY(identity::Outcome outcome, parts_.graph.resolve_in_memory(tx, claims, batch.decisions));
  const auto beside = claims.size() < kMany ? std::launch::deferred : std::launch::async;
  auto graph = std::async(beside, [&] { return parts_.graph.write(tx); });
  fates.decided = std::move(outcome.decided);
  block.rebuilds = std::move(outcome.rebuilds);
  make_rows(batch, outcome.resolved, fates, block);
  auto facts = std::async(beside, [&]() -> Result<void> {
    CX_TRY(graph.get());
    return put_facts(tx);
  });
  block.merges.clear();
  for (const identity::Merge& m : outcome.merges) block.merges.push_back({m.survivor, m.absorbed});
  warehouse::RowWriter map;
  for (const identity::MapChange& c : outcome.map_changes) {
    map.u64(c.subject.value);
    map.u64(c.customer.value);
    map.u64(c.version);
  }
  block.map_rows = map.take();
  const auto file = finish_block(batch, fates, block);
  CX_TRY(facts.get());
  return file;
}

void Preparer::make_rows(const Batch& batch, std::span<const identity::Resolved> resolved, Fates& fates,
                         Block& block) {
  rows_.clear();
  groups_.clear();
  facts_.clear();
  cases_.clear();
  std::uint64_t rows = 0;
  for (std::size_t i = 0; i < kept_.size(); ++i) {
    const RawEvent& e = batch.parsed.events[kept_[i].at];
    const identity::Resolved& who = resolved[i];
    if (!who.subject.is_set()) {
      fates.events[kept_[i].at] = Reason::kNoIdentifier;
      continue;
    }
    classifier_.clean(e, clean_);
    if (kept_[i].kind == Kinds::kOther && !e.name.empty())  // there is no room for its name as a kind
      clean_.properties.push_back({"event_name", scrub(e.name)});
    if (e.type == EventType::kGroup) take_group(e);
    const std::uint64_t event_id = (block.record.id.value << 20) + rows++;
    rows_.add(e, clean_, {event_id, block.record.id, kept_[i].kind, who.subject});
    if (!clean_.sealed.empty() || e.type == EventType::kIdentify || e.type == EventType::kGroup ||
        e.trait_op != TraitOp::kSet)
      facts_.push_back(
          {&e, who.subject, std::move(clean_.sealed), std::move(clean_.traits), std::move(clean_.full_name)});
    const Placement placement = parts_.kinds.placement(kept_[i].kind);
    if (const auto step = case_step(e, placement))
      cases_.push_back(
          {who.subject, {.id = e.case_id, .kind = kept_[i].kind, .step = *step, .at = e.occurred_at}});
    hot_.add(who.customer, {e, event_id, kept_[i].kind, placement});
  }
  block.record.rows = rows;
  block.rows = rows_.take();
  block.changes = hot_.take();
  block.item_rows = item_rows(batch.parsed.items, groups_);
}

Result<void> Preparer::put_facts(ledger::Tx& tx) {
  for (const Fact& fact : facts_)
    CX_TRY(fact.event->trait_op == TraitOp::kSet ? put_traits(tx, fact)
                                                 : change_traits(tx, *fact.event, fact.subject));
  for (const Case& one : cases_) CX_TRY(identity::put_case(tx, one.subject, one.event));
  return {};
}

/// What the block keeps of events that nobody can be found for, and its file.
Result<void> Preparer::finish_block(const Batch& batch, const Fates& fates, Block& block) const {
  block.rejects.clear();
  block.counts.clear();
  // Events that identity could not use after all join the rejects, whole, so that they can be tried again.
  for (const Reject& r : batch.parsed.rejects) block.rejects.push_back(parts_.quarantine.seal(r));
  for (std::size_t i = 0; i < fates.events.size(); ++i) {
    if (fates.events[i] != Reason::kNoIdentifier) continue;
    const RawEvent& e = batch.parsed.events[i];
    block.rejects.push_back(
        parts_.quarantine.seal(reject_of(e, Reason::kNoIdentifier, "no usable identifier")));
  }
  count_fates(batch, fates, block);
  return write_block(block_file(parts_.blocks, block.record.id), block);
}

void Preparer::count_fates(const Batch& batch, const Fates& fates, Block& block) const {
  const auto count = [&](SourceId source, Instant received, Reason reason) {
    const Instant minute = minute_of(received);
    const auto at = std::ranges::find_if(
        block.counts, [&](const SourceCounts& c) { return c.source == source && c.minute == minute; });
    SourceCounts& c =
        at != block.counts.end() ? *at : block.counts.emplace_back(SourceCounts{source, minute, {}});
    ++c.by_reason[reason];
  };
  std::uint64_t stored = 0;
  for (std::size_t i = 0; i < batch.parsed.events.size(); ++i) {
    const RawEvent& e = batch.parsed.events[i];
    count(e.source, e.received_at, fates.events[i]);
    stored += fates.events[i] == Reason::kNone ? 1 : 0;
  }
  for (const Reject& r : batch.parsed.rejects) count(r.source, r.received_at, r.reason);
  for (const Item& item : batch.parsed.items) count(item.source, item.received_at, Reason::kNone);
  cx_check(stored == block.record.rows, "received = stored + dropped + quarantined");
}

void Preparer::observe(const Batch& batch, const Fates& fates) {
  if (parts_.observer == nullptr) return;
  seen_.clear();
  for (const Row& row : kept_)
    if (fates.events[row.at] == Reason::kNone) seen_.push_back({row.kind, &batch.parsed.events[row.at]});
  parts_.observer->see(seen_);
}

Result<Block> Preparer::prepare(const Batch& batch, Fates& fates) {
  Block block;
  block.record.from = place(batch.from);
  block.record.to = place(batch.to);
  block.record.created_at = parts_.clock.now();
  (void)hot_.take();  // of an attempt that failed
  drop_repeats(batch, fates);
  const auto undo = [&](Error why) -> Result<Block> {
    parts_.graph.forget();
    parts_.fingerprints.rollback();
    return std::unexpected(std::move(why));
  };
  if (auto saved = parts_.kinds.save(); !saved) return undo(std::move(saved).error());
  auto mark = parts_.fingerprints.prepare();
  if (!mark) return undo(std::move(mark).error());
  block.record.mark = *mark;

  auto committed = parts_.identity_db.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(transact(tx, batch, fates, block));
    if (before_commit && !before_commit()) return fail(Code::kInternal, "stopped before the commit");
    return identity::blocks::put_cut(tx, block.record);
  });
  if (!committed) return undo(std::move(committed).error());
  parts_.fingerprints.confirm();
  observe(batch, fates);
  return block;
}

}  // namespace zhike::ingest
