#include <gtest/gtest.h>

#include "clean/address.h"
#include "clean/chinese.h"
#include "clean/currency.h"
#include "clean/email.h"
#include "clean/name.h"
#include "clean/rules.h"
#include "clean/width.h"

namespace zhike::clean {
namespace {

TEST(Rules, HaveNames) {
  for (std::size_t i = 0; i < kRuleCount; ++i) {
    const auto rule = static_cast<Rule>(i);
    EXPECT_EQ(parse_rule(to_string(rule)), rule);
  }
  EXPECT_FALSE(parse_rule("spelling"));
}

TEST(Width, NarrowsAndTrims) {
  EXPECT_EQ(half_width("　ＡＢＣ　１２３！ "), "ABC 123!");
  EXPECT_EQ(without_blanks(" 1 3 9\xe2\x80\x8b 1 "), "1391");
  EXPECT_EQ(half_width("王　小明"), "王 小明");
  EXPECT_TRUE(has_full_width("价格￥１"));
  EXPECT_FALSE(has_full_width("価格 ¥1"));
  for (const std::string odd : {"\xef", "\xef\xbc", "\xff\xff\xff", "\xef\xbc\xef\xbc"}) {
    EXPECT_EQ(half_width(odd), odd);  // broken, and left alone
    EXPECT_EQ(character_at(odd) <= odd.size(), true);
  }
}

TEST(Email, LeavesOutWhatItsProviderIgnores) {
  for (const char* same : {"lihua@gmail.com", "Li.Hua@GMail.com", "li.hua+shop@gmail.com",
                           "l.i.h.u.a@googlemail.com", "mailto:lihua@gmail.com", " ｌｉｈｕａ＠gmail.com"})
    EXPECT_EQ(email(same), "lihua@gmail.com") << same;
  EXPECT_EQ(email("li.hua+shop@outlook.com"), "li.hua@outlook.com");  // dots count there
  EXPECT_EQ(email("li.hua+shop@example.com"), "li.hua+shop@example.com");
  EXPECT_EQ(email("li@pm.me"), "li@proton.me");
  EXPECT_EQ(email("+tag@gmail.com"), "+tag@gmail.com");
  EXPECT_EQ(email("...@gmail.com"), "...@gmail.com");
}

TEST(Email, RefusesWhatIsNone) {
  for (const char* bad :
       {"", "@", "a@", "@b.cn", "a@b", "a@b.", "a@.b", "a@b..c", "a@b@c.cn", "not an address"})
    EXPECT_EQ(email(bad), "") << bad;
  EXPECT_EQ(email(std::string(65, 'a') + "@b.cn"), "");
  EXPECT_EQ(email("a@" + std::string(300, 'b') + ".cn"), "");
}

TEST(Email, CountsItsRules) {
  Tally tally;
  (void)email("Li.Hua@gmail.com", &tally);
  (void)email("nobody", &tally);
  (void)email("x@a.mailinator.com", &tally);
  (void)email("plain@example.com", &tally);
  EXPECT_EQ(tally.of(Rule::kEmailWritten), 1U);
  EXPECT_EQ(tally.of(Rule::kEmailAlias), 1U);
  EXPECT_EQ(tally.of(Rule::kEmailInvalid), 1U);
  EXPECT_EQ(tally.of(Rule::kEmailDisposable), 1U);
  EXPECT_TRUE(is_disposable("yopmail.com"));
  EXPECT_FALSE(is_disposable("notyopmail.com"));
  EXPECT_FALSE(is_disposable(""));
}

TEST(Chinese, IsSimplifiedForComparing) {
  EXPECT_EQ(simplified("張偉"), "张伟");
  EXPECT_EQ(simplified("臺北市"), "台北市");
  EXPECT_EQ(simplified("plain"), "plain");
  EXPECT_EQ(simplified("张伟"), "张伟");
  const std::string broken = "張\xff\xe5";
  EXPECT_FALSE(simplified(broken).empty());
}

TEST(Name, HasOneKey) {
  for (const char* same : {"张伟", "張偉", "张 伟", "张　伟 先生", "伟 张", "张伟女士"})
    EXPECT_EQ(name_key(same), "张伟") << same;
  for (const char* same :
       {"Zhang San", "San Zhang", "ZHANG, SAN", "Mr. San Zhang", "ｚｈａｎｇ　ｓａｎ", "zhang-san"})
    EXPECT_EQ(name_key(same), name_key("San Zhang")) << same;
  EXPECT_EQ(name_key("欧阳 修"), "欧阳修");
  EXPECT_EQ(name_key("修 欧阳"), "欧阳修");
  EXPECT_EQ(name_key("阿依古丽·买买提"), name_key("阿依古丽 买买提"));
  EXPECT_EQ(name_key("先生"), "先生");  // a title alone is all that is known
  EXPECT_NE(name_key("张三"), name_key("张四"));
  for (const char* empty : {"", "  ", ".,-"}) EXPECT_EQ(name_key(empty), "") << empty;
  EXPECT_EQ(name_key(std::string(300, 'a')), "");
}

TEST(Currency, KnowsWhatPeopleWrite) {
  for (const char* yuan : {"RMB", "rmb", "人民币", " 元 ", "CNH"})
    EXPECT_EQ(currency_code(yuan), "CNY") << yuan;
  EXPECT_EQ(currency_code("US$"), "USD");
  EXPECT_EQ(currency_code("usd"), "usd");  // the code itself is left to who reads it
  EXPECT_EQ(currency_code("$"), "$");      // of which country?
  EXPECT_EQ(currency_code(""), "");
}

struct Written {
  const char *text, *province, *city, *district;
};
TEST(Address, IsDividedAtItsFront) {
  for (const Written& w : {
           Written{"广东省深圳市南山区科技园南路5号", "广东省", "深圳市", "南山区"},
           Written{"广东深圳南山区科技园", "广东省", "深圳市", "南山区"},
           Written{"深圳市南山区", "广东省", "深圳市", "南山区"},
           Written{"中国北京市朝阳区建国路88号", "北京市", "北京市", "朝阳区"},
           Written{"北京市北京市海淀区", "北京市", "北京市", "海淀区"},
           Written{"上海市市辖区浦东新区世纪大道", "上海市", "上海市", "浦东新区"},
           Written{"江苏省苏州市昆山市花桥镇", "江苏省", "苏州市", "昆山市"},
           Written{"湖北省恩施土家族苗族自治州利川市", "湖北省", "恩施土家族苗族自治州", "利川市"},
           Written{"内蒙古自治区锡林郭勒盟二连浩特市", "内蒙古自治区", "锡林郭勒盟", "二连浩特市"},
           Written{"吉林市船营区", "吉林省", "吉林市", "船营区"},
           Written{"吉林省吉林市船营区", "吉林省", "吉林市", "船营区"},
           Written{"新疆乌鲁木齐市天山区", "新疆维吾尔自治区", "乌鲁木齐市", "天山区"},
           Written{"臺灣省臺北市信義區", "台湾省", "台北市", "信义区"},
           Written{"518057 广东省，深圳市，南山区", "广东省", "深圳市", "南山区"},
           Written{"香港特别行政区湾仔区", "香港特别行政区", "", "湾仔区"},
           Written{"海南省三亚市吉阳区", "海南省", "三亚市", "吉阳区"},
           Written{"青海省海南藏族自治州共和县", "青海省", "海南藏族自治州", "共和县"},
           Written{"广东省", "广东省", "", ""},
       }) {
    const Divisions d = divide(w.text);
    EXPECT_EQ(d.province, w.province) << w.text;
    EXPECT_EQ(d.city, w.city) << w.text;
    EXPECT_EQ(d.district, w.district) << w.text;
  }
}

TEST(Address, IsNotGuessed) {
  for (const char* other :
       {"", "朝阳区建国路88号", "南京路100号", "221B Baker Street", "科技园南路5号深圳市", "\xe6\xb7"})
    EXPECT_FALSE(divide(other).is_set()) << other;
  std::string endless;
  for (int i = 0; i < 1000; ++i) endless += "广东省";
  EXPECT_FALSE(divide(endless).is_set());
}

}  // namespace
}  // namespace zhike::clean
