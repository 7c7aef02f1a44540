#include "server/listener.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <thread>
#include <unordered_set>
#include <vector>

#include "base/crypto.h"
#include "base/log.h"
#include "server/net.h"
#include "server/problem.h"

namespace zhike::server {
namespace {

using Parser = http::request_parser<http::string_body>;

// STACK: a small read buffer costs Beast six sevenths of its throughput on 54 KB bodies.
constexpr std::size_t kBufferBytes = 128 * 1024;
/// Slower than this for a large body is a stalled client.
constexpr std::int64_t kUploadBytesPerMs = 256;
constexpr auto kLingerMax = std::chrono::seconds(1);

std::chrono::milliseconds to_chrono(Millis duration) { return std::chrono::milliseconds(duration.value); }

/// Counters that connections and the listener share; one per listener.
struct Shared {
  ListenerOptions options;
  Service* service = nullptr;
  std::atomic<std::size_t> connections{0};
  std::atomic<std::size_t> owed{0};  ///< replies the service has not given yet
  std::atomic<bool> stopping{false};
};

/// The streams of one thread, so that stop() can end the idle ones. Used on that thread only.
struct Thread {
  std::unordered_set<beast::tcp_stream*>
      idle;  // before io: its end destroys connections, which leave the set
  net::io_context io{1};
  std::thread runner;
};

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return out;
}

std::string request_id(std::string_view asked) {
  const bool usable =
      !asked.empty() && asked.size() <= 64 && std::all_of(asked.begin(), asked.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
               c == '_';
      });
  return usable ? std::string(asked) : crypto::random_token(12);
}

/// Ends the reading of a stream when its time is up, and says so. Beast's own timeout closes the socket, and
/// with it the way of the answer. Used on the stream's thread only.
class Deadline {
 public:
  explicit Deadline(beast::tcp_stream& stream)
      : timer_(stream.get_executor()), state_(std::make_shared<State>()) {
    state_->stream = &stream;
  }
  ~Deadline() { state_->stream = nullptr; }
  Deadline(const Deadline&) = delete;

  void start(std::chrono::milliseconds time) {
    state_->expired = false;
    timer_.expires_after(time);
    timer_.async_wait([state = state_, turn = ++state_->turn](const boost::system::error_code& error) {
      // One that went off while it was stopped comes here without an error.
      if (error || state->stream == nullptr || state->turn != turn) return;
      state->expired = true;
      state->stream->cancel();
    });
  }
  void stop() {
    ++state_->turn;
    timer_.cancel();
  }
  [[nodiscard]] bool expired() const { return state_->expired; }

 private:
  struct State {
    beast::tcp_stream* stream = nullptr;
    std::uint64_t turn = 0;
    bool expired = false;
  };
  net::steady_timer timer_;
  std::shared_ptr<State> state_;  // outlives the connection in a handler that is already queued
};

/// Tells whether the client has left while its answer is being made: nothing is read meanwhile that would say
/// so. Bytes of a next request end the watching. Used on the stream's thread only.
class Watch {
 public:
  explicit Watch(beast::tcp_stream& stream) : state_(std::make_shared<State>()) {
    state_->socket = &stream.socket();
  }
  ~Watch() {
    if (!started_) return;
    // The handler may already be queued, without an error.
    state_->socket->cancel(ignored_);
    state_->socket = nullptr;
  }
  Watch(const Watch&) = delete;

  /// Set when the client has left.
  std::shared_ptr<const std::atomic<bool>> start() {
    started_ = true;
    state_->socket->async_wait(
        tcp::socket::wait_read, [state = state_](const boost::system::error_code& error) {
          if (error || state->socket == nullptr) return;
          char next = 0;
          const auto got = ::recv(state->socket->native_handle(), &next, 1, MSG_PEEK | MSG_DONTWAIT);
          if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) state->gone = true;
        });
    return {state_, &state_->gone};
  }

 private:
  struct State {
    tcp::socket* socket = nullptr;
    std::atomic<bool> gone{false};
  };
  std::shared_ptr<State> state_;
  bool started_ = false;
  boost::system::error_code ignored_;
};

/// A Beast error of reading a request, as what the client is told; nothing: just close.
std::optional<Error> read_error(const boost::system::error_code& error) {
  if (error == http::error::end_of_stream || error == http::error::partial_message) return std::nullopt;
  if (error == http::error::header_limit) return Error{Code::kHeaderTooLarge, {}};
  if (error == http::error::body_limit) return Error{Code::kBodyTooLarge, {}};
  if (error.category() == http::make_error_code(http::error::bad_method).category())
    return Error{Code::kBadRequest, error.message()};
  return std::nullopt;
}

