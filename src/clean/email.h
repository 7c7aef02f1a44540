// E-mail addresses, comparable: what a provider ignores is left out. Pure, so safe from any thread.
#pragma once

#include <string>
#include <string_view>

#include "clean/rules.h"

namespace zhike::clean {

/// Lower case, half width, without blanks and "mailto:"; dots and tags are left out where the provider
/// ignores them (email_providers.inc), and one name stands for all that its provider has for a mailbox.
/// Empty: not an address (one "@", a dot in the domain, RFC 5321's lengths). `tally`, when given, counts the
/// rules.
[[nodiscard]] std::string email(std::string_view raw, Tally* tally = nullptr);

/// As it may be shown: lower case, half width, without blanks and "mailto:". Empty: not an address.
[[nodiscard]] std::string email_written(std::string_view raw);

/// `domain` or one above it is known for addresses that last minutes. Lower case.
[[nodiscard]] bool is_disposable(std::string_view domain) noexcept;

}  // namespace zhike::clean
