// Survivorship: which value of a trait is shown, of all that a customer's identifiers and sources state.
// Pure.
#pragma once

#include <vector>

#include "identity/traits.h"

namespace zhike::identity {

/// One trait per key, by key; none for a key that was taken away since. What was stated no later than that is
/// gone, whatever the rule. A value set once gives way to any other, and to an earlier one set once. Sums and
/// lists come on top of the value chosen, as far as they were stated no earlier than it. The order in which
/// statements are given makes no difference.
[[nodiscard]] std::vector<Trait> survivors(const Rules& rules, std::vector<Trait> stated);
/// The same by the newest value of each key; an empty value where it was taken away.
[[nodiscard]] std::vector<Trait> newest(std::vector<Trait> stated);

}  // namespace zhike::identity
