#include "connector/mail_server.h"

#include <curl/curl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <mutex>

#include "base/ascii.h"

namespace zhike::connector {
namespace {

constexpr long kConnectMs = 10'000, kSignInMs = 20'000, kSendMs = 120'000;
constexpr int kSilenceMs = 60'000, kStepMs = 100;

/// What both ways share: the handle, and the callbacks' view of it.
struct Handle {
  Handle(const Hosts& allowed, const std::atomic<bool>& ends) : hosts(allowed), stopping(ends) {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
    curl = curl_easy_init();
    cx_check(curl != nullptr, "libcurl starts");
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { curl_easy_cleanup(curl); }

  const Hosts& hosts;
  const std::atomic<bool>& stopping;
  CURL* curl = nullptr;
  std::string host, refusal;  // the server's last line that was one
  bool refused = false;
  std::string_view mail;  // what is left to send

  static curl_socket_t on_socket(void* opaque, curlsocktype, struct curl_sockaddr* address) {
    auto& self = *static_cast<Handle*>(opaque);
    if (!self.hosts.may_lie_at(self.host, &address->addr)) {
      self.refused = true;
      return CURL_SOCKET_BAD;
    }
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  }
  static int on_progress(void* opaque, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<Handle*>(opaque)->stopping ? 1 : 0;
  }
  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* opaque) {
    const std::size_t bytes = size * count;
    if (bytes > 3 && (data[0] == '4' || data[0] == '5'))
      static_cast<Handle*>(opaque)->refusal.assign(data, std::min<std::size_t>(bytes, 200));
    return bytes;
  }
  static std::size_t on_body(char*, std::size_t size, std::size_t count, void*) { return size * count; }
  static std::size_t on_read(char* to, std::size_t size, std::size_t count, void* opaque) {
    auto& self = *static_cast<Handle*>(opaque);
    const std::size_t bytes = std::min(size * count, self.mail.size());
    std::memcpy(to, self.mail.data(), bytes);
    self.mail.remove_prefix(bytes);
    return bytes;
  }

  void prepare(const MailServer& server, long timeout_ms) {
    host = server.host;
    refused = false;
    refusal.clear();
    curl_easy_reset(curl);  // keeps the connection
    const bool bracket = host.contains(':');
    const std::string url =
        fmt::format("{}{}://{}{}{}:{}/", server.scheme, server.security == "tls" ? "s" : "",
                    bracket ? "[" : "", host, bracket ? "]" : "", server.port);
    const std::string schemes = server.scheme + "," + server.scheme + "s";
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, schemes.c_str());
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, kConnectMs);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout_ms);
    curl_easy_setopt(curl, CURLOPT_USE_SSL,
                     static_cast<long>(server.security == "none" ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    if (!server.ca.empty()) {
      curl_blob certificate{const_cast<char*>(server.ca.data()), server.ca.size(), CURL_BLOB_COPY};
      curl_easy_setopt(curl, CURLOPT_CAINFO_BLOB, &certificate);
    }
    if (!server.username.empty()) {
      curl_easy_setopt(curl, CURLOPT_USERNAME, server.username.c_str());
      curl_easy_setopt(curl, CURLOPT_PASSWORD, server.password.c_str());
    }
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, on_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, this);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, this);
  }

  [[nodiscard]] Error error_of(CURLcode code) const {
    if (refused)
      return {Code::kHostNotAllowed, fmt::format("{} is at a loopback, private or link-local address", host)};
    if (code == CURLE_LOGIN_DENIED) return {Code::kConnectorRefused, fmt::format("{}: the sign-in", host)};
    if (code == CURLE_USE_SSL_FAILED) return {Code::kConnectorFailed, fmt::format("{}: no STARTTLS", host)};
    return {Code::kConnectorFailed, fmt::format("{}: {}", host, curl_easy_strerror(code))};
  }
};

bool is_enhanced_status(std::string_view text) {
  return text.size() >= 5 && ascii::is_digit(text[0]) && text[1] == '.' && ascii::is_digit(text[2]);
}

/// "550 5.1.1 <a@b>: no such user" → "SMTP 550 5.1.1"
std::string told(std::string_view line, int status) {
  std::string out = fmt::format("SMTP {}", status);
  const std::string_view rest = line.substr(std::min<std::size_t>(4, line.size()));
  const std::string_view word =
      rest.substr(0, std::min<std::size_t>(rest.find_first_not_of("0123456789."), 12));
  if (is_enhanced_status(word)) out += " " + std::string(word);
  return out;
}

}  // namespace

Result<MailServer> MailServer::of(const Connector& c, std::string_view scheme, const Hosts& hosts) {
  MailServer out{.scheme = std::string(scheme),
                 .host = c.text("host"),
                 .security = c.text("security"),
                 .username = c.text("username"),
                 .password = c.text("password"),
                 .ca = c.text("ca_certificate"),
                 .port = static_cast<int>(c.number("port"))};
  // It becomes a part of an address.
  const bool is_host = std::ranges::all_of(out.host, [](char ch) {
    return ascii::is_alnum(ch) || ch == '.' || ch == '-' || ch == '_' || ch == ':';
  });
  if (!is_host) return fail(Code::kBadConnector, "'host' must be a name or an address");
  if (!out.ca.empty() && !out.ca.contains("-----BEGIN CERTIFICATE-----"))
    return fail(Code::kBadConnector, "'ca_certificate' must be a certificate in PEM");
  if (out.username.empty() != out.password.empty())
    return fail(Code::kBadConnector, "'username' and 'password' belong together");
  CX_TRY(hosts.check(out.host));
  return out;
}

