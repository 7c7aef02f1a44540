#include "connector/http_out.h"

#include <curl/curl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <mutex>

#include "base/ascii.h"

namespace zhike::connector {
namespace {

struct Context {
  const Hosts* hosts = nullptr;
  const std::atomic<bool>* stopping = nullptr;
  std::string host;
  bool refused = false;  // the address that the name led to is not allowed
  HttpAnswer answer;
};

std::size_t on_body(char* data, std::size_t size, std::size_t count, void* opaque) {
  auto& context = *static_cast<Context*>(opaque);
  const std::size_t bytes = size * count,
                    room = HttpOut::kBodyMax - std::min(context.answer.body.size(), HttpOut::kBodyMax);
  context.answer.body.append(data, std::min(bytes, room));
  return bytes <= room ? bytes : 0;
}

std::size_t on_header(char* data, std::size_t size, std::size_t count, void* opaque) {
  auto& context = *static_cast<Context*>(opaque);
  const std::string line = ascii::lower(std::string_view(data, size * count));
  constexpr std::string_view kName = "retry-after:";
  if (!line.starts_with(kName)) return size * count;
  const auto from = line.find_first_not_of(' ', kName.size());
  if (from == line.npos) return size * count;
  const auto text = std::string_view(line).substr(from, line.find_first_of("\r\n", from) - from);
  if (const auto wait = ascii::parse_number<std::int64_t>(text); wait && *wait >= 0)
    context.answer.retry_after = seconds(std::min<std::int64_t>(*wait, 3600));
  return size * count;
}

curl_socket_t on_socket(void* opaque, curlsocktype, struct curl_sockaddr* address) {
  auto& context = *static_cast<Context*>(opaque);
  if (!context.hosts->may_lie_at(context.host, &address->addr)) {
    context.refused = true;
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

int on_progress(void* opaque, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Context*>(opaque)->stopping->load() ? 1 : 0;
}

}  // namespace

struct HttpOut::Impl {
  CURL* curl = nullptr;
  Context context;
};

HttpOut::HttpOut(const Hosts& hosts, const std::atomic<bool>& stopping) : impl_(std::make_unique<Impl>()) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  impl_->curl = curl_easy_init();
  cx_check(impl_->curl != nullptr, "libcurl starts");
  impl_->context.hosts = &hosts;
  impl_->context.stopping = &stopping;
}

HttpOut::~HttpOut() { curl_easy_cleanup(impl_->curl); }

Result<HttpAnswer> HttpOut::call(const HttpCall& call) {
  CX_TRY(const Address address, parse_address(call.url));
  if (address.scheme != "http" && address.scheme != "https")
    return fail(Code::kBadConnector, "'url' must begin with https:// or http://");
  CX_TRY(impl_->context.hosts->check(address.host));
  Context& context = impl_->context;
  context.host = address.host;
  context.refused = false;
  context.answer = {};
  CURL* curl = impl_->curl;
  curl_easy_reset(curl);  // keeps the connection
  curl_easy_setopt(curl, CURLOPT_URL, call.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, 10'000L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(call.timeout.value));
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "Zhike");
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &context);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &context);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, on_socket);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, &context);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &context);
  curl_slist* headers = nullptr;
  for (const auto& [name, value] : call.headers)
    headers = curl_slist_append(headers, (name + ": " + value).c_str());
  headers = curl_slist_append(headers, "Expect:");
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, call.method.c_str());
  if (call.method != "GET") {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, call.body.data());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.body.size()));
  }
  const CURLcode code = curl_easy_perform(curl);
  curl_slist_free_all(headers);
  if (context.refused)
    return fail(Code::kHostNotAllowed, "{} is at a loopback, private or link-local address", address.host);
  // An answer whose end was not read is one: its status is what counts.
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  if (code != CURLE_OK && !(code == CURLE_WRITE_ERROR && status != 0))
    return fail(Code::kConnectorFailed, "{}: {}", address.host, curl_easy_strerror(code));
  context.answer.status = static_cast<int>(status);
  return std::move(context.answer);
}

}  // namespace zhike::connector
