#include "govern/keys.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>

#include "ledger/test_folder.h"

namespace zhike::govern {
namespace {

class KeysTest : public testing::Test {
 protected:
  void SetUp() override { ::unsetenv("ZHIKE_MASTER_KEY"); }
  void TearDown() override { ::unsetenv("ZHIKE_MASTER_KEY"); }
  TestFolder folder_;
};

TEST_F(KeysTest, MakesOneKeyAndFindsItAgain) {
  const auto folder = folder_.path / "keys";
  const auto first = Keys::open(folder);
  ASSERT_TRUE(first) << to_string(first.error());
  struct stat status{};
  ASSERT_EQ(::stat((folder / "master.key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  const auto second = Keys::open(folder);
  ASSERT_TRUE(second);
  EXPECT_EQ((*first)->day(20412).bytes, (*second)->day(20412).bytes);
  EXPECT_NE((*first)->day(20412).bytes, (*first)->day(20413).bytes);
  EXPECT_NE((*first)->identifiers().bytes, (*first)->search().bytes);
}

TEST_F(KeysTest, DoesNotReplaceALostOrDamagedKey) {
  const auto folder = folder_.path / "keys";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "other") << "x";
  const auto lost = Keys::open(folder);
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code, Code::kKeyMissing);
  std::ofstream(folder / "master.key") << "short";
  const auto damaged = Keys::open(folder);
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code, Code::kKeyMissing);
}

TEST_F(KeysTest, TakesTheKeyOfTheEnvironment) {
  ::setenv("ZHIKE_MASTER_KEY", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", 1);
  const auto keys = Keys::open(folder_.path / "none");
  ASSERT_TRUE(keys);
  EXPECT_FALSE(std::filesystem::exists(folder_.path / "none"));
  crypto::Key expected;
  for (unsigned char i = 0; i < 32; ++i) expected.bytes[i] = i;
  EXPECT_EQ((*keys)->identifiers().bytes, crypto::derive(expected, "identifiers/1").bytes);
  for (const char* bad : {"AAEC", "????????????????????????????????????????????"}) {
    ::setenv("ZHIKE_MASTER_KEY", bad, 1);
    EXPECT_FALSE(Keys::open(folder_.path / "none")) << bad;
  }
}

TEST_F(KeysTest, ASubjectKeyBelongsToItsSubject) {
  const auto keys = Keys::open(folder_.path / "keys");
  ASSERT_TRUE(keys);
  const auto made = (*keys)->make_subject_key(SubjectId{7});
  const auto again = (*keys)->unwrap_subject_key(SubjectId{7}, made.wrapped);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->bytes, made.key.bytes);
  const auto other = (*keys)->unwrap_subject_key(SubjectId{8}, made.wrapped);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Code::kSealBroken);
  EXPECT_FALSE((*keys)->unwrap_subject_key(SubjectId{7}, ""));
}

}  // namespace
}  // namespace zhike::govern