// ---- to read ----------------------------------------------------------------------------------------------

struct MailLink::Impl : Handle {
  using Handle::Handle;
  curl_socket_t socket = CURL_SOCKET_BAD;
};

MailLink::MailLink(const Hosts& hosts, const std::atomic<bool>& stopping)
    : impl_(std::make_unique<Impl>(hosts, stopping)) {}
MailLink::~MailLink() = default;

Result<void> MailLink::open(const MailServer& server) {
  impl_->prepare(server, kSignInMs);
  curl_easy_setopt(impl_->curl, CURLOPT_CONNECT_ONLY, 1L);  // signs in too
  if (const CURLcode code = curl_easy_perform(impl_->curl); code != CURLE_OK)
    return std::unexpected(impl_->error_of(code));
  curl_easy_getinfo(impl_->curl, CURLINFO_ACTIVESOCKET, &impl_->socket);
  if (impl_->socket == CURL_SOCKET_BAD) return fail(Code::kConnectorFailed, "{}: no connection", server.host);
  return {};
}

Result<void> MailLink::wait(bool to_write) {
  for (int waited = 0; waited < kSilenceMs && !impl_->stopping; waited += kStepMs) {
    pollfd one{.fd = impl_->socket, .events = static_cast<short>(to_write ? POLLOUT : POLLIN), .revents = 0};
    if (::poll(&one, 1, kStepMs) > 0) return {};
  }
  return fail(Code::kConnectorFailed, "{}: {}", impl_->host, impl_->stopping ? "it is to end" : "no answer");
}

Result<std::size_t> MailLink::read(char* to, std::size_t room) {
  while (true) {
    std::size_t count = 0;
    const CURLcode code = curl_easy_recv(impl_->curl, to, room, &count);
    if (code == CURLE_OK && count > 0) return count;
    if (code == CURLE_OK) return fail(Code::kConnectorFailed, "{}: the server has hung up", impl_->host);
    if (code != CURLE_AGAIN) return std::unexpected(impl_->error_of(code));
    CX_TRY(wait(false));
  }
}

Result<void> MailLink::write(std::string_view bytes) {
  while (!bytes.empty()) {
    std::size_t count = 0;
    const CURLcode code = curl_easy_send(impl_->curl, bytes.data(), bytes.size(), &count);
    if (code == CURLE_OK) {
      bytes.remove_prefix(count);
      continue;
    }
    if (code != CURLE_AGAIN) return std::unexpected(impl_->error_of(code));
    CX_TRY(wait(true));
  }
  return {};
}

// ---- to send ----------------------------------------------------------------------------------------------

struct MailSender::Impl : Handle {
  Impl(MailServer to, const Hosts& allowed, const std::atomic<bool>& ends)
      : Handle(allowed, ends), server(std::move(to)) {}
  const MailServer server;
};

MailSender::MailSender(MailServer server, const Hosts& hosts, const std::atomic<bool>& stopping)
    : impl_(std::make_unique<Impl>(std::move(server), hosts, stopping)) {}
MailSender::~MailSender() = default;

Result<MailSender::Said> MailSender::send(const std::string& from, const std::vector<std::string>& to,
                                          const std::string& mail) {
  Impl& it = *impl_;
  it.prepare(it.server, kSendMs);
  it.mail = mail;
  curl_easy_setopt(it.curl, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(it.curl, CURLOPT_MAIL_FROM, ("<" + from + ">").c_str());
  curl_slist* recipients = nullptr;
  for (const std::string& one : to) recipients = curl_slist_append(recipients, ("<" + one + ">").c_str());
  curl_easy_setopt(it.curl, CURLOPT_MAIL_RCPT, recipients);
  curl_easy_setopt(it.curl, CURLOPT_READFUNCTION, Handle::on_read);
  curl_easy_setopt(it.curl, CURLOPT_READDATA, static_cast<Handle*>(&it));
  const CURLcode code = curl_easy_perform(it.curl);
  curl_slist_free_all(recipients);
  long status = 0;
  curl_easy_getinfo(it.curl, CURLINFO_RESPONSE_CODE, &status);
  if (code == CURLE_OK) return Said{250, ""};
  const bool answered = status >= 400 && status < 600 && !it.refused && code != CURLE_LOGIN_DENIED &&
                        code != CURLE_USE_SSL_FAILED && code != CURLE_ABORTED_BY_CALLBACK;
  if (!answered) return std::unexpected(it.error_of(code));
  return Said{static_cast<int>(status), told(it.refusal, static_cast<int>(status))};
}

}  // namespace zhike::connector
