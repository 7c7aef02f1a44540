#include "warehouse/read_file.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <vector>

#include "base/file.h"
#include "warehouse/supervisor.h"

namespace zhike::warehouse {
namespace {

constexpr std::uint64_t kMemoryMax = 768ULL << 20;
constexpr std::size_t kChunk = 64 * 1024;
constexpr std::size_t kWordsMax = 8 * 1024;

struct Pipe {
  Fd reader, writer;
  static Result<Pipe> make() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return fail(Code::kEngineFailed, "pipe: {}", std::strerror(errno));
    return Pipe{Fd(ends[0]), Fd(ends[1])};
  }
};

class Child final : public EngineFile {
 public:
  Child(pid_t pid, Fd output, Fd errors, std::string name, std::uint64_t size)
      : pid_(pid),
        output_(std::move(output)),
        errors_(std::move(errors)),
        name_(std::move(name)),
        size_(size) {}
  ~Child() override {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }

  Result<bool> more(std::string& out) override {
    if (pid_ <= 0) return false;
    const std::size_t before = out.size();
    out.resize(before + kChunk);
    ssize_t got = 0;
    do got = ::read(output_.get(), out.data() + before, kChunk);
    while (got < 0 && errno == EINTR);
    out.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0) return fail(Code::kEngineFailed, "read: {}", std::strerror(errno));
    given_ += static_cast<std::uint64_t>(got);
    if (got > 0) return true;
    return ended();
  }
  std::uint64_t bytes_read() const override { return pid_ <= 0 ? size_ : std::min(given_, size_); }
  std::uint64_t bytes_total() const override { return size_; }

 private:
  Result<bool> ended() {
    std::string words;
    char piece[1024];
    for (ssize_t got = 0; (got = ::read(errors_.get(), piece, sizeof piece)) > 0;)
      if (words.size() < kWordsMax) words.append(piece, static_cast<std::size_t>(got));
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return false;
    if (!WIFEXITED(status)) return fail(Code::kEngineFailed, "{}: the reader died", name_);
    return fail(Code::kBadFile, "{}: {}", name_,
                words.substr(0, std::min<std::size_t>(words.find('\n'), 300)));
  }

  pid_t pid_;
  Fd output_, errors_;
  std::string name_;
  std::uint64_t size_, given_ = 0;
};

}  // namespace

Result<std::unique_ptr<EngineFile>> EngineFile::open(const std::filesystem::path& file,
                                                     const std::string& format,
                                                     const std::filesystem::path& stated) {
  Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.is_open()) return std::unexpected(file_error("open", file, errno));
  struct stat info{};
  if (::fstat(fd.get(), &info) != 0) return std::unexpected(file_error("look at", file, errno));
  if (!S_ISREG(info.st_mode)) return fail(Code::kBadFile, "{} is not a file", file.string());
  CX_TRY(Pipe output, Pipe::make());
  CX_TRY(Pipe errors, Pipe::make());
  const std::filesystem::path program = stated.empty() ? find_engine() : stated;
  if (program.empty()) return fail(Code::kEngineFailed, "zhike-engine is not beside this program");
  std::vector<std::string> words{
      program.string(),          "--read", format, "--query-memory", std::to_string(kMemoryMax), "--parent",
      std::to_string(::getpid())};
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&files, output.writer.get(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&files, errors.writer.get(), STDERR_FILENO);
  posix_spawn_file_actions_adddup2(&files, fd.get(), 3);
  pid_t pid = 0;
  const int error = ::posix_spawn(&pid, program.c_str(), &files, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  if (error != 0) return fail(Code::kEngineFailed, "{}: {}", program.string(), std::strerror(error));
  return std::make_unique<Child>(pid, std::move(output.reader), std::move(errors.reader),
                                 file.filename().string(), static_cast<std::uint64_t>(info.st_size));
}

}  // namespace zhike::warehouse
