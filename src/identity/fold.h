// What comes on top of a trait's value: numbers are added, entries appended to lists. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "event/event.h"

namespace zhike::identity {

/// A finite number as JSON has it.
[[nodiscard]] bool is_number(std::string_view text) noexcept;
/// "[...]"
[[nodiscard]] bool is_list(std::string_view text) noexcept;

/// `base` with `more` on top, by kAdd or kAppend. Nothing: they are not two numbers or two lists, or the list
/// would be longer than EventLimits::kTextMax.
[[nodiscard]] std::optional<std::string> fold_one(TraitOp op, std::string_view base, std::string_view more);

}  // namespace zhike::identity
