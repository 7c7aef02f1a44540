#include "journal/journal.h"

#include <gtest/gtest.h>

#include <fstream>
#include <future>
#include <random>
#include <thread>

#include "base/file.h"
#include "journal/crc32c.h"
#include "journal/format.h"
#include "journal/test_folder.h"

namespace zhike::journal {
namespace {

std::vector<std::string> read_all(Journal& journal, Position from = {}) {
  std::vector<std::string> out;
  const auto reader = journal.read(from);
  for (;;) {
    Result<std::optional<Record>> record = reader->next();
    if (!record) {
      ADD_FAILURE() << to_string(record.error());
      return out;
    }
    if (!*record) return out;
    out.push_back(std::move((*record)->payload));
  }
}

class JournalTest : public testing::Test {
 protected:
  Options options() const { return {.folder = folder_.path(), .key = test_key, .clock = &clock_}; }
  std::unique_ptr<Journal> open() { return open(options()); }
  std::unique_ptr<Journal> open(const Options& with) {
    auto journal = Journal::open(with);
    if (!journal) ADD_FAILURE() << to_string(journal.error());
    return journal ? std::move(*journal) : nullptr;
  }
  std::filesystem::path segment(std::uint64_t number) const { return segment_path(folder_.path(), number); }
  void flip(std::uint64_t number, std::uint64_t offset) const {
    std::fstream file(segment(number), std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(offset));
    const char byte = static_cast<char>(file.get());
    file.seekp(static_cast<std::streamoff>(offset));
    file.put(static_cast<char>(byte ^ 0x10));
  }
  std::size_t segments() const {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path()))
      if (segment_number(entry.path())) ++count;
    return count;
  }

  TestFolder folder_;
  ManualClock clock_{Instant{1'780'000'000'000}};
};

TEST(Crc32c, MatchesRfc3720AndTheTable) {
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAU);
  EXPECT_EQ(crc32c("123456789"), 0xE3069283U);
  std::mt19937 random(1);
  for (std::size_t n = 0; n < 200; ++n) {
    std::string bytes(n, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    EXPECT_EQ(crc32c(bytes), crc32c_by_table(bytes));
    EXPECT_EQ(crc32c(bytes), crc32c(bytes.substr(n / 3), crc32c(bytes.substr(0, n / 3))));
  }
}

TEST_F(JournalTest, KeepsRecordsInOrderAcrossRestarts) {
  std::vector<std::string> wrote;
  Position last;
  for (int life = 0; life < 3; ++life) {
    auto journal = open();
    EXPECT_EQ(journal->end(), last);
    for (int i = 0; i < 20; ++i) {
      wrote.push_back(fmt::format("record {} of life {}", i, life));
      const auto at = journal->append(wrote.back());
      ASSERT_TRUE(at) << to_string(at.error());
      EXPECT_GE(*at, last);
      last = journal->end();
    }
    EXPECT_EQ(read_all(*journal), wrote);
  }
  auto journal = open();
  EXPECT_EQ(journal->recovery().torn_bytes, 0U);
  EXPECT_EQ(journal->recovery().records, 20U);
  EXPECT_EQ(read_all(*journal), wrote);
}

TEST_F(JournalTest, ReadsOnFromACheckpoint) {
  auto journal = open();
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(journal->append(std::to_string(i)));
  auto reader = journal->read({});
  Position checkpoint;
  for (int i = 0; i < 4; ++i) checkpoint = (*reader->next())->next;
  EXPECT_EQ(read_all(*journal, checkpoint), (std::vector<std::string>{"4", "5", "6", "7", "8", "9"}));
  const std::uint64_t all = journal->bytes_waiting();
  journal->set_moved(checkpoint);
  EXPECT_EQ(journal->bytes_waiting(), all * 6 / 10);
  EXPECT_TRUE(read_all(*journal, journal->end()).empty());
}

