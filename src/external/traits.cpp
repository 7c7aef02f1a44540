#include "external/traits.h"

#include <algorithm>

#include "base/ascii.h"

namespace zhike::external {
namespace {

constexpr std::size_t kPage = 5'000;

bool satisfies(const query::Condition& condition, double bound, const std::string& value) {
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

Result<void> with_trait(ledger::Hot& hot, const query::Condition& condition,
                        const std::function<Result<void>(CustomerId)>& found) {
  double bound = 0;
  if (condition.op == query::Op::kAtLeast || condition.op == query::Op::kAtMost) {
    const auto number =
        condition.values.empty() ? std::nullopt : ascii::parse_number<double>(condition.values.front());
    if (!number) return fail(Code::kBadFilter, "trait.{}: the bound is not a number", condition.name);
    bound = *number;
  }
  Instant before;
  CustomerId customer;
  for (;;) {
    CX_TRY(const auto page, hot.list(before, customer, {}, kPage));
    for (const ledger::HotProfile& profile : page)
      for (const ledger::HotTrait& trait : profile.traits)
        if (trait.key == condition.name && satisfies(condition, bound, trait.value))
          CX_TRY(found(profile.customer));
    if (page.size() < kPage) return {};
    before = page.back().last_seen;
    customer = page.back().customer;
  }
}

}  // namespace zhike::external
