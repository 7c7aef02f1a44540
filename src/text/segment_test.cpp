// Segmentation, held against cppjieba, and words of one's own.
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "text/normalize.h"
#include "text/own_words.h"
#include "text/segment.h"
#include "text/segment_reference.h"
#include "text/test_texts.h"

namespace zhike::text {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : "/") + word;
  return out;
}

/// "服务/很/好".
std::string cut(std::string_view text, WordTable own = {}) {
  Segmenter segmenter(own);
  const std::u32string plain = normalized(text);
  std::vector<Token> tokens;
  segmenter.cut(plain, tokens);
  std::vector<std::string> words;
  for (const Token& token : tokens) {
    const std::u32string_view word = std::u32string_view(plain).substr(token.begin, token.end - token.begin);
    EXPECT_EQ(token.key, key_of(word));
    words.push_back(to_utf8(word));
  }
  return joined(words);
}

TEST(Segmenter, CutsByTheDictionary) {
  EXPECT_EQ(cut("我来到北京清华大学"), "我/来到/北京/清华大学");
  EXPECT_EQ(cut("酒店的房间非常干净。"), "酒店/的/房间/非常/干净/。");
  EXPECT_EQ(cut("這個服務態度很好"), cut("这个服务态度很好")) << "Traditional as Simplified";
}

TEST(Segmenter, LettersAndDigitsStayWhole) {
  EXPECT_EQ(cut("iPhone15很好用，don't worry"), "iphone15/很/好/用/,/don't/worry");
  EXPECT_EQ(cut("买了件T恤"), "买/了/件/t恤") << "a word of both";
  EXPECT_EQ(cut("买了件ABT恤"), "买/了/件/abt/恤") << "no word begins within letters";
  EXPECT_EQ(cut("<b>好</b>"), "</b/>/好/<///b/>") << "HTML is text";
}

TEST(Segmenter, WordsThatAreInNoDictionaryAreJoined) {
  // The example of jieba's own description: 杭研 is in no dictionary.
  EXPECT_EQ(cut("他来到了网易杭研大厦"), "他/来到/了/网易/杭研/大厦");
}

TEST(Segmenter, WordsOfOnesOwnStayWhole) {
  const std::string before = cut("知客系统的回访单很好查");
  EXPECT_EQ(before.find("回访单"), std::string::npos) << before;
  const auto words = parse_words("# ours\n回訪單 5 n\n\n  知客系统\n");
  ASSERT_TRUE(words) << to_string(words.error());
  ASSERT_EQ(words->size(), 2U);
  const OwnWords own(*words);
  EXPECT_EQ(cut("知客系统的回访单很好查", own.table()), "知客系统/的/回访单/很/好查");
  EXPECT_EQ(cut("好像好吃", OwnWords(std::vector<std::u32string>{U"好"}).table()), "好像/好吃")
      << "a word that is known keeps its chance";
}

TEST(Segmenter, BadDictionariesAreRefused) {
  EXPECT_EQ(parse_words("好\n\xFF\xFE\n").error().code, Code::kBadFile);
  EXPECT_EQ(parse_words("这一行是四十一个字这一行是四十一个字这一行是四十一个字这一行是四十一个字又五个字吧")
                .error()
                .code,
            Code::kBadFile);
  EXPECT_TRUE(parse_words("")->empty());
  EXPECT_TRUE(parse_words("\xE2\x80\x8B\n\n#x")->empty()) << "an invisible character is no word";
  EXPECT_TRUE(OwnWords(std::vector<std::u32string>{}).table().find(key_of(U"好")) == nullptr);
}

TEST(Segmenter, AnyTextIsCut) {
  EXPECT_EQ(cut(""), "");
  EXPECT_EQ(cut("👍👍"), "👍/👍");
  EXPECT_EQ(cut("\xE2\x80\x8B\xEF\xBB\xBF"), "") << "invisible";
  EXPECT_EQ(cut("смесь 好 とて"), "смесь/好/と/て");
  for (const std::string_view part : {"很差<b>很好</b> mixed смесь 👍", "好", "a", "齉龘", "服务态度"}) {
    std::string huge;
    while (huge.size() < 100'000) huge += part;
    const std::u32string plain = normalized(huge);
    Segmenter segmenter;
    std::vector<Token> tokens;
    segmenter.cut(plain, tokens);
    std::size_t at = 0;
    for (const Token& token : tokens) {
      for (; at < token.begin; ++at) EXPECT_EQ(plain[at], U' ');
      ASSERT_GT(token.end, token.begin);
      at = token.end;
    }
    EXPECT_EQ(at, plain.size()) << "nothing is lost";
  }
}

/// The reference: the same dictionary, read by the library that it belongs to.
TEST(Segmenter, CutsAsCppjiebaDoes) {
  std::vector<std::string> texts{
      "南京市长江大桥",
      "小明硕士毕业于中国科学院计算所后在日本京都大学深造",
      "结婚的和尚未结婚的",
      "工信处女干事每月经过下属科室都要亲口交代二十四口交换机等技术性器件的安装工作",
      "快递小哥态度恶劣还把箱子摔坏了找客服推来推去",
      "前台姑娘笑容甜甜给我们升了房型早餐也丰盛",
      "信号时断时续充了会员还是卡顿要求退费",
      "外卖送来已经凉透了汤洒了一半备注不要香菜还是放了",
      "柜员办理业务磨磨蹭蹭排队一个半小时",
      "蓝瘦香菇我也是醉了这酸爽",
      "齉龘靐麤"};
  // Without the sign between the clauses, which is folded.
  for (const std::string& text : chinese_reviews(200, 0, 3).texts)
    texts.push_back(text.substr(0, text.find("，")));
  for (const std::string& text : texts) EXPECT_EQ(cut(text), joined(cppjieba_cut(text)));
}

}  // namespace
}  // namespace zhike::text
