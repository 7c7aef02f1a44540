// One request: read head, take the statement apart, run it in the connection's session, answer.
//
// Errors before the first byte of the answer: a status other than 200 with X-ClickHouse-Exception-Code.
// Errors after it: the answer ends with a block "__exception__ TAG ..." (TAG was announced in the head) and
// the chunked body is left unfinished, so that no client takes a part for the whole.
#include "engine/server.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <system_error>
#include <thread>

#include "engine/request.h"
#include "engine/stream.h"

namespace zhike_engine {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;

constexpr std::size_t kHeadMax = 1 << 20, kQueryMax = 64 << 20;
constexpr std::size_t kReadBytes = 64 << 10;
constexpr int kIdleMs = 600'000, kTransferMs = 60'000;
constexpr int kTooMany = 202, kSyntax = 62, kBadArguments = 36;

std::atomic<bool> stopping{false};
std::atomic<int> listener{-1};

http::status status_of(int code) {
  switch (code) {
    case 60:
    case 81:
      return http::status::not_found;
    case 62:
    case 36:
    case 115:
      return http::status::bad_request;
    case kTooMany:
      return http::status::service_unavailable;
    default:
      return http::status::internal_server_error;
  }
}

std::string random_tag() {
  static thread_local std::mt19937_64 random{std::random_device{}()};
  std::string tag;
  for (int i = 0; i < 16; ++i) tag += static_cast<char>('a' + random() % 26);
  return tag;
}

/// Parts are merged by threads that live as long as the store. Whoever inserts or asks waits for an answer,
/// nobody for a merge: where the processors do not suffice, it is what comes later. They begin with the first
/// table, so the first inserts look for them.
void let_merges_wait() {
  static std::atomic<int> looks{16};
  if (looks.load(std::memory_order_relaxed) <= 0 || --looks < 0) return;
  constexpr int kSteps = 19;  // of niceness: what nobody else wants
  std::error_code ec;
  std::filesystem::directory_iterator task("/proc/self/task", ec);
  for (; !ec && task != std::filesystem::directory_iterator(); task.increment(ec)) {
    std::ifstream file(task->path() / "comm");
    std::string name;
    if (!std::getline(file, name) || name != "MergeMutate") continue;
    const auto id = static_cast<id_t>(std::stoul(task->path().filename().string()));
    (void)::setpriority(PRIO_PROCESS, id, kSteps);
  }
}

class Connection {
 public:
  Connection(int fd, const EngineOptions& options) : stream_(fd), session_(options) {
    buffer_.reserve(kReadBytes);  // otherwise Beast reads half a kilobyte at a time
  }

  void run() {
    while (!stopping && request()) session_.forget_if_changed();
  }

 private:
  using Parser = http::request_parser<http::buffer_body>;

  /// False: the connection ends.
  bool request() {
    Parser parser;
    parser.header_limit(kHeadMax);
    parser.body_limit(boost::none);
    stream_.timeout_ms(kIdleMs);
    beast::error_code ec;
    http::read_header(stream_, buffer_, parser, ec);
    stream_.timeout_ms(kTransferMs);
    if (ec == http::error::end_of_stream || stream_.failed()) return false;
    if (ec) {
      refuse({kBadArguments, "Code: 36. The request cannot be read: " + ec.message()});
      return false;
    }
    keep_alive_ = parser.get().keep_alive();
    body_read_ = parser.is_done();
    const bool ok = dispatch(parser);
    // A body that nobody read would be taken for the next request.
    return ok && keep_alive_ && body_read_;
  }

  bool dispatch(Parser& parser) {
    const auto& head = parser.get();
    const std::string_view target(head.target().data(), head.target().size());
    const auto mark = target.find('?');
    const std::string_view path = target.substr(0, mark);
    if (path == "/ping" && head.method() == http::verb::get) return answer("Ok.\n", "text/plain", {});
    if (path != "/" || (head.method() != http::verb::post && head.method() != http::verb::get))
      return refuse({kBadArguments, "Code: 36. There is nothing at this address"}, http::status::not_found);
    const auto fields =
        parse_form(mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1));
    if (!fields) return refuse({kBadArguments, "Code: 36. The address is not encoded correctly"});
    if (beast::iequals(head[http::field::expect], "100-continue") && !write("HTTP/1.1 100 Continue\r\n\r\n"))
      return false;

    Statement statement;
    statement.format = std::string(head["X-ClickHouse-Format"]);
    assign(*fields, statement);
    if (is_insert(statement.sql) && !split_format(statement.sql).format.empty())
      return insert(parser, statement);
    if (!read_body(parser, statement)) return false;
    return query(statement);
  }

