#include "identity/survivor.h"

#include <algorithm>
#include <map>
#include <span>
#include <tuple>

namespace zhike::identity {
namespace {

Survivor rule_of(const Rules& rules, std::string_view key) {
  const auto at = std::ranges::find(rules.traits, key, &TraitRule::key);
  return at == rules.traits.end() ? Survivor::kLatest : at->rule;
}

/// Newest first; one of them at least.
const Trait& chosen(const Rules& rules, std::span<const Trait> values) {
  switch (rule_of(rules, values.front().key)) {
    case Survivor::kLatest:
      break;
    case Survivor::kMostTrusted: {
      const auto rank = [&](const Trait& t) {
        return std::ranges::find(rules.trusted, t.source) - rules.trusted.begin();
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

/// By key, newest first.
void sort(std::vector<Trait>& stated) {
  std::ranges::sort(stated, [](const Trait& a, const Trait& b) {
    return std::tie(a.key, b.at, a.source, a.value) < std::tie(b.key, a.at, b.source, b.value);
  });
}

}  // namespace

std::vector<Trait> newest(std::vector<Trait> stated) {
  sort(stated);
  const auto [from, end] = std::ranges::unique(stated, {}, &Trait::key);
  stated.erase(from, end);
  return stated;
}

std::vector<Trait> survivors(const Rules& rules, std::vector<Trait> stated) {
  sort(stated);
  std::vector<Trait> out;
  for (std::size_t from = 0; from < stated.size();) {
    std::size_t end = from, next = from;
    while (next < stated.size() && stated[next].key == stated[from].key) ++next;
    while (end < next && !stated[end].value.empty()) ++end;
    if (end > from) out.push_back(chosen(rules, std::span(stated).subspan(from, end - from)));
    from = next;
  }
  return out;
}

}  // namespace zhike::identity
