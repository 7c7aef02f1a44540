// Masked names of customers, by the rules of survivorship.
#pragma once

#include <span>
#include <string>

#include "identity/graph.h"
#include "identity/traits.h"

namespace zhike::profile {

/// Borrows its parts. Thread-safe. Empty: unknown. Errors of every call: the ledger's, kSealBroken.
class Names {
 public:
  Names(ledger::Db& identity_db, const identity::Traits& traits, const identity::Graph& graph)
      : identity_db_(identity_db), traits_(traits), graph_(graph) {}

  [[nodiscard]] Result<std::string> of(CustomerId customer) const;
  /// Of the customer that these would be.
  [[nodiscard]] Result<std::string> of(std::span<const CustomerId> customers) const;
  [[nodiscard]] Result<std::string> of(std::span<const SubjectId> subjects) const;

 private:
  ledger::Db& identity_db_;
  const identity::Traits& traits_;
  const identity::Graph& graph_;
};

}  // namespace zhike::profile
