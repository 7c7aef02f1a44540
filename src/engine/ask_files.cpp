#include "engine/ask_files.h"

#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string_view>
#include <vector>

#include "engine/output.h"
#include "engine/session.h"

namespace zhike_engine {
namespace {

constexpr int kNice = 10;  // who serves goes first
constexpr std::size_t kRequestMax = 64U << 20;

struct Request {
  std::string sql;
  std::vector<std::string> names, values;
};

bool take(Request& out) {
  std::string text;
  char piece[64 * 1024];
  for (;;) {
    const ssize_t got = ::read(STDIN_FILENO, piece, sizeof piece);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 || text.size() > kRequestMax) return false;
    if (got == 0) break;
    text.append(piece, static_cast<std::size_t>(got));
  }
  std::vector<std::string> texts;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\0', at);
    if (end == std::string::npos) return false;
    texts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  if (texts.size() % 2 == 0) return false;
  out.sql = texts[0];
  for (std::size_t i = 1; i < texts.size(); i += 2) {
    out.names.push_back(texts[i]);
    out.values.push_back(texts[i + 1]);
  }
  return true;
}

class Asker {
 public:
  Failure prepare(const Asked& asked) {
    std::string program = "zhike-engine";
    char* arguments[] = {program.data()};
    connection_ = chdb_connect(1, arguments);
    if (connection_ == nullptr) return {1, "the library cannot be started"};
    const std::string sql =
        "SET max_threads = 1, max_parsing_threads = 1, session_timezone = 'UTC', max_block_size = 8192"
        ", input_format_max_rows_to_read_for_schema_inference = 10000"
        ", max_memory_usage = " +
        std::to_string(asked.memory_max) + ", max_execution_time = " + std::to_string(asked.seconds_max) +
        // What looks like a number loses its leading zeros when it is read as one.
        ", input_format_csv_use_best_effort_in_schema_inference = 0"
        ", format_csv_null_representation = '', format_csv_delimiter = '" +
        std::string(asked.delimiter == '\t' ? "\\t" : std::string(1, asked.delimiter)) +
        // Else a tab is taken for blanks around a cell.
        "', input_format_csv_allow_whitespace_or_tab_as_delimiter = " +
        (asked.delimiter == '\t' ? "1" : "0") +
        ", input_format_json_read_numbers_as_strings = 1, input_format_json_read_bools_as_strings = 1"
        ", input_format_json_read_objects_as_strings = 1, input_format_json_read_arrays_as_strings = 1"
        // Else a wall-clock time of Parquet would be taken for a moment of UTC.
        ", input_format_parquet_local_time_as_utc = 0";
    return Answer(chdb_query_n(*connection_, sql.data(), sql.size(), "Null", 4)).failure();
  }

  /// Of one file: "/proc/self/fd/3". By descriptor: the caller has opened the very file that is meant.
  Failure ask(const Request& request, const std::string& path) {
    std::vector<const char*> names{"path"}, values{path.data()};
    std::vector<std::size_t> name_sizes{4}, value_sizes{path.size()};
    for (std::size_t i = 0; i < request.names.size(); ++i) {
      names.push_back(request.names[i].data());
      name_sizes.push_back(request.names[i].size());
      values.push_back(request.values[i].data());
      value_sizes.push_back(request.values[i].size());
    }
    const std::string_view format = "RowBinary";
    if (request.sql.starts_with("DESCRIBE ")) {
      const Answer whole(chdb_query_with_params_n(
          *connection_, request.sql.data(), request.sql.size(), format.data(), format.size(), names.data(),
          name_sizes.data(), values.data(), value_sizes.data(), names.size()));
      if (Failure failure = whole.failure()) return failure;
      return put(whole.bytes()) ? Failure{} : Failure{1, "the output is closed"};
    }
    Failure failure = read(request.sql, format, names, name_sizes, values, value_sizes);
    // A line of names and nothing below it: no rows, for a statement that reads them.
    if (failure.text.find("(EMPTY_DATA_PASSED)") != std::string::npos) return {};
    return failure;
  }

 private:
  Failure read(const std::string& sql, std::string_view format, const std::vector<const char*>& names,
               const std::vector<std::size_t>& name_sizes, const std::vector<const char*>& values,
               const std::vector<std::size_t>& value_sizes) {
    const Answer stream(chdb_stream_query_with_params_n(*connection_, sql.data(), sql.size(), format.data(),
                                                        format.size(), names.data(), name_sizes.data(),
                                                        values.data(), value_sizes.data(), names.size()));
    if (Failure failure = stream.failure()) return failure;
    for (;;) {
      const Answer piece(chdb_stream_fetch_result(*connection_, stream.get()));
      if (Failure failure = piece.failure()) return failure;
      if (piece.bytes().empty()) return {};
      if (!put(piece.bytes())) return {1, "the output is closed"};
    }
  }

  ChdbConnection* connection_ = nullptr;
};

}  // namespace

int ask_files(const Asked& asked) {
  ::setpriority(PRIO_PROCESS, 0, kNice);
  Request request;
  if (!take(request)) {
    std::fputs("0 the request is incomplete\n", stderr);
    return 1;
  }
  Asker asker;
  Failure failure = asker.prepare(asked);
  int file = 0;
  for (; !failure && file < asked.files; ++file)
    failure = asker.ask(request, "/proc/self/fd/" + std::to_string(3 + file));
  if (!failure) return 0;
  std::fprintf(stderr, "%d %s\n", file == 0 ? 0 : file - 1, failure.text.c_str());
  return 1;
}

}  // namespace zhike_engine
