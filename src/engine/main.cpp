// zhike-engine: ClickHouse as a library behind a Unix socket, in a process of its own. Its parent starts,
// watches and restarts it; a query that breaks it breaks nothing else.
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "engine/ask_files.h"
#include "engine/read_file.h"
#include "engine/server.h"

namespace {

constexpr std::string_view kUsage =
    "zhike-engine --path FOLDER --socket FILE [--memory BYTES] [--query-memory BYTES] [--query-seconds N]\n"
    "             [--connections N] [--parent PID]\n"
    "Answers the ClickHouse HTTP interface on the socket. Ends with its parent, or on SIGTERM.\n"
    "zhike-engine --read FORMAT [--query-memory BYTES] [--parent PID]\n"
    "Writes the file that is open as descriptor 3 (FORMAT: Parquet) to standard output as CSV.\n"
    "zhike-engine --ask FILES [--delimiter C] [--query-memory BYTES] [--query-seconds N] [--parent PID]\n"
    "Runs the statement of its input over the files open as descriptors 3, 4, ... one after another.\n";

template <class Number>
bool number(std::string_view text, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size();
}

struct Arguments {
  zhike_engine::EngineOptions engine;
  std::uint64_t memory_max = 2ULL << 30;
  std::string read;  ///< format of a file to read; empty: serve
  zhike_engine::Asked asked;
};

bool parse(int argc, char** argv, Arguments& out) {
  for (int i = 1; i < argc; i += 2) {
    const std::string_view name = argv[i];
    if (i + 1 >= argc) return false;
    const std::string_view value = argv[i + 1];
    bool ok = true;
    if (name == "--path")
      out.engine.path = std::filesystem::absolute(value).lexically_normal();
    else if (name == "--socket")
      out.engine.socket = std::filesystem::absolute(value).lexically_normal();
    else if (name == "--read")
      out.read = value;
    else if (name == "--ask")
      ok = number(value, out.asked.files) && out.asked.files > 0;
    else if (name == "--delimiter")
      ok = value.size() == 1 && (out.asked.delimiter = value[0]) != '\'';
    else if (name == "--memory")
      ok = number(value, out.memory_max);
    else if (name == "--query-memory")
      ok = number(value, out.engine.query_memory_max);
    else if (name == "--query-seconds")
      ok = number(value, out.engine.query_seconds_max);
    else if (name == "--connections")
      ok = number(value, out.engine.connections_max);
    else if (name == "--parent")
      ok = number(value, out.engine.parent);
    else
      ok = false;
    if (!ok) return false;
  }
  return !out.read.empty() || out.asked.files > 0 || (!out.engine.path.empty() && !out.engine.socket.empty());
}

/// The only user may do all inside the store and nothing outside it: a statement that slips through every
/// other check still cannot read the machine's files or reach its network.
constexpr std::string_view kUsers =
    "<clickhouse>\n"
    "  <profiles><default></default></profiles>\n"
    "  <quotas><default></default></quotas>\n"
    "  <users><default>\n"
    "    <password></password><networks><ip>::/0</ip></networks>\n"
    "    <profile>default</profile><quota>default</quota>\n"
    "    <grants>\n"
    "      <query>GRANT ALL ON *.*</query>\n"
    "      <query>REVOKE FILE, URL, REMOTE, S3, AZURE, HDFS, HIVE, MYSQL, POSTGRES, MONGO, SQLITE, ODBC, "
    "JDBC, REDIS, "
    "KAFKA, NATS, RABBITMQ ON *.*</query>\n"
    "    </grants>\n"
    "  </default></users>\n"
    "</clickhouse>\n";

bool write_file(const std::string& path, std::string_view text) {
  if ((std::ofstream(path, std::ios::trunc) << text).flush()) return true;
  std::fprintf(stderr, "zhike-engine: %s cannot be written\n", path.c_str());
  return false;
}

/// Durability: without fsync acknowledged rows do not survive a power cut, and only the configuration file
/// can turn it on for all tables. Memory: caches and pools are sized for a small machine that is mostly idle.
std::string configuration(std::uint64_t memory_max, const std::string& users) {
  return "<clickhouse>\n"
         "  <users_config>" +
         users +
         "</users_config>\n"
         "  <max_server_memory_usage>" +
         std::to_string(memory_max) +
         "</max_server_memory_usage>\n"
         "  <mark_cache_size>67108864</mark_cache_size>\n"
         "  <index_mark_cache_size>16777216</index_mark_cache_size>\n"
         "  <index_uncompressed_cache_size>0</index_uncompressed_cache_size>\n"
         "  <primary_index_cache_size>67108864</primary_index_cache_size>\n"
         "  <uncompressed_cache_size>0</uncompressed_cache_size>\n"
         "  <query_condition_cache_size>16777216</query_condition_cache_size>\n"
         "  <vector_similarity_index_cache_size>16777216</vector_similarity_index_cache_size>\n"
         "  <compiled_expression_cache_size>16777216</compiled_expression_cache_size>\n"
         "  <mmap_cache_size>100</mmap_cache_size>\n"
         "  <max_thread_pool_size>512</max_thread_pool_size>\n"
         "  <max_thread_pool_free_size>8</max_thread_pool_free_size>\n"
         "  <background_pool_size>2</background_pool_size>\n"
         "  <background_schedule_pool_size>2</background_schedule_pool_size>\n"
         "  <background_common_pool_size>1</background_common_pool_size>\n"
         "  <background_move_pool_size>1</background_move_pool_size>\n"
         "  <background_fetches_pool_size>1</background_fetches_pool_size>\n"
         "  <merge_tree>\n"
         "    <fsync_after_insert>1</fsync_after_insert>\n"
         "    <fsync_part_directory>1</fsync_part_directory>\n"
         "    <min_rows_to_fsync_after_merge>1</min_rows_to_fsync_after_merge>\n"
         "    <old_parts_lifetime>15</old_parts_lifetime>\n"
         "    "
         "<max_bytes_to_merge_at_max_space_in_pool>10737418240</max_bytes_to_merge_at_max_space_in_pool>\n"
         "    "
         "<number_of_free_entries_in_pool_to_lower_max_size_of_merge>1</"
         "number_of_free_entries_in_pool_to_lower_max_size_of_merge>\n"
         "    "
         "<number_of_free_entries_in_pool_to_execute_mutation>1</"
         "number_of_free_entries_in_pool_to_execute_mutation>\n"
         "    "
         "<number_of_free_entries_in_pool_to_execute_optimize_entire_partition>1</"
         "number_of_free_entries_in_pool_to_execute_optimize_entire_partition>\n"
         "  </merge_tree>\n"
         "</clickhouse>\n";
}

void on_signal(int) { zhike_engine::stop(); }

/// Without its parent nobody may use the store, and the next server wants its lock at once: no farewell. All
/// answered data is on disk. The second look covers a parent that was gone before the kernel was asked.
void die_with(int parent) {
  if (parent == 0) return;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  if (!parse(argc, argv, arguments)) {
    std::fwrite(kUsage.data(), 1, kUsage.size(), stderr);
    return 2;
  }
  auto& engine = arguments.engine;
  if (!arguments.read.empty()) {
    chdb_set_signal_handlers_enabled(0);
    die_with(engine.parent);
    ::_exit(zhike_engine::read_file(arguments.read, engine.query_memory_max));
  }
  if (arguments.asked.files > 0) {
    chdb_set_signal_handlers_enabled(0);
    die_with(engine.parent);
    arguments.asked.memory_max = engine.query_memory_max;
    arguments.asked.seconds_max = engine.query_seconds_max;
    ::_exit(zhike_engine::ask_files(arguments.asked));
  }
  std::error_code ec;
  std::filesystem::create_directories(engine.path, ec);
  engine.config = engine.path + "/engine.xml";
  const std::string users = engine.path + "/engine-users.xml";
  if (!write_file(users, kUsers)) return 1;
  if (!write_file(engine.config, configuration(arguments.memory_max, users))) return 1;
  ::signal(SIGPIPE, SIG_IGN);
  struct sigaction action{};
  action.sa_handler = on_signal;
  ::sigaction(SIGTERM, &action, nullptr);
  ::sigaction(SIGINT, &action, nullptr);
  chdb_set_signal_handlers_enabled(0);
  die_with(engine.parent);
  const int code = zhike_engine::serve(engine);
  std::fflush(stderr);
  ::_exit(code);  // the library's own exit handlers race with its threads; all answered data is on disk
}
