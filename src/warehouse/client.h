// The warehouse client: the one way to the columnar store, over the ClickHouse HTTP interface; the same for
// zhike-engine on a Unix socket and for a cluster. Values travel as typed parameters, rows as blocks; never
// inside query text.
#pragma once

#include <boost/json/array.hpp>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace zhike::warehouse {

/// Typed parameters: {name:Type} in the SQL, the value here. Texts may hold any byte.
class Params {
 public:
  Params& set(std::string_view name, std::string_view value);
  Params& set(std::string_view name, const char* value) { return set(name, std::string_view(value)); }
  Params& set(std::string_view name, std::int64_t value);
  Params& set(std::string_view name, std::uint64_t value);
  Params& set(std::string_view name, double value);
  Params& set(std::string_view name, Instant value);  ///< for {name:DateTime64(3, 'UTC')}
  Params& set(std::string_view name, const std::vector<std::string>& values);    ///< Array(String)
  Params& set(std::string_view name, const std::vector<std::uint64_t>& values);  ///< Array(UInt64)
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& encoded() const { return values_; }

 private:
  std::vector<std::pair<std::string, std::string>> values_;  // already escaped as ClickHouse expects
};

struct Limits {
  std::uint64_t memory_bytes_max = 512ULL << 20;
  Millis time_max = seconds(30);
  std::uint64_t result_rows_max = 1'000'000;
};

struct Query {
  std::string_view sql;
  Params params{};
  Limits limits{};
  std::string_view query_id{};  ///< for cancel(); empty: the store chooses one
};

struct Column {
  std::string name, type;
};

/// A small answer, whole in memory. 64-bit integers and dates come as JSON strings; use the readers below.
struct Table {
  std::vector<Column> columns;
  std::vector<boost::json::array> rows;
};
/// 0 (or empty) for null and for what is not of the kind.
[[nodiscard]] std::int64_t as_i64(const boost::json::value& cell);
[[nodiscard]] std::uint64_t as_u64(const boost::json::value& cell);
[[nodiscard]] double as_double(const boost::json::value& cell);  ///< NaN for null
[[nodiscard]] std::string as_text(const boost::json::value& cell);

struct Insert {
  std::string_view table{};
  std::string_view columns{};  ///< "event_id, block_id, ..."; fixed text of ours, never input
  std::string_view format = "RowBinary";
  std::string_view token{};  ///< deduplication token: the same token inserts once
};

/// Thread-safe; keeps a bounded pool of connections. A call blocks its thread.
/// Errors of every call: kWarehouseDown (retryable: not reachable, or it went away in the middle),
/// kWarehouseBusy (retryable: too many queries, or memory is short as a whole), kQueryTooLarge (memory,
/// rows), kQueryTooSlow (time), kQueryCancelled, kDiskFull, kQueryFailed (the rest; detail has the store's
/// own code and text, never a parameter's value of ours). Nothing is retried here.
class Client {
 public:
  /// `address`: "unix:/path/engine.sock" or "http://127.0.0.1:8123". Connects on first use.
  [[nodiscard]] static std::unique_ptr<Client> connect(std::string address);
  virtual ~Client() = default;

  [[nodiscard]] virtual Result<Table> select(const Query& query) = 0;
  /// Streams the answer in `format` ("CSVWithNames", "Parquet", ...) to `sink`, piece by piece; the sink
  /// returns false to stop. After an error what the sink received is incomplete.
  [[nodiscard]] virtual Result<void> stream(const Query& query, std::string_view format,
                                            const std::function<bool(std::string_view)>& sink) = 0;
  /// Synchronous, durable when it returns. `block` is the rows in insert.format.
  [[nodiscard]] virtual Result<void> insert(const Insert& insert, std::string_view block) = 0;
  /// DDL and SYSTEM statements of ours.
  [[nodiscard]] virtual Result<void> execute(const Query& query) = 0;
  [[nodiscard]] virtual Result<void> cancel(std::string_view query_id) = 0;
};

/// Builds RowBinary rows. Not thread-safe.
class RowWriter {
 public:
  void u8(std::uint8_t v);
  void u32(std::uint32_t v);
  void u64(std::uint64_t v);
  void i64(std::int64_t v);
  void f32(float v);
  void instant(Instant v) { i64(v.ms); }  ///< DateTime64(3)
  void text(std::string_view v);
  void null() { u8(1); }                       ///< a Nullable without value
  void not_null() { u8(0); }                   ///< before the value of a Nullable
  void map_size(std::size_t n) { length(n); }  ///< then n times text(key), text(value)
  void length(std::size_t n);
  [[nodiscard]] const std::string& bytes() const { return bytes_; }
  [[nodiscard]] std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

}  // namespace zhike::warehouse