  /// Reads up to `size` bytes; 0 at the end; nothing when the connection broke.
  std::optional<std::size_t> read_some(Parser& parser, char* to, std::size_t size) {
    if (parser.is_done()) return 0;
    parser.get().body().data = to;
    parser.get().body().size = size;
    beast::error_code ec;
    http::read(stream_, buffer_, parser, ec);
    if (ec && ec != http::error::need_buffer) return std::nullopt;
    body_read_ = parser.is_done();
    return size - parser.get().body().size;
  }

  bool read_body(Parser& parser, Statement& statement) {
    std::string body;
    std::string piece(64 << 10, '\0');
    while (true) {
      const auto size = read_some(parser, piece.data(), piece.size());
      if (!size) return false;
      body.append(piece, 0, *size);
      if (body.size() > kQueryMax) {
        refuse({kSyntax, "Code: 62. The statement is too long"});
        return false;
      }
      if (parser.is_done()) break;
    }
    const std::string type(parser.get()[http::field::content_type]);
    if (type.starts_with("multipart/form-data")) {
      const auto fields = parse_multipart(body, type);
      if (!fields) return refuse({kBadArguments, "Code: 36. The form cannot be read"}) && false;
      assign(*fields, statement);
      return true;
    }
    if (!statement.sql.empty() && !body.empty()) statement.sql += '\n';
    statement.sql += body;
    return true;
  }

  bool query(Statement& statement) {
    const Formatted own = split_format(statement.sql);
    if (is_insert(statement.sql) && !own.format.empty())
      return refuse({kBadArguments, "Code: 36. Send the statement as ?query= and the rows as the body"});
    if (!own.format.empty()) statement.format = std::string(own.format);
    if (statement.format.empty()) statement.format = "TabSeparated";
    if (const Failure failure = session_.prepare(statement)) return refuse(failure);
    if (const Failure failure = session_.classify(statement.sql)) return refuse(failure);
    const Streaming how = streaming_of(statement.format);
    if (how.possible && session_.only_reads()) {
      const Answer stream = session_.open(statement);
      const Failure failure = stream.failure();
      if (!failure) return send_stream(stream, how, statement.format);
      if (failure.code != kBadArguments) return refuse(failure);  // SHOW and its kind cannot be streamed
    }
    const Answer whole = session_.run(statement);
    if (const Failure failure = whole.failure()) return refuse(failure);
    return answer(whole.bytes(), statement.format,
                  summary(chdb_result_rows_read(whole.get()), chdb_result_rows_written(whole.get())));
  }

  bool send_stream(const Answer& stream, const Streaming& how, std::string_view format) {
    Answer piece = session_.next(stream);
    if (const Failure failure = piece.failure()) return refuse(failure);
    const std::string header(piece.bytes().substr(0, header_size(piece.bytes(), how)));
    const std::string tag = random_tag();
    if (!begin_chunks(format, tag)) {
      session_.cancel(stream);
      return false;
    }
    for (bool first = true;; first = false) {
      std::string_view bytes = piece.bytes();
      if (bytes.empty()) break;
      if (!first && !header.empty() && bytes.starts_with(header)) bytes.remove_prefix(header.size());
      if (!chunk(bytes)) {  // the client went away
        session_.cancel(stream);
        return false;
      }
      piece = session_.next(stream);
      if (const Failure failure = piece.failure()) {
        const std::string text = "\r\n__exception__\r\n" + tag + "\r\n" + failure.text + "\r\n" +
                                 std::to_string(failure.text.size()) + " " + tag + "\r\n__exception__\r\n";
        chunk(text);
        return false;  // without the last chunk: the answer is visibly incomplete
      }
    }
    return write("0\r\n\r\n");
  }

  bool insert(Parser& parser, Statement& statement) {
    const Formatted parts = split_format(statement.sql);
    statement.format = std::string(parts.format);
    statement.sql = std::string(parts.sql);
    if (const Failure failure = session_.prepare(statement)) return refuse(failure);
    const ChdbInsertStream stream = session_.insert(statement);
    const auto close = [](void* s) { chdb_destroy_insert_stream(s); };
    const std::unique_ptr<void, decltype(close)> owner(stream, close);
    if (const char* text = chdb_stream_insert_error(stream)) return refuse(failure_of(text));
    std::string piece(1 << 20, '\0');
    bool failed = false;
    while (!parser.is_done()) {
      const auto size = read_some(parser, piece.data(), piece.size());
      if (!size) {  // half an insert is no insert
        chdb_stream_cancel_insert(stream);
        return false;
      }
      if (*size == 0 || failed) continue;
      // After a failure the rest is read and dropped, so that the client can read the answer.
      failed = chdb_stream_append(stream, piece.data(), *size) != 0;
    }
    const Answer done(chdb_stream_done(stream));
    if (const Failure failure = done.failure()) return refuse(failure);
    let_merges_wait();
    return answer({}, "TabSeparated", summary(0, chdb_result_rows_written(done.get())));
  }

