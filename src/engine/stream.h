// A file descriptor as a synchronous stream for Beast, with a time limit on each wait.
#pragma once

#include <poll.h>
#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/error_code.hpp>
#include <cerrno>
#include <string_view>

namespace zhike_engine {

/// Borrows the descriptor. Belongs to one thread.
class FdStream {
 public:
  explicit FdStream(int fd) : fd_(fd) {}
  void timeout_ms(int most) { timeout_ms_ = most; }
  /// The connection broke or timed out: nothing more can be read or written.
  [[nodiscard]] bool failed() const { return failed_; }

  template <class Buffers>
  std::size_t read_some(const Buffers& buffers, boost::system::error_code& ec) {
    ec = {};
    const boost::asio::mutable_buffer buffer = *boost::asio::buffer_sequence_begin(buffers);
    while (true) {
      const ssize_t size = ::recv(fd_, buffer.data(), buffer.size(), MSG_DONTWAIT);
      if (size > 0) return static_cast<std::size_t>(size);
      if (size == 0) {
        ec = boost::asio::error::eof;
        return 0;
      }
      if (errno == EAGAIN ? !wait(POLLIN) : errno != EINTR) break;
    }
    failed_ = true;
    ec = boost::asio::error::connection_reset;
    return 0;
  }
  template <class Buffers>
  std::size_t read_some(const Buffers& buffers) {
    boost::system::error_code ec;
    const auto size = read_some(buffers, ec);
    if (ec) throw boost::system::system_error(ec);
    return size;
  }

  [[nodiscard]] bool write_all(std::string_view bytes) {
    while (!bytes.empty() && !failed_) {
      const ssize_t size = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (size > 0) {
        bytes.remove_prefix(static_cast<std::size_t>(size));
      } else if (errno == EAGAIN || errno == EINTR) {
        if (!wait(POLLOUT)) failed_ = true;
      } else {
        failed_ = true;
      }
    }
    return !failed_;
  }

 private:
  bool wait(short what) const {
    pollfd entry{fd_, what, 0};
    while (true) {
      const int ready = ::poll(&entry, 1, timeout_ms_);
      if (ready > 0) return true;
      if (ready == 0 || errno != EINTR) return false;
    }
  }

  int fd_;
  int timeout_ms_ = 60'000;
  bool failed_ = false;
};

}  // namespace zhike_engine