TEST_F(JournalTest, EmptyAndLargeRecordsPass) {
  auto with = options();
  with.segment_bytes_max = 1 << 20;
  const std::string large(5 << 20, 'x');
  {
    auto journal = open(with);
    for (const std::string& payload : {std::string(), large, std::string("a"), large})
      ASSERT_TRUE(journal->append(payload));
    EXPECT_EQ(journal->append(std::string(kPayloadBytesMax + 1, 'x')).error().code, Code::kRecordTooLarge);
    ASSERT_TRUE(journal->append("after"));
  }
  EXPECT_EQ(read_all(*open(with)), (std::vector<std::string>{"", large, "a", large, "after"}));
}

TEST_F(JournalTest, RollsBySizeAndByDay) {
  auto with = options();
  with.segment_bytes_max = 10'000;
  auto journal = open(with);
  std::vector<std::string> wrote;
  for (int i = 0; i < 100; ++i) {
    wrote.push_back(fmt::format("{} {}", i, std::string(1000, 'x')));
    ASSERT_TRUE(journal->append(wrote.back()));
  }
  EXPECT_NEAR(static_cast<double>(segments()), 12, 1);
  const std::uint64_t before = journal->end().segment;
  clock_.advance(days(1));
  wrote.emplace_back("tomorrow");
  ASSERT_TRUE(journal->append("tomorrow"));
  EXPECT_EQ(journal->end().segment, before + 1);
  EXPECT_EQ(read_all(*journal), wrote);
  journal.reset();
  EXPECT_EQ(read_all(*open(with)), wrote);
  const auto header = decode_segment_header(read_file(segment(before + 1)).value());
  ASSERT_TRUE(header);
  EXPECT_EQ(header->utc_day, utc_day(clock_.now()));
}

TEST_F(JournalTest, NothingReadableOnDiskAndTheWrongKeyIsAnError) {
  {
    auto journal = open();
    ASSERT_TRUE(journal->append("secret phone 13800000000"));
  }
  EXPECT_EQ(read_file(segment(1)).value().find("13800000000"), std::string::npos);
  auto with = options();
  with.key = [](std::int32_t) { return Result<crypto::Key>(crypto::Key{}); };
  EXPECT_EQ(open(with)->read({})->next().error().code, Code::kJournalCorrupt);
}

TEST_F(JournalTest, CutsATornTailAtEveryLength) {
  std::uint64_t size = 0, first_end = 0;
  {
    auto journal = open();
    ASSERT_TRUE(journal->append("first"));
    first_end = journal->end().offset;
    ASSERT_TRUE(journal->append("second"));
    size = journal->end().offset;
  }
  const std::string bytes = read_file(segment(1)).value();
  ASSERT_EQ(bytes.size(), size);
  for (std::uint64_t cut = 0; cut < size; ++cut) {
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path()))
      std::filesystem::remove(entry);
    ASSERT_TRUE(write_file(segment(1), std::string_view(bytes).substr(0, cut)));
    auto journal = open();
    const bool first = cut >= first_end;
    EXPECT_EQ(read_all(*journal), first ? std::vector<std::string>{"first"} : std::vector<std::string>{})
        << cut;
    EXPECT_EQ(journal->recovery().torn_bytes, first ? cut - first_end : cut);
    ASSERT_TRUE(journal->append("third"));
    EXPECT_EQ(read_all(*journal).back(), "third");
  }
}

TEST_F(JournalTest, ADamagedTailIsCutAndReported) {
  {
    auto journal = open();
    ASSERT_TRUE(journal->append("first"));
    ASSERT_TRUE(journal->append("second"));
  }
  flip(1, std::filesystem::file_size(segment(1)) - 3);
  auto journal = open();
  EXPECT_EQ(read_all(*journal), std::vector<std::string>{"first"});
  EXPECT_EQ(journal->recovery().torn_bytes, kRecordHeaderBytes + 6 + crypto::kSealOverhead);
  EXPECT_EQ(journal->recovery().torn_segment, segment(1).string());
}

