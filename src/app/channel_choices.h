// By which channel to meet customers: what journey/channel_best.h knows of channels, and what profiles know
// of how a customer can be met.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "event/grant.h"
#include "journey/channel_best.h"
#include "profile/profile.h"
#include "query/filter.h"
#include "warehouse/client.h"

namespace zhike::app {

/// Borrows its parts, which must outlive it. Thread-safe; calls block for queries.
class ChannelChoices {
 public:
  ChannelChoices(warehouse::Client& client, const profile::Profiles& profiles)
      : client_(client), profiles_(profiles) {}

  /// Of one customer. Permission kViewCustomers; a customer outside the Grant's units is kNotFound. Errors:
  /// those of profile::Profiles::find and journey::channel_knowledge.
  [[nodiscard]] Result<journey::ChannelChoice> of(const Grant& grant, const query::Filter& filter,
                                                  const journey::Purpose& purpose, CustomerId customer,
                                                  const journey::ChoiceOptions& options) const;

  struct Many {
    std::uint64_t customers = 0;                  ///< active in the range, or with a trial
    std::uint64_t unseen = 0;                     ///< drawn, but not the Grant's to see, or erased meanwhile
    std::vector<journey::ChannelChoice> choices;  ///< of those drawn, by id
  };
  /// Of about `sample` customers drawn from those of the filter (all, where they are fewer). `progress`: 0 to
  /// 1, or nothing. Permission kViewCustomers. Errors: as above.
  [[nodiscard]] Result<Many> of_many(const Grant& grant, const query::Filter& filter,
                                     const journey::Purpose& purpose, std::uint64_t sample,
                                     const journey::ChoiceOptions& options,
                                     const std::function<void(double)>& progress = {}) const;

 private:
  warehouse::Client& client_;
  const profile::Profiles& profiles_;
};

}  // namespace zhike::app
