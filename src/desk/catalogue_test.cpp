#include "desk/catalogue.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "desk/suggest.h"

namespace zhike::desk {
namespace {

constexpr std::string_view kSmall = R"({"key": "x", "name_en": "X", "name_zh": "甲", "recurrence_days": 30,
  "clocks": {"low": {"accept_minutes": 60, "resolve_minutes": 600}, "medium": {"accept_minutes": 60, "resolve_minutes": 600},
             "high": {"accept_minutes": 60, "resolve_minutes": 600}, "critical": {"accept_minutes": 6, "resolve_minutes": 60}},
  "limits": [{"role": "agent", "currency": "CNY", "complaint": "100", "day": "-1"}],
  "categories": [{"key": "a", "name_en": "A", "name_zh": "甲", "severity": "low", "zh": ["物流"], "en": ["late parcel"]},
                 {"key": "other", "name_en": "Other", "name_zh": "其他", "severity": "low"}]})";

std::string with(std::string_view from, std::string_view to) {
  std::string out(kSmall);
  const auto at = out.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return out.replace(at, from.size(), to);
}

TEST(ComplaintCatalogue, EveryOneThatComesAlongIsGood) {
  EXPECT_EQ(shipped_catalogues(), (std::vector<std::string>{"bank", "retail", "telecom"}));
  for (const std::string& key : shipped_catalogues()) {
    const auto found = catalogue_of(key, {});
    ASSERT_TRUE(found) << to_string(found.error());
    EXPECT_EQ(found->key, key);
    const auto aspects = text::shipped_aspects(key);
    ASSERT_TRUE(aspects);
    for (const Category& category : found->categories) {
      EXPECT_TRUE(category.key == Catalogue::kOther || !category.words.empty()) << category.key;
      for (const std::string& aspect : category.aspects)
        EXPECT_TRUE(std::ranges::any_of(aspects->aspects, [&](const auto& one) { return one.key == aspect; }))
            << key << ' ' << aspect;
    }
  }
}

TEST(ComplaintCatalogue, SaysWhatIsWrongAndWhere) {
  ASSERT_TRUE(parse_catalogue(kSmall));
  const auto why = [](const std::string& text) {
    const auto found = parse_catalogue(text);
    return found ? std::string("good") : to_string(found.error());
  };
  EXPECT_NE(why("[]").find("not a JSON object"), std::string::npos);
  EXPECT_NE(why(with("\"agent\"", "\"robot\"")).find("no role 'robot'"), std::string::npos);
  EXPECT_NE(why(with("\"100\"", "\"-7\"")).find("'complaint' is not an amount"), std::string::npos);
  EXPECT_NE(why(with("\"CNY\"", "\"YUAN\"")).find("YUAN"), std::string::npos);
  EXPECT_NE(why(with("\"key\": \"other\"", "\"key\": \"a\"")).find("twice"), std::string::npos);
  EXPECT_NE(why(with("\"key\": \"other\"", "\"key\": \"b.c\"")).find("before what it belongs to"),
            std::string::npos);
  EXPECT_NE(why(with("\"key\": \"other\"", "\"key\": \"B\"")).find("not a key"), std::string::npos);
  EXPECT_NE(why(with("\"key\": \"other\"", "\"key\": \"others\"")).find("no category 'other'"),
            std::string::npos);
  EXPECT_NE(why(with("\"accept_minutes\": 6,", "\"accept_minutes\": 0,")).find("accept_minutes"),
            std::string::npos);
  EXPECT_NE(why(with("\"limits\"",
                     "\"hours\": {\"days\": [8], \"from\": \"09:00\", \"to\": \"18:00\"}, \"limits\""))
                .find("Monday"),
            std::string::npos);
  EXPECT_NE(why(with("\"limits\"",
                     "\"hours\": {\"days\": [1], \"from\": \"18:00\", \"to\": \"09:00\"}, \"limits\""))
                .find("times of one day"),
            std::string::npos);
}

class SuggestTest : public testing::Test {
 protected:
  std::string first(const std::string& trade, std::string_view text) {
    const Catalogue catalogue = *catalogue_of(trade, {});
    const auto aspects = text::shipped_aspects(trade);
    const auto found = Suggester(catalogue, &*aspects).suggest(text, 1);
    return found.empty() ? "" : found.front().category;
  }
};

TEST_F(SuggestTest, FindsWhatTheWordsSpeakFor) {
  EXPECT_EQ(first("telecom", "Comcast data caps are unfair"), "data_cap");
  EXPECT_EQ(first("telecom", "I cannot cancel my account"), "contract.cancel");
  EXPECT_EQ(first("telecom", "又被乱扣费，账单不对"), "billing.overcharge");
  EXPECT_EQ(first("retail", "快递还没到，物流太慢了"), "delivery.late");
  EXPECT_EQ(first("retail", "收到的杯子是破损的，质量差"), "quality.defect");
  EXPECT_EQ(first("bank", "My card was charged, but I did not make this, it is fraud"), "card.fraud");
  EXPECT_EQ(first("bank", "柜台排队等了两个小时"), "branch.wait");
}

TEST_F(SuggestTest, SaysNothingWithoutAReason) {
  EXPECT_EQ(first("retail", "Hello there"), "");
  EXPECT_EQ(first("retail", ""), "");
  EXPECT_EQ(first("retail", "\xff\xfe"), "");
  EXPECT_EQ(first("retail", "translated"), "") << "'late' is not a word of it";
}

TEST_F(SuggestTest, NamesItsWordsAndItsDoubt) {
  const Catalogue catalogue = *parse_catalogue(kSmall);
  const Suggester suggester(catalogue, nullptr);
  const auto found = suggester.suggest("The LATE parcel, a late parcel; 物流");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].words, (std::vector<std::string>{"LATE parcel", "物流"}));
  EXPECT_DOUBLE_EQ(found[0].confidence,
                   3.0 / 4);  // 2 for the English words, 1 for two characters; 3 / (3 + 1)
}

}  // namespace
}  // namespace zhike::desk
