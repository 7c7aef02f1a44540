#include "warehouse/read_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>
#include <vector>

#include "base/file.h"
#include "warehouse/engine_child.h"

namespace zhike::warehouse {
namespace {

constexpr std::uint64_t kMemoryMax = 768ULL << 20;
constexpr std::size_t kChunk = 64 * 1024;

class Child final : public EngineFile {
 public:
  Child(EngineChild child, std::string name, std::uint64_t size)
      : child_(std::move(child)), name_(std::move(name)), size_(size) {}

  Result<bool> more(std::string& out) override {
    if (!child_.is_running()) return false;
    const std::size_t before = out.size();
    out.resize(before + kChunk);
    const auto got = child_.read({out.data() + before, kChunk}, {});
    out.resize(before + got.value_or(0));
    if (!got) return std::unexpected(got.error());
    given_ += *got;
    if (*got > 0) return true;
    return ended();
  }
  std::uint64_t bytes_read() const override { return child_.is_running() ? std::min(given_, size_) : size_; }
  std::uint64_t bytes_total() const override { return size_; }

 private:
  Result<bool> ended() {
    const auto end = child_.end();
    if (end.clean) return false;
    if (end.died) return fail(Code::kEngineFailed, "{}: the reader died", name_);
    return fail(Code::kBadFile, "{}: {}", name_,
                end.words.substr(0, std::min<std::size_t>(end.words.find('\n'), 300)));
  }

  EngineChild child_;
  std::string name_;
  std::uint64_t size_, given_ = 0;
};

}  // namespace

Result<std::unique_ptr<EngineFile>> EngineFile::open(const std::filesystem::path& file,
                                                     const std::string& format,
                                                     const std::filesystem::path& program) {
  const Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.is_open()) return std::unexpected(file_error("open", file, errno));
  struct stat info{};
  if (::fstat(fd.get(), &info) != 0) return std::unexpected(file_error("look at", file, errno));
  if (!S_ISREG(info.st_mode)) return fail(Code::kBadFile, "{} is not a file", file.string());
  CX_TRY(EngineChild child,
         EngineChild::start(program, {"--read", format, "--query-memory", std::to_string(kMemoryMax)}, Fd(),
                            {&fd, 1}));
  return std::make_unique<Child>(std::move(child), file.filename().string(),
                                 static_cast<std::uint64_t>(info.st_size));
}

}  // namespace zhike::warehouse
