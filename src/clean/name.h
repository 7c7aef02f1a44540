// Names of people, comparable. Pure apart from OpenCC's dictionaries; thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "clean/rules.h"

namespace zhike::clean {

/// Names that may be one person's have one key: half width, simplified, lower case, without titles (先生,
/// Mr.), blanks and points; a Chinese name family name first; the parts of a western one in the order of the
/// alphabet, since forms and lists turn them around. Empty: nothing is left. `tally`, when given, counts the
/// rules.
[[nodiscard]] std::string name_key(std::string_view raw, Tally* tally = nullptr);

}  // namespace zhike::clean
