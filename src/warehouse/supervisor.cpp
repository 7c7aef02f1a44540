// One thread owns the child from its birth to its death. It must be that thread which spawns: the engine asks
// the kernel to be told when the thread that made it ends.
#include "warehouse/supervisor.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <fstream>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/file.h"
#include "base/log.h"
#include "warehouse/cgroup.h"
#include "warehouse/client.h"

extern char** environ;

namespace zhike::warehouse {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kSample{100};
constexpr milliseconds kReliefMax{2000};  ///< from cancelling a query to restarting the engine
constexpr milliseconds kStopMax{6000};
constexpr milliseconds kQuickDeath{5000};  ///< dying sooner than this again and again is no reason to hurry
constexpr std::size_t kLastWordsMax = 600;

std::uint64_t resident_bytes(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/statm");
  std::uint64_t total = 0, resident = 0;
  file >> total >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::string death(int status) {
  if (WIFSIGNALED(status)) return fmt::format("signal {}", WTERMSIG(status));
  return fmt::format("exit {}", WEXITSTATUS(status));
}

/// For kernels without pidfd: then a death is noticed at the next sample.
bool gone(pid_t pid) {
  siginfo_t info{};
  return ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
         info.si_pid == pid;
}

/// A running child. Owned by the watching thread.
struct Child {
  pid_t pid = 0;
  Fd handle;  // pidfd: becomes readable when it dies
  Fd errors;  // its standard error
  Clock::time_point since;
};

class Watcher final : public Supervisor {
 public:
  explicit Watcher(EngineOptions options) : options_(std::move(options)) {}
  ~Watcher() override { stop(); }

  Result<void> begin() {
    if (options_.socket.empty()) {
      std::string name = (fs::temp_directory_path() / "zhike-engine-XXXXXX").string();
      if (::mkdtemp(name.data()) == nullptr) return std::unexpected(file_error("make", name, errno));
      own_folder_ = name;
      options_.socket = own_folder_ / "engine.sock";
    }
    std::error_code error;
    fs::create_directories(options_.folder, error);
    if (error) return std::unexpected(file_error("make", options_.folder, error.value()));
    options_.folder = fs::absolute(options_.folder);
    options_.socket = fs::absolute(options_.socket);
    if (options_.socket.native().size() > 107)
      return fail(Code::kEngineFailed, "the socket's path is longer than 107 bytes: {}",
                  options_.socket.string());
    if (auto group = MemoryCgroup::create(options_.memory_bytes_max)) group_.emplace(std::move(*group));
    thread_ = std::thread([this] { watch(); });
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, milliseconds(options_.start_max.value + options_.lock_max.value + 1000),
                      [this] { return status_.ready || given_up_; });
    if (status_.ready) return {};
    return fail(Code::kEngineFailed, "{}",
                status_.last_death.empty() ? "it does not answer" : status_.last_death);
  }

  std::string address() const override { return "unix:" + options_.socket.string(); }

  EngineStatus status() const override {
    const std::scoped_lock lock(mutex_);
    return status_;
  }

  void stop() override {
    {
      const std::scoped_lock lock(mutex_);
      stopping_ = true;
      changed_.notify_all();
    }
    const std::scoped_lock one(stop_mutex_);
    if (thread_.joinable()) thread_.join();
    std::error_code error;
    if (!own_folder_.empty()) fs::remove_all(own_folder_, error);
  }

 private:
  /// The life of the thread: one child after the other.
  void watch() {
    bool first = true;
    int quick_deaths = 0;
    const auto began = Clock::now();
    while (!stopping()) {
      auto child = spawn();
      if (!child) {
        set_death(to_string(child.error()));
        if (first) return give_up();
        pause(milliseconds(1000));
        continue;
      }
      const bool answered = wait_until_ready(*child, first);
      if (answered) guard(*child);
      const std::string how = finish(*child, answered);
      if (stopping()) return;
      set_death(how);
      if (first && !answered) {
        const bool locked = how.find("Cannot lock file") != std::string::npos;
        if (!locked || Clock::now() - began > milliseconds(options_.lock_max.value)) return give_up();
        pause(milliseconds(50));
        continue;
      }
      log::error("engine_died", {{"how", how}, {"answered", answered}});
      first = false;
      // One that answered comes back at once; one that dies on its way up, or again and again, must not fill
      // the disk with half-merged parts and the log with its last words.
      const bool quick = Clock::now() - child->since < kQuickDeath;
      quick_deaths = quick ? quick_deaths + (answered ? 1 : 4) : 0;
      if (quick_deaths > 12) pause(milliseconds(std::min(30'000, 250 << std::min(quick_deaths / 4, 7))));
      const std::scoped_lock lock(mutex_);
      ++status_.restarts;
    }
  }

  Result<Child> spawn() {
    const auto memory = options_.memory_bytes_max;
    const auto counted = options_.counted_bytes_max > 0 ? options_.counted_bytes_max : memory / 10 * 8;
    std::vector<std::string> words = {
        options_.program.string(),  "--path",   options_.folder.string(),  "--socket",
        options_.socket.string(),   "--memory", std::to_string(counted),   "--query-memory",
        std::to_string(memory / 2), "--parent", std::to_string(::getpid())};
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);

    int pipe_ends[2];
    if (::pipe2(pipe_ends, O_CLOEXEC | O_NONBLOCK) != 0)
      return fail(Code::kEngineFailed, "pipe: {}", std::strerror(errno));
    Fd reader(pipe_ends[0]), writer(pipe_ends[1]);
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, writer.get(), STDERR_FILENO);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigemptyset(&none);  // whatever this process blocks, the engine must hear
    posix_spawnattr_setsigmask(&attributes, &none);
    // A group of its own: Ctrl-C in a terminal reaches the server, which then ends the engine in order.
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
    Child child;
    const int error =
        ::posix_spawn(&child.pid, options_.program.c_str(), &files, &attributes, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    if (error != 0)
      return fail(Code::kEngineFailed, "{}: {}", options_.program.string(), std::strerror(error));
    child.handle = Fd(static_cast<int>(::syscall(SYS_pidfd_open, child.pid, 0)));
    child.errors = std::move(reader);
    child.since = Clock::now();
    last_words_.clear();
    const bool grouped = group_ && group_->add(child.pid);
    const std::scoped_lock lock(mutex_);
    status_.pid = child.pid;
    status_.memory_bytes_max = memory;
    status_.bound = grouped ? "cgroup" : "watchdog";
    return child;
  }

  /// Waits for its death at most `most`. True: it is dead.
  bool dead_within(Child& child, milliseconds most) {
    pollfd entries[2] = {{child.handle.get(), POLLIN, 0}, {child.errors.get(), POLLIN, 0}};
    const auto until = Clock::now() + most;
    while (true) {
      const auto left =
          std::max<std::int64_t>(0, std::chrono::ceil<milliseconds>(until - Clock::now()).count());
      const int ready = ::poll(entries, 2, static_cast<int>(left));
      if (ready > 0 && entries[1].revents != 0) {
        if (!read_errors(child)) entries[1].fd = -1;
      }
      if (ready > 0 && (entries[0].revents & POLLIN) != 0) return true;
      if (ready == 0) return !child.handle.is_open() && gone(child.pid);
      if (ready < 0 && errno != EINTR) return true;
    }
  }

  /// What it says goes to the log, and is kept in case these are its last words. False: nothing more will
  /// come.
  bool read_errors(Child& child) {
    char bytes[4096];
    const ssize_t size = ::read(child.errors.get(), bytes, sizeof bytes);
    if (size <= 0) return size < 0 && errno == EAGAIN;
    last_words_.append(bytes, static_cast<std::size_t>(size));
    if (last_words_.size() > kLastWordsMax) last_words_.erase(0, last_words_.size() - kLastWordsMax);
    return true;
  }

  bool wait_until_ready(Child& child, bool first) {
    // A restart has no limit: with many parts it takes as long as it takes, and killing it would start over.
    const auto until = Clock::now() + milliseconds(options_.start_max.value);
    const auto client = Client::connect(address());
    while (!stopping() && (!first || Clock::now() < until)) {
      if (dead_within(child, milliseconds(10))) return false;
      if (!client->execute({.sql = "SELECT 1", .limits = {.time_max = seconds(5)}})) continue;
      const std::scoped_lock lock(mutex_);
      status_.ready = true;
      changed_.notify_all();
      return true;
    }
    return false;
  }

  /// From ready to its death, a stop, or a restart for its memory.
  void guard(Child& child) {
    std::optional<Clock::time_point> over_since;
    while (!stopping()) {
      if (dead_within(child, kSample)) return;
      const std::uint64_t resident = resident_bytes(child.pid);
      {
        const std::scoped_lock lock(mutex_);
        status_.resident_bytes = resident;
      }
      if (resident <= options_.memory_bytes_max) {
        over_since.reset();
        continue;
      }
      if (!over_since) over_since = Clock::now();
      const bool far_over = resident > options_.memory_bytes_max / 4 * 5;
      if (!far_over && Clock::now() - *over_since <= kReliefMax) {
        relieve(resident);
        continue;
      }
      log::error("engine_over_memory", {{"resident", resident}, {"limit", options_.memory_bytes_max}});
      ::kill(child.pid, SIGKILL);  // asking it needs memory that it does not have
    }
  }

  void relieve(std::uint64_t resident) {
    log::warn("engine_memory_high", {{"resident", resident}, {"limit", options_.memory_bytes_max}});
    const auto client = Client::connect(address());
    const Limits quick{.memory_bytes_max = 64 << 20, .time_max = {500}, .result_rows_max = 10};
    const auto largest =
        client->select({.sql = "SELECT query_id FROM system.processes WHERE memory_usage > 0 "
                               "ORDER BY memory_usage DESC LIMIT 1",
                        .limits = quick});
    if (largest && !largest->rows.empty()) {
      Query kill{.sql = "KILL QUERY WHERE query_id = {id:String} ASYNC", .limits = quick};
      kill.params.set("id", as_text(largest->rows[0][0]));
      // It may take a while to notice, and is asked again meanwhile; it counts once.
      const std::string id = as_text(largest->rows[0][0]);
      if (client->execute(kill) && id != last_cancelled_) {
        last_cancelled_ = id;
        const std::scoped_lock lock(mutex_);
        ++status_.queries_cancelled;
      }
    }
    (void)client->execute({.sql = "SYSTEM JEMALLOC PURGE", .limits = quick});
  }

  /// Ends it if it still runs, and collects it. Returns how it died.
  std::string finish(Child& child, bool answered) {
    {
      const std::scoped_lock lock(mutex_);
      status_.ready = false;
      status_.pid = 0;
      status_.resident_bytes = 0;
    }
    ::kill(child.pid, SIGTERM);
    if (!dead_within(child, answered ? kStopMax : milliseconds(1000))) ::kill(child.pid, SIGKILL);
    int status = 0;
    while (::waitpid(child.pid, &status, 0) < 0 && errno == EINTR) {
    }
    while (read_errors(child) && !last_words_.empty()) {
      pollfd entry{child.errors.get(), POLLIN, 0};
      if (::poll(&entry, 1, 0) <= 0) break;
    }
    while (last_words_.ends_with('\n')) last_words_.pop_back();
    return last_words_.empty() ? death(status) : death(status) + ": " + last_words_;
  }

  bool stopping() const {
    const std::scoped_lock lock(mutex_);
    return stopping_;
  }
  void pause(milliseconds time) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, time, [this] { return stopping_; });
  }
  void set_death(std::string how) {
    const std::scoped_lock lock(mutex_);
    status_.last_death = std::move(how);
  }
  void give_up() {
    const std::scoped_lock lock(mutex_);
    given_up_ = true;
    changed_.notify_all();
  }

  EngineOptions options_;
  fs::path own_folder_;
  std::optional<MemoryCgroup> group_;
  std::string last_words_, last_cancelled_;  // of the watching thread
  mutable std::mutex mutex_;
  std::mutex stop_mutex_;
  std::condition_variable changed_;
  EngineStatus status_;
  bool stopping_ = false, given_up_ = false;
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<Supervisor>> Supervisor::start(EngineOptions options) {
  if (::access(options.program.c_str(), X_OK) != 0)
    return fail(Code::kEngineFailed, "{}: {}", options.program.string(), std::strerror(errno));
  auto watcher = std::make_unique<Watcher>(std::move(options));
  CX_TRY(watcher->begin());
  return watcher;
}

std::filesystem::path find_engine() {
  std::error_code error;
  const fs::path own = fs::read_symlink("/proc/self/exe", error).parent_path();
  for (const fs::path& folder : {own, own / "../lib/zhike", own / "..", fs::path("/usr/lib/zhike")}) {
    const fs::path program = folder / "zhike-engine";
    if (::access(program.c_str(), X_OK) == 0) return fs::canonical(program, error);
  }
  return {};
}

}  // namespace zhike::warehouse
