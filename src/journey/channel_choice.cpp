#include "journey/channel_choice.h"

#include <algorithm>
#include <utility>

#include "identity/consent.h"

namespace zhike::journey {
namespace {

constexpr std::uint32_t kNobodyAlike = 0xffff'ffff;

bool is_refused(const Purpose& purpose, std::string_view channel, const Contactable& how) {
  return std::ranges::any_of(how.consent, [&](const auto& stated) {
    const bool is_asked =
        stated.first == channel || std::ranges::find(purpose.consent, stated.first) != purpose.consent.end();
    return is_asked && identity::stated_consent(stated.second) == identity::Stated::kRefused;
  });
}

/// Probabilities, and from them the order.
void compare(std::vector<ChannelProspect>& channels, const ChoiceOptions& options,
             ChannelKnowledge::Compared& compared) {
  std::vector<stats::Prospect> open;
  std::vector<double> key;
  for (const ChannelProspect& one : channels)
    if (one.why == NoChoice::kNone)
      open.push_back({.share = one.expected,
                      .worth = options.worth.value_or(1),
                      .cost = options.worth ? one.cost.value_or(0) : 0});
  for (const stats::Prospect& one : open) key.insert(key.end(), {one.share.a, one.share.b, one.cost});
  const auto [known, is_new] = compared.try_emplace(std::move(key));
  if (is_new) known->second = stats::probabilities_of_best(open);
  const std::vector<double>& best = known->second;
  std::size_t at = 0;
  for (ChannelProspect& one : channels)
    if (one.why == NoChoice::kNone) one.best = best[at++];
  const auto value = [](const ChannelProspect& one) { return one.value.value_or(one.expected.mean()); };
  std::ranges::sort(channels, [&](const ChannelProspect& a, const ChannelProspect& b) {
    const bool a_open = a.why == NoChoice::kNone, b_open = b.why == NoChoice::kNone;
    if (a_open != b_open) return a_open;
    if (value(a) != value(b)) return value(a) > value(b);
    return a.channel < b.channel;
  });
}

}  // namespace

std::string_view to_string(NoChoice why) noexcept {
  switch (why) {
    case NoChoice::kNone:
      return "";
    case NoChoice::kNoAddress:
      return "no_address";
    case NoChoice::kUnknown:
      return "unknown";
    case NoChoice::kRefused:
      return "refused";
    case NoChoice::kTooFew:
      return "too_few";
    case NoChoice::kNotRecorded:
      return "not_recorded";
  }
  return {};
}

std::string_view to_string(NoBest why) noexcept {
  switch (why) {
    case NoBest::kNone:
      return "";
    case NoBest::kNoTrials:
      return "no_trials";
    case NoBest::kNoChannel:
      return "no_channel";
    case NoBest::kOneChannel:
      return "one_channel";
    case NoBest::kTooClose:
      return "too_close";
  }
  return {};
}

ChannelKnowledge::ChannelKnowledge(const Purpose& purpose, std::span<const ChannelHistory> histories,
                                   ChoiceOptions options)
    : purpose_(purpose), options_(std::move(options)) {
  std::map<std::string, std::vector<stats::SharesOfCustomers>, std::less<>> rows;
  for (const ChannelHistory& one : histories) {
    const auto group =
        groups_.try_emplace(one.main, static_cast<std::uint32_t>(groups_.size())).first->second;
    total_ += one.firsts;
    if (one.who != 0) {
      Own& own = own_[one.who];
      own.main = one.main;
      if (!one.channel.empty()) own.trials[one.channel] = {.hits = one.hits, .n = one.n};
    }
    if (!one.channel.empty())
      rows[one.channel].push_back({.group = group, .hits = one.hits, .n = one.n, .count = one.customers});
  }
  for (const auto& [channel, mine] : rows) {
    Known known{.channel = channel, .fit = stats::fit_nested_shares(mine, groups_.size())};
    // Nobody writes down what never happens: all hits, or none, is no record of how it went.
    known.is_recorded = known.fit.hits != 0 && known.fit.hits != known.fit.n;
    channels_.push_back(std::move(known));
  }
}

std::vector<std::uint64_t> ChannelKnowledge::customers() const {
  std::vector<std::uint64_t> out;
  for (const auto& [who, own] : own_) out.push_back(who);
  return out;
}

NoChoice ChannelKnowledge::obstacle(const Known& known, const Contactable& how, bool has_own) const {
  if (is_refused(purpose_, known.channel, how)) return NoChoice::kRefused;
  const auto& addresses = purposes().addresses;
  const auto needed = addresses.find(known.channel);
  if (purpose_.needs_address && needed == addresses.end()) return NoChoice::kNoAddress;
  // Who came to us by the channel before can come again.
  const bool comes = has_own && !purpose_.needs_address;
  if (needed != addresses.end() && !comes && std::ranges::none_of(needed->second, [&](IdentifierKind kind) {
        return std::ranges::find(how.kinds, kind) != how.kinds.end();
      }))
    return NoChoice::kUnknown;
  if (known.fit.n < kTrialsLeast) return NoChoice::kTooFew;
  return known.is_recorded ? NoChoice::kNone : NoChoice::kNotRecorded;
}

ChannelChoice ChannelKnowledge::choose(std::uint64_t customer, const Contactable& how,
                                       Compared& compared) const {
  ChannelChoice out;
  out.customer = customer;
  static const Own kNobody;
  const auto found = own_.find(customer);
  const Own& own = found == own_.end() ? kNobody : found->second;
  out.main = own.main;
  const auto group_of = groups_.find(own.main);
  const std::uint32_t group =
      found == own_.end() || group_of == groups_.end() ? kNobodyAlike : group_of->second;
  for (const Known& known : channels_) {
    const auto mine = own.trials.find(known.channel);
    const stats::OwnTrials trials = mine == own.trials.end() ? stats::OwnTrials{} : mine->second;
    ChannelProspect one{.channel = known.channel,
                        .why = obstacle(known, how, trials.n > 0),
                        .own = {.customers = trials.n > 0 ? 1U : 0U, .n = trials.n, .hits = trials.hits},
                        .all = {.customers = known.fit.customers, .n = known.fit.n, .hits = known.fit.hits}};
    if (group != kNobodyAlike) {
      const stats::GroupShare& alike = known.fit.groups[group];
      one.alike = {.customers = alike.customers, .n = alike.n, .hits = alike.hits};
    }
    one.expected = stats::expected_share(known.fit, group, trials);
    one.interval = stats::interval_of(one.expected);
    if (const auto cost = options_.costs.find(known.channel); cost != options_.costs.end()) {
      one.cost = cost->second;
      one.cost_per_result = cost->second / one.expected.mean();
    }
    if (options_.worth) one.value = *options_.worth * one.expected.mean() - one.cost.value_or(0);
    out.channels.push_back(std::move(one));
  }
  compare(out.channels, options_, compared);
  const auto open = std::ranges::count(out.channels, NoChoice::kNone, &ChannelProspect::why);
  if (out.channels.empty())
    out.why = NoBest::kNoTrials;
  else if (open == 0)
    out.why = NoBest::kNoChannel;
  else if (open == 1)
    out.why = NoBest::kOneChannel;
  else if (out.channels.front().best < options_.sure)
    out.why = NoBest::kTooClose;
  return out;
}

}  // namespace zhike::journey
