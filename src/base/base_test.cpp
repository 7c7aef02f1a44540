#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/crypto.h"
#include "base/file.h"
#include "base/ids.h"
#include "base/money.h"
#include "base/time.h"

namespace zhike {
namespace {

Result<int> half(int n) {
  if (n % 2 != 0) return fail(Code::kBadAmount, "{}", n);
  return n / 2;
}
Result<int> quarter(int n) {
  CX_TRY(const int h, half(n));
  return half(h);
}

TEST(Result, TryPassesValuesAndErrorsOn) {
  EXPECT_EQ(*quarter(8), 2);
  const auto wrong = quarter(6);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, Code::kBadAmount);
  EXPECT_EQ(wrong.error().detail, "3");
}

TEST(Ids, ReadsDecimalOnly) {
  EXPECT_EQ(parse_id<SubjectId>("18446744073709551615")->value, UINT64_MAX);
  for (const char* text : {"", "-1", "1x", "18446744073709551616", " 1"})
    EXPECT_FALSE(parse_id<SubjectId>(text)) << text;
  static_assert(!std::is_convertible_v<SubjectId, CustomerId>);
}

struct TimeCase {
  const char* text;
  const char* zone;
  const char* utc;
};

TEST(Time, ParsesIsoAndNaiveTimes) {
  for (const TimeCase& c : std::initializer_list<TimeCase>{
           {"2017-07-09 21:57:05", "America/Sao_Paulo", "2017-07-10T00:57:05.000Z"},
           {"2026-11-21", "Asia/Shanghai", "2026-11-20T16:00:00.000Z"},
           {"2026-11-21T00:00:00.5+08:00", "UTC", "2026-11-20T16:00:00.500Z"},
           {"2026-11-21T00:00:00Z", "Asia/Shanghai", "2026-11-21T00:00:00.000Z"},
           {"2024-02-29T23:59:59.999Z", "UTC", "2024-02-29T23:59:59.999Z"},
           // New York, March 2024: 02:30 does not exist and moves over the gap; November: 01:30 is twice, the
           // first.
           {"2024-03-10 02:30:00", "America/New_York", "2024-03-10T07:30:00.000Z"},
           {"2024-11-03 01:30:00", "America/New_York", "2024-11-03T05:30:00.000Z"}}) {
    const auto at = parse_time(c.text, *Zone::find(c.zone));
    ASSERT_TRUE(at) << c.text;
    EXPECT_EQ(format_utc(*at), c.utc) << c.text;
  }
}

TEST(Time, RefusesWhatIsNoTime) {
  for (const char* text :
       {"", "2017-13-01", "2017-02-29", "2017", "17-01-01", "2017-01-01T25:00", "2017-01-01T10:00+99",
        "2017-01-01 10:00:00 x", "yesterday", "1969-12-31", "2200-01-01"})
    EXPECT_EQ(parse_time(text, Zone::utc()).error().code, Code::kBadTime) << text;
  EXPECT_EQ(Zone::find("Mars/Base").error().code, Code::kUnknownZone);
}

TEST(Time, ParsesByFormat) {
  EXPECT_EQ(format_utc(*parse_time_as("9/7/2017 8:05", "%d/%m/%Y %H:%M", Zone::utc())),
            "2017-07-09T08:05:00.000Z");
  EXPECT_EQ(format_utc(*parse_time_as("1500000000", "%s", Zone::utc())), "2017-07-14T02:40:00.000Z");
  EXPECT_FALSE(parse_time_as("9/7/2017", "%d/%m/%Y %H:%M", Zone::utc()));
}

TEST(Money, ParsesByCurrency) {
  const Currency cny = *parse_currency("cny"), jpy = *parse_currency("JPY"), kwd = *parse_currency("KWD");
  EXPECT_EQ(parse_money("1,234.5", cny)->minor, 123450);
  EXPECT_EQ(parse_money("-99.995", cny)->minor, -10000);
  EXPECT_EQ(parse_money("1.234,50", cny, ',')->minor, 123450);
  EXPECT_EQ(parse_money("500", jpy)->minor, 500);
  EXPECT_EQ(parse_money("1.2345", kwd)->minor, 1235);
  for (const char* text : {"", ".", "abc", "1.2.3", "99999999999999999999", "1e5"})
    EXPECT_FALSE(parse_money(text, cny)) << text;
  EXPECT_EQ(format_amount({-5, cny}), "-0.05");
  EXPECT_EQ(format_amount({1235, kwd}), "1.235");
}

TEST(Crypto, SealsAndDetectsChange) {
  const crypto::Key key = crypto::random_key();
  std::string sealed = crypto::seal(key, "13800138000", "subject/7");
  EXPECT_EQ(*crypto::open(key, sealed, "subject/7"), "13800138000");
  EXPECT_FALSE(crypto::open(key, sealed, "subject/8"));
  sealed.back() ^= 1;
  EXPECT_EQ(crypto::open(key, sealed, "subject/7").error().code, Code::kSealBroken);
  EXPECT_NE(crypto::keyed_hash(key, "a"), crypto::keyed_hash(crypto::random_key(), "a"));
  EXPECT_EQ(crypto::derive(key, "x").bytes, crypto::derive(key, "x").bytes);
}

TEST(Crypto, RandomBytesNeverRepeat) {
  std::set<std::string> seen;
  for (int i = 0; i < 2'000; ++i) EXPECT_TRUE(seen.insert(crypto::random_token(16)).second);
  std::array<unsigned char, 5'000> large{};
  crypto::random_bytes(large);
  EXPECT_GT(std::ranges::count_if(large, [](unsigned char c) { return c != 0; }), 4'900);
  // A forked child must not hand out what its parent hands out next.
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const std::string token = crypto::random_token(16);
    ::_exit(::write(ends[1], token.data(), token.size()) == static_cast<ssize_t>(token.size()) ? 0 : 1);
  }
  const std::string mine = crypto::random_token(16);
  std::string theirs(mine.size(), '\0');
  EXPECT_EQ(::read(ends[0], theirs.data(), theirs.size()), static_cast<ssize_t>(theirs.size()));
  int status = 1;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_NE(mine, theirs);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(File, OneHolderOfAFolder) {
  const auto folder = std::filesystem::temp_directory_path() / ("zhike_base_" + crypto::random_token(6));
  std::filesystem::create_directory(folder);
  auto first = FolderLock::take(folder);
  ASSERT_TRUE(first);
  EXPECT_EQ(FolderLock::take(folder).error().code, Code::kDataInUse);
  ASSERT_TRUE(write_file(folder / "a", "1\n2"));
  EXPECT_EQ(*read_file(folder / "a"), "1\n2");
  EXPECT_EQ(read_file(folder / "b").error().code, Code::kFileFailed);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace zhike
