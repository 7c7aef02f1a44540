// Masked forms of sensitive values: enough to recognise one's customer, too little to reach or be him. Pure.
// Whatever arrives, at most the named parts of it remain; broken UTF-8 is masked as a whole.
#pragma once

#include <string>
#include <string_view>

#include "event/event.h"

namespace zhike::govern {

[[nodiscard]] std::string mask_phone(std::string_view phone);     ///< "138****8000"
[[nodiscard]] std::string mask_email(std::string_view email);     ///< "z***@example.com"
[[nodiscard]] std::string mask_name(std::string_view name);       ///< "王**", "欧阳*", "J*** S***"
[[nodiscard]] std::string mask_national_id(std::string_view id);  ///< "11**************2X"
[[nodiscard]] std::string mask_card(std::string_view number);     ///< "****1234"
[[nodiscard]] std::string mask_address(
    std::string_view address);  ///< "上海市浦东新区***", "***, Springfield"
/// Any other text: its first character.
[[nodiscard]] std::string mask_text(std::string_view text);  ///< "a***"
/// By kind; identifiers of systems (order, device) keep both ends: "ord***017".
[[nodiscard]] std::string mask(IdentifierKind kind, std::string_view value);

}  // namespace zhike::govern
