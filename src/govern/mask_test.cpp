#include "govern/mask.h"

#include <gtest/gtest.h>

namespace zhike::govern {
namespace {

TEST(Mask, ShowsOnlyTheNamedParts) {
  EXPECT_EQ(mask_phone("13800138000"), "138****8000");
  EXPECT_EQ(mask_phone("+86 138-0013-8000"), "138****8000");
  EXPECT_EQ(mask_phone("14155550132"), "141****0132");
  EXPECT_EQ(mask_phone("5550132"), "****132");
  EXPECT_EQ(mask_phone("110"), "****");
  EXPECT_EQ(mask_email("zhang@example.com"), "z***@example.com");
  EXPECT_EQ(mask_email("z@example.com"), "***@example.com");
  EXPECT_EQ(mask_email("no address"), "***");
  EXPECT_EQ(mask_name("王小明"), "王**");
  EXPECT_EQ(mask_name("王明"), "王*");
  EXPECT_EQ(mask_name("王"), "王*");
  EXPECT_EQ(mask_name("欧阳锋"), "欧阳*");
  EXPECT_EQ(mask_name("John  Smith"), "J*** S***");
  EXPECT_EQ(mask_name("Émile Zola"), "É*** Z***");
  EXPECT_EQ(mask_national_id("11010519491231002X"), "11**************2X");
  EXPECT_EQ(mask_national_id("1234567"), "*******");
  EXPECT_EQ(mask_card("6222 0212 3456 7890"), "****7890");
  EXPECT_EQ(mask_address("上海市浦东新区世纪大道100号"), "上海市浦东新区***");
  EXPECT_EQ(mask_address("浙江省某地"), "浙江省***");
  EXPECT_EQ(mask_address("12 Main St, Springfield, IL 62701"), "***, Springfield, IL ");
  EXPECT_EQ(mask_address("12 Main St"), "***");
  EXPECT_EQ(mask(IdentifierKind::kOrderId, "ord-2017-0017"), "ord***017");
  EXPECT_EQ(mask(IdentifierKind::kUserId, "u17"), "u***");
  EXPECT_EQ(mask(IdentifierKind::kLoyaltyId, "card"), "c***");
}

TEST(Mask, EmptyAndBrokenTextsStayHidden) {
  for (const auto masker :
       {mask_phone, mask_email, mask_name, mask_national_id, mask_card, mask_address, mask_text}) {
    EXPECT_EQ(masker(""), "");
    const std::string out = masker("\xe4\xb8secret\xff\xfe");
    EXPECT_EQ(out.find("secret"), std::string::npos) << out;
  }
}

}  // namespace
}  // namespace zhike::govern
