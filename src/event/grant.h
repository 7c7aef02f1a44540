// Grant: what one signed-in user (or key) may see and do. A value that every query demands, so that data
// scope and masking cannot be forgotten. Only `govern` makes one from a session; tests and the owner of the
// machine (command line) use Grant::owner().
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"

namespace zhike {

enum class Permission : std::uint8_t {
  kViewMetrics,      ///< numbers and journeys
  kViewCustomers,    ///< lists, profiles, verbatims; sensitive fields masked
  kRevealSensitive,  ///< unmasked identifiers, one customer at a time, audited
  kManageData,       ///< sources, imports, quarantine, touchpoint catalogue
  kManageUsers,
  kHandleComplaints,  ///< open, accept and recover complaints, with remedies up to the limit of the role
};
inline constexpr std::size_t kPermissionCount = 6;
[[nodiscard]] std::string_view to_string(Permission permission) noexcept;  ///< "view_metrics"

struct Grant {
  UserId user;
  std::uint32_t permissions = 0;  ///< one bit per Permission
  bool all_units = false;
  std::vector<std::string> units;  ///< branches or brands the user may see; ignored with all_units

  [[nodiscard]] bool may(Permission permission) const noexcept {
    return (permissions & (1U << static_cast<unsigned>(permission))) != 0;
  }
  [[nodiscard]] static Grant owner() {
    return {.user = {}, .permissions = (1U << kPermissionCount) - 1, .all_units = true, .units = {}};
  }
};

}  // namespace zhike
