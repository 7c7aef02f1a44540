// The ledger's SQL: one small interface over SQLite today and PostgreSQL later. SQL is the subset that both
// know: $1 parameters, BIGINT, DOUBLE PRECISION, TEXT, BYTEA (a BLOB in SQLite), INSERT ... ON CONFLICT,
// RETURNING; no AUTOINCREMENT, no type affinity tricks, times as BIGINT milliseconds.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"

namespace zhike::ledger {

/// Bytes, as against text.
struct Blob {
  std::string_view bytes;
};

/// A prepared statement of one connection. Borrowed from the connection's cache until the next use of the
/// same SQL or the end of the transaction. What is bound is copied. Texts and blobs that it returns live
/// until the next step() or reset. An unbound parameter is NULL. A $n that the SQL does not have is reported
/// by step().
class Statement {
 public:
  virtual ~Statement() = default;
  virtual Statement& bind(int at, std::int64_t value) = 0;   ///< at: 1 for $1
  virtual Statement& bind(int at, std::uint64_t value) = 0;  ///< kept bit by bit in a BIGINT
  virtual Statement& bind(int at, double value) = 0;
  virtual Statement& bind(int at, std::string_view value) = 0;
  virtual Statement& bind(int at, Blob value) = 0;
  virtual Statement& bind_null(int at) = 0;
  Statement& bind(int at, const char* value) { return bind(at, std::string_view(value)); }
  Statement& bind(int at, const std::string& value) { return bind(at, std::string_view(value)); }
  Statement& bind(int at, int value) { return bind(at, static_cast<std::int64_t>(value)); }
  Statement& bind(int at, bool value) { return bind(at, static_cast<std::int64_t>(value ? 1 : 0)); }
  Statement& bind(int at, Instant value) { return bind(at, value.ms); }
  template <class Tag>
  Statement& bind(int at, Id<Tag> value) {
    return bind(at, value.value);
  }

  /// True: a row is there. False: no more. Errors: kLedgerBusy (retryable), kLedgerConflict (unique),
  /// kDiskFull, kLedgerFailed.
  [[nodiscard]] virtual Result<bool> step() = 0;
  /// Steps to the end, for statements without rows; answers the rows changed.
  [[nodiscard]] virtual Result<std::int64_t> run() = 0;

  [[nodiscard]] virtual bool is_null(int column) const = 0;  ///< column: from 0
  [[nodiscard]] virtual std::int64_t i64(int column) const = 0;
  [[nodiscard]] virtual double real(int column) const = 0;
  [[nodiscard]] virtual std::string_view text(int column) const = 0;
  [[nodiscard]] virtual std::string_view blob(int column) const = 0;
  [[nodiscard]] std::uint64_t u64(int column) const { return static_cast<std::uint64_t>(i64(column)); }
};

/// A connection inside a transaction. One thread.
class Tx {
 public:
  virtual ~Tx() = default;
  /// Prepared once per connection and SQL text; reset and unbound when handed out. A statement that does not
  /// parse is reported by its first step().
  [[nodiscard]] virtual Statement& sql(std::string_view text) = 0;
};

/// One database file (or schema). Thread-safe: readers run side by side on connections of their own; writers
/// take turns.
class Db {
 public:
  struct Options {
    std::filesystem::path file;
    std::filesystem::path migrations;         ///< folder of NNNN_name.sql, applied in order, checksummed
    std::uint64_t cache_bytes = 64ULL << 20;  ///< of the writer; each reader takes a quarter
    bool durable = true;       ///< false: the last commits may be lost when the power fails (never torn)
    unsigned readers_max = 8;  ///< further readers wait for one to finish
    std::uint32_t page_bytes = 4096;  ///< of a new file
  };
  /// Migrations are written in the common subset; this backend reads BYTEA as BLOB, BIGINT PRIMARY KEY as its
  /// row id, and what stands in /*sqlite ...*/ as plain text.
  /// Errors: kLedgerFailed, kMigrationChanged (an applied migration's text differs), kMigrationNewer (the
  /// file was written by a newer version).
  [[nodiscard]] static Result<std::unique_ptr<Db>> open(const Options& options);
  virtual ~Db() = default;

  /// Runs `work` in a write transaction: commits (durably) when it succeeds, rolls back when it fails or
  /// throws. A statement that failed fails the transaction, whatever `work` answers, as in PostgreSQL: use
  /// ON CONFLICT instead of catching kLedgerConflict. Not to be called from within `work`.
  [[nodiscard]] virtual Result<void> write(const std::function<Result<void>(Tx&)>& work) = 0;
  /// Runs `work` on a consistent snapshot; it cannot write. Not to be called from within `work`.
  [[nodiscard]] virtual Result<void> read(const std::function<Result<void>(Tx&)>& work) = 0;
};

}  // namespace zhike::ledger
