// The journal under injected and real faults: every record that was acknowledged is there exactly once and in
// order, whatever failed; no refused record is there.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <random>
#include <thread>

#include "base/file.h"
#include "journal/journal_impl.h"
#include "journal/test_folder.h"

namespace zhike::journal {
namespace {

/// A disk that fills up and fails, by a seed or on command. Thread-safe.
class FaultyOps final : public FileOps {
 public:
  explicit FaultyOps(std::uint32_t seed = 1) : random_(seed) {}
  void set_faults_per_1000(int faults) { faults_ = faults; }
  void fill_disk(bool full) { full_ = full; }
  void fail_next_sync() { fail_sync_ = true; }

  int create(const std::filesystem::path& path) override {
    return full_ || hit() ? -ENOSPC : FileOps::create(path);
  }
  ssize_t pwritev(int fd, const iovec* parts, int count, off_t offset) override {
    if (full_) return -ENOSPC;
    if (hit()) return half() ? -ENOSPC : -EIO;
    if (hit()) {  // a short write, inside one part
      const std::size_t some = std::max<std::size_t>(parts[0].iov_len / 2, 1);
      const iovec part{parts[0].iov_base, some};
      return FileOps::pwritev(fd, &part, 1, offset);
    }
    return FileOps::pwritev(fd, parts, count, offset);
  }
  int fdatasync(int fd) override {
    return fail_sync_.exchange(false) || hit() ? -EIO : FileOps::fdatasync(fd);
  }
  int ftruncate(int fd, off_t size) override { return hit() ? -EIO : FileOps::ftruncate(fd, size); }
  int unlink(const std::filesystem::path& path) override { return hit() ? -EIO : FileOps::unlink(path); }
  int sync_folder(const std::filesystem::path& folder) override {
    return hit() ? -EIO : FileOps::sync_folder(folder);
  }

 private:
  bool hit() {
    const std::lock_guard lock(mutex_);
    return static_cast<int>(random_() % 1000) < faults_;
  }
  bool half() {
    const std::lock_guard lock(mutex_);
    return random_() % 2 == 0;
  }
  std::mutex mutex_;
  std::mt19937 random_;
  std::atomic<int> faults_ = 0;
  std::atomic<bool> full_ = false, fail_sync_ = false;
};

std::vector<std::string> read_all(Journal& journal) {
  std::vector<std::string> out;
  const auto reader = journal.read({});
  for (;;) {
    Result<std::optional<Record>> record = reader->next();
    if (!record) ADD_FAILURE() << to_string(record.error());
    if (!record || !*record) return out;
    out.push_back(std::move((*record)->payload));
  }
}

Options options(const std::filesystem::path& folder) { return {.folder = folder, .key = test_key}; }

TEST(JournalFaults, AFullDiskRefusesAndResumes) {
  const TestFolder folder;
  FaultyOps ops;
  auto journal = open_journal(options(folder.path()), ops).value();
  ASSERT_TRUE(journal->append("before"));
  ops.fill_disk(true);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(journal->append("during").error().code, Code::kDiskFull);
  EXPECT_EQ(read_all(*journal), std::vector<std::string>{"before"});
  ops.fill_disk(false);
  ASSERT_TRUE(journal->append("after"));
  EXPECT_EQ(read_all(*journal), (std::vector<std::string>{"before", "after"}));
  journal.reset();
  EXPECT_EQ(read_all(*Journal::open(options(folder.path())).value()),
            (std::vector<std::string>{"before", "after"}));
}

TEST(JournalFaults, ADiskThatIsFullFromTheStartResumesToo) {
  const TestFolder folder;
  FaultyOps ops;
  auto journal = open_journal(options(folder.path()), ops).value();
  ops.fill_disk(true);
  EXPECT_EQ(journal->append("during").error().code, Code::kDiskFull);
  ops.fill_disk(false);
  ASSERT_TRUE(journal->append("after"));
  EXPECT_EQ(read_all(*journal), std::vector<std::string>{"after"});
}

TEST(JournalFaults, AFailedSyncAcknowledgesNothingAndEndsTheSegment) {
  const TestFolder folder;
  FaultyOps ops;
  auto journal = open_journal(options(folder.path()), ops).value();
  ASSERT_TRUE(journal->append("one"));
  const std::uint64_t segment = journal->end().segment;
  ops.fail_next_sync();
  EXPECT_EQ(journal->append("lost").error().code, Code::kFileFailed);
  ASSERT_TRUE(journal->append("two"));
  EXPECT_EQ(journal->end().segment, segment + 1);
  EXPECT_EQ(read_all(*journal), (std::vector<std::string>{"one", "two"}));
  journal.reset();
  EXPECT_EQ(read_all(*Journal::open(options(folder.path())).value()),
            (std::vector<std::string>{"one", "two"}));
}

TEST(JournalFaults, TheKeyOfTheDayFollowsAFailureAtMidnight) {
  const TestFolder folder;
  FaultyOps ops;
  ManualClock clock{Instant{86'400'000LL * 20'000 - 1}};
  Options with = options(folder.path());
  with.clock = &clock;
  auto journal = open_journal(with, ops).value();
  ASSERT_TRUE(journal->append("today"));
  clock.advance({1});
  ops.fill_disk(true);
  EXPECT_FALSE(journal->append("lost"));
  ops.fill_disk(false);
  ASSERT_TRUE(journal->append("tomorrow"));
  EXPECT_EQ(read_all(*journal), (std::vector<std::string>{"today", "tomorrow"}));
}

/// Appends from several threads under random faults; answers what was acknowledged, in order of position.
std::vector<std::string> append_under_faults(Journal& journal, int life, std::uint32_t seed) {
  std::mutex mutex;
  std::vector<std::pair<Position, std::string>> acknowledged;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      std::mt19937 random(seed * 7 + static_cast<std::uint32_t>(t));
      for (int i = 0; i < 40; ++i) {
        std::string payload = fmt::format("{} {} {} {}", life, t, i, std::string(random() % 3000, 'x'));
        const Result<Position> at = journal.append(payload);
        if (!at) continue;
        const std::lock_guard lock(mutex);
        acknowledged.emplace_back(*at, std::move(payload));
      }
    });
  for (std::thread& thread : threads) thread.join();
  std::ranges::sort(acknowledged);
  std::vector<std::string> out;
  for (auto& [at, payload] : acknowledged) out.push_back(std::move(payload));
  return out;
}

TEST(JournalFaults, RandomFaultsLoseNothingAcknowledgedAndKeepNothingRefused) {
  for (std::uint32_t seed = 1; seed <= 12; ++seed) {
    const TestFolder folder;
    FaultyOps ops(seed);
    std::vector<std::string> acknowledged;
    for (int life = 0; life < 3; ++life) {
      ops.set_faults_per_1000(0);
      Options with = options(folder.path());
      with.segment_bytes_max = 30'000;
      auto journal = open_journal(with, ops);
      ASSERT_TRUE(journal) << to_string(journal.error()) << " seed " << seed;
      ops.set_faults_per_1000(80);
      for (std::string& payload : append_under_faults(**journal, life, seed))
        acknowledged.push_back(std::move(payload));
      EXPECT_EQ(read_all(**journal), acknowledged) << "seed " << seed;
      ops.set_faults_per_1000(0);
      EXPECT_TRUE((*journal)->append("sound"));  // a good end: what a failed cut left behind lies before it
      acknowledged.emplace_back("sound");
    }
  }
}

/// The child: tells each acknowledged number through the pipe until it is killed.
[[noreturn]] void append_until_killed(const std::filesystem::path& folder, int pipe, int round) {
  Options with = options(folder);
  with.segment_bytes_max = 300'000;
  auto journal = Journal::open(with);
  if (!journal) ::_exit(3);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      std::mt19937 random(static_cast<std::uint32_t>(round * 4 + t));
      for (int i = 0;; ++i) {
        const std::string name = fmt::format("{:04} {} {:06}\n", round, t, i);
        if (!(*journal)->append(name + std::string(random() % 5000, 'x'))) ::_exit(4);
        if (::write(pipe, name.data(), name.size()) != static_cast<ssize_t>(name.size())) ::_exit(5);
      }
    });
  for (std::thread& thread : threads) thread.join();
  ::_exit(6);
}

