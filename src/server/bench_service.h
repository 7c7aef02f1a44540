// For benchmarks: `zhike serve` beside this program on a folder, connections that read whole answers, and
// load at a fixed rate. Failures throw std::runtime_error; whatever was started is ended.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "server/test_client.h"

namespace zhike::server::bench {

inline constexpr std::string_view kWriteKey = "server-bench-write-key";

/// A temporary folder, removed at the end.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// `zhike` beside this program.
[[nodiscard]] std::filesystem::path program();
/// Runs it to its end, its output in `log`. Throws when it does not end with 0.
void run(const std::vector<std::string>& arguments, const std::filesystem::path& log);

/// The service on a data folder, on a free port; its log is beside the folder.
class Service {
 public:
  explicit Service(const std::filesystem::path& data);
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  /// Ends it in order. Throws when it did not end with 0.
  void stop();
  /// The header of a signed-in administrator; once.
  [[nodiscard]] std::string sign_in();
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] int pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
  std::uint16_t port_ = 0;
  std::string token_;
};

struct Answer {
  int status = 0;  ///< 0: the connection broke
  std::string head, body;
};

/// One kept-alive connection; one thread at a time.
class Connection {
 public:
  explicit Connection(std::uint16_t port) : client_(port) {}
  /// Sends the bytes of a request and reads its whole answer.
  [[nodiscard]] Answer ask(std::string_view bytes);

 private:
  RawClient client_;
  std::string left_;  // read beyond the last answer
};

[[nodiscard]] std::string request(std::string_view method, std::string_view path, std::string_view headers,
                                  std::string_view body = {});
/// What follows `mark` in `text`; empty: it is not there.
[[nodiscard]] std::string_view after(std::string_view text, std::string_view mark);

/// Resident megabytes of a process, and its first child (0: none).
[[nodiscard]] double resident_mb(int pid);
/// Of all threads of a process, since it began; 0: there is none.
[[nodiscard]] double processor_seconds(int pid);
[[nodiscard]] int child_of(int pid);

struct Times {
  std::vector<double> ms;  ///< sorted
  std::uint64_t failed = 0;
  [[nodiscard]] double quantile(double q) const;
};

/// One after another on each of `clients` connections for `seconds`; `make(client, n)` is the n-th request,
/// valid until that client's next.
[[nodiscard]] Times closed_load(std::uint16_t port, int clients, double seconds,
                                const std::function<std::string_view(int, std::uint64_t)>& make);
/// Requests at random moments (exponential gaps) at `rate` a second, whether or not earlier ones have been
/// answered, on up to `connections` connections. Time counts from the intended moment, so that waiting for a
/// free connection is part of it. What `make` answers is valid until the same thread asks again. `good(n,
/// answer)` decides about an answer.
[[nodiscard]] Times open_load(std::uint16_t port, int connections, double rate, double seconds,
                              const std::function<std::string_view(std::uint64_t)>& make,
                              const std::function<bool(std::uint64_t, const Answer&)>& good);

}  // namespace zhike::server::bench
