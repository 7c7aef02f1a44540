// Survivorship: which value of a trait is shown, of all that a customer's identifiers and sources state.
// Pure.
#pragma once

#include <vector>

#include "identity/traits.h"

namespace zhike::identity {

/// One trait per key, by key; none for a key whose latest statement takes it away. What was stated no later
/// than that statement is gone with it, whatever the rule.
[[nodiscard]] std::vector<Trait> survivors(const Rules& rules, std::vector<Trait> stated);
/// The newest statement of each key, by key: with an empty value where it takes the key away.
[[nodiscard]] std::vector<Trait> newest(std::vector<Trait> stated);

}  // namespace zhike::identity