TEST_F(JournalTest, AFlippedBitInTheMiddleIsAnErrorWhereverItIs) {
  std::uint64_t second = 0;
  {
    auto journal = open();
    ASSERT_TRUE(journal->append("first"));
    second = journal->end().offset;
    ASSERT_TRUE(journal->append("second"));
  }
  for (std::uint64_t at = 0; at < second; ++at) {
    flip(1, at);
    const auto journal = Journal::open(options());
    ASSERT_FALSE(journal) << at;
    EXPECT_EQ(journal.error().code, Code::kJournalCorrupt);
    EXPECT_NE(journal.error().detail.find(fmt::format("{} at {}", segment(1).string(), at < 64 ? 0 : 64)),
              std::string::npos)
        << journal.error().detail;
    flip(1, at);
  }
  EXPECT_EQ(read_all(*open()).size(), 2U);
}

TEST_F(JournalTest, DamageInAnEarlierSegmentIsAnErrorOfReading) {
  for (int life = 0; life < 3; ++life) ASSERT_TRUE(open()->append("record " + std::to_string(life)));
  flip(2, 90);
  auto journal = open();
  auto reader = journal->read({});
  EXPECT_EQ((*reader->next())->payload, "record 0");
  for (int again = 0; again < 2; ++again) {
    const auto record = reader->next();
    ASSERT_FALSE(record);
    EXPECT_EQ(record.error().code, Code::kJournalCorrupt);
    EXPECT_NE(record.error().detail.find(segment(2).string() + " at 64"), std::string::npos);
  }
}

TEST_F(JournalTest, AMissingOrShortSegmentIsAnError) {
  for (int life = 0; life < 3; ++life) ASSERT_TRUE(open()->append("record " + std::to_string(life)));
  const std::string bytes = read_file(segment(2)).value();
  std::filesystem::remove(segment(2));
  EXPECT_EQ(Journal::open(options()).error().code, Code::kJournalGap);
  ASSERT_TRUE(write_file(segment(2), std::string_view(bytes).substr(0, bytes.size() - 1)));
  EXPECT_EQ(Journal::open(options()).error().code, Code::kJournalCorrupt);
  ASSERT_TRUE(write_file(segment(2), bytes + "remains of a failed batch"));
  EXPECT_EQ(read_all(*open()).size(), 3U);
}

TEST_F(JournalTest, ACheckpointOutsideTheJournalIsAnError) {
  auto journal = open();
  ASSERT_TRUE(journal->append("one"));
  EXPECT_EQ(journal->read({7, 64})->next().error().code, Code::kJournalGap);
  EXPECT_EQ(journal->read({1, 65})->next().error().code, Code::kJournalCorrupt);
}

TEST_F(JournalTest, RefusesAboveItsLimitUntilRecordsAreMoved) {
  auto with = options();
  with.journal_bytes_max = 20'000;
  auto journal = open(with);
  int accepted = 0;
  while (journal->append(std::string(1000, 'x'))) ++accepted;
  EXPECT_EQ(accepted, 18);
  EXPECT_EQ(journal->append(std::string(1000, 'x')).error().code, Code::kJournalFull);
  journal->set_moved(journal->end());
  EXPECT_EQ(journal->bytes_waiting(), 0U);
  EXPECT_TRUE(journal->append(std::string(1000, 'x')));
}

