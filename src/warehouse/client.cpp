// The client: builds requests, keeps idle connections, turns the store's errors into ours.
#include "warehouse/client.h"

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <chrono>
#include <mutex>
#include <optional>

#include "warehouse/http.h"

namespace zhike::warehouse {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kIdleMax = 16;
/// Longer parameters go as a form: a cluster refuses addresses longer than 1 MiB.
constexpr std::size_t kAddressMax = 16 << 10;
constexpr std::size_t kErrorTextMax = 600;
/// An answer larger than this is for stream(), not for select().
constexpr std::uint64_t kTableBytesMax = 256ULL << 20;
/// Over the store's own limit, before we give up waiting: a store that hangs keeps nobody long who has little
/// time.
Millis grace(Millis time_max) { return std::clamp(time_max, seconds(3), seconds(10)); }
constexpr Millis kConnectMax = seconds(5);

std::string url_encode(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size() * 2);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '_' || c == '-' || c == '.' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

/// "Code: 60. DB::Exception: Unknown table. (UNKNOWN_TABLE)": cut where it only lists what the parser
/// expected.
std::string short_text(std::string_view text) {
  text = text.substr(0, text.find(". Expected one of:"));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  if (text.size() <= kErrorTextMax) return std::string(text);
  std::size_t end = kErrorTextMax;  // not in the middle of a character
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)) + " ...";
}

Code code_of(int store_code, std::string_view text) {
  switch (store_code) {
    case 241:  // MEMORY_LIMIT_EXCEEDED, of this query or of all together
      return text.find("(total)") == std::string_view::npos ? Code::kQueryTooLarge : Code::kWarehouseBusy;
    case 158:  // TOO_MANY_ROWS
    case 307:  // TOO_MANY_BYTES
    case 396:  // TOO_MANY_ROWS_OR_BYTES
    case 191:  // SET_SIZE_LIMIT_EXCEEDED
      return Code::kQueryTooLarge;
    case 159:  // TIMEOUT_EXCEEDED
    case 160:  // TOO_SLOW
      return Code::kQueryTooSlow;
    case 202:  // TOO_MANY_SIMULTANEOUS_QUERIES
    case 203:  // NO_FREE_CONNECTION
    case 252:  // TOO_MANY_PARTS
    case 439:  // CANNOT_SCHEDULE_TASK
      return Code::kWarehouseBusy;
    case 210:  // NETWORK_ERROR
      return Code::kWarehouseDown;
    case 394:  // QUERY_WAS_CANCELLED
    case 734:  // QUERY_WAS_CANCELLED_BY_CLIENT
      return Code::kQueryCancelled;
    case 243:  // NOT_ENOUGH_SPACE
      return Code::kDiskFull;
    default:
      return text.find("No space left on device") == std::string_view::npos ? Code::kQueryFailed
                                                                            : Code::kDiskFull;
  }
}

Error store_error(int store_code, std::string_view text) {
  return {code_of(store_code, text), short_text(text)};
}

