#include "ledger/sqlite.h"

#include <sqlite3.h>

#include <cerrno>
#include <charconv>
#include <cstdint>

namespace zhike::ledger {
namespace {

constexpr int kBusyMs = 5000;
constexpr int kParametersMax = 999;
/// SQL texts are fixed, so this is a bound on mistakes, not a tuning knob.
constexpr std::size_t kStatementsMax = 512;

/// "$12" → 12; 0 for anything else.
int parameter_number(const char* name) {
  if (name == nullptr || name[0] != '$') return 0;
  const std::string_view digits(name + 1);
  int number = 0;
  const auto [end, status] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return status == std::errc{} && end == digits.data() + digits.size() && number <= kParametersMax ? number
                                                                                                   : 0;
}

/// SQLite wants a non-null pointer for an empty text; a null one would bind NULL.
const char* not_null(std::string_view bytes) { return bytes.data() == nullptr ? "" : bytes.data(); }

}  // namespace

SqliteStatement::SqliteStatement(SqliteConnection& connection, std::string_view text)
    : connection_(connection) {
  const char* tail = nullptr;
  const int status = sqlite3_prepare_v3(connection.handle(), text.data(), static_cast<int>(text.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement_, &tail);
  if (status != SQLITE_OK) {
    unusable_ = connection.error(status);
    return;
  }
  if (statement_ == nullptr) {
    unusable_ = Error{Code::kLedgerFailed, "empty statement"};
    return;
  }
  const std::string_view rest = text.substr(static_cast<std::size_t>(tail - text.data()));
  if (rest.find_first_not_of(" \t\r\n;") != std::string_view::npos)
    unusable_ = Error{Code::kLedgerFailed, "more than one statement"};
  // SQLite numbers $1 by first appearance, so the names are looked up once.
  const int count = sqlite3_bind_parameter_count(statement_);
  for (int i = 1; i <= count; ++i) {
    const int number = parameter_number(sqlite3_bind_parameter_name(statement_, i));
    if (number == 0) {
      unusable_ = Error{Code::kLedgerFailed, "parameters are $1 to $999"};
      return;
    }
    if (places_.size() < static_cast<std::size_t>(number)) places_.resize(static_cast<std::size_t>(number));
    places_[static_cast<std::size_t>(number) - 1] = i;
  }
}

SqliteStatement::~SqliteStatement() { sqlite3_finalize(statement_); }

int SqliteStatement::place(int at) {
  if (unusable_) return 0;
  const bool known = at >= 1 && static_cast<std::size_t>(at) <= places_.size();
  const int i = known ? places_[static_cast<std::size_t>(at) - 1] : 0;
  if (i == 0) bind_error_ = Error{Code::kLedgerFailed, fmt::format("the statement has no ${}", at)};
  return i;
}

void SqliteStatement::note(int status) {
  if (status != SQLITE_OK) bind_error_ = connection_.error(status);
}

Statement& SqliteStatement::bind(int at, std::int64_t value) {
  if (const int i = place(at)) note(sqlite3_bind_int64(statement_, i, value));
  return *this;
}

Statement& SqliteStatement::bind(int at, std::uint64_t value) {
  return bind(at, static_cast<std::int64_t>(value));
}

Statement& SqliteStatement::bind(int at, double value) {
  if (const int i = place(at)) note(sqlite3_bind_double(statement_, i, value));
  return *this;
}

Statement& SqliteStatement::bind(int at, std::string_view value) {
  if (const int i = place(at))
    note(sqlite3_bind_text64(statement_, i, not_null(value), value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
  return *this;
}

Statement& SqliteStatement::bind(int at, Blob value) {
  if (const int i = place(at))
    note(sqlite3_bind_blob64(statement_, i, not_null(value.bytes), value.bytes.size(), SQLITE_TRANSIENT));
  return *this;
}

Statement& SqliteStatement::bind_null(int at) {
  if (const int i = place(at)) note(sqlite3_bind_null(statement_, i));
  return *this;
}

std::unexpected<Error> SqliteStatement::stop(Error why) {
  connection_.note_failure(why);
  return std::unexpected(std::move(why));
}

Result<bool> SqliteStatement::step() {
  if (unusable_) return stop(*unusable_);
  if (bind_error_) return stop(*bind_error_);
  if (done_) return false;
  const int status = sqlite3_step(statement_);
  if (status == SQLITE_ROW) return true;
  done_ = true;
  if (status == SQLITE_DONE) return false;
  return stop(connection_.error(status));
}

Result<std::int64_t> SqliteStatement::run() {
  for (;;) {
    CX_TRY(const bool more, step());
    if (!more) break;
  }
  return sqlite3_stmt_readonly(statement_) != 0 ? 0 : sqlite3_changes64(connection_.handle());
}

bool SqliteStatement::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}
std::int64_t SqliteStatement::i64(int column) const { return sqlite3_column_int64(statement_, column); }
double SqliteStatement::real(int column) const { return sqlite3_column_double(statement_, column); }

std::string_view SqliteStatement::text(int column) const {
  const unsigned char* bytes = sqlite3_column_text(statement_, column);
  if (bytes == nullptr) return {};
  return {reinterpret_cast<const char*>(bytes),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::string_view SqliteStatement::blob(int column) const {
  const void* bytes = sqlite3_column_blob(statement_, column);
  if (bytes == nullptr) return {};
  return {static_cast<const char*>(bytes),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

void SqliteStatement::reset() noexcept {
  done_ = false;
  bind_error_.reset();
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

Result<std::unique_ptr<SqliteConnection>> SqliteConnection::open(const Db::Options& options, Role role) {
  // Counting its memory takes a lock at every allocation, and nobody asks. Nothing is open yet, or this says
  // that it comes too late.
  static const int configured = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  cx_check(configured == SQLITE_OK, "SQLite is used by this file alone");
  sqlite3* db = nullptr;
  const int flags =
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (role == Role::kWriter ? SQLITE_OPEN_CREATE : 0);
  const int status = sqlite3_open_v2(options.file.c_str(), &db, flags, nullptr);
  std::unique_ptr<SqliteConnection> connection(new SqliteConnection(db));
  if (db == nullptr) return fail(Code::kLedgerFailed, "{}: out of memory", options.file.string());
  if (status != SQLITE_OK) {
    Error why = connection->error(status);
    why.detail = fmt::format("{}: {}", options.file.string(), why.detail);
    return std::unexpected(std::move(why));
  }
  sqlite3_extended_result_codes(db, 1);
  sqlite3_busy_timeout(db, kBusyMs);
  const std::uint64_t cache = role == Role::kWriter ? options.cache_bytes : options.cache_bytes / 4;
  CX_TRY(connection->execute(fmt::format(
      "PRAGMA cache_size=-{}; PRAGMA temp_store=MEMORY; PRAGMA trusted_schema=OFF", cache / 1024)));
  if (role == Role::kReader) {
    CX_TRY(connection->execute("PRAGMA query_only=ON"));
    return connection;
  }
  CX_TRY(connection->execute(fmt::format(
      "PRAGMA page_size={}; PRAGMA journal_mode=WAL; PRAGMA synchronous={};"
      "PRAGMA wal_autocheckpoint={}; PRAGMA journal_size_limit=67108864",
      options.page_bytes, options.durable ? "FULL" : "NORMAL", (16U << 20) / options.page_bytes)));
  return connection;
}

SqliteConnection::~SqliteConnection() {
  statements_.clear();
  sqlite3_close(db_);
}

Statement& SqliteConnection::sql(std::string_view text) {
  // Nearly always a text that stands in the program: to compare it is quicker than to hash it.
  Recent& recent = recent_[(reinterpret_cast<std::uintptr_t>(text.data()) >> 4U) % recent_.size()];
  if (recent.statement == nullptr || recent.text != text) {
    auto at = statements_.find(text);
    if (at == statements_.end())
      at = statements_.emplace(std::string(text), std::make_unique<SqliteStatement>(*this, text)).first;
    recent = {at->first, at->second.get()};
  }
  recent.statement->reset();
  return *recent.statement;
}

Result<void> SqliteConnection::execute(const std::string& text) {
  const int status = sqlite3_exec(db_, text.c_str(), nullptr, nullptr, nullptr);
  if (status != SQLITE_OK) return std::unexpected(error(status));
  return {};
}

Error SqliteConnection::error(int status) const {
  Code code = Code::kLedgerFailed;
  const int kind = status & 0xff;
  const int system = sqlite3_system_errno(db_);
  if (kind == SQLITE_BUSY || kind == SQLITE_LOCKED) code = Code::kLedgerBusy;
  if (status == SQLITE_CONSTRAINT_UNIQUE || status == SQLITE_CONSTRAINT_PRIMARYKEY ||
      status == SQLITE_CONSTRAINT_ROWID)
    code = Code::kLedgerConflict;
  if (kind == SQLITE_FULL || (kind == SQLITE_IOERR && (system == ENOSPC || system == EDQUOT)))
    code = Code::kDiskFull;
  // SQLite names tables, columns and tokens of our SQL here, never bound values.
  return {code, fmt::format("{} ({})", sqlite3_errmsg(db_), status)};
}

void SqliteConnection::note_failure(const Error& why) {
  if (!failure_) failure_ = why;
}

void SqliteConnection::end_statements() noexcept {
  for (auto& [text, statement] : statements_) statement->reset();
}

Result<void> SqliteConnection::transact(const char* begin, const std::function<Result<void>(Tx&)>& work) {
  if (statements_.size() > kStatementsMax) {
    recent_ = {};
    statements_.clear();
  }
  failure_.reset();
  CX_TRY(execute(begin));
  struct Guard {  // also for a `work` that throws
    SqliteConnection& connection;
    ~Guard() {
      connection.end_statements();
      if (sqlite3_get_autocommit(connection.db_) == 0) (void)connection.execute("ROLLBACK");
    }
  } guard{*this};
  CX_TRY(work(*this));
  if (failure_) return std::unexpected(*failure_);
  end_statements();
  return execute("COMMIT");
}

}  // namespace zhike::ledger
