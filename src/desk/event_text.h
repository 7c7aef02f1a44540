// What an event said, to open a complaint from it.
#pragma once

#include <cstdint>
#include <string>

#include "base/ids.h"
#include "event/grant.h"
#include "warehouse/client.h"

namespace zhike::desk {

struct EventText {
  CustomerId customer;
  std::string channel, unit;
  std::string text;  ///< scrubbed, as the warehouse has it
};
/// Thread-safe. Permission: kViewCustomers. Errors: kPermissionMissing, kNotFound (no such event with a text,
/// or of a unit that the Grant does not see), and the client's.
[[nodiscard]] Result<EventText> event_text(warehouse::Client& client, const Grant& grant,
                                           std::uint64_t event);

}  // namespace zhike::desk
