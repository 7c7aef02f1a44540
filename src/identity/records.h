// Customers as matching sees them: what events alone have joined, with all that is known of each in clear.
// Joins that people or matching made are left out, so that a model is learned from what they were about; what
// people said of pairs comes beside it.
#pragma once

#include <functional>
#include <vector>

#include "govern/keys.h"
#include "identity/graph.h"
#include "identity/traits.h"

namespace zhike::identity {

struct MatchRecord {
  CustomerId customer{};                    ///< who they are today; several records may be one
  std::vector<SubjectId> subjects{};        ///< by id
  std::vector<Graph::Known> identifiers{};  ///< newest last; not those that many people share
  std::vector<Trait> traits{};              ///< the newest statement of each key
};

/// What a person has said of two subjects.
struct Said {
  SubjectId left{}, right{};
  bool is_match = false;
};

/// Calls `use` with every record, by customer. `kinds`: of identifiers to open, one kind_bit() each. Whose
/// keys were destroyed is left out. False from `use` ends it. Errors: of the ledger, kSealBroken.
[[nodiscard]] Result<void> each_record(ledger::Tx& tx, const govern::Keys& keys, std::uint16_t kinds,
                                       const std::function<bool(MatchRecord)>& use);

/// The greatest id of a customer; unset: there is none. each_record() comes to it last.
[[nodiscard]] Result<CustomerId> newest_customer(ledger::Tx& tx);

/// Pairs that people have joined or separated, and that still stand so.
[[nodiscard]] Result<std::vector<Said>> said_by_people(ledger::Tx& tx);

}  // namespace zhike::identity