class Connection {
 public:
  Connection(beast::tcp_stream stream, Thread& thread, Shared& shared)
      : stream_(std::move(stream)), deadline_(stream_), thread_(thread), shared_(shared) {
    boost::system::error_code ignored;
    remote_ = stream_.socket().remote_endpoint(ignored).address().to_string();
    stream_.socket().set_option(tcp::no_delay(true), ignored);
    buffer_.reserve(kBufferBytes);
  }
  ~Connection() { thread_.idle.erase(&stream_); }
  Connection(const Connection&) = delete;

  net::awaitable<void> run() {
    while (!shared_.stopping) {
      if (!co_await wait_for_bytes()) co_return;
      Parser parser;
      parser.header_limit(static_cast<std::uint32_t>(shared_.options.header_bytes_max));
      parser.body_limit(boost::none);
      boost::system::error_code error;
      stream_.expires_never();
      deadline_.start(to_chrono(shared_.options.read_timeout));
      co_await http::async_read_header(stream_, buffer_, parser,
                                       net::redirect_error(net::use_awaitable, error));
      Request request;
      request.remote = remote_;
      if (!error) {
        deadline_.stop();
        take_header(parser.get(), request);
        if (const auto refused = check(parser, request)) {
          co_await refuse(*refused, request);
          co_return;
        }
        if (is_upgrade(parser.get())) {
          co_await upgrade(parser.release(), request);
          co_return;
        }
        co_await read_body(parser, request, error);
      }
      deadline_.stop();
      if (error) {
        const auto refused = deadline_.expired() ? Error{Code::kRequestTimeout, {}} : read_error(error);
        if (refused) co_await refuse(*refused, request);
        co_return;
      }
      const bool keep = parser.get().keep_alive() && !shared_.stopping;
      const unsigned version = parser.get().version();
      const bool head = parser.get().method() == http::verb::head;
      request.body = std::move(parser.get().body());
      Response response = co_await answer(std::move(request));
      if (!co_await write(std::move(response), version, keep, head)) co_return;
    }
  }

 private:
  /// Waits for the first byte of the next request; false: the client went away or stayed silent.
  net::awaitable<bool> wait_for_bytes() {
    if (buffer_.size() != 0) co_return true;  // pipelined
    boost::system::error_code error;
    stream_.expires_after(to_chrono(shared_.options.idle_timeout));
    thread_.idle.insert(&stream_);
    const std::size_t got = co_await stream_.async_read_some(buffer_.prepare(kBufferBytes / 2),
                                                             net::redirect_error(net::use_awaitable, error));
    thread_.idle.erase(&stream_);
    buffer_.commit(got);
    co_return !error;
  }

  void take_header(const http::request<http::string_body>& header, Request& request) {
    request.method = std::string(header.method_string());
    for (const auto& field : header)
      request.headers.emplace_back(lower({field.name_string().data(), field.name_string().size()}),
                                   std::string(field.value()));
    target_ok_ = parse_target({header.target().data(), header.target().size()}, request);
    request.language = choose_language(request);
    request.id = request_id(request.header("x-request-id"));
  }

  /// What is wrong with a header, before a byte of the body is read. Ambiguity about where a request ends is
  /// refused, never guessed: behind a proxy it would let one client speak in another's name.
  std::optional<Error> check(Parser& parser, const Request& request) {
    const auto& header = parser.get();
    if (!target_ok_) return Error{Code::kBadRequest, "the request target"};
    if (header.version() != 11 && header.version() != 10) return Error{Code::kBadRequest, "HTTP version"};
    const auto count = [&](http::field name) {
      const auto range = header.equal_range(name);
      return std::distance(range.first, range.second);
    };
    if (count(http::field::host) > 1 || (header.version() == 11 && count(http::field::host) == 0))
      return Error{Code::kBadRequest, "exactly one Host header is needed"};
    if (count(http::field::content_length) > 1 ||
        (count(http::field::content_length) == 1 && count(http::field::transfer_encoding) != 0))
      return Error{Code::kBadRequest, "the length of the body is stated twice"};
    if (count(http::field::transfer_encoding) != 0 &&
        (header.version() == 10 || lower(std::string(header[http::field::transfer_encoding])) != "chunked"))
      return Error{Code::kBadRequest, "Transfer-Encoding"};
    const std::size_t limit = shared_.service->body_bytes_max(request.method, request.path);
    parser.body_limit(limit);
    const auto length = parser.content_length();
    if (length && *length > limit)
      return Error{Code::kBodyTooLarge, fmt::format("more than {} bytes", limit)};
    body_bytes_max_ = limit;
    return std::nullopt;
  }