TEST(JournalFaults, KilledAtRandomMomentsItKeepsEveryAcknowledgedRecordOnce) {
  const TestFolder folder;
  std::mt19937 random(11);
  std::vector<std::string> acknowledged;
  for (int round = 0; round < 20; ++round) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) append_until_killed(folder.path(), ends[1], round);
    ::close(ends[1]);
    const Fd from(ends[0]);
    std::thread killer([&, delay = random() % 60'000] {
      ::usleep(static_cast<useconds_t>(delay));
      ::kill(child, SIGKILL);
    });
    std::string told;
    char buffer[4096];
    for (ssize_t got = 0; (got = ::read(from.get(), buffer, sizeof buffer)) > 0;)
      told.append(buffer, static_cast<std::size_t>(got));
    killer.join();
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << "exit " << WEXITSTATUS(status);
    for (std::size_t i = 0; i + 14 <= told.size(); i += 14) acknowledged.push_back(told.substr(i, 14));
  }
  std::vector<std::string> kept;
  auto journal = Journal::open(options(folder.path()));
  ASSERT_TRUE(journal) << to_string(journal.error());
  std::map<std::string, std::string> last;  // of each thread of each round
  for (const std::string& payload : read_all(**journal)) {
    kept.push_back(payload.substr(0, 14));
    std::string& before = last[payload.substr(0, 6)];
    EXPECT_LT(before, kept.back());
    before = kept.back();
  }
  std::ranges::sort(kept);
  std::ranges::sort(acknowledged);
  EXPECT_EQ(std::ranges::adjacent_find(kept), kept.end()) << "a record is there twice";
  EXPECT_TRUE(std::ranges::includes(kept, acknowledged)) << "an acknowledged record is missing";
  EXPECT_GT(acknowledged.size(), 20U);
}

TEST(JournalFaults, ARealFullDiskRefusesAndResumes) {
  const TestFolder folder;
  if (::mount("tmpfs", folder.path().c_str(), "tmpfs", 0, "size=1m") != 0)
    GTEST_SKIP() << "needs root to mount a small file system";
  std::vector<std::string> wrote;
  {
    const std::filesystem::path ballast = folder.path() / "ballast";
    ASSERT_TRUE(write_file(ballast, std::string(300'000, 'x')));
    auto journal = Journal::open(options(folder.path())).value();
    for (int i = 0;; ++i) {
      ASSERT_LT(i, 200);
      const std::string payload = fmt::format("{} {}", i, std::string(20'000, 'x'));
      const auto at = journal->append(payload);
      if (!at) {
        EXPECT_EQ(at.error().code, Code::kDiskFull) << to_string(at.error());
        break;
      }
      wrote.push_back(payload);
    }
    EXPECT_GT(wrote.size(), 20U);
    EXPECT_EQ(read_all(*journal), wrote);
    std::filesystem::remove(ballast);
    wrote.emplace_back("after");
    EXPECT_TRUE(journal->append("after"));
  }
  EXPECT_EQ(read_all(*Journal::open(options(folder.path())).value()), wrote);
  EXPECT_EQ(::umount(folder.path().c_str()), 0);
}

}  // namespace
}  // namespace zhike::journal
