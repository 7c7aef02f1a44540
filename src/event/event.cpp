#include "event/event.h"

#include <algorithm>
#include <array>

#include "event/grant.h"

namespace zhike {
namespace {

constexpr std::array<std::string_view, 6> kTypes{"track", "identify", "page", "screen", "group", "alias"};
constexpr std::array<std::string_view, kIdentifierKindCount> kKinds{
    "user_id",     "email",    "phone",     "wechat_unionid", "wechat_openid", "loyalty_id",
    "national_id", "order_id", "device_id", "anonymous_id",   "external_id"};
constexpr std::array<std::string_view, 3> kFates{"stored", "dropped", "quarantined"};
constexpr std::array<std::string_view, kReasonCount> kReasons{
    "none",      "duplicate",    "no_identifier", "no_name",   "bad_time",      "bad_value",
    "too_large", "unknown_type", "unreadable",    "unplanned", "plan_violation"};
constexpr std::array<std::string_view, kPermissionCount> kPermissions{
    "view_metrics", "view_customers", "reveal_sensitive", "manage_data", "manage_users", "handle_complaints"};

template <class Enum, std::size_t N>
std::optional<Enum> parse(const std::array<std::string_view, N>& names, std::string_view text, int first) {
  const auto at = std::ranges::find(names, text);
  if (at == names.end()) return std::nullopt;
  return static_cast<Enum>(at - names.begin() + first);
}

}  // namespace

std::string_view to_string(EventType type) noexcept { return kTypes[static_cast<std::size_t>(type)]; }
std::optional<EventType> parse_event_type(std::string_view text) noexcept {
  return parse<EventType>(kTypes, text, 0);
}
std::string_view to_string(IdentifierKind kind) noexcept {
  return kKinds[static_cast<std::size_t>(kind) - 1];
}
std::optional<IdentifierKind> parse_identifier_kind(std::string_view text) noexcept {
  return parse<IdentifierKind>(kKinds, text, 1);
}
std::string_view to_string(Fate fate) noexcept { return kFates[static_cast<std::size_t>(fate)]; }
std::string_view to_string(Reason reason) noexcept { return kReasons[static_cast<std::size_t>(reason)]; }
std::string_view to_string(Permission permission) noexcept {
  return kPermissions[static_cast<std::size_t>(permission)];
}

std::string to_string(const Value& value) {
  struct Printer {
    std::string operator()(std::monostate) const { return {}; }
    std::string operator()(bool b) const { return b ? "true" : "false"; }
    std::string operator()(std::int64_t n) const { return std::to_string(n); }
    std::string operator()(double d) const { return fmt::format("{}", d); }
    std::string operator()(const std::string& s) const { return s; }
  };
  return std::visit(Printer{}, value);
}

const Value* find(const Properties& properties, std::string_view key) noexcept {
  const auto at = std::ranges::find(properties, key, &Property::key);
  return at == properties.end() ? nullptr : &at->value;
}

}  // namespace zhike