  static bool is_upgrade(const http::request<http::string_body>& header) {
    return beast::websocket::is_upgrade(header);
  }

  net::awaitable<void> read_body(Parser& parser, Request& request, boost::system::error_code& error) {
    if (parser.is_done()) co_return;
    const auto expected = static_cast<std::int64_t>(parser.content_length().value_or(0));
    deadline_.start(to_chrono(Millis{shared_.options.read_timeout.value + expected / kUploadBytesPerMs}));
    if (lower(request.header("expect")) == "100-continue") {
      static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
      co_await net::async_write(stream_, net::buffer(kContinue.data(), kContinue.size()),
                                net::redirect_error(net::use_awaitable, error));
      if (error) co_return;
    }
    co_await http::async_read(stream_, buffer_, parser, net::redirect_error(net::use_awaitable, error));
  }

  /// Inflates the body, then asks the service; resumes on this connection's thread.
  net::awaitable<Response> answer(Request request) {
    const std::string id = request.id;
    const auto encoding = lower(request.header("content-encoding"));
    if (!encoding.empty() && encoding != "identity") {
      std::optional<Error> refused;
      if (encoding == "gzip" || encoding == "deflate") {
        auto plain = inflate(request.body, body_bytes_max_);
        if (plain)
          request.body = std::move(*plain);
        else
          refused = plain.error();
      } else {
        refused = Error{Code::kUnsupportedEncoding, encoding.substr(0, 40)};
      }
      if (refused) {
        Response response = problem(*refused, request);
        response.headers.emplace_back("X-Request-Id", id);
        co_return response;
      }
    }
    stream_.expires_never();
    ++shared_.owed;
    Response response = co_await watched(std::move(request));
    --shared_.owed;
    response.headers.emplace_back("X-Request-Id", id);
    co_return response;
  }

  net::awaitable<Response> watched(Request request) {
    Watch watch(stream_);
    if (shared_.service->is_watched(request.method, request.path)) request.gone = watch.start();
    co_return co_await ask(std::move(request));
  }

  net::awaitable<Response> ask(Request request) {
    return net::async_initiate<const net::use_awaitable_t<>&, void(Response)>(
        [this](auto handler, Request asked) {
          const auto resume = std::make_shared<decltype(handler)>(std::move(handler));
          const auto guard = std::make_shared<net::executor_work_guard<net::io_context::executor_type>>(
              thread_.io.get_executor());
          shared_.service->handle(std::move(asked), [resume, guard](Response response) {
            net::post(guard->get_executor(), [resume, guard, response = std::move(response)]() mutable {
              std::move (*resume)(std::move(response));
            });
          });
        },
        net::use_awaitable, std::move(request));
  }

  net::awaitable<bool> write(Response response, unsigned version, bool keep, bool head) {
    keep = keep && !response.close;
    http::response<http::string_body> out{static_cast<http::status>(response.status), version};
    out.keep_alive(keep);
    for (const auto& [name, value] : response.headers) out.insert(name, value);
    if (response.status != 204 && response.status != 304) {
      out.set(http::field::content_type, response.type);
      out.content_length(response.body.size());
      if (!head) out.body() = std::move(response.body);
    }
    boost::system::error_code error;
    stream_.expires_after(to_chrono(shared_.options.write_timeout));
    http::response_serializer<http::string_body> serializer{out};
    if (head)
      co_await http::async_write_header(stream_, serializer, net::redirect_error(net::use_awaitable, error));
    else
      co_await http::async_write(stream_, serializer, net::redirect_error(net::use_awaitable, error));
    if (!error && !keep) co_await linger();
    co_return !error && keep;
  }

  net::awaitable<void> refuse(const Error& error, const Request& request) {
    Response response = problem(error, request);
    response.close = true;
    if (!request.id.empty()) response.headers.emplace_back("X-Request-Id", request.id);
    co_await write(std::move(response), 11, false, request.method == "HEAD");
  }

  /// Closing with unread bytes would reset the connection and take the answer from the client: read on
  /// shortly.
  net::awaitable<void> linger() {
    boost::system::error_code error;
    stream_.socket().shutdown(tcp::socket::shutdown_send, error);
    stream_.expires_after(kLingerMax);
    for (int i = 0; !error && i < 64; ++i) {
      buffer_.clear();
      co_await stream_.async_read_some(buffer_.prepare(kBufferBytes / 2),
                                       net::redirect_error(net::use_awaitable, error));
    }
  }

