#include "external/traits.h"

#include <algorithm>

#include "base/ascii.h"
#include "identity/trait_scan.h"

namespace zhike::external {
namespace {

constexpr std::size_t kPage = 5'000;

bool satisfies(const query::Condition& condition, double bound, const identity::Trait& trait) {
  if (trait.sensitive) return condition.op == query::Op::kExists;
  const std::string& value = trait.value;
  switch (condition.op) {
    case query::Op::kExists:
      return true;
    case query::Op::kIn:
      return std::ranges::find(condition.values, value) != condition.values.end();
    case query::Op::kNotIn:
      return std::ranges::find(condition.values, value) == condition.values.end();
    case query::Op::kAtLeast:
    case query::Op::kAtMost:
      break;
  }
  const auto number = ascii::parse_number<double>(value);
  return number && (condition.op == query::Op::kAtLeast ? *number >= bound : *number <= bound);
}

}  // namespace

Result<void> with_trait(ledger::Db& identity_db, const identity::Rules& rules,
                        const query::Condition& condition,
                        const std::function<Result<void>(CustomerId, const identity::Trait&)>& found) {
  double bound = 0;
  if (condition.op == query::Op::kAtLeast || condition.op == query::Op::kAtMost) {
    const auto number =
        condition.values.empty() ? std::nullopt : ascii::parse_number<double>(condition.values.front());
    if (!number) return fail(Code::kBadFilter, "trait.{}: the bound is not a number", condition.name);
    bound = *number;
  }
  std::optional<CustomerId> after = CustomerId{};
  std::vector<identity::TraitOf> page;
  while (after) {
    page.clear();
    CX_TRY(identity_db.read([&](ledger::Tx& tx) -> Result<void> {
      CX_TRY(after, identity::scan_trait(tx, rules, condition.name, *after, kPage, page));
      return {};
    }));
    for (const auto& [customer, trait] : page)
      if (satisfies(condition, bound, trait)) CX_TRY(found(customer, trait));
  }
  return {};
}

}  // namespace zhike::external
