#include "feedback/customer_language.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace zhike::feedback {
namespace {

TEST(CustomerLanguage, ReadsTagsAndNamesAndNothingElse) {
  for (const auto* said :
       {"zh", "zh-CN", "zh_Hant_TW", "ZH-hans", "cmn", "中文", "Chinese", "漢語", "zh_CN.UTF-8"})
    EXPECT_EQ(tongue_of(std::string_view(said)), Tongue::kZh) << said;
  for (const auto* said : {"en", "en-GB", "EN_us", "English", "英语"})
    EXPECT_EQ(tongue_of(std::string_view(said)), Tongue::kEn) << said;
  for (const auto* said : {"", "zha", "enm", "fr", "de-DE", "z", "日本語"})
    EXPECT_EQ(tongue_of(std::string_view(said)), std::nullopt) << said;
}

identity::Trait trait(std::string key, std::string value) {
  return {.key = std::move(key), .value = std::move(value), .source = {1}, .at = {5}};
}

TEST(CustomerLanguage, TheFirstTraitThatSaysOneOfTheTwoCounts) {
  std::vector<identity::Trait> traits{trait("city", "zh"), trait("locale", "en-US")};
  EXPECT_EQ(tongue_of(traits), Tongue::kEn);
  traits.push_back(trait("language", "中文"));
  EXPECT_EQ(tongue_of(traits), Tongue::kZh)
      << "what was said of the language, before where the device is from";
  traits.back().value = "fr";
  EXPECT_EQ(tongue_of(traits), Tongue::kEn);
  traits.clear();
  EXPECT_EQ(tongue_of(traits), std::nullopt);
}

}  // namespace
}  // namespace zhike::feedback
