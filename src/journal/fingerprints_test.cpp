#include "journal/fingerprints.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <random>
#include <set>

#include "base/file.h"
#include "journal/fingerprint_files.h"
#include "journal/test_folder.h"

namespace zhike::journal {
namespace {

Hash128 hash(std::uint64_t n) { return fingerprint_of(SourceId{1}, std::to_string(n)); }

class FingerprintsTest : public testing::Test {
 protected:
  std::unique_ptr<Fingerprints> open(std::uint64_t mark, std::uint64_t bytes_max = 1ULL << 30) {
    auto opened =
        Fingerprints::open({.folder = folder_.path(), .bytes_max = bytes_max, .clock = &clock_}, mark);
    if (!opened) ADD_FAILURE() << to_string(opened.error());
    return opened ? std::move(*opened) : nullptr;
  }
  bool add(Fingerprints& to, std::uint64_t n) const { return to.check_and_add(hash(n), clock_.now()); }
  /// Adds [from, to) as a block; answers its mark.
  std::uint64_t block(Fingerprints& into, std::uint64_t from, std::uint64_t to) const {
    for (std::uint64_t n = from; n < to; ++n) EXPECT_FALSE(add(into, n)) << n;
    const auto mark = into.prepare();
    EXPECT_TRUE(mark);
    into.confirm();
    return mark.value_or(0);
  }
  std::vector<std::filesystem::path> files(std::string_view ending) const {
    std::vector<std::filesystem::path> out;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path()))
      if (entry.path().extension() == ending) out.push_back(entry.path());
    return out;
  }

  TestFolder folder_;
  ManualClock clock_{Instant{1'780'000'000'000}};
};

TEST(Fingerprint, TellsSourceAndMessageApart) {
  EXPECT_EQ(fingerprint_of(SourceId{1}, "a"), fingerprint_of(SourceId{1}, "a"));
  EXPECT_NE(fingerprint_of(SourceId{1}, "a"), fingerprint_of(SourceId{2}, "a"));
  EXPECT_NE(fingerprint_of(SourceId{1}, "a"), fingerprint_of(SourceId{1}, "b"));
}

TEST(HashSet, AgreesWithASetWhateverIsErased) {
  std::mt19937_64 random(3);
  HashSet mine;
  std::set<Hash128> theirs;
  for (int i = 0; i < 20'000; ++i) {
    const Hash128 one{1, random() % 3000};  // long clusters
    if (random() % 3) {
      EXPECT_EQ(mine.insert(one), theirs.insert(one).second);
    } else {
      mine.erase(one);
      theirs.erase(one);
    }
    EXPECT_EQ(mine.size(), theirs.size());
  }
  EXPECT_EQ(mine.sorted(), std::vector<Hash128>(theirs.begin(), theirs.end()));
  for (std::uint64_t n = 0; n < 3000; ++n) EXPECT_EQ(mine.contains({1, n}), theirs.contains({1, n}));
}

