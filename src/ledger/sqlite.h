// SQLite behind the ledger's interface: one connection, its statement cache and its errors. Only for db.cpp
// and its tests. A connection belongs to one thread at a time.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ledger/db.h"

struct sqlite3;
struct sqlite3_stmt;

namespace zhike::ledger {

class SqliteConnection;

class SqliteStatement final : public Statement {
 public:
  SqliteStatement(SqliteConnection& connection, std::string_view text);
  ~SqliteStatement() override;
  SqliteStatement(const SqliteStatement&) = delete;
  SqliteStatement& operator=(const SqliteStatement&) = delete;

  using Statement::bind;
  Statement& bind(int at, std::int64_t value) override;
  Statement& bind(int at, std::uint64_t value) override;
  Statement& bind(int at, double value) override;
  Statement& bind(int at, std::string_view value) override;
  Statement& bind(int at, Blob value) override;
  Statement& bind_null(int at) override;
  Result<bool> step() override;
  Result<std::int64_t> run() override;
  bool is_null(int column) const override;
  std::int64_t i64(int column) const override;
  double real(int column) const override;
  std::string_view text(int column) const override;
  std::string_view blob(int column) const override;

  void reset() noexcept;

 private:
  /// The place of $at, or 0 with the mistake noted.
  int place(int at);
  void note(int status);
  [[nodiscard]] std::unexpected<Error> stop(Error why);

  SqliteConnection& connection_;
  sqlite3_stmt* statement_ = nullptr;
  std::vector<int> places_;        // $1 is places_[0]; 0: the SQL has no such parameter
  std::optional<Error> unusable_;  // did not parse
  std::optional<Error> bind_error_;
  bool done_ = false;
};

class SqliteConnection final : public Tx {
 public:
  enum class Role { kWriter, kReader };
  [[nodiscard]] static Result<std::unique_ptr<SqliteConnection>> open(const Db::Options& options, Role role);
  ~SqliteConnection() override;

  Statement& sql(std::string_view text) override;

  /// Statements without parameters or rows, outside the cache.
  [[nodiscard]] Result<void> execute(const std::string& text);
  /// BEGIN, work, COMMIT; anything else is rolled back.
  [[nodiscard]] Result<void> transact(const char* begin, const std::function<Result<void>(Tx&)>& work);

  [[nodiscard]] sqlite3* handle() const { return db_; }
  [[nodiscard]] Error error(int status) const;
  void note_failure(const Error& why);

 private:
  explicit SqliteConnection(sqlite3* db) : db_(db) {}
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };
  void end_statements() noexcept;

  sqlite3* db_;
  std::unordered_map<std::string, std::unique_ptr<SqliteStatement>, TextHash, std::equal_to<>> statements_;
  struct Recent {
    std::string_view text;  // of statements_
    SqliteStatement* statement = nullptr;
  };
  std::array<Recent, 64> recent_{};  // by where the text stands
  std::optional<Error> failure_;     // of the running transaction
};

}  // namespace zhike::ledger