int code_in(std::string_view text) {
  constexpr std::string_view kMark = "Code: ";
  const auto at = text.find(kMark);
  if (at == std::string_view::npos) return 0;
  int code = 0;
  for (std::size_t i = at + kMark.size();
       i < text.size() && text[i] >= '0' && text[i] <= '9' && code < 100'000; ++i)
    code = code * 10 + (text[i] - '0');
  return code;
}

/// Keeps the last bytes of a stream, where an error in the middle is told.
class Tail {
 public:
  void add(std::string_view bytes) {
    if (bytes.size() >= kMax) {
      bytes_ = bytes.substr(bytes.size() - kMax);
      return;
    }
    if (bytes_.size() + bytes.size() > 2 * kMax) bytes_.erase(0, bytes_.size() - kMax);
    bytes_ += bytes;
  }
  [[nodiscard]] const std::string& text() const { return bytes_; }
  /// The error told at the end of the stream, if any. `broken`: the stream did not end as it should.
  [[nodiscard]] std::optional<Error> error(const std::string& tag, bool broken) const {
    std::size_t at = std::string::npos;
    if (!tag.empty()) at = bytes_.rfind("__exception__\r\n" + tag + "\r\n");
    if (at == std::string::npos && broken) at = bytes_.rfind("Code: ");  // older servers write the text only
    if (at == std::string::npos) return std::nullopt;
    std::string_view text = std::string_view(bytes_).substr(
        bytes_.find("Code: ", at) == std::string::npos ? at : bytes_.find("Code: ", at));
    text = text.substr(0, text.find("\r\n"));
    return store_error(code_in(text), text);
  }

 private:
  static constexpr std::size_t kMax = 32 << 10;
  std::string bytes_;
};

/// One request as it will be sent.
struct Request {
  std::string address = "/?";
  std::string type = "text/plain; charset=UTF-8";
  std::string head_body;  ///< sent before `body`
  std::string_view body;
  Clock::time_point deadline;
  void add(std::string_view name, std::string_view value) {
    if (address.size() > 2) address += '&';
    address += name;
    address += '=';
    address += url_encode(value);
  }
};

std::string form_part(std::string_view boundary, std::string_view name, std::string_view value) {
  return fmt::format("--{}\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n{}\r\n", boundary, name,
                     value);
}

void add_limits(Request& request, const Limits& limits) {
  request.add("max_memory_usage", std::to_string(limits.memory_bytes_max));
  request.add("max_execution_time",
              fmt::format("{:.3f}", static_cast<double>(limits.time_max.value) / 1000.0));
  if (limits.result_rows_max > 0) {
    request.add("max_result_rows", std::to_string(limits.result_rows_max));
    request.add("result_overflow_mode", "throw");
  }
  request.deadline =
      Clock::now() + std::chrono::milliseconds(limits.time_max.value + grace(limits.time_max).value);
}

/// The statement and its parameters: in the body and the address, or all in a form when that gets long.
void add_statement(Request& request, const Query& query) {
  if (!query.query_id.empty()) request.add("query_id", query.query_id);
  std::size_t size = 0;
  for (const auto& [name, value] : query.params.encoded()) size += name.size() + value.size();
  if (size <= kAddressMax) {
    for (const auto& [name, value] : query.params.encoded()) request.add("param_" + name, value);
    request.body = query.sql;
    return;
  }
  std::string boundary = "zhike";  // must not occur in what it separates
  const auto occurs = [&](const std::string& mark) {
    return query.sql.find(mark) != std::string_view::npos ||
           std::ranges::any_of(query.params.encoded(),
                               [&](const auto& p) { return p.second.find(mark) != std::string::npos; });
  };
  while (occurs(boundary)) boundary += "-" + std::to_string(Clock::now().time_since_epoch().count());
  request.type = "multipart/form-data; boundary=" + boundary;
  request.head_body = form_part(boundary, "query", query.sql);
  for (const auto& [name, value] : query.params.encoded())
    request.head_body += form_part(boundary, "param_" + name, value);
  request.head_body += "--" + boundary + "--\r\n";
}

Result<Table> parse_table(const std::string& text) {
  boost::system::error_code error;
  boost::json::value document = boost::json::parse(text, error);
  const auto* object = document.if_object();
  if (error || object == nullptr || !object->contains("meta") || !object->contains("data"))
    return fail(Code::kQueryFailed, "the answer cannot be read");
  Table table;
  for (const auto& entry : object->at("meta").as_array())
    table.columns.push_back({as_text(entry.at("name")), as_text(entry.at("type"))});
  auto& rows = document.as_object().at("data").as_array();
  table.rows.reserve(rows.size());
  for (auto& row : rows) table.rows.push_back(std::move(row.as_array()));
  return table;
}

class HttpClient final : public Client {
 public:
  explicit HttpClient(std::string address) : address_(Address::parse(address)) {}

  Result<Table> select(const Query& query) override {
    Request request = request_of(query, "JSONCompact");
    request.add("output_format_json_quote_64bit_integers", "1");
    request.add("output_format_json_quote_decimals", "1");
    request.add("max_result_bytes", std::to_string(kTableBytesMax));
    std::string text;
    CX_TRY(run(request, [&text](std::string_view piece) {
      text.append(piece);
      return true;
    }));
    return parse_table(text);
  }

  Result<void> stream(const Query& query, std::string_view format,
                      const std::function<bool(std::string_view)>& sink) override {
    const Request request = request_of(query, format);
    return run(request, sink);
  }

  Result<void> insert(const Insert& insert, std::string_view block) override {
    Request request;
    request.deadline = Clock::now() + std::chrono::minutes(5);
    request.type = "application/octet-stream";
    std::string sql = fmt::format("INSERT INTO {}", insert.table);
    if (!insert.columns.empty()) sql += fmt::format(" ({})", insert.columns);
    sql += fmt::format(" FORMAT {}", insert.format);
    request.add("query", sql);
    request.add("async_insert", "0");
    if (!insert.token.empty()) {
      request.add("insert_deduplicate", "1");
      request.add("insert_deduplication_token", insert.token);
    }
    request.body = block;
    return run(request, [](std::string_view) { return true; });
  }

  Result<void> execute(const Query& query) override {
    return run(request_of(query, "Null"), [](std::string_view) { return true; });
  }

  Result<void> cancel(std::string_view query_id) override {
    // zhike-engine keeps the caller's name of a query in log_comment, a cluster as its query_id.
    Query query{.sql =
                    "KILL QUERY WHERE query_id = {id:String} OR Settings['log_comment'] = {id:String} ASYNC"};
    query.params.set("id", query_id);
    return execute(query);
  }

 private:
  static Request request_of(const Query& query, std::string_view format) {
    Request request;
    add_limits(request, query.limits);
    request.add("default_format", format);
    add_statement(request, query);
    return request;
  }

  Result<HttpConnection> connection(Clock::time_point deadline) {
    if (!address_) return std::unexpected(address_.error());
    while (true) {
      std::unique_lock lock(mutex_);
      if (idle_.empty()) break;
      HttpConnection last = std::move(idle_.back());
      idle_.pop_back();
      lock.unlock();
      if (last.reusable()) return last;
    }
    return HttpConnection::open(
        *address_, std::min(deadline, Clock::now() + std::chrono::milliseconds(kConnectMax.value)));
  }

  void give_back(HttpConnection used) {
    if (!used.reusable()) return;
    const std::scoped_lock lock(mutex_);
    if (idle_.size() < kIdleMax) idle_.push_back(std::move(used));
  }

  Result<void> run(const Request& request, const HttpConnection::Sink& sink) {
    CX_TRY(HttpConnection http, connection(request.deadline));
    const std::string head =
        fmt::format("POST {} HTTP/1.1\r\nHost: warehouse\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n",
                    request.address, request.type, request.head_body.size() + request.body.size());
    CX_TRY(http.send({head, request.head_body, request.body}, request.deadline));
    Tail tail;
    bool stopped = false;
    const auto response = http.receive(
        [&](std::string_view piece) {
          tail.add(piece);
          if (http.head().status != 200) return true;  // an error's text is not for the sink
          stopped = !sink(piece);
          return !stopped;
        },
        request.deadline);
    if (stopped) return {};  // the connection is dropped, which cancels the query
    if (!response) {
      if (const auto told = tail.error(http.head().exception_tag, true)) return std::unexpected(*told);
      return std::unexpected(response.error());
    }
    give_back(std::move(http));
    if (response->exception_code != 0 || response->status >= 300) {
      const std::string& text = tail.text();
      const int code = response->exception_code != 0 ? response->exception_code : code_in(text);
      if (code == 0 && response->status == 503) return fail(Code::kWarehouseBusy, "status 503");
      return std::unexpected(store_error(code, text));
    }
    if (const auto told = tail.error(response->exception_tag, false)) return std::unexpected(*told);
    return {};
  }

  const Result<Address> address_;
  std::mutex mutex_;
  std::vector<HttpConnection> idle_;
};

}  // namespace

std::unique_ptr<Client> Client::connect(std::string address) {
  return std::make_unique<HttpClient>(std::move(address));
}

}  // namespace zhike::warehouse
