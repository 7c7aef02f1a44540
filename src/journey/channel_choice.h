// By which channel to meet a customer for a purpose: channels in order of what may be expected of the
// customer in them, with the figures behind it. Pure: histories in, structs out; any thread.
//
// What is expected in a channel is the customer's own share of hits, drawn towards the customers like them
// (those with the same main channel) and these towards all customers of the channel (stats/nested_shares.h).
// A share is an expectation from what happened, not the effect of choosing the channel: customers chose for
// themselves.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "event/event.h"
#include "journey/channels.h"
#include "journey/purposes.h"
#include "stats/interval.h"
#include "stats/nested_shares.h"

namespace zhike::journey {

/// `customers` with the same history in a channel; the customer's id where it stands by itself, else 0.
struct ChannelHistory {
  std::uint64_t who = 0;
  std::string main;     ///< channel the customer uses most; empty: none
  std::string channel;  ///< empty: no trial in any
  std::uint64_t n = 0, hits = 0, customers = 1;
  std::uint64_t firsts = 0;  ///< of the customers those whose first history it is: they sum to the customers
};

/// How a customer can be met, as the ledger knows it. A kind of identifier is enough; values are not needed.
struct Contactable {
  std::vector<IdentifierKind> kinds;
  std::vector<std::pair<std::string, std::string>> consent;  ///< "marketing" → "false"
};

/// Why a channel is not among those to choose from; kNone: it is.
enum class NoChoice : std::uint8_t {
  kNone,
  kNoAddress,    ///< we begin, and nobody can be written to there (a store)
  kUnknown,      ///< no identifier of the customer for it
  kRefused,      ///< the customer refused it, or the purpose
  kTooFew,       ///< fewer than kTrialsLeast trials of all customers
  kNotRecorded,  ///< every trial ended the same way: the source does not record the other
};
[[nodiscard]] std::string_view to_string(NoChoice why) noexcept;  ///< "no_address"; kNone: empty
/// Why no channel is named; kNone: one is.
enum class NoBest : std::uint8_t {
  kNone,
  kNoTrials,    ///< of any customer, in any channel
  kNoChannel,   ///< none to choose from
  kOneChannel,  ///< one to choose from: nothing to compare it with
  kTooClose,    ///< the probability of the first is below what was asked for
};
[[nodiscard]] std::string_view to_string(NoBest why) noexcept;

inline constexpr std::uint64_t kTrialsLeast = 30;

struct Tried {
  std::uint64_t customers = 0, n = 0, hits = 0;
};
struct ChannelProspect {
  std::string channel;
  NoChoice why = NoChoice::kNone;
  Tried own{}, alike{}, all{};  ///< the customer's; those of the same main channel, this one among them; all
  stats::BetaShare expected{};
  stats::Interval interval{};               ///< 95 %, of the share
  double best = 0;                          ///< probability; 0 where it is not among those to choose from
  std::optional<double> cost{};             ///< of one trial, as it was told
  std::optional<double> cost_per_result{};  /// cost ÷ expected share
  std::optional<double> value{};            ///< worth × expected share - cost; none: no worth was told
};
struct ChannelChoice {
  std::uint64_t customer = 0;
  std::string main;                       ///< channel used most; empty: none
  std::vector<ChannelProspect> channels;  ///< those to choose from first, best first
  NoBest why = NoBest::kNone;
  /// Of those to choose from the first, where `why` is kNone.
  [[nodiscard]] const ChannelProspect* best() const {
    return why == NoBest::kNone && !channels.empty() ? &channels.front() : nullptr;
  }
};

struct ChoiceOptions {
  ChannelCosts costs{};           ///< of one trial (a message, a contact), not of a range
  std::optional<double> worth{};  ///< of one hit, in the currency of the costs; above 0
  double sure = 0.8;              ///< least probability of being best; 0.5 to 0.999
};

/// What is known of all customers for one purpose. Owns everything; borrows `purpose`, which must outlive it.
class ChannelKnowledge {
 public:
  ChannelKnowledge(const Purpose& purpose, std::span<const ChannelHistory> histories, ChoiceOptions options);

  /// Customers that stand by themselves in the histories, by id.
  [[nodiscard]] std::vector<std::uint64_t> customers() const;
  /// All that are known, those by themselves among them.
  [[nodiscard]] std::uint64_t total() const { return total_; }
  /// Of anybody: one that is not in the histories is like nobody.
  [[nodiscard]] ChannelChoice choose(std::uint64_t customer, const Contactable& how) const {
    Compared none;
    return choose(customer, how, none);
  }
  /// What was compared before: customers alike in everything are compared once.
  using Compared = std::map<std::vector<double>, std::vector<double>>;
  [[nodiscard]] ChannelChoice choose(std::uint64_t customer, const Contactable& how,
                                     Compared& compared) const;

 private:
  struct Known {
    std::string channel;
    stats::NestedShares fit;
    bool is_recorded = true;
  };
  struct Own {
    std::string main;
    std::map<std::string, stats::OwnTrials, std::less<>> trials;
  };
  [[nodiscard]] NoChoice obstacle(const Known& known, const Contactable& how, bool has_own) const;

  const Purpose& purpose_;
  ChoiceOptions options_;
  std::vector<Known> channels_;
  std::map<std::string, std::uint32_t, std::less<>> groups_;  ///< by main channel
  std::map<std::uint64_t, Own> own_;
  std::uint64_t total_ = 0;
};

}  // namespace zhike::journey
