#include "base/ascii.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace zhike::ascii {
namespace {

TEST(Ascii, ChangesLettersOnly) {
  EXPECT_EQ(lower("ÄB-客Z[@"), "Äb-客z[@");
  EXPECT_EQ(upper('z'), 'Z');
  EXPECT_EQ(upper('{'), '{');
  EXPECT_TRUE(is_alnum('a') && is_alnum('Z') && is_alnum('9'));
  EXPECT_FALSE(is_alnum('_') || is_alnum('\xe4') || is_letter('@') || is_digit('/') || is_digit(':'));
}

TEST(Ascii, ReadsWholeFiniteNumbersOnly) {
  EXPECT_EQ(parse_number<double>("4.5"), 4.5);
  EXPECT_EQ(parse_number<double>("-1e3"), -1000.0);
  EXPECT_EQ(parse_number<std::int64_t>("-9223372036854775808"), INT64_MIN);
  for (const char* text : {"", " 1", "1 ", "+1", "1,5", "nan", "inf", "1e999", "0x10", "五"})
    EXPECT_FALSE(parse_number<double>(text)) << text;
  EXPECT_FALSE(parse_number<std::int64_t>("9223372036854775808"));
  EXPECT_FALSE(parse_number<unsigned>("-1"));
}

}  // namespace
}  // namespace zhike::ascii
