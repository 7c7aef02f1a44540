// Checks a second of retry detection as the number of remembered entries grows. Usage: fingerprints_bench
// [MILLIONS, default 20] [FOLDER].
#include <time.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "journal/fingerprints.h"

namespace zhike::journal {
namespace {

/// Processor time of this thread: what a check costs, however busy the machine is. Its single thread hardly
/// ever waits, except in fsync, which is timed by the wall.
struct Cpu {
  using time_point = double;
  static double now() {
    timespec t{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
  }
};
using Steady = std::chrono::steady_clock;

/// Uniform like a real fingerprint, and cheap, so that the bench measures the store alone.
crypto::Hash128 hash(std::uint64_t n) {
  const auto mix = [](std::uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
  };
  return {mix(n * 2 + 1), mix(n * 2 + 2)};
}

double since(Steady::time_point began) {
  return std::chrono::duration<double>(Steady::now() - began).count();
}

void run(const std::filesystem::path& folder, std::uint64_t millions) {
  constexpr std::uint64_t kBlock = 10'000, kStep = 1'000'000, kProbes = 100'000;
  auto seen = Fingerprints::open({.folder = folder, .bytes_max = 2ULL << 30}, 0).value();
  std::printf("%12s %18s %18s %18s\n", "entries", "new with fsync/s", "new/s", "repeats/s");
  std::uint64_t n = 0;
  for (std::uint64_t step = 1; step <= millions; ++step) {
    double adding = 0;
    const auto began = Steady::now();
    for (std::uint64_t block = 0; block < kStep / kBlock; ++block) {
      const double checks = Cpu::now();
      for (std::uint64_t i = 0; i < kBlock; ++i)
        cx_check(!seen->check_and_add(hash(n++), Clock::system().now()), "new");
      adding += Cpu::now() - checks;
      cx_check(seen->prepare().has_value(), "prepare");
      seen->confirm();
    }
    const double all = since(began);
    const double repeats = Cpu::now();
    for (std::uint64_t i = 0; i < kProbes; ++i)
      cx_check(seen->check_and_add(hash(i * 7919 % n), Clock::system().now()), "repeat");
    const double repeated = Cpu::now() - repeats;
    if (step == 1 || step % 5 == 0 || step == millions)
      std::printf("%12llu %18.0f %18.0f %18.0f\n", static_cast<unsigned long long>(n), kStep / all,
                  kStep / adding, kProbes / repeated);
    if (step == millions)
      std::printf("figure fingerprints_new %.0f checks/s\nfigure fingerprints_repeats %.0f checks/s\n",
                  kStep / adding, kProbes / repeated);
  }
  const auto reopening = Steady::now();
  const std::uint64_t bytes = seen->coverage().bytes;
  seen.reset();
  seen = Fingerprints::open({.folder = folder, .bytes_max = 2ULL << 30}, n).value();
  std::printf("%.1f bytes an entry; opening again takes %.0f ms\n",
              static_cast<double>(bytes) / static_cast<double>(n), since(reopening) * 1000);
}

}  // namespace
}  // namespace zhike::journal

int main(int argc, char** argv) {
  const std::uint64_t millions = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 20;
  const std::filesystem::path folder =
      std::filesystem::path(argc > 2 ? argv[2] : ".") / ("fingerprints_bench." + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  zhike::journal::run(folder, millions);
  std::filesystem::remove_all(folder);
}