  net::awaitable<void> upgrade(http::request<http::string_body> header, const Request& request) {
    auto handler = shared_.service->upgrade(request);
    if (!handler) {
      co_await refuse(handler.error(), request);
      co_return;
    }
    co_await serve_socket(std::move(stream_), std::move(header), std::move(*handler));
  }

  beast::tcp_stream stream_;
  Deadline deadline_;
  beast::flat_buffer buffer_;
  Thread& thread_;
  Shared& shared_;
  std::string remote_;
  std::size_t body_bytes_max_ = 0;
  bool target_ok_ = false;
};

class BeastListener final : public Listener {
 public:
  BeastListener(const ListenerOptions& options, Service& service) {
    shared_.options = options;
    shared_.service = &service;
    for (unsigned i = 0; i < std::max(1U, options.threads); ++i)
      threads_.push_back(std::make_unique<Thread>());
    acceptor_ = std::make_unique<tcp::acceptor>(threads_[0]->io);
  }
  ~BeastListener() override { stop(Millis{0}); }

  Result<void> listen() {
    boost::system::error_code error;
    const auto& options = shared_.options;
    const auto address = net::ip::make_address(options.address, error);
    if (error) return fail(Code::kBadSetting, "server.address: '{}' is not an IP address", options.address);
    const tcp::endpoint at(address, options.port);
    acceptor_->open(at.protocol(), error);
    if (!error) acceptor_->set_option(net::socket_base::reuse_address(true), error);
    if (!error) acceptor_->bind(at, error);
    if (!error) acceptor_->listen(1024, error);
    if (error) return fail(Code::kAddressInUse, "{}:{}: {}", options.address, options.port, error.message());
    port_ = acceptor_->local_endpoint().port();
    return {};
  }

  void run() {
    net::co_spawn(threads_[0]->io, accept(), net::detached);
    for (auto& thread : threads_)
      thread->runner = std::thread([&io = thread->io] {
        const auto guard = net::make_work_guard(io);
        io.run();
      });
  }

  std::uint16_t port() const override { return port_; }
  std::size_t connections() const override { return shared_.connections; }

  void stop(Millis longest) override {
    if (stopped_) return;
    stopped_ = true;
    shared_.stopping = true;
    net::post(threads_[0]->io, [this] {
      boost::system::error_code ignored;
      acceptor_->close(ignored);
    });
    for (auto& thread : threads_)
      net::post(thread->io, [&idle = thread->idle] {
        for (beast::tcp_stream* stream : idle) stream->cancel();
      });
    const auto until = std::chrono::steady_clock::now() + to_chrono(longest);
    while (shared_.connections != 0 && std::chrono::steady_clock::now() < until)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    // A reply resumes a coroutine of ours: none may be outstanding when the contexts go.
    while (shared_.owed != 0) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    for (auto& thread : threads_) thread->io.stop();
    for (auto& thread : threads_)
      if (thread->runner.joinable()) thread->runner.join();
  }

 private:
  net::awaitable<void> accept() {
    std::size_t next = 0;
    while (!shared_.stopping) {
      Thread& thread = *threads_[next++ % threads_.size()];
      boost::system::error_code error;
      auto socket =
          co_await acceptor_->async_accept(thread.io, net::redirect_error(net::use_awaitable, error));
      if (shared_.stopping) co_return;
      if (error) {  // out of descriptors: wait until some are closed
        log::warn("accept_failed", {{"error", error.message()}});
        net::steady_timer pause(threads_[0]->io, std::chrono::milliseconds(50));
        co_await pause.async_wait(net::redirect_error(net::use_awaitable, error));
        continue;
      }
      if (shared_.connections >= shared_.options.connections_max) continue;  // closes it
      ++shared_.connections;
      net::co_spawn(thread.io, serve(beast::tcp_stream(std::move(socket)), thread),
                    [this](const std::exception_ptr& failure) {
                      --shared_.connections;
                      if (failure) log::error("connection_failed");
                    });
    }
  }

  net::awaitable<void> serve(beast::tcp_stream stream, Thread& thread) {
    Connection connection(std::move(stream), thread, shared_);
    co_await connection.run();
  }

  Shared shared_;
  std::vector<std::unique_ptr<Thread>> threads_;
  std::unique_ptr<tcp::acceptor> acceptor_;
  std::uint16_t port_ = 0;
  bool stopped_ = false;
};

}  // namespace

Result<std::unique_ptr<Listener>> Listener::start(const ListenerOptions& options, Service& service) {
  auto listener = std::make_unique<BeastListener>(options, service);
  CX_TRY(listener->listen());
  listener->run();
  return listener;
}

}  // namespace zhike::server
