#include "profile/profile.h"

#include <algorithm>

#include "govern/mask.h"
#include "identity/cases.h"
#include "ingest/classify.h"
#include "profile/scope.h"
#include "query/prepare.h"

namespace zhike::profile {

namespace {

constexpr std::size_t kReasonMin = 3, kReasonMax = 200;
constexpr std::size_t kIdentifiersShown = 20;  // of a kind

/// The hot record of whoever `customer` is today, if the Grant may see it.
Result<ledger::HotProfile> look_up(const Profiles::Parts& parts, const Grant& grant, CustomerId customer) {
  return profile::look_up(parts.hot, parts.graph, grant, customer);
}

/// `recent`: newest first.
std::optional<Journey> current_journey(const std::vector<ledger::Interaction>& recent) {
  if (recent.empty()) return std::nullopt;
  Journey out{.since = recent.front().at, .interactions = 1};
  while (out.interactions < recent.size() &&
         (out.since - recent[out.interactions].at).value <= kJourneyPause.value)
    out.since = recent[out.interactions++].at;
  out.is_whole = out.interactions < ledger::kInteractionsKept;
  return out;
}

Profile present(const Kinds& kinds, ledger::HotProfile hot, bool with_recent) {
  Profile out{.hot = std::move(hot)};
  out.journey = current_journey(out.hot.recent);
  if (with_recent)
    for (const ledger::Interaction& what : out.hot.recent) {
      out.recent.push_back({.what = what, .kind = kinds.kind(what.kind).value_or(Kind{})});
      if (out.stage.empty()) out.stage = out.recent.back().kind.stage;
    }
  out.hot.recent.clear();
  return out;
}

/// Traits by the rules of survivorship, masked; what begins with "consent." apart.
void add_traits(const std::vector<identity::Trait>& traits, Profile& out) {
  constexpr std::string_view kConsent = "consent.";
  for (const identity::Trait& trait : traits) {
    const bool is_consent = trait.key.starts_with(kConsent) && !trait.sensitive;
    ShownTrait shown{.key = is_consent ? trait.key.substr(kConsent.size()) : trait.key,
                     .value = ingest::shown_trait(trait.key, trait.value),
                     .source = trait.source,
                     .at = trait.at};
    if (shown.key == "name" && !is_consent) out.name = shown.value;
    (is_consent ? out.consent : out.traits).push_back(std::move(shown));
  }
}

/// The units to look in: those asked for that the Grant holds. Empty with `nothing`: there are none.
std::vector<std::string> narrowed(const Grant& grant, std::span<const std::string> units, bool& nothing) {
  std::vector<std::string> out;
  if (grant.all_units) {
    out.assign(units.begin(), units.end());
    nothing = false;
    return out;
  }
  for (const std::string& unit : grant.units)
    if (units.empty() || std::ranges::find(units, unit) != units.end()) out.push_back(unit);
  nothing = out.empty();
  return out;
}

}  // namespace

Result<Profile> Profiles::find(const Grant& grant, CustomerId customer) const {
  CX_TRY(need(grant, Permission::kViewCustomers));
  CX_TRY(ledger::HotProfile hot, look_up(parts_, grant, customer));
  Profile out = present(parts_.kinds, std::move(hot), true);
  const auto rules = parts_.graph.rules();
  CX_TRY(parts_.identity_db.read([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(const auto traits, parts_.traits.get(tx, out.hot.customer, *rules));
    add_traits(traits, out);
    CX_TRY(auto open, identity::open_cases(tx, out.hot.customer, kOpenShown));
    for (identity::OpenCase& one : open)
      out.open.push_back({.id = std::move(one.id),
                          .kind = parts_.kinds.kind(one.kind).value_or(Kind{}),
                          .opened_at = one.opened_at,
                          .last_at = one.last_at});
    return {};
  }));
  out.labels = labels_of(default_labels(), out, parts_.clock.now());
  CX_TRY(const auto known, parts_.graph.identifiers_of(out.hot.customer, kIdentifiersShown, shown_kinds()));
  for (const auto& one : known)
    out.identifiers.push_back({one.kind, govern::mask(one.kind, one.value), one.first_seen, one.verified});
  return out;
}

Result<ProfilePage> Profiles::list(const Grant& grant, std::span<const std::string> units,
                                   const query::Cursor& before, std::uint32_t count) const {
  CX_TRY(need(grant, Permission::kViewCustomers));
  if (count == 0 || count > query::kPageMax) return fail(Code::kBadFilter, "1 to {} items", query::kPageMax);
  ProfilePage out;
  bool nothing = false;
  const std::vector<std::string> scope = narrowed(grant, units, nothing);
  if (nothing) return out;
  CX_TRY(std::vector<ledger::HotProfile> found,
         parts_.hot.list(before.at, CustomerId{before.id}, scope, count + 1));
  if (found.size() > count) {
    found.resize(count);
    out.next = query::Cursor{.at = found.back().last_seen, .id = found.back().customer.value};
  }
  for (ledger::HotProfile& hot : found) {
    out.items.push_back(present(parts_.kinds, std::move(hot), false));
    CX_TRY(out.items.back().name, parts_.names.of(out.items.back().hot.customer));
  }
  return out;
}

Result<std::vector<Profile>> Profiles::search(const Grant& grant, std::string_view text) const {
  CX_TRY(need(grant, Permission::kViewCustomers));
  std::vector<CustomerId> found;
  if (text.empty() || text.size() > EventLimits::kIdentifierBytesMax) return std::vector<Profile>{};
  if (const auto id = parse_id<CustomerId>(text)) {
    if (const auto today = parts_.graph.customer_of(SubjectId{id->value})) found.push_back(*today);
  }
  for (std::size_t kind = 1; kind <= kIdentifierKindCount; ++kind) {
    CX_TRY(const auto customer,
           parts_.graph.find({.kind = static_cast<IdentifierKind>(kind), .value = std::string(text)}));
    if (customer) found.push_back(*customer);
  }
  CX_TRY(parts_.identity_db.read([&](ledger::Tx& tx) -> Result<void> {
    for (const crypto::Hash128& term : parts_.traits.search_terms(text)) {
      CX_TRY(const auto named, identity::find_by_term(tx, term, kFoundMax));
      found.insert(found.end(), named.begin(), named.end());
    }
    return {};
  }));
  std::vector<Profile> out;
  std::vector<CustomerId> seen;
  for (const CustomerId customer : found) {
    auto hot = look_up(parts_, grant, customer);
    if (!hot && hot.error().code == Code::kNotFound) continue;
    if (!hot) return std::unexpected<Error>(hot.error());
    if (std::ranges::find(seen, hot->customer) != seen.end() || out.size() == kFoundMax) continue;
    seen.push_back(hot->customer);
    out.push_back(present(parts_.kinds, std::move(*hot), false));
    CX_TRY(out.back().name, parts_.names.of(out.back().hot.customer));
  }
  return out;
}

Result<Revealed> Profiles::reveal(const Grant& grant, CustomerId customer, std::string_view reason) const {
  CX_TRY(need(grant, Permission::kRevealSensitive));
  if (reason.size() < kReasonMin || reason.size() > kReasonMax * 4) return fail(Code::kReasonMissing);
  CX_TRY(const ledger::HotProfile hot, look_up(parts_, grant, customer));
  CX_TRY(parts_.audit.revealed(grant, hot.customer, reason));
  Revealed out;
  CX_TRY(out.identifiers, parts_.graph.identifiers_of(hot.customer));
  CX_TRY(parts_.identity_db.read([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(const auto traits, parts_.traits.get(tx, hot.customer));
    for (const identity::Trait& trait : traits)
      if (trait.sensitive) out.traits.emplace_back(trait.key, trait.value);
    return {};
  }));
  return out;
}

}  // namespace zhike::profile
