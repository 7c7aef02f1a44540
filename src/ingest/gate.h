// What happens to parsed input right before the journal: values are made comparable by the source's region,
// each repair is counted, and where the tracking plan is enforced, events against it become rejects.
#pragma once

#include <array>
#include <string_view>

#include "ingest/day_counts.h"
#include "ingest/parsed.h"
#include "ingest/plan.h"
#include "ingest/sources.h"

namespace zhike::ingest {

/// Thread-safe. Borrows everything.
class Gate {
 public:
  Gate(const Plans& plans, DayCounts& days, const Clock& clock) : plans_(plans), days_(days), clock_(clock) {}

  /// To be called on the thread that parsed (notes.h), once for what was parsed. Rejects that it makes know
  /// their places in the batch.
  void pass(const Source& source, Parsed& parsed) const;

 private:
  void enforce(const Source& source, const Plan& plan, Parsed& parsed) const;
  const Plans& plans_;
  DayCounts& days_;
  const Clock& clock_;
};

/// Whether `event` may be stored under the plan; nothing: it may.
[[nodiscard]] std::optional<Violation> first_violation(const Plan& plan, const Source& source,
                                                       const RawEvent& event);

/// Traits that are made of an address where they are not sent: nothing that a plan would have to name.
inline constexpr std::array<std::string_view, 3> kDerivedTraits{"province", "city", "district"};

/// Of the numbers that name no country: the source's own region, else the country of its zone.
[[nodiscard]] std::string region_of(const Source& source);

}  // namespace zhike::ingest
