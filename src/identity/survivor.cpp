#include "identity/survivor.h"

#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <tuple>

#include "identity/fold.h"
#include "identity/set_once.h"

namespace zhike::identity {
namespace {

Survivor rule_of(const Rules& rules, std::string_view key) {
  const auto at = std::ranges::find(rules.traits, key, &TraitRule::key);
  return at == rules.traits.end() ? Survivor::kLatest : at->rule;
}

/// Newest first; one of them at least. No rules: the newest.
const Trait& chosen(const Rules* rules, std::span<const Trait> values) {
  switch (rules == nullptr ? Survivor::kLatest : rule_of(*rules, values.front().key)) {
    case Survivor::kLatest:
      break;
    case Survivor::kMostTrusted: {
      const auto rank = [&](const Trait& t) {
        return std::ranges::find(rules->trusted, t.source) - rules->trusted.begin();
      };
      return *std::ranges::min_element(values, {}, rank);
    }
    case Survivor::kMostFrequent: {
      std::map<std::string_view, std::size_t> times;
      for (const Trait& t : values) ++times[t.value];
      return *std::ranges::max_element(values, {}, [&](const Trait& t) { return times[t.value]; });
    }
  }
  return values.front();
}

bool is_gone(const Trait& trait) {
  return trait.op == TraitOp::kSet && !trait.sensitive && trait.value.empty();
}
/// An earlier version kept what is set once under a negative time.
bool is_once(const Trait& trait) { return trait.op == TraitOp::kSetOnce || trait.at.ms < 0; }
bool is_entry(const Trait& trait) { return trait.op == TraitOp::kAdd || trait.op == TraitOp::kAppend; }

/// The value below the entries: of those stated as such by the rules, else the first that was set once.
std::optional<Trait> base_of(const Rules* rules, std::span<const Trait> newest_first) {
  std::vector<Trait> set;
  const Trait* once = nullptr;
  for (const Trait& trait : newest_first) {
    if (is_entry(trait)) continue;
    if (!is_once(trait))
      set.push_back(trait);
    else if (once == nullptr || stated_at(trait.at) <= stated_at(once->at))
      once = &trait;
  }
  if (!set.empty()) return chosen(rules, set);
  if (once == nullptr) return std::nullopt;
  Trait out = *once;
  out.at = set_once_at(stated_at(out.at));  // gives way to any other value
  out.op = TraitOp::kSet;
  return out;
}

/// The entries that are no older than the value below them, oldest first, on top of it.
std::optional<Trait> with_entries(std::optional<Trait> base, std::span<const Trait> newest_first) {
  std::optional<Trait> out = std::move(base);
  const Instant from = out ? stated_at(out->at) : Instant{};
  for (auto at = newest_first.rbegin(); at != newest_first.rend(); ++at) {
    if (!is_entry(*at) || (out && at->at < from)) continue;
    if (!out) {
      if (at->op == TraitOp::kAdd ? !is_number(at->value) : !is_list(at->value)) continue;
      out = *at;
      out->op = TraitOp::kSet;
      continue;
    }
    auto value = fold_one(at->op, out->value, at->value);
    if (!value) continue;
    out->value = *std::move(value);
    out->source = at->source;
    out->at = std::max(stated_at(out->at), at->at);
    out->sensitive = out->sensitive || at->sensitive;
  }
  return out;
}

/// Of each key what is left, or an empty value where that is nothing.
std::vector<Trait> settled(const Rules* rules, std::vector<Trait> stated) {
  std::ranges::sort(stated, [](const Trait& a, const Trait& b) {
    return std::tuple(std::string_view(a.key), stated_at(b.at), a.source, std::string_view(a.value)) <
           std::tuple(std::string_view(b.key), stated_at(a.at), b.source, std::string_view(b.value));
  });
  std::optional<Instant> all_gone;
  std::vector<Trait> out;
  for (std::size_t from = 0, next = 0; from < stated.size(); from = next) {
    while (next < stated.size() && stated[next].key == stated[from].key) ++next;
    const std::span<Trait> group = std::span(stated).subspan(from, next - from);
    if (group.front().key == kAllKeys) {  // sorted first
      all_gone = stated_at(group.front().at);
      continue;
    }
    const auto gone = std::ranges::find_if(group, is_gone);  // the newest of them
    std::optional<Instant> since = all_gone;
    if (gone != group.end()) since = std::max(since.value_or(stated_at(gone->at)), stated_at(gone->at));
    const auto end =
        since ? std::ranges::find_if(group, [&](const Trait& t) { return stated_at(t.at) <= *since; })
              : group.end();
    const std::span<const Trait> left(group.begin(), end);
    if (auto value = with_entries(base_of(rules, left), left))
      out.push_back(*std::move(value));
    else
      out.push_back({group.front().key, {}, false, group.front().source, since.value_or(Instant{})});
  }
  return out;
}

}  // namespace

std::vector<Trait> newest(std::vector<Trait> stated) { return settled(nullptr, std::move(stated)); }

std::vector<Trait> survivors(const Rules& rules, std::vector<Trait> stated) {
  std::vector<Trait> out = settled(&rules, std::move(stated));
  std::erase_if(out, [](const Trait& trait) { return !trait.sensitive && trait.value.empty(); });
  return out;
}

}  // namespace zhike::identity
