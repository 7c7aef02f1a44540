#include "server/bench_service.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <random>
#include <stdexcept>
#include <thread>

namespace zhike::server::bench {
namespace {

namespace fs = std::filesystem;
using SteadyClock = std::chrono::steady_clock;
constexpr int kAnswerMs = 20'000;

double ms_since(SteadyClock::time_point from) {
  return std::chrono::duration<double, std::milli>(SteadyClock::now() - from).count();
}

template <class Number>
Number number_after(std::string_view text, std::string_view mark) {
  const std::string_view rest = after(text, mark);
  Number out{};
  std::from_chars(rest.data(), rest.data() + rest.size(), out);
  return out;
}

/// Starts `zhike` with its output in `out` (a descriptor) and its messages in `log`.
pid_t spawn(const std::vector<std::string>& arguments, int out, const fs::path& log) {
  std::vector<std::string> words{"zhike"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const std::string file = program().string();
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  const int messages = ::open(log.c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
  ::dup2(messages, STDERR_FILENO);
  ::dup2(out < 0 ? messages : out, STDOUT_FILENO);
  ::execv(file.c_str(), argv.data());
  std::_Exit(127);
}

Times together(std::vector<Times>& parts) {
  Times all;
  for (const Times& part : parts) {
    all.ms.insert(all.ms.end(), part.ms.begin(), part.ms.end());
    all.failed += part.failed;
  }
  std::ranges::sort(all.ms);
  return all;
}

}  // namespace

Folder::Folder() {
  std::string name = (fs::temp_directory_path() / "zhike-bench-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder: " + name);
  path_ = name;
}

Folder::~Folder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

fs::path program() { return fs::read_symlink("/proc/self/exe").parent_path() / "zhike"; }

void run(const std::vector<std::string>& arguments, const fs::path& log) {
  int status = 0;
  if (::waitpid(spawn(arguments, -1, log), &status, 0) < 0 || status != 0)
    throw std::runtime_error("zhike " + arguments.front() +
                             " failed: " + read_file(log).value_or("").substr(0, 2000));
}

Service::Service(const fs::path& data) {
  int out[2];
  if (::pipe2(out, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  const Fd read_end(out[0]);
  Fd write_end(out[1]);
  pid_ = spawn(
      {"serve", "--data", data.string(), "--port", "0", "--json", "--write-key", std::string(kWriteKey)},
      write_end.get(), data.string() + ".log");
  write_end = Fd();
  std::string line;
  for (char c = 0; ::read(read_end.get(), &c, 1) == 1 && c != '\n';) line += c;
  port_ = number_after<std::uint16_t>(line, "\"port\":");
  token_ = after(line, "token=").substr(0, after(line, "token=").find('"'));
  if (port_ == 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    throw std::runtime_error("zhike serve did not start: " + line);
  }
}

Service::~Service() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGTERM);
  ::waitpid(pid_, nullptr, 0);
}

void Service::stop() {
  int status = 0;
  ::kill(pid_, SIGTERM);
  ::waitpid(std::exchange(pid_, -1), &status, 0);
  if (status != 0) throw std::runtime_error("zhike serve did not stop cleanly");
}

std::string Service::sign_in() {
  Connection connection(port_);
  const Answer answer = connection.ask(request(
      "POST", "/api/setup", "",
      fmt::format(
          R"({{"token":"{}","user":"bench","name":"Bench","password":"bench password 1","language":"en"}})",
          token_)));
  const std::string_view cookie = after(answer.head, "Set-Cookie: ");
  if (answer.status != 200 || cookie.empty()) throw std::runtime_error("sign-in failed: " + answer.body);
  return fmt::format("Cookie: {}\r\n", cookie.substr(0, cookie.find(';')));
}

Answer Connection::ask(std::string_view bytes) {
  Answer answer;
  if (!client_.send(bytes)) return answer;
  std::string got = std::exchange(left_, {});
  const auto until = SteadyClock::now() + std::chrono::milliseconds(kAnswerMs);
  std::size_t head = 0, whole = std::string::npos;
  while (got.size() < whole) {
    if (whole == std::string::npos && (head = got.find("\r\n\r\n")) != std::string::npos) {
      head += 4;
      whole = head + number_after<std::size_t>(std::string_view(got).substr(0, head), "Content-Length: ");
      continue;
    }
    if (SteadyClock::now() > until || !client_.read_some(got, kAnswerMs)) return answer;
  }
  answer.status = number_after<int>(got, " ");
  answer.head = got.substr(0, head);
  answer.body = got.substr(head, whole - head);
  left_ = got.substr(whole);
  return answer;
}

std::string request(std::string_view method, std::string_view path, std::string_view headers,
                    std::string_view body) {
  return fmt::format(
      "{} {} HTTP/1.1\r\nHost: bench\r\n{}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
      method, path, headers, body.size(), body);
}

std::string_view after(std::string_view text, std::string_view mark) {
  const auto at = text.find(mark);
  return at == std::string_view::npos ? std::string_view{} : text.substr(at + mark.size());
}

double resident_mb(int pid) {
  const auto text = read_file(fmt::format("/proc/{}/status", pid));
  if (!text) return 0;
  std::string_view rest = after(*text, "VmRSS:");
  rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
  return static_cast<double>(number_after<std::uint64_t>(rest, "")) / 1000;
}

double processor_seconds(int pid) {
  const auto text = read_file(fmt::format("/proc/{}/stat", pid));
  if (!text) return 0;
  std::istringstream fields(text->substr(std::min(text->rfind(')'), text->size() - 1) + 1));
  std::string passed;
  for (int i = 0; i < 11; ++i) fields >> passed;  // up to "utime"; proc(5)
  double user = 0, system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

int child_of(int pid) {
  std::error_code ended;  // a child belongs to the thread that started it
  for (const auto& thread : fs::directory_iterator(fmt::format("/proc/{}/task", pid), ended)) {
    const auto text = read_file(thread.path() / "children");
    if (text && !text->empty()) return std::atoi(text->c_str());
  }
  return 0;
}

double Times::quantile(double q) const {
  return ms.empty() ? 0 : ms[static_cast<std::size_t>(q * static_cast<double>(ms.size() - 1))];
}

Times closed_load(std::uint16_t port, int clients, double seconds,
                  const std::function<std::string_view(int, std::uint64_t)>& make) {
  std::vector<Times> parts(static_cast<std::size_t>(clients));
  std::vector<std::jthread> threads;
  const auto began = SteadyClock::now();
  for (int client = 0; client < clients; ++client)
    threads.emplace_back([&, client] {
      Times& mine = parts[static_cast<std::size_t>(client)];
      Connection connection(port);
      for (std::uint64_t n = 0; ms_since(began) < seconds * 1000; ++n) {
        const std::string_view bytes = make(client, n);
        const auto from = SteadyClock::now();
        const Answer answer = connection.ask(bytes);
        if (answer.status == 200)
          mine.ms.push_back(ms_since(from));
        else
          ++mine.failed;
        if (answer.status == 0) return;
      }
    });
  threads.clear();
  return together(parts);
}

Times open_load(std::uint16_t port, int connections, double rate, double seconds,
                const std::function<std::string_view(std::uint64_t)>& make,
                const std::function<bool(std::uint64_t, const Answer&)>& good) {
  std::mt19937_64 random(11);
  std::exponential_distribution<double> gap(rate);
  std::vector<double> moments;
  for (double at = gap(random); at < seconds; at += gap(random)) moments.push_back(at);
  std::vector<Times> parts(static_cast<std::size_t>(connections));
  std::atomic<std::size_t> next = 0;
  std::vector<std::jthread> threads;
  const auto began = SteadyClock::now() + std::chrono::milliseconds(200);
  for (Times& mine : parts)
    threads.emplace_back([&] {
      auto connection = std::make_unique<Connection>(port);
      for (std::size_t n = next++; n < moments.size(); n = next++) {
        const auto intended = began + std::chrono::duration_cast<SteadyClock::duration>(
                                          std::chrono::duration<double>(moments[n]));
        const std::string_view bytes = make(n);
        std::this_thread::sleep_until(intended);
        const Answer answer = connection->ask(bytes);
        mine.ms.push_back(ms_since(intended));
        if (!good(n, answer)) ++mine.failed;
        if (answer.status == 0) connection = std::make_unique<Connection>(port);
      }
    });
  threads.clear();
  return together(parts);
}

}  // namespace zhike::server::bench
