// Emotions, intents and flags by their words.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "text/intents.h"
#include "text/normalize.h"

namespace zhike::text {
namespace {

/// "anger 气死;refund 退款".
std::string found(std::string_view text) {
  const Intents& intents = Intents::shipped();
  std::string out;
  for (const IntentWord& at : intents.find(normalized_with_places(text))) {
    EXPECT_LE(at.end, text.size());
    out += (out.empty() ? "" : ";") + intents.labels()[at.label].key + " " +
           std::string(text.substr(at.begin, at.end - at.begin));
  }
  return out;
}

TEST(Intents, WordsSayWhatIsWanted) {
  EXPECT_EQ(found("气死我了，退款！"), "anger 气死;refund 退款");
  EXPECT_EQ(found("請問多久能到"), "ask 請問;ask 多久") << "Traditional as Simplified, shown as it was";
  EXPECT_EQ(found("Thank you, I will be back"), "gratitude Thank you;return_visit be back");
  EXPECT_EQ(found("I want my money back ASAP"), "request I want;refund money back;urgent ASAP");
}

TEST(Intents, TheLongestWordCounts) {
  EXPECT_EQ(found("不值"), "disappointment 不值");
  EXPECT_EQ(found("非常满意"), "praise 非常满意") << "not the 满意 in it";
}

TEST(Intents, NegationTurnsItOff) {
  EXPECT_EQ(found("没有生气"), "");
  EXPECT_EQ(found("不是很开心"), "");
  EXPECT_EQ(found("I am not very happy"), "");
  EXPECT_EQ(found("don't cancel"), "");
  EXPECT_EQ(found("很开心"), "joy 开心");
}

TEST(Intents, DegreesAreKept) {
  const auto degree = [](std::string_view text) {
    const auto found = Intents::shipped().find(normalized_with_places(text));
    return found.empty() ? 0.0F : found.front().degree;
  };
  EXPECT_FLOAT_EQ(degree("失望"), 1);
  EXPECT_FLOAT_EQ(degree("特别失望"), 1.6F);
  EXPECT_FLOAT_EQ(degree("有点失望"), 0.6F);
  EXPECT_FLOAT_EQ(degree("really angry"), 1.6F);
  EXPECT_EQ(found("没想到这么快"), "surprise 没想到");
}

TEST(Intents, LettersAreWholeWords) {
  EXPECT_EQ(found("madness in Canada"), "");
  EXPECT_EQ(found("so mad"), "anger mad");
  EXPECT_EQ(found("cancelled"), "") << "a form that is not in the list";
}

TEST(Intents, AnyTextWillDo) {
  for (const std::string_view text : {"", "👍👍", "\xE2\x80\x8B", "\xFF\xFE", "<b>x</b>"})
    EXPECT_EQ(found(text), "");
  std::string huge;
  while (huge.size() < 100'000) huge += "谢谢a";
  EXPECT_EQ(Intents::shipped().find(normalized_with_places(huge)).size(), huge.size() / 7);
}

}  // namespace
}  // namespace zhike::text
