// Acknowledged records and megabytes a second of the journal, beside a plain write + fdatasync of the same
// bytes in the same run. Usage: journal_bench [FOLDER]; the default is the current one.
#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <thread>
#include <vector>

#include "base/file.h"
#include "journal/journal.h"
#include "journal/test_folder.h"

namespace zhike::journal {
namespace {

using Steady = std::chrono::steady_clock;
constexpr double kSeconds = 1;

struct Rate {
  double records = 0, megabytes = 0;
};

/// One thread, one file: writes as many records together as appenders would have waiting, then syncs.
Rate raw(const std::filesystem::path& folder, std::size_t bytes, int together) {
  const std::string block(bytes * static_cast<std::size_t>(together), 'x');
  const std::filesystem::path path = folder / "raw";
  const Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600));
  const auto began = Steady::now();
  std::uint64_t records = 0;
  while (Steady::now() - began < std::chrono::duration<double>(kSeconds)) {
    cx_check(write_all(fd.get(), block, path).has_value(), "write");
    cx_check(::fdatasync(fd.get()) == 0, "fdatasync");
    records += static_cast<std::uint64_t>(together);
  }
  const double took = std::chrono::duration<double>(Steady::now() - began).count();
  std::filesystem::remove(path);
  return {static_cast<double>(records) / took, static_cast<double>(records * bytes) / took / 1e6};
}

Rate appended(const std::filesystem::path& folder, std::size_t bytes, int appenders) {
  auto journal = Journal::open({.folder = folder / "journal", .key = test_key}).value();
  std::atomic<std::uint64_t> records = 0;
  const auto began = Steady::now();
  std::vector<std::thread> threads;
  for (int t = 0; t < appenders; ++t)
    threads.emplace_back([&] {
      const std::string payload(bytes, 'x');
      while (Steady::now() - began < std::chrono::duration<double>(kSeconds)) {
        cx_check(journal->append(payload).has_value(), "append");
        ++records;
      }
    });
  for (std::thread& thread : threads) thread.join();
  const double took = std::chrono::duration<double>(Steady::now() - began).count();
  journal.reset();
  std::filesystem::remove_all(folder / "journal");
  return {static_cast<double>(records) / took, static_cast<double>(records * bytes) / took / 1e6};
}

double read_megabytes(const std::filesystem::path& folder) {
  auto journal = Journal::open({.folder = folder / "journal", .key = test_key}).value();
  constexpr std::size_t kRecords = 10'000, kBytes = 40'000;
  for (std::size_t i = 0; i < kRecords; ++i)
    journal->append(std::string(kBytes, 'x'), [](const Result<Position>&) {});
  cx_check(journal->append("last").has_value(), "append");
  const auto began = Steady::now();
  auto reader = journal->read({});
  std::uint64_t bytes = 0;
  for (auto record = reader->next(); record && *record; record = reader->next())
    bytes += (*record)->payload.size();
  const double took = std::chrono::duration<double>(Steady::now() - began).count();
  cx_check(bytes == kRecords * kBytes + 4, "every record was read");
  return static_cast<double>(bytes) / took / 1e6;
}

void run(const std::filesystem::path& folder) {
  std::printf("%10s %10s %14s %10s %14s %10s %8s\n", "payload", "appenders", "records/s", "MB/s",
              "raw records/s", "raw MB/s", "ratio");
  for (const std::size_t bytes : {1'000UL, 40'000UL})
    for (const int appenders : {1, 8, 64}) {
      const Rate limit = raw(folder, bytes, appenders);
      const Rate rate = appended(folder, bytes, appenders);
      std::printf("%10zu %10d %14.0f %10.1f %14.0f %10.1f %8.2f\n", bytes, appenders, rate.records,
                  rate.megabytes, limit.records, limit.megabytes, rate.records / limit.records);
      std::printf("figure journal_%zukb_%d %.1f MB/s\nfigure journal_%zukb_%d_of_raw %.2f ratio\n",
                  bytes / 1000, appenders, rate.megabytes, bytes / 1000, appenders,
                  rate.records / limit.records);
      std::fflush(stdout);
    }
  std::printf("figure journal_read %.0f MB/s\n", read_megabytes(folder));
}

}  // namespace
}  // namespace zhike::journal

int main(int argc, char** argv) {
  const std::filesystem::path folder =
      std::filesystem::path(argc > 1 ? argv[1] : ".") / ("journal_bench." + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  zhike::journal::run(folder);
  std::filesystem::remove_all(folder);
}