TEST(SortedRun, FindsEveryEntryAndNoOther) {
  TestFolder folder;
  for (const std::uint64_t count : {0U, 1U, 511U, 512U, 513U, 50'000U}) {
    std::vector<Hash128> entries;
    for (std::uint64_t n = 0; n < count; ++n) entries.push_back(hash(n));
    std::ranges::sort(entries);
    ASSERT_TRUE(Run::write(folder.path(), {.first = count, .count = count, .from = {}, .to = {}}, entries));
    const auto run = Run::open(folder.path() / fmt::format("{:016x}.run", count)).value();
    ASSERT_TRUE(run);
    std::uint64_t false_positives = 0;
    for (std::uint64_t n = 0; n < count; n += 1 + count / 1000) {
      EXPECT_TRUE(run->bloom().may_contain(hash(n)));
      EXPECT_TRUE(run->contains(hash(n)).value());
      EXPECT_FALSE(run->contains(hash(n + count)).value());
    }
    for (std::uint64_t n = count; n < count + 10'000; ++n)
      false_positives += run->bloom().may_contain(hash(n));
    EXPECT_LT(false_positives, 50U);
  }
}

TEST(SortedRun, FindsEntriesThatAreNotUniform) {
  TestFolder folder;
  std::vector<Hash128> entries;
  for (std::uint64_t n = 0; n < 20'000; ++n) entries.push_back({n < 10'000 ? 5 : ~0ULL - 20'000 + n, n});
  const auto run =
      Run::write(folder.path(), {.first = 0, .count = entries.size(), .from = {}, .to = {}}, entries).value();
  for (std::size_t i = 0; i < entries.size(); i += 97) EXPECT_TRUE(run.contains(entries[i]).value());
  EXPECT_FALSE(run.contains({6, 0}).value());
}

TEST_F(FingerprintsTest, SeesRepeatsInTheBlockAndAfterIt) {
  auto seen = open(0);
  EXPECT_FALSE(add(*seen, 1));
  EXPECT_TRUE(add(*seen, 1));
  EXPECT_EQ(seen->prepare().value(), 1U);
  seen->confirm();
  EXPECT_TRUE(add(*seen, 1));
  EXPECT_FALSE(seen->check_and_add({}, clock_.now()));  // zeros are a fingerprint like any other
  EXPECT_TRUE(seen->check_and_add({}, clock_.now()));
}

TEST_F(FingerprintsTest, RollbackTakesBackWhatWasPreparedToo) {
  auto seen = open(0);
  block(*seen, 0, 100);
  for (const bool prepared : {false, true}) {
    for (std::uint64_t n = 100; n < 5000; ++n) add(*seen, n);
    if (prepared) {
      ASSERT_TRUE(seen->prepare());
    }
    seen->rollback();
    for (std::uint64_t n = 100; n < 5000; n += 7) EXPECT_FALSE(add(*seen, n));
    for (std::uint64_t n = 0; n < 100; ++n) EXPECT_TRUE(add(*seen, n));
    seen->rollback();
  }
  EXPECT_EQ(block(*seen, 100, 200), 200U);
}

TEST_F(FingerprintsTest, OpeningKeepsExactlyWhatTheMarkSays) {
  std::uint64_t first = 0, second = 0;
  {
    auto seen = open(0);
    first = block(*seen, 0, 10);
    for (std::uint64_t n = 10; n < 20; ++n) add(*seen, n);
    second = seen->prepare().value();  // the process ends before its transaction commits
  }
  {
    auto seen = open(first);
    for (std::uint64_t n = 0; n < 10; ++n) EXPECT_TRUE(add(*seen, n));
    for (std::uint64_t n = 10; n < 20; ++n) EXPECT_FALSE(add(*seen, n));
    EXPECT_EQ(seen->prepare().value(), second);  // and now before confirm()
  }
  auto seen = open(second);
  for (std::uint64_t n = 0; n < 20; ++n) EXPECT_TRUE(add(*seen, n));
  EXPECT_EQ(seen->coverage().entries, 20U);
  EXPECT_EQ(seen->coverage().lost, 0U);
}

TEST_F(FingerprintsTest, RunsAreMadeBySizeAndSurviveRestarts) {
  constexpr std::uint64_t kBudget = 32ULL * 18 * 4096;
  std::uint64_t mark = 0;
  for (int life = 0; life < 4; ++life) {
    auto seen = open(mark, 100 * kBudget / 10);
    for (int i = 0; i < 30; ++i) mark = block(*seen, mark, mark + 3000);
    for (std::uint64_t n = 0; n < mark; n += 11) EXPECT_TRUE(add(*seen, n)) << n;
  }
  EXPECT_GE(files(".run").size(), 8U);
  EXPECT_EQ(files(".log").size(), 1U);
}

TEST_F(FingerprintsTest, ForgetsByWindowAndByBudget) {
  auto seen = open(0);
  std::uint64_t mark = block(*seen, 0, 10);
  for (int day = 0; day < 9; ++day) {
    clock_.advance(days(1));
    mark = block(*seen, mark, mark + 10);
  }
  EXPECT_GE(seen->coverage().since, clock_.now() - days(8));
  EXPECT_FALSE(add(*seen, 0));
  EXPECT_TRUE(add(*seen, mark - 65));
  seen->rollback();
  EXPECT_LE(files(".run").size(), 9U);

  const TestFolder other;
  auto small =
      Fingerprints::open({.folder = other.path(), .bytes_max = 400'000, .clock = &clock_}, 0).value();
  for (std::uint64_t n = 0; n < 100'000; n += 1000) {
    block(*small, n, n + 1000);
    clock_.advance({1});
    EXPECT_LE(small->coverage().bytes, 400'000U + 5 * 18'000);
  }
  EXPECT_FALSE(add(*small, 0));
  EXPECT_TRUE(add(*small, 99'000));
  EXPECT_GT(small->coverage().since, clock_.now() - Millis{40});
}

TEST_F(FingerprintsTest, AClockThatJumpsForgetsNothingTooSoonAndNothingForEver) {
  auto prints = open(0);
  const auto run = [&](std::uint64_t n) {  // an own run each: a part of the window passes
    block(*prints, n * 10, n * 10 + 10);
    clock_.advance(hours(6));
    block(*prints, n * 10 + 1000, n * 10 + 1001);
  };
  run(1);
  clock_.advance(days(-400));  // behind for a while: what was seen before is not older for that
  run(2);
  clock_.advance(days(400));
  run(3);
  EXPECT_TRUE(add(*prints, 10));
  EXPECT_TRUE(add(*prints, 20));
  prints->rollback();
  clock_.advance(
      days(400));  // ahead, as long as what is made then is not forgotten when the time is right again
  block(*prints, 500, 510);
  clock_.advance(days(-400));
  run(5);
  EXPECT_TRUE(add(*prints, 500));
  prints->rollback();
  for (int day = 0; day < 10; ++day) {
    clock_.advance(days(1));
    block(*prints, 5000 + static_cast<std::uint64_t>(day), 5001 + static_cast<std::uint64_t>(day));
  }
  EXPECT_LE(prints->coverage().entries, 10U) << "the rest is older than the window";
}

TEST_F(FingerprintsTest, DamageIsReportedAndTheServiceStarts) {
  std::uint64_t mark = 0;
  {
    auto seen = open(0);
    mark = block(*seen, 0, 100);
    mark = block(*seen, 100, 200);
  }
  const std::filesystem::path log = files(".log").at(0);
  std::string bytes = read_file(log).value();
  bytes[bytes.size() - 5] ^= 1;
  ASSERT_TRUE(write_file(log, bytes));
  {
    auto seen = open(mark);
    EXPECT_EQ(seen->coverage().lost, 100U);
    EXPECT_TRUE(add(*seen, 99));
    EXPECT_FALSE(add(*seen, 150));
    EXPECT_EQ(seen->prepare().value(), mark + 1);
    seen->confirm();
  }
  const std::filesystem::path run = files(".run").at(0);
  bytes = read_file(run).value();
  bytes[70] ^= 1;
  ASSERT_TRUE(write_file(run, bytes));
  auto seen = open(mark + 1);
  EXPECT_GT(seen->coverage().lost, 0U);
  EXPECT_FALSE(add(*seen, 99));
  EXPECT_TRUE(add(*seen, 150));
}

TEST_F(FingerprintsTest, AnOlderMarkForgetsWhatIsNewerThanIt) {
  constexpr std::uint64_t kBudget = 32ULL * 18 * 4096;
  {
    auto seen = open(0, kBudget);
    for (std::uint64_t n = 0; n < 20'000; n += 1000) block(*seen, n, n + 1000);
  }
  auto seen = open(7000, kBudget);  // the databases were restored from a backup
  EXPECT_GT(seen->coverage().lost, 0U);
  for (std::uint64_t n = 10'000; n < 20'000; ++n) EXPECT_FALSE(add(*seen, n)) << n;
  EXPECT_EQ(seen->prepare().value(), 17'000U);
}

TEST_F(FingerprintsTest, AMarkWithoutFilesStartsThere) {
  auto seen = open(1000);
  EXPECT_FALSE(add(*seen, 1));
  EXPECT_EQ(seen->prepare().value(), 1001U);
}

}  // namespace
}  // namespace zhike::journal
