#include "clean/phone.h"

#include <gtest/gtest.h>
#include <phonenumbers/phonenumberutil.h>

#include <random>

namespace zhike::clean {
namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

struct Case {
  const char *raw, *region, *digits;
  bool is_certain;
};

TEST(Phone, ReadsTheFormsOfTheMainland) {
  for (const Case& c :
       {Case{"13912345678", "", "8613912345678", true}, Case{"+86 139 1234 5678", "", "8613912345678", true},
        Case{"0086-139-1234-5678", "US", "8613912345678", true},
        Case{"８６１３９１２３４５６７８", "", "8613912345678", true},
        Case{"139 1234 5678 ext 12", "CN", "8613912345678", true},
        Case{"010-62345678", "CN", "861062345678", true},
        Case{"(0755) 2654 3210", "CN", "8675526543210", true},
        Case{"+86 (0)10 6234 5678", "", "861062345678", true},
        Case{"010-62345678", "", "01062345678", false}}) {
    const Phone phone = clean::phone(c.raw, c.region);
    EXPECT_EQ(phone.digits, c.digits) << c.raw << " " << c.region;
    EXPECT_EQ(phone.is_certain, c.is_certain) << c.raw;
  }
}

// The numbers that libphonenumber's own documentation and tests use.
TEST(Phone, ReadsOtherCountriesByTheirRegion) {
  for (const Case& c :
       {Case{"044 668 18 00", "CH", "41446681800", true}, Case{"(415) 555-2671", "US", "14155552671", true},
        Case{"1-800-356-9377", "US", "18003569377", true},
        Case{"+44 (0)20 7031 3000", "", "442070313000", true},
        Case{"020 7031 3000", "GB", "442070313000", true}, Case{"02 3661 8300", "IT", "390236618300", true},
        Case{"011 54 9 11 8765 4321", "US", "5491187654321", true},
        Case{"03 331 6005", "NZ", "6433316005", true}, Case{"+852 2345 6789", "", "85223456789", true},
        Case{"(415) 555-2671", "", "4155552671", false}}) {
    const Phone phone = clean::phone(c.raw, c.region);
    EXPECT_EQ(phone.digits, c.digits) << c.raw << " " << c.region;
    EXPECT_EQ(phone.is_certain, c.is_certain) << c.raw;
  }
}

TEST(Phone, KeepsTheDigitsOfWhatIsNoNumberOfItsRegion) {
  EXPECT_EQ(phone("1234567", "US").digits, "1234567");
  EXPECT_FALSE(phone("1234567", "US").is_certain);
  EXPECT_FALSE(phone("+999 123 456 789").is_certain);
  for (const char* bad :
       {"", "   ", "12345", "abc", "none 13912345678", "1234567890123456", "+", "((((", "\xff\xfe"})
    EXPECT_EQ(phone(bad, "CN").digits, "") << bad;
  EXPECT_EQ(phone(std::string(100'000, '1'), "CN").digits, "");
  EXPECT_EQ(phone("13912345678", "XX").digits, "13912345678");  // no such region
}

// What is decided here without the library is what the library says.
TEST(Phone, AgreesWithTheLibraryWhereItIsNotAsked) {
  const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
  std::mt19937_64 chance(7);
  int certain = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string digits = i % 2 == 0 ? "1" : "+1";
    for (int n = 0; n < 10; ++n) digits.push_back(static_cast<char>('0' + chance() % 10));
    const std::string region = i % 2 == 0 ? "CN" : "ZZ";
    const Phone ours = phone(digits, i % 2 == 0 ? "CN" : "");
    PhoneNumber number;
    if (util.Parse(digits, region, &number) != PhoneNumberUtil::NO_PARSING_ERROR) continue;
    if (!util.IsValidNumber(number)) continue;
    std::string theirs;
    util.Format(number, PhoneNumberUtil::E164, &theirs);
    EXPECT_EQ("+" + ours.digits, theirs) << digits;
    EXPECT_TRUE(ours.is_certain) << digits;
    ++certain;
  }
  EXPECT_GT(certain, 1000);
}

TEST(Phone, SaysTheSameOfItsOwnAnswer) {
  for (const char* raw : {"044 668 18 00", "+44 (0)20 7031 3000", "010-62345678", "13912345678"}) {
    const Phone first = phone(raw, "CH").is_certain ? phone(raw, "CH") : phone(raw, "CN");
    EXPECT_EQ(phone("+" + first.digits).digits, first.digits) << raw;
  }
}

TEST(Region, IsThatOfTheZone) {
  EXPECT_EQ(region_of_zone("Asia/Shanghai"), "CN");
  EXPECT_EQ(region_of_zone("America/Sao_Paulo"), "BR");
  EXPECT_EQ(region_of_zone("UTC"), "");
  EXPECT_EQ(region_of_zone("nowhere"), "");
  EXPECT_TRUE(is_region("HK"));
  EXPECT_FALSE(is_region("hk"));
  EXPECT_FALSE(is_region("XX"));
  EXPECT_FALSE(is_region("CHN"));
}

}  // namespace
}  // namespace zhike::clean