TEST_F(JournalTest, DropsMovedSegmentsWhenTheyAreOldAndGoesOnAfterARestart) {
  Position moved;
  for (int day = 0; day < 5; ++day) {
    auto journal = open();
    ASSERT_TRUE(journal->append("day " + std::to_string(day)));
    moved = journal->end();
    clock_.advance(days(1));
  }
  auto journal = open();
  EXPECT_EQ(journal->drop_moved(clock_.now()).value(), 0U);  // nothing was moved
  journal->set_moved(moved);
  EXPECT_EQ(journal->drop_moved(clock_.now() - days(3)).value(), 2U);
  EXPECT_EQ(read_all(*journal).size(), 3U);
  EXPECT_EQ(journal->drop_moved(clock_.now()).value(), 2U);  // the newest stays
  EXPECT_EQ(segments(), 1U);
  EXPECT_EQ(journal->read({2, 64})->next().error().code, Code::kJournalGap);
  journal = open();
  EXPECT_EQ(journal->end(), moved);
  ASSERT_TRUE(journal->append("later"));
  EXPECT_EQ(read_all(*journal, moved), std::vector<std::string>{"later"});
}

TEST_F(JournalTest, AClockThatWasAheadNeitherKeepsNorDropsSegments) {
  Position moved;
  for (const int jump : {0, 300, -299, 1, 1}) {  // one segment of a day a year ahead
    clock_.advance(days(jump));
    auto journal = open();
    ASSERT_TRUE(journal->append("x"));
    moved = journal->end();
  }
  auto journal = open();
  journal->set_moved(moved);
  EXPECT_EQ(journal->drop_moved(clock_.now() - days(8)).value(), 0U);
  clock_.advance(days(9));
  EXPECT_EQ(journal->drop_moved(clock_.now() - days(8)).value(), 4U);
}

TEST_F(JournalTest, AFailingKeyRefusesTheRecord) {
  auto with = options();
  with.key = [](std::int32_t) -> Result<crypto::Key> { return fail(Code::kSealBroken, "no key"); };
  EXPECT_EQ(open(with)->append("x").error().code, Code::kSealBroken);
}

TEST_F(JournalTest, ManyAppendersAndReadersSeeEveryRecordOnceInOneOrder) {
  auto with = options();
  with.segment_bytes_max = 200'000;
  auto journal = open(with);
  constexpr int kThreads = 8, kEach = 300;
  const auto read = [&] {
    std::vector<std::string> got;
    const auto reader = journal->read({});
    while (got.size() < kThreads * kEach) {
      auto record = reader->next();
      if (!record) {
        ADD_FAILURE() << to_string(record.error());
        break;
      }
      if (*record)
        got.push_back(std::move((*record)->payload));
      else
        reader->wait(seconds(10));
    }
    return got;
  };
  auto first = std::async(std::launch::async, read);
  auto second = std::async(std::launch::async, read);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        EXPECT_TRUE(
            journal->append(fmt::format("{} {} {}", t, i, std::string(static_cast<std::size_t>(i), 'x'))));
        if (i % 50 == 0) (void)journal->bytes_waiting();
      }
    });
  for (std::thread& thread : threads) thread.join();
  const std::vector<std::string> got = first.get();
  EXPECT_EQ(got, second.get());
  std::vector<int> next(kThreads, 0);
  for (const std::string& payload : got) {
    int t = 0, i = 0;
    ASSERT_EQ(std::sscanf(payload.c_str(), "%d %d", &t, &i), 2);
    EXPECT_EQ(i, next[static_cast<std::size_t>(t)]++);
  }
}

TEST_F(JournalTest, WaitEndsWithARecordOrWithItsTime) {
  auto journal = open();
  auto reader = journal->read({});
  EXPECT_FALSE(reader->wait({20}));
  std::thread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_TRUE(journal->append("late"));
  });
  EXPECT_TRUE(reader->wait(seconds(20)));
  EXPECT_EQ((*reader->next())->payload, "late");
  later.join();
}

TEST_F(JournalTest, ClosingFinishesWhatWasQueued) {
  std::atomic<int> done = 0;
  {
    auto journal = open();
    for (int i = 0; i < 500; ++i)
      journal->append(std::to_string(i), [&](const Result<Position>& at) { done += at ? 1 : 0; });
  }
  EXPECT_EQ(done, 500);
  EXPECT_EQ(read_all(*open()).size(), 500U);
}

}  // namespace
}  // namespace zhike::journal
