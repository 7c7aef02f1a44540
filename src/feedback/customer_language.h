// In which language to write to a customer. Pure.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "feedback/survey.h"
#include "identity/traits.h"

namespace zhike::feedback {

/// Of a locale or a name of a language: "zh-Hans-CN", "zh_TW", "中文", "Chinese", "en-GB", "英语". Nothing:
/// it is neither Chinese nor English, or it says nothing.
[[nodiscard]] std::optional<Tongue> tongue_of(std::string_view said);

/// By the traits language, preferred_language, locale and lang, the first that says one of the two. Nothing:
/// not known, or another language, and a message is best written in both.
[[nodiscard]] std::optional<Tongue> tongue_of(std::span<const identity::Trait> traits);

}  // namespace zhike::feedback
