#include "ingest/claims.h"

#include <array>
#include <string_view>

namespace zhike::ingest {
namespace {

struct Proof {
  std::string_view trait;
  IdentifierKind kind;
};
// The first three are claims of OpenID Connect (Core 1.0, section 5.1) or close to them.
constexpr std::array kProofs{
    Proof{"email_verified", IdentifierKind::kEmail}, Proof{"phone_number_verified", IdentifierKind::kPhone},
    Proof{"phone_verified", IdentifierKind::kPhone}, Proof{"mobile_verified", IdentifierKind::kPhone}};

bool says(const Value& value, std::string_view text) { return to_string(value) == text; }

}  // namespace

std::string consent_key(const identity::Rules& rules) {
  return rules.consent.empty() ? std::string() : "consent.categoryPreferences." + rules.consent;
}

identity::Claim claim_of(const RawEvent& e, const std::string& consent_key) {
  identity::Claim claim{.identifiers = e.identifiers, .at = e.occurred_at, .source = e.source};
  claim.unlink = e.type == EventType::kAlias && e.trait_op == TraitOp::kUnset;
  if (e.identifiers.size() < 2) return claim;
  if (!consent_key.empty())
    if (const Value* said = find(e.context, consent_key)) claim.linkable = !says(*said, "false");
  if (e.type == EventType::kIdentify)
    for (const Proof& proof : kProofs)
      if (const Value* said = find(e.traits, proof.trait); said != nullptr && says(*said, "true"))
        claim.verified |= identity::kind_bit(proof.kind);
  return claim;
}

}  // namespace zhike::ingest
