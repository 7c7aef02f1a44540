#include "external/s3_client.h"

#include <curl/curl.h>
#include <expat.h>

#include <algorithm>
#include <cstring>
#include <mutex>

#include "base/ascii.h"
#include "connector/resolve.h"

namespace zhike::external {
namespace {

constexpr long kConnectMs = 5'000;
constexpr std::size_t kTextMax = 4U << 20;  // of a list or of what is wrong
constexpr int kOk = 200, kSame = 304;

/// Of the elements that count: <Contents><Key>…</Key><Size>…</Size></Contents>.
struct ListParser {
  S3List list;
  std::string text;
  bool truncated = false, is_list = false;

  static void on_start(void* opaque, const XML_Char* name, const XML_Char**) {
    auto& self = *static_cast<ListParser*>(opaque);
    self.text.clear();
    if (std::strcmp(name, "ListBucketResult") == 0) self.is_list = true;
    if (std::strcmp(name, "Contents") == 0) self.list.objects.emplace_back();
  }
  static void on_text(void* opaque, const XML_Char* text, int size) {
    static_cast<ListParser*>(opaque)->text.append(text, static_cast<std::size_t>(size));
  }
  static void on_end(void* opaque, const XML_Char* element) {
    auto& self = *static_cast<ListParser*>(opaque);
    const std::string_view name(element);
    if (name == "NextContinuationToken") self.list.next = self.text;
    if (name == "IsTruncated") self.truncated = self.text == "true";
    if (self.list.objects.empty()) return;
    S3Object& object = self.list.objects.back();
    if (name == "Key") object.key = self.text;
    if (name == "Size") object.bytes = ascii::parse_number<std::uint64_t>(self.text).value_or(0);
  }
};

struct Transfer {
  const Fd* file = nullptr;  ///< null: `text`
  std::uint64_t bytes = 0, bytes_max = 0;
  bool too_large = false, is_broken = false;
  std::string text, etag;
  CURL* curl = nullptr;
};

std::size_t on_body(char* data, std::size_t size, std::size_t count, void* opaque) {
  auto& transfer = *static_cast<Transfer*>(opaque);
  const std::size_t bytes = size * count;
  long status = 0;
  curl_easy_getinfo(transfer.curl, CURLINFO_RESPONSE_CODE, &status);
  if (transfer.file == nullptr || status != kOk) {
    if (transfer.text.size() + bytes > kTextMax) return 0;
    transfer.text.append(data, bytes);
    return bytes;
  }
  transfer.bytes += bytes;
  transfer.too_large = transfer.bytes > transfer.bytes_max;
  if (transfer.too_large) return 0;
  transfer.is_broken = !write_all(transfer.file->get(), {data, bytes}, "temporary file").has_value();
  return transfer.is_broken ? 0 : bytes;
}

std::size_t on_header(char* data, std::size_t size, std::size_t count, void* opaque) {
  std::string_view line(data, size * count);
  constexpr std::string_view kName = "etag:";
  if (line.size() > kName.size() && ascii::lower(line.substr(0, kName.size())) == kName) {
    line.remove_prefix(kName.size());
    while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
    while (!line.empty() && static_cast<unsigned char>(line.back()) <= ' ') line.remove_suffix(1);
    static_cast<Transfer*>(opaque)->etag = std::string(line.substr(0, 200));
  }
  return size * count;
}

/// "NoSuchKey" of <Error><Code>NoSuchKey</Code>: a word of theirs, no text.
std::string code_in(std::string_view xml) {
  constexpr std::string_view kBegin = "<Code>";
  const auto at = xml.find(kBegin);
  if (at == xml.npos) return {};
  std::string_view word = xml.substr(at + kBegin.size(), 60);
  word = word.substr(0, word.find('<'));
  return std::ranges::all_of(word, [](char c) { return ascii::is_alnum(c); }) ? std::string(word)
                                                                              : std::string();
}

Code code_of(long status) {
  if (status == 401 || status == 403) return Code::kVirtualRefused;
  if (status == 404) return Code::kVirtualTableMissing;
  return status >= 500 ? Code::kVirtualUnreachable : Code::kVirtualFailed;
}

class Client final : public S3Client {
 public:
  Client(const Source& source, const Reach& reach, const connector::Address& address, std::string pinned)
      : source_(source), reach_(reach), scheme_(address.scheme), pinned_(std::move(pinned)) {
    const bool usual = address.port.empty() || address.port == (scheme_ == "https" ? "443" : "80");
    host_ = usual ? address.host : address.host + ":" + address.port;
    curl_ = curl_easy_init();
    cx_check(curl_ != nullptr, "libcurl starts");
    resolve_ = curl_slist_append(nullptr, pinned_.c_str());
  }
  ~Client() override {
    curl_easy_cleanup(curl_);
    curl_slist_free_all(resolve_);
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  Result<S3List> list(std::string_view prefix, std::string_view next, Deadline deadline) override {
    S3Request request{.host = host_, .path = "/" + source_.setting("bucket")};
    request.query = {{"list-type", "2"}, {"max-keys", "1000"}, {"prefix", std::string(prefix)}};
    if (!next.empty()) request.query.emplace_back("continuation-token", std::string(next));
    Transfer transfer{.bytes_max = kTextMax, .text = {}, .etag = {}};
    CX_TRY(const long status, send(request, transfer, deadline));
    if (status != kOk) return refused(status, transfer, source_.setting("bucket"));
    return parse_s3_list(transfer.text);
  }

  Result<Got> get(std::string_view key, const std::string& etag, const Fd& to, std::uint64_t bytes_max,
                  Deadline deadline) override {
    S3Request request{.host = host_, .path = "/" + source_.setting("bucket") + "/" + s3_encoded(key, true)};
    if (!etag.empty()) request.headers.emplace_back("if-none-match", etag);
    Transfer transfer{.file = &to, .bytes_max = bytes_max, .text = {}, .etag = {}};
    CX_TRY(const long status, send(request, transfer, deadline));
    if (status == kSame && !etag.empty()) return Got{.same = true, .etag = etag};
    if (status != kOk) return refused(status, transfer, key);
    return Got{.same = false, .etag = transfer.etag, .bytes = transfer.bytes};
  }

 private:
  void set_options(Transfer& transfer, const std::string& url, Deadline deadline) {
    curl_easy_reset(curl_);
    transfer.curl = curl_;
    curl_easy_setopt(curl_, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl_, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl_, CURLOPT_RESOLVE, resolve_);
    curl_easy_setopt(curl_, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(curl_, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl_, CURLOPT_PROXY, "");
    curl_easy_setopt(curl_, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    curl_easy_setopt(curl_, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl_, CURLOPT_CAINFO, reach_.authorities.c_str());
    curl_easy_setopt(curl_, CURLOPT_CONNECTTIMEOUT_MS, kConnectMs);
    curl_easy_setopt(curl_, CURLOPT_TIMEOUT_MS, static_cast<long>(std::max(left_ms(deadline), 1)));
    curl_easy_setopt(curl_, CURLOPT_USERAGENT, "Zhike");
    curl_easy_setopt(curl_, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl_, CURLOPT_WRITEDATA, &transfer);
    curl_easy_setopt(curl_, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(curl_, CURLOPT_HEADERDATA, &transfer);
  }

  /// The status of the answer. Without an access key the request is not signed: for public buckets.
  Result<long> send(const S3Request& request, Transfer& transfer, Deadline deadline) {
    if (left_ms(deadline) == 0) return fail(Code::kVirtualTooSlow, "{}", source_.key);
    const std::string query = s3_query(request);
    const std::string url = scheme_ + "://" + host_ + request.path + (query.empty() ? "" : "?" + query);
    set_options(transfer, url, deadline);
    const S3Identity identity{.region = source_.setting("region"),
                              .access_key = source_.setting("access_key"),
                              .secret_key = source_.setting("secret_key")};
    const Instant now{std::chrono::duration_cast<std::chrono::milliseconds>(
                          std::chrono::system_clock::now().time_since_epoch())
                          .count()};
    curl_slist* headers = nullptr;
    for (const auto& [name, value] :
         identity.access_key.empty() ? request.headers : s3_signed(request, identity, now))
      headers = curl_slist_append(headers, (name + ": " + value).c_str());
    curl_easy_setopt(curl_, CURLOPT_HTTPHEADER, headers);
    const CURLcode code = curl_easy_perform(curl_);
    curl_slist_free_all(headers);
    long status = 0;
    double connected = 0;
    curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(curl_, CURLINFO_CONNECT_TIME, &connected);
    if (code == CURLE_OK) return status;
    if (transfer.too_large)
      return fail(Code::kVirtualTooLarge, "{}: more than {} MB", source_.key, transfer.bytes_max / 1'000'000);
    if (transfer.is_broken) return fail(Code::kVirtualFailed, "{}: no room for the object", source_.key);
    if (code == CURLE_OPERATION_TIMEDOUT && connected > 0)
      return fail(Code::kVirtualTooSlow, "{}", source_.key);
    const bool is_tls = code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CONNECT_ERROR;
    return std::unexpected(Error{is_tls ? Code::kVirtualRefused : Code::kVirtualUnreachable,
                                 fmt::format("{}: {}", host_, curl_easy_strerror(code))});
  }

  std::unexpected<Error> refused(long status, const Transfer& transfer, std::string_view what) const {
    return std::unexpected(Error{code_of(status), fmt::format("{}: {}: HTTP {} {}", source_.key, what, status,
                                                              code_in(transfer.text))});
  }

  const Source& source_;
  const Reach& reach_;
  const std::string scheme_, pinned_;
  std::string host_;
  CURL* curl_ = nullptr;
  curl_slist* resolve_ = nullptr;
};

}  // namespace

Result<S3List> parse_s3_list(std::string_view xml) {
  ListParser state;
  const std::unique_ptr<std::remove_pointer_t<XML_Parser>, decltype(&XML_ParserFree)> parser(
      XML_ParserCreate(nullptr), &XML_ParserFree);
  if (!parser) return fail(Code::kVirtualFailed, "out of memory");
  XML_SetUserData(parser.get(), &state);
  XML_SetElementHandler(parser.get(), &ListParser::on_start, &ListParser::on_end);
  XML_SetCharacterDataHandler(parser.get(), &ListParser::on_text);
  // A list has no document type, and what one can declare is only a danger.
  if (xml.find("<!DOCTYPE") != xml.npos ||
      XML_Parse(parser.get(), xml.data(), static_cast<int>(xml.size()), 1) != XML_STATUS_OK || !state.is_list)
    return fail(Code::kVirtualFailed, "the answer is no list of objects");
  if (!state.truncated) state.list.next.clear();
  return std::move(state.list);
}

Result<std::unique_ptr<S3Client>> S3Client::open(const Source& source, const Reach& reach) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  const auto address = connector::parse_address(source.setting("url"));
  if (!address || (address->scheme != "http" && address->scheme != "https") || address->path != "/")
    return fail(Code::kBadVirtualSource, "'url' is not like https://s3.example.com");
  const std::string bucket = source.setting("bucket");
  if (bucket.empty() || bucket.size() > 255 || bucket.starts_with('.') ||
      !std::ranges::all_of(bucket,
                           [](char c) { return ascii::is_alnum(c) || c == '.' || c == '-' || c == '_'; }))
    return fail(Code::kBadVirtualSource, "'bucket' cannot be a name");
  const std::string port = !address->port.empty() ? address->port : address->scheme == "https" ? "443" : "80";
  auto found = connector::resolve_allowed(reach.hosts, address->host,
                                          ascii::parse_number<std::uint16_t>(port).value_or(0));
  if (!found)
    return std::unexpected(Error{found.error().code == Code::kHostNotAllowed ? Code::kVirtualHostNotAllowed
                                                                             : Code::kVirtualUnreachable,
                                 found.error().detail});
  const bool is_v6 = found->find(':') != found->npos;
  return std::make_unique<Client>(source, reach, *address,
                                  address->host + ":" + port + ":" + (is_v6 ? "[" + *found + "]" : *found));
}

}  // namespace zhike::external
