#include "warehouse/engine_child.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <utility>

#include "warehouse/supervisor.h"

namespace zhike::warehouse {
namespace {

constexpr int kLookMs = 100;
constexpr std::size_t kWordsMax = 8 * 1024;
constexpr int kAbove = 256;  // descriptors to copy from, out of the way of those to copy to

struct Pipe {
  Fd reader, writer;
  static Result<Pipe> make() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return fail(Code::kEngineFailed, "pipe: {}", std::strerror(errno));
    return Pipe{Fd(ends[0]), Fd(ends[1])};
  }
};

Result<Fd> out_of_the_way(int fd) {
  Fd out(::fcntl(fd, F_DUPFD_CLOEXEC, kAbove));
  if (!out.is_open()) return fail(Code::kEngineFailed, "fcntl: {}", std::strerror(errno));
  return out;
}

int milliseconds_until(EngineChild::Deadline deadline) {
  if (deadline == EngineChild::Deadline::max()) return -1;
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 3'600'000));
}

}  // namespace

Result<EngineChild> EngineChild::start(const std::filesystem::path& stated, std::vector<std::string> words,
                                       const Fd& input, std::span<const Fd> files) {
  const std::filesystem::path program = stated.empty() ? find_engine() : stated;
  if (program.empty()) return fail(Code::kEngineFailed, "zhike-engine is not beside this program");
  CX_TRY(Pipe output, Pipe::make());
  CX_TRY(Pipe errors, Pipe::make());
  std::vector<Fd> sources;
  for (const int fd : {output.writer.get(), errors.writer.get()}) {
    CX_TRY(Fd copy, out_of_the_way(fd));
    sources.push_back(std::move(copy));
  }
  for (const Fd& file : files) {
    CX_TRY(Fd copy, out_of_the_way(file.get()));
    sources.push_back(std::move(copy));
  }
  words.insert(words.begin(), program.string());
  words.insert(words.end(), {"--parent", std::to_string(::getpid())});
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  if (input.is_open())
    posix_spawn_file_actions_adddup2(&actions, input.get(), STDIN_FILENO);
  else
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  for (std::size_t i = 0; i < sources.size(); ++i)
    posix_spawn_file_actions_adddup2(&actions, sources[i].get(), static_cast<int>(i) + STDOUT_FILENO);
  pid_t pid = 0;
  const int error = ::posix_spawn(&pid, program.c_str(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return fail(Code::kEngineFailed, "{}: {}", program.string(), std::strerror(error));
  return EngineChild(pid, std::move(output.reader), std::move(errors.reader));
}

EngineChild::EngineChild(EngineChild&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)),
      output_(std::move(other.output_)),
      errors_(std::move(other.errors_)) {}

EngineChild::~EngineChild() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

Result<std::size_t> EngineChild::read(std::span<char> into, const Limits& limits) {
  for (;;) {
    if (limits.memory_bytes_max > 0 && memory_bytes() > limits.memory_bytes_max)
      return fail(Code::kQueryTooLarge, "more than {} MiB of memory", limits.memory_bytes_max >> 20);
    const int left = milliseconds_until(limits.deadline);
    if (left == 0) return fail(Code::kQueryTooSlow, "");
    pollfd one{.fd = output_.get(), .events = POLLIN, .revents = 0};
    const int found = ::poll(&one, 1, left < 0 ? kLookMs : std::min(left, kLookMs));
    if (found == 0 || (found < 0 && errno == EINTR)) continue;
    const ssize_t got = ::read(output_.get(), into.data(), into.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(Code::kEngineFailed, "read: {}", std::strerror(errno));
    return static_cast<std::size_t>(got);
  }
}

EngineChild::End EngineChild::end() {
  End out;
  if (pid_ <= 0) return out;
  char piece[1024];
  for (ssize_t got = 0; (got = ::read(errors_.get(), piece, sizeof piece)) > 0;)
    if (out.words.size() < kWordsMax) out.words.append(piece, static_cast<std::size_t>(got));
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = 0;
  out.clean = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  out.died = !WIFEXITED(status);
  return out;
}

/// Without what is mapped from the library's file.
std::uint64_t EngineChild::memory_bytes() const {
  const Fd file(::open(("/proc/" + std::to_string(pid_) + "/status").c_str(), O_RDONLY | O_CLOEXEC));
  char text[4096];
  const ssize_t got = file.is_open() ? ::read(file.get(), text, sizeof text) : 0;
  const std::string_view all(text, static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  auto at = all.find("RssAnon:");
  if (at == all.npos) return 0;
  at = all.find_first_not_of(" \t", at + 8);
  std::uint64_t kib = 0;
  if (at != all.npos) std::from_chars(all.data() + at, all.data() + all.size(), kib);
  return kib << 10;
}

}  // namespace zhike::warehouse
