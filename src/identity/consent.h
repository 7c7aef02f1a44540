// What a customer stated about being contacted, from the traits consent.*: one list of words for all who ask.
// Pure; any thread.
#pragma once

#include <string_view>

namespace zhike::identity {

enum class Stated { kNothing, kAllowed, kRefused };

/// "false", "no", "否", "declined" ... refuse; "true", "yes", "是", "granted" ... allow; any other word says
/// nothing. Case does not matter.
[[nodiscard]] Stated stated_consent(std::string_view value);

}  // namespace zhike::identity
