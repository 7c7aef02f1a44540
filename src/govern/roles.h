// Roles as data: which permissions each one has. A user has one role; units limit whose data it applies to.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "event/grant.h"

namespace zhike::govern {

struct Role {
  std::string_view key;       ///< "analyst": stored, and in the API
  std::uint32_t permissions;  ///< one bit per Permission
};

/// The most powerful first.
[[nodiscard]] std::span<const Role> roles() noexcept;
[[nodiscard]] const Role* find_role(std::string_view key) noexcept;
inline constexpr std::string_view kAdministrator = "administrator";

}  // namespace zhike::govern
