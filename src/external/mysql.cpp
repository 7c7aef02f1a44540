// MySQL and MariaDB through libmariadb: prepared statements with values of their own, the address that was
// checked, TLS, a read-only transaction with a time limit. Calls are asynchronous, so that a silent server
// holds a thread no longer than asked; the handshake of TLS, which is not, is ended by its socket.
#include <mysql.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <thread>
#include <utility>

#include "base/ascii.h"
#include "base/file.h"
#include "external/reader.h"

namespace zhike::external {
namespace {

constexpr int kConnectMs = 5'000;
constexpr unsigned long kCellBytes = 4096;  // at first; longer ones are fetched again
constexpr unsigned long kCellBytesMax = 16U << 20;

struct Free {
  void operator()(MYSQL* c) const { mysql_close(c); }
  void operator()(MYSQL_STMT* s) const { mysql_stmt_close(s); }
  void operator()(MYSQL_RES* r) const { mysql_free_result(r); }
};
using Connection = std::unique_ptr<MYSQL, Free>;
using Statement = std::unique_ptr<MYSQL_STMT, Free>;

/// Shuts a socket down when its time is over. The descriptor is a copy: the library may close its own.
class Guard {
 public:
  explicit Guard(Deadline deadline) : thread_([this, deadline] { wait(deadline); }) {}
  ~Guard() {
    {
      const std::lock_guard lock(mutex_);
      done_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

  void watch(int socket) {
    const std::lock_guard lock(mutex_);
    if (socket_.is_open() || socket < 0) return;
    socket_ = Fd(::dup(socket));
    if (late_) ::shutdown(socket_.get(), SHUT_RDWR);
  }

 private:
  void wait(Deadline deadline) {
    std::unique_lock lock(mutex_);
    if (changed_.wait_until(lock, deadline, [&] { return done_; })) return;
    late_ = true;
    if (socket_.is_open()) ::shutdown(socket_.get(), SHUT_RDWR);
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool done_ = false, late_ = false;
  Fd socket_;
  std::thread thread_;
};

/// The events of `status` that came, or MYSQL_WAIT_TIMEOUT.
int wait_for(int socket, int status, Deadline deadline) {
  short events = 0;
  if ((status & MYSQL_WAIT_READ) != 0) events |= POLLIN;
  if ((status & MYSQL_WAIT_WRITE) != 0) events |= POLLOUT;
  if ((status & MYSQL_WAIT_EXCEPT) != 0) events |= POLLPRI;
  int left = left_ms(deadline);
  pollfd one{.fd = socket, .events = events, .revents = 0};
  if (left == 0 || ::poll(&one, 1, left) <= 0) return MYSQL_WAIT_TIMEOUT;
  int out = 0;
  if ((one.revents & (POLLIN | POLLHUP | POLLERR)) != 0) out |= MYSQL_WAIT_READ;
  if ((one.revents & (POLLOUT | POLLHUP | POLLERR)) != 0) out |= MYSQL_WAIT_WRITE;
  if ((one.revents & POLLPRI) != 0) out |= MYSQL_WAIT_EXCEPT;
  return out & status;
}

Code code_of(unsigned number) {
  switch (number) {
    case 1969:  // MariaDB: max_statement_time
    case 3024:  // MySQL: max_execution_time
    case 1317:
      return Code::kVirtualTooSlow;
    case 1044:  // database, user or password, command, column denied
    case 1045:
    case 1142:
    case 1143:
    case 1698:
    case 2026:  // TLS
    case 2059:  // a way to sign in that is not allowed
    case 2061:
      return Code::kVirtualRefused;
    case 1049:  // database
    case 1054:  // column
    case 1146:  // table
      return Code::kVirtualTableMissing;
    case 2002:
    case 2003:
    case 2005:
    case 2006:
    case 2012:
    case 2013:
    case 1040:
    case 1053:
    case 1129:
    case 1130:
    case 1203:
      return Code::kVirtualUnreachable;
    default:
      return Code::kVirtualFailed;
  }
}

query::OutsideType type_of(std::string_view type, std::string_view full) {
  constexpr std::array<std::string_view, 10> kNumbers{"tinyint", "smallint", "mediumint", "int",    "bigint",
                                                      "decimal", "numeric",  "float",     "double", "year"};
  if (full == "tinyint(1)") return query::OutsideType::kFlag;
  if (std::ranges::find(kNumbers, type) != kNumbers.end()) return query::OutsideType::kNumber;
  if (type == "date" || type == "datetime" || type == "timestamp") return query::OutsideType::kTime;
  return query::OutsideType::kText;
}

class Mysql final : public Reader {
 public:
  Mysql(const Source& source, const Reach& reach) : source_(source), reach_(reach) {}

  /// `address`: the one that was checked. A certificate must be that of the name, so that the library has to
  /// be given the name then; whether it went to that address is looked at before anything is sent there.
  Result<void> connect(const std::string& address, Deadline deadline) {
    connection_.reset(mysql_init(nullptr));
    if (!connection_) return fail(Code::kVirtualFailed, "out of memory");
    const std::string tls = source_.setting("tls");
    set_options(tls);
    deadline = std::min(deadline, std::chrono::steady_clock::now() + std::chrono::milliseconds(kConnectMs));
    const bool by_name = tls == "verify-full";
    const std::string place = by_name ? source_.setting("host") : address;
    const std::string user = source_.setting("user"), password = source_.setting("password"),
                      database = source_.setting("database");
    const unsigned port = ascii::parse_number<std::uint16_t>(source_.setting("port")).value_or(0);
    MYSQL* made = nullptr;
    bool elsewhere = false;
    {
      Guard guard(deadline);
      int status = mysql_real_connect_start(&made, connection_.get(), place.c_str(), user.c_str(),
                                            password.c_str(), database.c_str(), port, nullptr, 0);
      while (status != 0) {
        const int socket = mysql_get_socket(connection_.get());
        guard.watch(socket);
        int came = wait_for(socket, status, deadline);
        elsewhere = elsewhere || (by_name && lies_elsewhere(socket));
        if (elsewhere) came = MYSQL_WAIT_TIMEOUT;
        status = mysql_real_connect_cont(&made, connection_.get(), came);
      }
    }
    if (elsewhere || (made != nullptr && by_name && lies_elsewhere(mysql_get_socket(made)))) {
      connection_.reset();
      return fail(Code::kVirtualHostNotAllowed, "{} changed its address", source_.setting("host"));
    }
    if (made == nullptr) return not_connected(deadline);
    if (tls != "disable" && tls != "prefer" && mysql_get_ssl_cipher(connection_.get()) == nullptr) {
      connection_.reset();
      return fail(Code::kVirtualRefused, "{}: the server has no TLS", source_.key);
    }
    return {};
  }

  Result<std::vector<query::OutsideColumn>> describe(Deadline deadline) override {
    const query::OutsideSql sql{
        .sql =
            "SELECT CAST(column_name AS CHAR), CAST(data_type AS CHAR), CAST(column_type AS CHAR) FROM "
            "information_schema.columns WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position",
        .values = {{.texts = {source_.setting("database")}}, {.texts = {source_.setting("table")}}},
        .columns = 3};
    std::vector<query::OutsideColumn> out;
    CX_TRY(read(sql, deadline, [&](std::span<const Cell> row) -> Result<bool> {
      const std::string full(row[2].value_or(""));
      out.push_back({.name = std::string(row[0].value_or("")),
                     .type = type_of(row[1].value_or(""), full),
                     .native = full.substr(0, 200)});
      return out.size() < kColumnsMax;
    }));
    if (out.empty())
      return fail(Code::kVirtualTableMissing, "{}.{}", source_.setting("database"), source_.setting("table"));
    return out;
  }

  Result<std::string> relation() const override {
    return query::quoted_table(query::Dialect::kMysql, source_.setting("database"), source_.setting("table"));
  }

  Result<void> read(const query::OutsideSql& sql, Deadline deadline, const RowSink& sink) override {
    if (!connection_) return fail(Code::kVirtualUnreachable, "the connection was closed");
    CX_TRY(begin(deadline));
    Statement statement(mysql_stmt_init(connection_.get()));
    if (!statement) return fail(Code::kVirtualFailed, "out of memory");
    auto done = read(statement.get(), sql, deadline, sink);
    // What is left of the answer is not wanted: without this the library would read it to its end.
    if (connection_) ::shutdown(mysql_get_socket(connection_.get()), SHUT_RDWR);
    statement.reset();
    connection_.reset();
    return done;
  }

 private:
  void set_options(const std::string& tls) {
    MYSQL* const c = connection_.get();
    const unsigned seconds = kConnectMs / 1000, off = 0, tcp = MYSQL_PROTOCOL_TCP;
    const my_bool yes = 1, no = 0;
    mysql_options(c, MYSQL_OPT_NONBLOCK, nullptr);
    mysql_options(c, MYSQL_OPT_CONNECT_TIMEOUT, &seconds);
    mysql_options(c, MYSQL_OPT_PROTOCOL, &tcp);
    mysql_options(c, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    mysql_options(c, MYSQL_OPT_RECONNECT, &no);
    // Else a server could ask for any file of this machine, or for the password as it is.
    mysql_options(c, MYSQL_OPT_LOCAL_INFILE, &off);
    mysql_options(c, MARIADB_OPT_RESTRICTED_AUTH,
                  "mysql_native_password,caching_sha2_password,client_ed25519");
    if (tls == "disable") return;
    mysql_ssl_set(c, nullptr, nullptr, tls == "verify-full" ? reach_.authorities.c_str() : nullptr, nullptr,
                  nullptr);
    if (tls == "prefer") return;
    mysql_options(c, MYSQL_OPT_SSL_ENFORCE, &yes);
    if (tls == "verify-full") mysql_options(c, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &yes);
  }

  /// Of a connected socket.
  [[nodiscard]] bool lies_elsewhere(int socket) const {
    sockaddr_storage peer{};
    socklen_t size = sizeof peer;
    auto* const address = reinterpret_cast<sockaddr*>(&peer);
    if (socket < 0 || ::getpeername(socket, address, &size) != 0) return false;
    return !reach_.hosts.may_lie_at(source_.setting("host"), address);
  }

  /// Lets what was started end, or end it at the deadline: the library must leave its own stack.
  template <class Continue>
  bool finish(int status, Deadline deadline, const Continue& go_on) {
    bool in_time = true;
    while (status != 0) {
      const int socket = mysql_get_socket(connection_.get());
      int came = in_time ? wait_for(socket, status, deadline) : MYSQL_WAIT_TIMEOUT;
      if (came == MYSQL_WAIT_TIMEOUT && in_time) {
        in_time = false;
        ::shutdown(socket, SHUT_RDWR);
      }
      status = go_on(came);
    }
    return in_time && left_ms(deadline) > 0;
  }

  /// The settings are of the session, which ends with the question.
  Result<void> begin(Deadline deadline) {
    const std::string_view server(mysql_get_server_info(connection_.get()));
    const bool is_maria = server.find("MariaDB") != server.npos;
    const int left = left_ms(deadline) + 100;
    CX_TRY(simple(is_maria
                      ? fmt::format("SET SESSION max_statement_time = {}.{:03}", left / 1000, left % 1000)
                      : fmt::format("SET SESSION max_execution_time = {}", left),
                  deadline));
    CX_TRY(simple("SET SESSION time_zone = '+00:00'", deadline));
    return simple("START TRANSACTION READ ONLY", deadline);
  }

  Result<void> simple(const std::string& sql, Deadline deadline) {
    int wrong = 0;
    const int status = mysql_real_query_start(&wrong, connection_.get(), sql.c_str(), sql.size());
    if (!finish(status, deadline,
                [&](int came) { return mysql_real_query_cont(&wrong, connection_.get(), came); }))
      return slow();
    if (wrong == 0) return {};
    return refused(mysql_errno(connection_.get()), mysql_error(connection_.get()));
  }

  Result<void> read(MYSQL_STMT* statement, const query::OutsideSql& sql, Deadline deadline,
                    const RowSink& sink) {
    const auto failed = [&] { return refused(mysql_stmt_errno(statement), mysql_stmt_error(statement)); };
    int wrong = 0;
    int status = mysql_stmt_prepare_start(&wrong, statement, sql.sql.c_str(), sql.sql.size());
    if (!finish(status, deadline, [&](int came) { return mysql_stmt_prepare_cont(&wrong, statement, came); }))
      return slow();
    if (wrong != 0) return failed();
    if (mysql_stmt_param_count(statement) != sql.values.size() ||
        mysql_stmt_field_count(statement) != sql.columns)
      return fail(Code::kVirtualFailed, "{}: another number of columns than asked for", source_.key);
    std::vector<MYSQL_BIND> values(sql.values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::string& text = sql.values[i].texts.front();
      values[i].buffer_type = MYSQL_TYPE_STRING;
      values[i].buffer = const_cast<char*>(text.data());
      values[i].buffer_length = text.size();
    }
    if (!values.empty() && mysql_stmt_bind_param(statement, values.data()) != 0) return failed();
    status = mysql_stmt_execute_start(&wrong, statement);
    if (!finish(status, deadline, [&](int came) { return mysql_stmt_execute_cont(&wrong, statement, came); }))
      return slow();
    if (wrong != 0) return failed();
    return fetch(statement, sql.columns, deadline, sink);
  }

  struct Buffer {
    std::vector<char> bytes = std::vector<char>(kCellBytes);
    unsigned long length = 0;
    my_bool is_null = 0, is_cut = 0;
  };

  Result<void> fetch(MYSQL_STMT* statement, std::size_t columns, Deadline deadline, const RowSink& sink) {
    std::vector<Buffer> buffers(columns);
    std::vector<MYSQL_BIND> binds(columns);
    for (std::size_t i = 0; i < columns; ++i) {
      binds[i].buffer_type = MYSQL_TYPE_STRING;
      binds[i].buffer = buffers[i].bytes.data();
      binds[i].buffer_length = kCellBytes;
      binds[i].length = &buffers[i].length;
      binds[i].is_null = &buffers[i].is_null;
      binds[i].error = &buffers[i].is_cut;
    }
    if (mysql_stmt_bind_result(statement, binds.data()) != 0)
      return refused(mysql_stmt_errno(statement), mysql_stmt_error(statement));
    std::vector<Cell> cells;
    std::vector<std::vector<char>> longer(columns);
    for (;;) {
      int state = 0;
      const int status = mysql_stmt_fetch_start(&state, statement);
      if (!finish(status, deadline, [&](int came) { return mysql_stmt_fetch_cont(&state, statement, came); }))
        return slow();
      if (state == MYSQL_NO_DATA) return {};
      if (state != 0 && state != MYSQL_DATA_TRUNCATED)
        return refused(mysql_stmt_errno(statement), mysql_stmt_error(statement));
      cells.clear();
      for (std::size_t i = 0; i < columns; ++i) {
        const Buffer& cell = buffers[i];
        if (cell.is_null != 0) {
          cells.emplace_back();
          continue;
        }
        if (cell.length <= kCellBytes) {
          cells.emplace_back(std::string_view(cell.bytes.data(), cell.length));
          continue;
        }
        if (cell.length > kCellBytesMax) return fail(Code::kVirtualTooLarge, "{}: a value", source_.key);
        longer[i].resize(cell.length);
        MYSQL_BIND whole{};
        unsigned long length = 0;
        whole.buffer_type = MYSQL_TYPE_STRING;
        whole.buffer = longer[i].data();
        whole.buffer_length = cell.length;
        whole.length = &length;
        if (mysql_stmt_fetch_column(statement, &whole, static_cast<unsigned>(i), 0) != 0)
          return fail(Code::kVirtualFailed, "{}: a value cannot be read", source_.key);
        cells.emplace_back(std::string_view(longer[i].data(), longer[i].size()));
      }
      CX_TRY(const bool more, sink(cells));
      if (!more) return {};
    }
  }

  std::unexpected<Error> slow() { return fail(Code::kVirtualTooSlow, "{}", source_.key); }

  /// Messages of these show no values of rows: connection, rights, names.
  std::unexpected<Error> refused(unsigned number, std::string_view message) {
    const Code code = code_of(number);
    std::string detail = fmt::format("{}: error {}", source_.key, number);
    if (code != Code::kVirtualFailed) detail += ", " + without_secrets(message, source_);
    return std::unexpected(Error{code, std::move(detail)});
  }

  std::unexpected<Error> not_connected(Deadline deadline) {
    const unsigned number = mysql_errno(connection_.get());
    const std::string said = without_secrets(mysql_error(connection_.get()), source_);
    connection_.reset();
    if (left_ms(deadline) == 0)
      return fail(Code::kVirtualUnreachable, "{}: no connection in time", source_.setting("host"));
    return std::unexpected(Error{code_of(number), fmt::format("{}: {}", source_.key, said)});
  }

  const Source& source_;
  const Reach& reach_;
  Connection connection_;
};

}  // namespace

Result<std::unique_ptr<Reader>> open_mysql(const Source& source, const Reach& reach, Deadline deadline) {
  // The library's own first time is not safe from several threads.
  static const int started = mysql_library_init(0, nullptr, nullptr);
  if (started != 0) return fail(Code::kVirtualFailed, "libmariadb cannot be started");
  CX_TRY(const std::string address, allowed_address(source, reach));
  auto out = std::make_unique<Mysql>(source, reach);
  CX_TRY(out->connect(address, deadline));
  return out;
}

}  // namespace zhike::external
