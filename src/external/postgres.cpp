// PostgreSQL through libpq: parameters of its own, the address that was checked, TLS, a read-only transaction
// with a time limit. Everything is asynchronous, so that a silent server holds a thread no longer than asked.
#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <array>

#include "connector/resolve.h"
#include "external/reader.h"

namespace zhike::external {
namespace {

constexpr int kConnectMs = 5'000;

struct Free {
  void operator()(PGconn* c) const { PQfinish(c); }
  void operator()(PGresult* r) const { PQclear(r); }
};
using Connection = std::unique_ptr<PGconn, Free>;
using Answer = std::unique_ptr<PGresult, Free>;

bool wait_for(int socket, short events, Deadline deadline) {
  pollfd one{.fd = socket, .events = events, .revents = 0};
  return ::poll(&one, 1, left_ms(deadline)) > 0;
}

/// Classes whose message names things, not values of rows: connection, authorisation, catalogue, syntax and
/// access, resources, operator.
bool message_is_safe(std::string_view state) {
  constexpr std::array<std::string_view, 7> kClasses{"08", "28", "3D", "3F", "42", "53", "57"};
  return std::ranges::any_of(kClasses, [&](std::string_view c) { return state.starts_with(c); });
}

Code code_of(std::string_view state) {
  if (state == "57014") return Code::kVirtualTooSlow;
  if (state.starts_with("28") || state == "42501") return Code::kVirtualRefused;
  if (state.starts_with("3D") || state.starts_with("3F") || state == "42P01" || state == "42703")
    return Code::kVirtualTableMissing;
  return state.starts_with("08") || state.starts_with("57P") ? Code::kVirtualUnreachable
                                                             : Code::kVirtualFailed;
}

query::OutsideType type_of(std::string_view category, std::string_view native) {
  if (category == "B") return query::OutsideType::kFlag;
  if (category == "N" && native != "money" && !native.starts_with("reg") && native != "oid")
    return query::OutsideType::kNumber;
  if (native == "date" || native.starts_with("timestamp")) return query::OutsideType::kTime;
  return query::OutsideType::kText;
}

class Postgres final : public Reader {
 public:
  Postgres(const Source& source, const Reach& reach) : source_(source), reach_(reach) {}

  Result<void> connect(const std::string& address, Deadline deadline) {
    const std::string host = source_.setting("host"), port = source_.setting("port"),
                      database = source_.setting("database"), user = source_.setting("user"),
                      password = source_.setting("password"), tls = source_.setting("tls");
    const char* names[] = {"host",
                           "hostaddr",
                           "port",
                           "dbname",
                           "user",
                           "password",
                           "sslmode",
                           "passfile",
                           "sslrootcert",
                           "gssencmode",
                           "client_encoding",
                           "application_name",
                           nullptr};
    const char* values[] = {
        host.c_str(),     address.c_str(), port.c_str(),
        database.c_str(), user.c_str(),    password.c_str(),
        tls.c_str(),      "/dev/null",     tls == "verify-full" ? reach_.authorities.c_str() : "",
        "disable",        "UTF8",          "zhike",
        nullptr};
    connection_.reset(PQconnectStartParams(names, values, 0));
    if (!connection_) return fail(Code::kVirtualFailed, "out of memory");
    deadline = std::min(deadline, std::chrono::steady_clock::now() + std::chrono::milliseconds(kConnectMs));
    for (PostgresPollingStatusType state = PGRES_POLLING_WRITING; state != PGRES_POLLING_OK;) {
      if (PQstatus(connection_.get()) == CONNECTION_BAD || state == PGRES_POLLING_FAILED)
        return not_connected();
      if (!wait_for(PQsocket(connection_.get()), state == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline))
        return fail(Code::kVirtualUnreachable, "{}: no connection in time", host);
      state = PQconnectPoll(connection_.get());
    }
    PQsetnonblocking(connection_.get(), 1);
    return {};
  }

  Result<std::vector<query::OutsideColumn>> describe(Deadline deadline) override {
    query::OutsideSql sql{
        .sql =
            "SELECT a.attname::text, format_type(a.atttypid, NULL), t.typcategory::text "
            "FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid "
            "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
            "JOIN pg_catalog.pg_type t ON t.oid = a.atttypid "
            "WHERE n.nspname = $1 AND c.relname = $2 AND a.attnum > 0 AND NOT a.attisdropped "
            "ORDER BY a.attnum",
        .values = {{.texts = {source_.setting("schema")}}, {.texts = {source_.setting("table")}}}};
    std::vector<query::OutsideColumn> out;
    CX_TRY(read(sql, deadline, [&](std::span<const Cell> row) -> Result<bool> {
      const std::string native(row[1].value_or(""));
      out.push_back({.name = std::string(row[0].value_or("")),
                     .type = type_of(row[2].value_or(""), native),
                     .native = native});
      return out.size() < kColumnsMax;
    }));
    if (out.empty())
      return fail(Code::kVirtualTableMissing, "{}.{}", source_.setting("schema"), source_.setting("table"));
    return out;
  }

  Result<std::string> relation() const override {
    return query::quoted_table(query::Dialect::kPostgres, source_.setting("schema"),
                               source_.setting("table"));
  }