  static std::string summary(std::uint64_t read, std::uint64_t written) {
    return "{\"read_rows\":\"" + std::to_string(read) + "\",\"written_rows\":\"" + std::to_string(written) +
           "\"}";
  }

  bool answer(std::string_view body, std::string_view format, const std::string& summary_text) {
    std::string head = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) +
                       "\r\nX-ClickHouse-Format: " + std::string(format) + "\r\n";
    if (!summary_text.empty()) head += "X-ClickHouse-Summary: " + summary_text + "\r\n";
    return write(head + connection_line()) && write(body);
  }

  bool refuse(const Failure& failure) { return refuse(failure, status_of(failure.code)); }
  bool refuse(const Failure& failure, http::status status) {
    const std::string body = failure.text + "\n";
    const std::string head = "HTTP/1.1 " + std::to_string(static_cast<unsigned>(status)) + " " +
                             std::string(http::obsolete_reason(status)) +
                             "\r\nContent-Length: " + std::to_string(body.size()) +
                             "\r\nContent-Type: text/plain; charset=UTF-8" +
                             "\r\nX-ClickHouse-Exception-Code: " + std::to_string(failure.code) + "\r\n";
    return write(head + connection_line() + body);
  }

  [[nodiscard]] std::string connection_line() const {
    return keep_alive_ && body_read_ ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
  }

  bool begin_chunks(std::string_view format, const std::string& tag) {
    return write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-ClickHouse-Format: " +
                 std::string(format) + "\r\nX-ClickHouse-Exception-Tag: " + tag + "\r\n" + connection_line());
  }

  bool chunk(std::string_view bytes) {
    if (bytes.empty()) return true;
    char size[24];
    const int length = std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
    return write({size, static_cast<std::size_t>(length)}) && write(bytes) && write("\r\n");
  }

  bool write(std::string_view bytes) { return stream_.write_all(bytes); }

  FdStream stream_;
  beast::flat_buffer buffer_{kHeadMax + kReadBytes};
  Session session_;
  bool keep_alive_ = true, body_read_ = true;
};

int open_listener(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    std::fprintf(stderr, "zhike-engine: the socket's path is longer than %zu bytes\n",
                 sizeof address.sun_path - 1);
    return -1;
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ::unlink(path.c_str());
  const mode_t before = ::umask(0177);
  const bool ok = fd >= 0 && ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::umask(before);
  if (ok && ::listen(fd, 256) == 0) return fd;
  std::perror("zhike-engine: socket");
  return -1;
}

/// Connections alive, so that stopping can cut them and wait.
class Live {
 public:
  bool add(int fd, std::size_t most) {
    const std::scoped_lock lock(mutex_);
    if (fds_.size() >= most) return false;
    return fds_.insert(fd).second;
  }
  void remove(int fd) {
    const std::scoped_lock lock(mutex_);
    fds_.erase(fd);
    ::close(fd);
    none_.notify_all();
  }
  /// Idle connections end at once; a running statement gets `most` to finish.
  void drain(std::chrono::seconds most) {
    std::unique_lock lock(mutex_);
    for (const int fd : fds_) ::shutdown(fd, SHUT_RD);
    none_.wait_for(lock, most, [this] { return fds_.empty(); });
  }

 private:
  std::mutex mutex_;
  std::condition_variable none_;
  std::set<int> fds_;
};

void turn_away(int fd) {
  constexpr std::string_view kFull =
      "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\nRetry-After: 1\r\n"
      "X-ClickHouse-Exception-Code: 202\r\n\r\n";
  (void)::send(fd, kFull.data(), kFull.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  ::close(fd);
}

}  // namespace

void stop() noexcept {
  stopping = true;
  if (const int fd = listener.load(); fd >= 0) ::shutdown(fd, SHUT_RDWR);
}

int serve(const EngineOptions& options) {
  Session first(options);  // keeps the store open however connections come and go
  if (const Failure failure = first.prepare(Statement{})) {
    std::fprintf(stderr, "zhike-engine: %s\n", failure.text.c_str());
    return 1;
  }
  listener = open_listener(options.socket);
  if (listener < 0) return 1;
  static Live live;  // outlives threads that are still busy when the process leaves
  while (!stopping) {
    const int fd = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) {
      if (stopping || (errno != EINTR && errno != ECONNABORTED && errno != EMFILE)) break;
      if (errno == EMFILE) std::this_thread::sleep_for(std::chrono::milliseconds(50));
      continue;
    }
    if (!live.add(fd, options.connections_max)) {
      turn_away(fd);
      continue;
    }
    std::thread([fd, &options] {
      {
        Connection connection(fd, options);
        connection.run();
      }
      live.remove(fd);
    }).detach();
  }
  live.drain(std::chrono::seconds(5));
  ::unlink(options.socket.c_str());
  return 0;
}

}  // namespace zhike_engine
