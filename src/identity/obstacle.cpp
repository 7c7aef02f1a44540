#include "identity/obstacle.h"

#include <algorithm>
#include <array>

namespace zhike::identity {
namespace {

using Counts = std::array<std::size_t, kIdentifierKindCount>;
Counts counts_of(std::span<const Member> members) {
  Counts out{};
  for (const Member& m : members) ++out[static_cast<std::size_t>(m.kind) - 1];
  return out;
}

bool same_source(std::span<const Member> a, std::span<const Member> b, IdentifierKind kind) {
  for (const Member& x : a)
    for (const Member& y : b)
      if (x.kind == kind && y.kind == kind && x.source == y.source) return true;
  return false;
}

}  // namespace

std::optional<ConflictReason> against(const Rules& rules, std::span<const Member> a,
                                      std::span<const Member> b) {
  const Counts left = counts_of(a), right = counts_of(b);
  for (std::size_t i = 0; i < kIdentifierKindCount; ++i) {
    if (left[i] == 0 || right[i] == 0) continue;
    const auto kind = static_cast<IdentifierKind>(i + 1);
    const KindRule& rule = rules.of(kind);
    if (rule.exclusive == Exclusive::kEverywhere) return ConflictReason::kExclusive;
    if (rule.exclusive == Exclusive::kPerSource && same_source(a, b, kind)) return ConflictReason::kExclusive;
    if (left[i] + right[i] > rule.limit) return ConflictReason::kTooMany;
  }
  return std::nullopt;
}

Result<bool> separated(ledger::Tx& tx, std::span<const Member> a, std::span<const Member> b) {
  if (std::ranges::none_of(b, &Member::apart)) return false;
  for (const Member& member : a) {
    if (!member.apart) continue;
    CX_TRY(const auto others, store::apart_from(tx, member.subject));
    for (const Member& other : b)
      if (std::ranges::find(others, other.subject) != others.end()) return true;
  }
  return false;
}

}  // namespace zhike::identity
