// Friction: what goes wrong in journeys, found without being searched for, and what it costs.
//
// Eight detectors look at every case of a kind of journey (detectors.h says what each means).
// For each place where one strikes: how many journeys and customers, what these customers paid in the range,
// and how much satisfaction is lost: the last answer of journeys with it, given after it struck, against that
// of journeys without it that are alike (same first channel, same stages, same quarter of the range), with an
// interval that holds however a customer's journeys go together (stats/matched.h). Harm is the loss times the
// share of journeys: by so much the mean of all would rise if it were gone. It is a cause only where nothing
// else sets the two sides apart.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "event/grant.h"
#include "journey/definitions.h"
#include "query/filter.h"
#include "stats/interval.h"
#include "warehouse/client.h"

namespace zhike::journey {

/// Which friction: "loop", "product", "". `other`: the second place, or an event's name; may be empty.
struct FrictionName {
  std::string detector, place, other;
  friend bool operator==(const FrictionName&, const FrictionName&) = default;
};
/// "back_and_forth", "loop" ... in a fixed order.
[[nodiscard]] const std::vector<std::string_view>& detectors();

struct FrictionExample {
  std::uint64_t customer = 0;
  Instant began, at;  ///< of the journey; when it struck
};

/// In the unit of the instrument; positive: worse. For "ces", where low is good, the sign is turned.
struct FrictionLoss {
  double value = 0;
  std::optional<stats::Interval> interval{};
  std::uint64_t with = 0, without = 0;  ///< answers that were compared
  std::uint64_t unmatched = 0;          ///< answers of journeys that no journey without it is like
  double p_value = 1;
};

struct Friction {
  FrictionName name;
  std::uint64_t journeys = 0, customers = 0;
  double value = 0;     ///< minor units of the report's currency: what these customers paid in the range
  bool moment = false;  ///< it strikes at a moment of truth of the definition
  std::optional<FrictionLoss> loss{};  ///< none: no answers to compare
  bool holds = false;  ///< the loss is more than chance, among all that were tested (Holm), and is a loss
  std::optional<double> harm{};  ///< loss × share of journeys; none: no interval
  std::optional<stats::Interval> harm_interval{};
  std::vector<FrictionExample> examples{};  ///< at most 5; none without kViewCustomers
};

struct FrictionReport {
  std::uint64_t journeys = 0, customers = 0;
  std::uint64_t complete = 0;   ///< that reached one of the definition's ends
  std::int64_t median_ms = 0;   ///< from the first to the last step, about
  std::string instrument;       ///< whose answers count; empty: there are none
  std::uint64_t answers = 0;    ///< journeys with one
  std::string currency;         ///< empty: nothing was paid
  std::uint64_t found = 0;      ///< frictions, before `top` cut them
  std::vector<Friction> items;  ///< those that hold first, by harm; then by harm; then by journeys
};

struct FrictionOptions {
  Definition definition{};   ///< without a key: all events, and a pause of 7 days ends a journey
  std::string instrument{};  ///< empty: the one with most answers in the range
  int top = 30;              ///< answered, 1 to 200
};
/// Two passes over the events of the range. Thread-safe, blocks; permission kViewMetrics. Errors:
/// kPermissionMissing, kBadFilter, and the client's.
[[nodiscard]] Result<FrictionReport> friction(warehouse::Client& client, const Grant& grant,
                                              const query::Filter& filter, const FrictionOptions& options);

struct Affected {
  std::uint64_t customer = 0;
  Instant began, at;           ///< of the latest journey
  std::uint64_t journeys = 0;  ///< in which it struck
};
/// Newest first, at most `count` (1 to 1,000). Permission: kViewCustomers too. Errors: as friction().
[[nodiscard]] Result<std::vector<Affected>> affected(warehouse::Client& client, const Grant& grant,
                                                     const query::Filter& filter,
                                                     const FrictionOptions& options, const FrictionName& name,
                                                     std::uint64_t count);

}  // namespace zhike::journey
