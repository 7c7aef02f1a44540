// WebSockets: one coroutine reads, one writes; texts wait in a bounded queue.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/websocket.hpp>

#include <atomic>
#include <deque>

#include "server/net.h"

namespace zhike::server {
namespace {

constexpr std::size_t kQueueMax = 1000;
constexpr std::size_t kMessageBytesMax = 16 * 1024;

class BeastSocket final : public Socket, public std::enable_shared_from_this<BeastSocket> {
 public:
  explicit BeastSocket(beast::tcp_stream stream) : ws_(std::move(stream)), wake_(ws_.get_executor()) {
    wake_.expires_at(net::steady_timer::time_point::max());
  }

  void send(std::string text) override {
    if (waiting_.fetch_add(1) >= kQueueMax) {
      --waiting_;
      ++dropped_;
      return;
    }
    net::post(ws_.get_executor(), [self = shared_from_this(), text = std::move(text)]() mutable {
      self->queue_.push_back(std::move(text));
      self->wake_.cancel();
    });
  }

  void close() override {
    net::post(ws_.get_executor(), [self = shared_from_this()] {
      self->closing_ = true;
      self->wake_.cancel();
    });
  }

  std::uint64_t dropped() const override { return dropped_; }

  net::awaitable<void> run(http::request<http::string_body> request, std::shared_ptr<SocketHandler> handler) {
    boost::system::error_code error;
    ws_.set_option(beast::websocket::stream_base::timeout::suggested(beast::role_type::server));
    ws_.read_message_max(kMessageBytesMax);
    co_await ws_.async_accept(request, net::redirect_error(net::use_awaitable, error));
    if (error) co_return;
    const auto self = shared_from_this();
    handler->opened(self);
    net::co_spawn(ws_.get_executor(), [self] { return self->write(); }, net::detached);
    beast::flat_buffer buffer;
    while (true) {
      co_await ws_.async_read(buffer, net::redirect_error(net::use_awaitable, error));
      if (error) break;
      handler->received({static_cast<const char*>(buffer.data().data()), buffer.size()});
      buffer.consume(buffer.size());
    }
    handler->closed();
    closing_ = true;
    wake_.cancel();
  }

 private:
  net::awaitable<void> write() {
    const auto self = shared_from_this();
    boost::system::error_code error;
    while (!error) {
      if (queue_.empty()) {
        if (closing_) break;
        boost::system::error_code woken;
        co_await wake_.async_wait(net::redirect_error(net::use_awaitable, woken));
        continue;
      }
      const std::string text = std::move(queue_.front());
      queue_.pop_front();
      --waiting_;
      ws_.text(true);
      co_await ws_.async_write(net::buffer(text), net::redirect_error(net::use_awaitable, error));
    }
    if (!error && ws_.is_open())
      co_await ws_.async_close(beast::websocket::close_code::going_away,
                               net::redirect_error(net::use_awaitable, error));
  }

  beast::websocket::stream<beast::tcp_stream> ws_;
  net::steady_timer wake_;
  std::deque<std::string> queue_;  // only on the connection's thread
  bool closing_ = false;           // only on the connection's thread
  std::atomic<std::size_t> waiting_{0};
  std::atomic<std::uint64_t> dropped_{0};
};

}  // namespace

net::awaitable<void> serve_socket(beast::tcp_stream stream, http::request<http::string_body> request,
                                  std::shared_ptr<SocketHandler> handler) {
  stream.expires_never();
  const auto socket = std::make_shared<BeastSocket>(std::move(stream));
  co_await socket->run(std::move(request), std::move(handler));
}

}  // namespace zhike::server