  Result<void> read(const query::OutsideSql& sql, Deadline deadline, const RowSink& sink) override {
    CX_TRY(begin(deadline));
    std::vector<const char*> values;
    for (const auto& value : sql.values) values.push_back(value.texts.front().c_str());
    const int sent = PQsendQueryParams(connection_.get(), sql.sql.c_str(), static_cast<int>(values.size()),
                                       nullptr, values.data(), nullptr, nullptr, 0);
    if (sent == 0) return lost();
    PQsetSingleRowMode(connection_.get());
    CX_TRY(flush(deadline));
    std::vector<Cell> cells;
    for (;;) {
      CX_TRY(const Answer answer, next(deadline));
      if (!answer) return end(deadline);
      const ExecStatusType status = PQresultStatus(answer.get());
      if (status == PGRES_TUPLES_OK) continue;
      if (status != PGRES_SINGLE_TUPLE) return refused(answer.get());
      cells.clear();
      for (int i = 0; i < PQnfields(answer.get()); ++i)
        cells.push_back(
            PQgetisnull(answer.get(), 0, i) != 0
                ? Cell()
                : Cell(std::string_view(PQgetvalue(answer.get(), 0, i),
                                        static_cast<std::size_t>(PQgetlength(answer.get(), 0, i)))));
      CX_TRY(const bool more, sink(cells));
      if (!more) return stop();
    }
  }

 private:
  /// The settings of the transaction, not of the session: they pass through a pooler too.
  Result<void> begin(Deadline deadline) {
    const std::string sql = fmt::format(
        "BEGIN READ ONLY; SET LOCAL statement_timeout = {}; SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle "
        "= 'ISO'",
        left_ms(deadline) + 100);
    return simple(sql, deadline);
  }
  Result<void> end(Deadline deadline) { return simple("COMMIT", deadline); }

  Result<void> simple(const std::string& sql, Deadline deadline) {
    if (!connection_) return fail(Code::kVirtualUnreachable, "the connection was closed");
    if (PQsendQuery(connection_.get(), sql.c_str()) == 0) return lost();
    CX_TRY(flush(deadline));
    for (;;) {
      CX_TRY(const Answer answer, next(deadline));
      if (!answer) return {};
      if (PQresultStatus(answer.get()) != PGRES_COMMAND_OK) return refused(answer.get());
    }
  }

  /// In the middle of an answer: the rest is not wanted, and the connection not needed any more.
  Result<void> stop() {
    connection_.reset();
    return {};
  }

  Result<void> flush(Deadline deadline) {
    for (int left = 1; (left = PQflush(connection_.get())) != 0;) {
      if (left < 0) return lost();
      if (!wait_for(PQsocket(connection_.get()), POLLOUT | POLLIN, deadline)) return slow();
      if (PQconsumeInput(connection_.get()) == 0) return lost();
    }
    return {};
  }

  Result<Answer> next(Deadline deadline) {
    while (PQisBusy(connection_.get()) != 0) {
      if (!wait_for(PQsocket(connection_.get()), POLLIN, deadline)) return slow();
      if (PQconsumeInput(connection_.get()) == 0) return lost();
    }
    if (left_ms(deadline) == 0) return slow();
    return Answer(PQgetResult(connection_.get()));
  }

  std::unexpected<Error> slow() {
    connection_.reset();
    return fail(Code::kVirtualTooSlow, "{}", source_.key);
  }
  std::unexpected<Error> lost() {
    const std::string said = without_secrets(PQerrorMessage(connection_.get()), source_);
    connection_.reset();
    return fail(Code::kVirtualUnreachable, "{}: {}", source_.key, said);
  }
  std::unexpected<Error> refused(const PGresult* answer) {
    const char* const state_text = PQresultErrorField(answer, PG_DIAG_SQLSTATE);
    const char* const message = PQresultErrorField(answer, PG_DIAG_MESSAGE_PRIMARY);
    const std::string state(state_text == nullptr ? "" : state_text);
    std::string detail = fmt::format("{}: SQLSTATE {}", source_.key, state);
    if (message != nullptr && message_is_safe(state)) detail += ", " + without_secrets(message, source_);
    connection_.reset();
    return std::unexpected(Error{code_of(state), std::move(detail)});
  }
  /// Before there is a session there are no codes, only words, and the server's begin with its severity.
  std::unexpected<Error> not_connected() {
    const std::string_view said(PQerrorMessage(connection_.get()));
    const auto fatal = said.find("FATAL:");
    const std::string detail = without_secrets(fatal == said.npos ? said : said.substr(fatal), source_);
    Code code = Code::kVirtualUnreachable;
    if (fatal != said.npos)
      code = said.find("database") != said.npos && said.find("does not exist") != said.npos
                 ? Code::kVirtualTableMissing
                 : Code::kVirtualRefused;
    else if (said.find("SSL") != said.npos || said.find("certificate") != said.npos ||
             said.find("password") != said.npos)
      code = Code::kVirtualRefused;
    return std::unexpected(Error{code, fmt::format("{}: {}", source_.key, detail)});
  }

  const Source& source_;
  const Reach& reach_;
  Connection connection_;
};

}  // namespace

Result<std::unique_ptr<Reader>> open_postgres(const Source& source, const Reach& reach, Deadline deadline) {
  CX_TRY(const std::string address, allowed_address(source, reach));
  auto out = std::make_unique<Postgres>(source, reach);
  CX_TRY(out->connect(address, deadline));
  return out;
}

}  // namespace zhike::external
