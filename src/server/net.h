// Shared by the two translation units that see Asio and Beast. Nothing else includes it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <memory>

#include "server/http.h"

namespace zhike::server {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = net::ip::tcp;

/// Speaks WebSocket on a connection whose upgrade request was allowed, until either side closes.
net::awaitable<void> serve_socket(beast::tcp_stream stream, http::request<http::string_body> request,
                                  std::shared_ptr<SocketHandler> handler);

}  // namespace zhike::server
