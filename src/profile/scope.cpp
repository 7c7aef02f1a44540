#include "profile/scope.h"

#include <algorithm>

namespace zhike::profile {
namespace {

bool in_scope(const Grant& grant, const ledger::HotProfile& profile) {
  return grant.all_units || std::ranges::any_of(profile.units, [&](const std::string& unit) {
           return std::ranges::find(grant.units, unit) != grant.units.end();
         });
}

}  // namespace

Result<void> need(const Grant& grant, Permission permission) {
  if (!grant.may(permission)) return fail(Code::kPermissionMissing, "{}", to_string(permission));
  return {};
}

Result<ledger::HotProfile> look_up(ledger::Hot& hot, identity::Graph& graph, const Grant& grant,
                                   CustomerId customer) {
  CX_TRY(const CustomerId today, graph.customer_of(SubjectId{customer.value}));
  CX_TRY(ledger::HotProfile record, hot.find(today));
  if (!in_scope(grant, record)) return fail(Code::kNotFound, "customer {}", customer.value);
  return record;
}

std::uint16_t shown_kinds() {
  std::uint16_t kinds = 0;
  for (const IdentifierKind kind : {IdentifierKind::kUserId, IdentifierKind::kEmail, IdentifierKind::kPhone,
                                    IdentifierKind::kWechatUnionId, IdentifierKind::kWechatOpenId,
                                    IdentifierKind::kLoyaltyId, IdentifierKind::kNationalId})
    kinds |= identity::kind_bit(kind);
  return kinds;
}

}  // namespace zhike::profile
