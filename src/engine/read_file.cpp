#include "engine/read_file.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <string_view>
#include <vector>

#include "engine/output.h"
#include "engine/session.h"

namespace zhike_engine {
namespace {

// By descriptor: the caller has opened the very file that is meant, and a path could hold wildcards.
constexpr std::string_view kPath = "/proc/self/fd/3";

class Reader {
 public:
  bool connect() {
    std::string program = "zhike-engine";
    char* arguments[] = {program.data()};
    connection_ = chdb_connect(1, arguments);
    return connection_ != nullptr;
  }

  Failure set(std::uint64_t memory_max) {
    const std::string sql =
        "SET max_threads = 1, max_parsing_threads = 1, max_memory_usage = " + std::to_string(memory_max) +
        ", date_time_output_format = 'iso', format_csv_null_representation = ''"
        ", session_timezone = 'UTC', max_block_size = 8192, preferred_block_size_bytes = 1000000"
        // Else a wall-clock time of Parquet would be taken for a moment of UTC.
        ", input_format_parquet_local_time_as_utc = 0";
    return Answer(chdb_query_n(*connection_, sql.data(), sql.size(), "Null", 4)).failure();
  }

  /// Writes the header line and decides how the columns are written.
  Failure describe(const std::string& format) {
    const std::string sql = "DESCRIBE TABLE file({path:String}, {format:String})";
    const Answer answer = query(sql, "TSVRaw", format);
    if (Failure failure = answer.failure()) return failure;
    std::string_view rest = answer.bytes();
    while (!rest.empty()) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
      const std::string_view name = line.substr(0, line.find('\t'));
      std::string_view type = line.substr(std::min(line.size(), name.size() + 1));
      type = type.substr(0, type.find('\t'));
      add_column(name, type);
    }
    if (select_.empty()) return {1, "the file has no columns"};
    return {};
  }

  Failure copy(const std::string& format) {
    if (!put(header_ + "\n")) return {1, "the output is closed"};
    const std::string sql = "SELECT " + select_ + " FROM file({path:String}, {format:String})";
    const Answer stream = start(sql, format);
    if (Failure failure = stream.failure()) return failure;
    for (;;) {
      const Answer piece(chdb_stream_fetch_result(*connection_, stream.get()));
      if (Failure failure = piece.failure()) return failure;
      if (piece.bytes().empty()) return {};
      if (!put(piece.bytes())) return {1, "the output is closed"};
    }
  }

 private:
  struct Parameters {
    explicit Parameters(const std::string& format)
        : values{kPath.data(), format.data()}, value_sizes{kPath.size(), format.size()} {}
    const char* names[2] = {"path", "format"};
    std::size_t name_sizes[2] = {4, 6};
    const char* values[2];
    std::size_t value_sizes[2];
  };
  Answer query(const std::string& sql, std::string_view output, const std::string& format) {
    const Parameters p(format);
    return Answer(chdb_query_with_params_n(*connection_, sql.data(), sql.size(), output.data(), output.size(),
                                           p.names, p.name_sizes, p.values, p.value_sizes, 2));
  }
  Answer start(const std::string& sql, const std::string& format) {
    const Parameters p(format);
    return Answer(chdb_stream_query_with_params_n(*connection_, sql.data(), sql.size(), "CSV", 3, p.names,
                                                  p.name_sizes, p.values, p.value_sizes, 2));
  }

  void add_column(std::string_view name, std::string_view type) {
    std::string quoted = "`";
    std::string cell = "\"";
    for (const char c : name) {
      if (c == '`' || c == '\\') quoted += '\\';
      if (c == '"') cell += '"';
      quoted += c;
      cell += c;
    }
    quoted += '`';
    // A time without a zone is a wall-clock time: an offset would make it a moment.
    const bool is_time = (type.starts_with("DateTime64(") || type.starts_with("Nullable(DateTime64(")) &&
                         type.find('\'') == type.npos;
    if (is_time) quoted = "replaceOne(toString(" + quoted + "), ' ', 'T')";
    select_ += (select_.empty() ? "" : ", ") + quoted;
    header_ += (header_.empty() ? "" : ",") + cell + '"';
  }

  ChdbConnection* connection_ = nullptr;
  std::string header_, select_;
};

}  // namespace

int read_file(const std::string& format, std::uint64_t memory_max) {
  Reader reader;
  if (!reader.connect()) {
    std::fputs("zhike-engine: the library cannot be started\n", stderr);
    return 1;
  }
  Failure failure = reader.set(memory_max);
  if (!failure) failure = reader.describe(format);
  if (!failure) failure = reader.copy(format);
  if (!failure) return 0;
  std::fprintf(stderr, "%s\n", failure.text.c_str());
  return 1;
}

}  // namespace zhike_engine
