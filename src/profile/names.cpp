#include "profile/names.h"

#include <algorithm>
#include <iterator>

#include "identity/survivor.h"
#include "ingest/classify.h"

namespace zhike::profile {
namespace {

constexpr std::string_view kName = "name";

std::string shown(const identity::Rules& rules, std::vector<identity::Trait> stated) {
  for (const identity::Trait& trait : identity::survivors(rules, std::move(stated)))
    if (trait.key == kName) return ingest::shown_trait(kName, trait.value);
  return {};
}

}  // namespace

Result<std::string> Names::of(CustomerId customer) const { return of(std::span(&customer, 1)); }

Result<std::string> Names::of(std::span<const CustomerId> customers) const {
  std::vector<identity::Trait> stated;
  CX_TRY(identity_db_.read([&](ledger::Tx& tx) -> Result<void> {
    for (const CustomerId customer : customers) {
      CX_TRY(auto more, traits_.stated(tx, customer));
      std::ranges::move(more, std::back_inserter(stated));
    }
    return {};
  }));
  return shown(*graph_.rules(), std::move(stated));
}

Result<std::string> Names::of(std::span<const SubjectId> subjects) const {
  std::vector<identity::Trait> stated;
  CX_TRY(identity_db_.read([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(stated, traits_.stated(tx, subjects));
    return {};
  }));
  return shown(*graph_.rules(), std::move(stated));
}

}  // namespace zhike::profile
