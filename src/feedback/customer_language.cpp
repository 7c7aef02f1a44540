#include "feedback/customer_language.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/ascii.h"

namespace zhike::feedback {
namespace {

constexpr std::array<std::string_view, 4> kTraits{"language", "preferred_language", "locale", "lang"};
constexpr std::array<std::string_view, 10> kChinese{"chinese", "mandarin", "cantonese", "中文", "汉语",
                                                    "漢語",    "普通话",   "普通話",    "国语", "國語"};
constexpr std::array<std::string_view, 4> kEnglish{"english", "英语", "英語", "英文"};

/// "zh" itself, or followed by a subtag (BCP 47): "zh-CN", "zh_Hans"; not "zha", another language.
bool is_tag(std::string_view said, std::string_view tag) {
  return said.starts_with(tag) && (said.size() == tag.size() || said[tag.size()] == '-' ||
                                   said[tag.size()] == '_' || said[tag.size()] == '.');
}

bool begins_with_one_of(std::string_view said, std::span<const std::string_view> names) {
  return std::ranges::any_of(names, [&](std::string_view name) { return said.starts_with(name); });
}

}  // namespace

std::optional<Tongue> tongue_of(std::string_view said) {
  const std::string text = ascii::lower(said);
  if (is_tag(text, "zh") || is_tag(text, "cmn") || is_tag(text, "yue") || begins_with_one_of(text, kChinese))
    return Tongue::kZh;
  if (is_tag(text, "en") || begins_with_one_of(text, kEnglish)) return Tongue::kEn;
  return std::nullopt;
}

std::optional<Tongue> tongue_of(std::span<const identity::Trait> traits) {
  for (const std::string_view key : kTraits)
    for (const identity::Trait& trait : traits)
      if (trait.key == key)
        if (const auto tongue = tongue_of(trait.value)) return tongue;
  return std::nullopt;
}

}  // namespace zhike::feedback
