// Channels: what each does for how many customers, at which cost, how well, and what it is better or worse at
// than the others.
//
// Ids of customers are those of today's identity map. Events without a channel count nowhere. Definitions
// that the metric catalogue has (orders, looking around, contacts, first answers, resolutions) are taken from
// there.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "event/grant.h"
#include "query/filter.h"
#include "stats/interval.h"
#include "warehouse/client.h"

namespace zhike::journey {

/// What is measured of a channel. What customers come to it for stands in purpose_of().
enum class ChannelMeasure : std::uint8_t {
  kCost,             ///< of the range, as it was told
  kCostPerCustomer,  ///< cost ÷ customers served
  kAcquisition,      ///< CAC: cost ÷ customers whose first event of all is in the channel and the range
  kConversion,       ///< of the customers who looked around in it, those who ordered in it
  kWaiting,          ///< mean seconds of a contact until it was answered or given up
  kAbandonment,      ///< contacts given up ÷ contacts that were given up or answered
  kHandling,         ///< mean seconds of an answered contact
  kFirstContact,     ///< answered contacts that were resolved and not followed by another within 7 days
  kSatisfaction,     ///< answers of 4 or 5 (of csat; where nobody gave any, of reviews) ÷ answers
  kRetention,        ///< of the customers it served, those who were active again
};
inline constexpr std::size_t kChannelMeasures = 10;
[[nodiscard]] std::string_view to_string(ChannelMeasure measure) noexcept;  ///< "first_contact"
[[nodiscard]] std::string_view unit_of(ChannelMeasure measure) noexcept;    ///< money, share, seconds
/// "buy", "help", "stay", "please"; empty: cost, which serves none.
[[nodiscard]] std::string_view purpose_of(ChannelMeasure measure) noexcept;

/// Why there is no value; kNone: there is one.
enum class NoValue : std::uint8_t {
  kNone,
  kNoCost,        ///< nobody said what the channel costs
  kNoCustomers,   ///< the channel won none
  kNobodyLooked,  ///< nobody looked around in it
  kNoContacts,    ///< no service there
  kNotRecorded,   ///< contacts do not say it: how they ended, how long, whether resolved
  kNoAnswers,     ///< nobody was asked, or nobody answered
  kTooYoung,      ///< what came afterwards cannot be known yet
};
[[nodiscard]] std::string_view to_string(NoValue why) noexcept;  ///< "no_cost"; kNone: empty

enum class Verdict : std::uint8_t { kNone, kStrong, kWeak };
[[nodiscard]] std::string_view to_string(Verdict verdict) noexcept;  ///< "strong"; kNone: empty

struct Measured {
  std::optional<double> value{};
  std::optional<stats::Interval> interval{};  ///< 95 %: Wilson of shares, Student's t of means; none of money
  std::uint64_t n = 0;                        ///< observations: customers, contacts, answers
  std::uint64_t young = 0;                    ///< that do not count because it is too early to tell
  NoValue why = NoValue::kNone;
  /// Strong or weak: both have kVerdictFrom observations or more, and the interval lies wholly on the better
  /// (worse) side of that of all other channels together. Intervals that do not meet are stricter than a test
  /// at 5 % (Schenker and Gentleman 2001, The American Statistician 55(3):182-186), for there are many
  /// comparisons.
  Verdict verdict = Verdict::kNone;
};
inline constexpr std::uint64_t kVerdictFrom = 30;

struct Channel {
  std::string channel;
  std::uint64_t events = 0, customers = 0, orders = 0, contacts = 0;
  std::uint64_t won = 0;                   ///< customers whose first event of all is here and in the range
  std::optional<double> waiting_median{};  ///< seconds
  std::array<Measured, kChannelMeasures> measures{};

  [[nodiscard]] const Measured& of(ChannelMeasure measure) const {
    return measures[static_cast<std::size_t>(measure)];
  }
};

/// Numbers that add up over channels: what measures are made of.
struct ChannelCounts {
  std::string channel;
  std::uint64_t events = 0, customers = 0, orders = 0, won = 0;
  stats::Share conversion{}, abandonment{}, first_contact{}, satisfaction{}, retention{};
  stats::Moments waiting{}, handling{};
  std::optional<double> waiting_median{};
  std::uint64_t contacts = 0, told_resolved = 0;  ///< contacts; those that say they were resolved
  std::uint64_t young_contacts = 0, young_customers = 0;
};
/// Costs by channel, in one currency.
using ChannelCosts = std::map<std::string, double, std::less<>>;
/// Measures and verdicts of all channels, in their order. Pure.
[[nodiscard]] std::vector<Channel> measure_channels(std::span<const ChannelCounts> counts,
                                                    const ChannelCosts& costs);

struct ScorecardOptions {
  int retention_days = 30;  ///< 2 to 365
  ChannelCosts costs{};     ///< of the range; at least 0
};
struct Scorecard {
  std::vector<Channel> channels;       ///< most events first
  std::string satisfaction;            ///< instrument of the answers: csat, review; empty: there are none
  std::optional<Instant> known_until;  ///< the newest event stored; none: nothing is
};
/// Thread-safe, blocks for its queries. Permission kViewMetrics. Errors: kPermissionMissing, kBadFilter (also
/// for options out of range), the client's.
[[nodiscard]] Result<Scorecard> scorecard(warehouse::Client& client, const Grant& grant,
                                          const query::Filter& filter, const ScorecardOptions& options);

}  // namespace zhike::journey
