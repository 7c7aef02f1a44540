#include "app/channel_choices.h"

#include <cstddef>
#include <utility>

namespace zhike::app {
namespace {

journey::Contactable contactable(const profile::Profile& of) {
  journey::Contactable out;
  for (const profile::MaskedIdentifier& one : of.identifiers) out.kinds.push_back(one.kind);
  for (const profile::ShownTrait& one : of.consent) out.consent.emplace_back(one.key, one.value);
  return out;
}

}  // namespace

Result<journey::ChannelChoice> ChannelChoices::of(const Grant& grant, const query::Filter& filter,
                                                  const journey::Purpose& purpose, CustomerId customer,
                                                  const journey::ChoiceOptions& options) const {
  // First whether the customer may be seen at all; also who they are today.
  CX_TRY(const profile::Profile profile, profiles_.find(grant, customer));
  const CustomerId today = profile.hot.customer;
  CX_TRY(const auto knowledge, journey::channel_knowledge(client_, grant, filter, purpose,
                                                          {.customer = today, .sample = 0}, options));
  return knowledge.choose(today.value, contactable(profile));
}

Result<ChannelChoices::Many> ChannelChoices::of_many(const Grant& grant, const query::Filter& filter,
                                                     const journey::Purpose& purpose, std::uint64_t sample,
                                                     const journey::ChoiceOptions& options,
                                                     const std::function<void(double)>& progress) const {
  if (!grant.may(Permission::kViewCustomers))
    return fail(Code::kPermissionMissing, "{}", to_string(Permission::kViewCustomers));
  CX_TRY(const auto knowledge, journey::channel_knowledge(client_, grant, filter, purpose,
                                                          {.customer = {}, .sample = sample}, options));
  Many out{.customers = knowledge.total(), .unseen = 0, .choices = {}};
  const auto drawn = knowledge.customers();
  journey::ChannelKnowledge::Compared compared;
  for (std::size_t i = 0; i < drawn.size(); ++i) {
    if (progress) progress(static_cast<double>(i) / static_cast<double>(drawn.size()));
    const auto profile = profiles_.find(grant, CustomerId{drawn[i]});
    if (!profile) {
      if (profile.error().code != Code::kNotFound) return std::unexpected(profile.error());
      ++out.unseen;
      continue;
    }
    out.choices.push_back(knowledge.choose(drawn[i], contactable(*profile), compared));
  }
  return out;
}

}  // namespace zhike::app
