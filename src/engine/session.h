// One chdb connection and the settings applied to it. HTTP requests are independent of each other, so each
// request states all it needs and the session applies only what differs from the request before it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/chdb_api.h"

namespace zhike_engine {

struct EngineOptions {
  std::string path;    ///< absolute
  std::string socket;  ///< of the HTTP interface
  std::string config;  ///< absolute path of the configuration file
  std::uint64_t query_memory_max = 1ULL << 30;
  std::uint64_t query_seconds_max = 300;
  std::size_t connections_max = 64;
  int parent = 0;  ///< process to die with; 0: none
};

/// What went wrong, in the store's own terms. code 0: nothing.
struct Failure {
  int code = 0;
  std::string text;
  [[nodiscard]] explicit operator bool() const noexcept { return code != 0; }
};
/// "Code: 241. DB::Exception: ..." to its number; 1002 (unknown exception) when there is none.
[[nodiscard]] Failure failure_of(std::string_view text);

/// A statement with everything that belongs to it. Parameter values are escaped by the caller (as TSV).
struct Statement {
  std::string sql;
  std::string format;
  std::string database = "default";
  std::vector<std::pair<std::string, std::string>> params;
  std::map<std::string, std::string> settings;
};

/// Owns a result of the library.
class Answer {
 public:
  Answer() = default;
  explicit Answer(ChdbResult* result) noexcept : result_(result) {}
  Answer(Answer&& other) noexcept : result_(std::exchange(other.result_, nullptr)) {}
  Answer& operator=(Answer&& other) noexcept {
    std::swap(result_, other.result_);
    return *this;
  }
  ~Answer() {
    if (result_ != nullptr) chdb_destroy_query_result(result_);
  }
  [[nodiscard]] ChdbResult* get() const noexcept { return result_; }
  [[nodiscard]] std::string_view bytes() const noexcept;
  [[nodiscard]] Failure failure() const;

 private:
  ChdbResult* result_ = nullptr;
};

/// Belongs to one thread. Connects on first use; the first session of the process opens the store.
class Session {
 public:
  explicit Session(const EngineOptions& options) : options_(options) {}
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() { close(); }

  /// Connects, applies database and settings.
  [[nodiscard]] Failure prepare(const Statement& statement);
  /// Refuses more than one statement, and notes what kind it is. After prepare().
  [[nodiscard]] Failure classify(std::string_view sql);
  /// Whole answer at once. After prepare().
  [[nodiscard]] Answer run(const Statement& statement);
  /// Opens a stream; read it with next(). After prepare(), for statements that only read.
  [[nodiscard]] Answer open(const Statement& statement);
  [[nodiscard]] Answer next(const Answer& stream);
  void cancel(const Answer& stream);
  [[nodiscard]] ChdbInsertStream insert(const Statement& statement);

  [[nodiscard]] bool only_reads() const noexcept { return query_class_ == 0; }
  /// Session state that a statement left behind (SET, USE, temporary tables) must not reach the next request.
  void forget_if_changed();
  void close();

 private:
  [[nodiscard]] Failure apply(const Statement& statement);
  [[nodiscard]] Failure command(const std::string& sql);

  const EngineOptions& options_;
  ChdbConnection* connection_ = nullptr;
  std::map<std::string, std::string> applied_;
  std::string database_ = "default";
  std::uint32_t query_class_ = 0;
  bool tainted_ = false;
};

}  // namespace zhike_engine
