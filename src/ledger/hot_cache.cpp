#include "ledger/hot_cache.h"

#include <algorithm>

#include "ledger/hot_codec.h"

namespace zhike::ledger {
namespace {

/// Of the heap, near enough for a bound: short texts live inside their strings.
std::size_t bytes_of(const HotProfile& p) {
  return sizeof(HotCache::Entry) + 64 + p.recent.capacity() * sizeof(Interaction) +
         (p.units.capacity() + p.channels.capacity()) * (sizeof(std::string) + 16);
}

}  // namespace

Result<void> HotCache::apply(BlockId block, std::span<const HotMerge> merges,
                             std::span<const HotChange> changes, std::span<const HotReplace> replaced,
                             const Load& load) {
  // All reading first: what follows cannot fail. Only this thread changes the map, so it looks without lock.
  const auto fetch = [&](CustomerId customer) -> Result<void> {
    if (entries_.contains(customer)) return {};
    CX_TRY(Entry stored, load(customer));
    const std::unique_lock lock(mutex_);
    recount(entries_.emplace(customer, std::move(stored)).first->second);
    return {};
  };
  for (const HotMerge& m : merges) {
    CX_TRY(fetch(m.survivor));
    CX_TRY(fetch(m.absorbed));
  }
  for (const HotChange& c : changes) CX_TRY(fetch(c.customer));
  for (const HotReplace& r : replaced) CX_TRY(fetch(r.customer));

  std::unordered_map<CustomerId, CustomerId> moved;
  const auto standing = [&](CustomerId customer) {
    for (auto at = moved.find(customer); at != moved.end(); at = moved.find(customer)) customer = at->second;
    return customer;
  };
  for (const HotMerge& m : merges) {
    const CustomerId survivor = standing(m.survivor), absorbed = standing(m.absorbed);
    if (survivor == absorbed) continue;
    moved[absorbed] = survivor;
    merge(block, survivor, absorbed);
  }
  for (const HotChange& c : changes) add(block, standing(c.customer), c.add);
  for (const HotReplace& r : replaced) replace(block, r);
  return {};
}

void HotCache::replace(BlockId block, const HotReplace& whole) {
  const std::unique_lock lock(mutex_);
  Entry& entry = entries_.at(whole.customer);
  growth_ += (whole.record ? 1 : 0) - (entry.present ? 1 : 0);
  entry.present = whole.record.has_value();
  entry.dirty = true;
  entry.profile = whole.record.value_or(HotProfile{});
  entry.profile.customer = whole.customer;
  entry.profile.block = block.value;
  recount(entry);
}

void HotCache::merge(BlockId block, CustomerId survivor, CustomerId absorbed) {
  const std::unique_lock lock(mutex_);
  Entry& from = entries_.at(absorbed);
  if (!from.present) return;
  const HotProfile taken = std::exchange(from.profile, {});
  from.present = false;
  from.dirty = true;
  --growth_;
  recount(from);
  put(block, survivor, taken);
}

void HotCache::add(BlockId block, CustomerId customer, const HotProfile& more) {
  const std::unique_lock lock(mutex_);  // record by record, so that a large block keeps no reader waiting
  put(block, customer, more);
}

void HotCache::put(BlockId block, CustomerId customer, const HotProfile& more) {
  Entry& to = entries_.at(customer);
  if (!to.present) ++growth_;
  add_profile(to.profile, more);
  to.profile.customer = customer;
  to.profile.block = block.value;
  to.present = to.dirty = true;
  recount(to);
}

void HotCache::recount(Entry& entry) {
  const std::size_t now = bytes_of(entry.profile);
  bytes_ += now - entry.bytes;
  entry.bytes = now;
}

std::vector<std::pair<CustomerId, const HotCache::Entry*>> HotCache::dirty() const {
  std::vector<std::pair<CustomerId, const Entry*>> out;
  for (const auto& [customer, entry] : entries_)
    if (entry.dirty) out.emplace_back(customer, &entry);
  std::ranges::sort(out);
  return out;
}

void HotCache::forget() {
  const std::unique_lock lock(mutex_);
  entries_ = {};
  bytes_ = 0;
}

void HotCache::settle() {
  if (bytes_ > bytes_max_ / 2) forget();
  const std::unique_lock lock(mutex_);
  growth_ = 0;
  for (auto at = entries_.begin(); at != entries_.end();) {
    Entry& entry = at->second;
    entry.stored = entry.present;
    entry.dirty = false;
    if (entry.present) {
      ++at;
      continue;
    }
    bytes_ -= entry.bytes;
    at = entries_.erase(at);
  }
}

std::int64_t HotCache::growth() const {
  const std::shared_lock lock(mutex_);
  return growth_;
}

}  // namespace zhike::ledger
