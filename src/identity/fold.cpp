#include "identity/fold.h"

#include <fmt/format.h>

#include <cmath>

#include "base/ascii.h"

namespace zhike::identity {
namespace {

std::optional<std::string> sum(std::string_view a, std::string_view b) {
  const auto left = ascii::parse_number<double>(a), right = ascii::parse_number<double>(b);
  if (!left || !right || !std::isfinite(*left + *right)) return std::nullopt;
  return fmt::format("{}", *left + *right);
}

std::optional<std::string> joined(std::string_view a, std::string_view b) {
  if (!is_list(a) || !is_list(b) || a.size() + b.size() > EventLimits::kTextMax) return std::nullopt;
  if (a.size() == 2) return std::string(b);
  if (b.size() == 2) return std::string(a);
  return fmt::format("{},{}", a.substr(0, a.size() - 1), b.substr(1));
}

}  // namespace

bool is_number(std::string_view text) noexcept { return ascii::parse_number<double>(text).has_value(); }

bool is_list(std::string_view text) noexcept {
  return text.size() >= 2 && text.front() == '[' && text.back() == ']';
}

std::optional<std::string> fold_one(TraitOp op, std::string_view base, std::string_view more) {
  return op == TraitOp::kAdd ? sum(base, more) : joined(base, more);
}

}  // namespace zhike::identity
