#include "engine/session.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace zhike_engine {
namespace {

constexpr int kSyntaxError = 62, kUnknownException = 1002, kNetworkError = 210, kUnknownSetting = 115;
constexpr std::uint32_t kControl = 3;

std::string quoted(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) {
    if (c == quote || c == '\\') out += '\\';
    out += c;
  }
  return out + quote;
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 128 && std::ranges::all_of(text, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
  });
}

bool contains_word(std::string_view sql, std::string_view upper_word) {
  const auto same = [](char a, char b) { return std::toupper(static_cast<unsigned char>(a)) == b; };
  return std::ranges::search(sql, upper_word, same).begin() != sql.end();
}

/// The library takes parallel arrays.
struct Parameters {
  explicit Parameters(const Statement& statement) {
    for (const auto& [name, value] : statement.params) {
      names.push_back(name.data());
      name_sizes.push_back(name.size());
      values.push_back(value.data());
      value_sizes.push_back(value.size());
    }
  }
  std::vector<const char*> names, values;
  std::vector<std::size_t> name_sizes, value_sizes;
};

}  // namespace

Failure failure_of(std::string_view text) {
  Failure failure{kUnknownException, std::string(text)};
  constexpr std::string_view kMark = "Code: ";
  if (const auto at = text.find(kMark); at != std::string_view::npos) {
    int code = 0;
    const char* from = text.data() + at + kMark.size();
    if (std::from_chars(from, text.data() + text.size(), code).ec == std::errc{} && code > 0)
      failure.code = code;
  }
  return failure;
}

std::string_view Answer::bytes() const noexcept {
  if (result_ == nullptr || chdb_result_buffer(result_) == nullptr) return {};
  return {chdb_result_buffer(result_), chdb_result_length(result_)};
}

Failure Answer::failure() const {
  if (result_ == nullptr) return {kUnknownException, "the engine gave no answer"};
  const char* text = chdb_result_error(result_);
  return text == nullptr ? Failure{} : failure_of(text);
}

void Session::close() {
  if (connection_ != nullptr) chdb_close_conn(connection_);
  connection_ = nullptr;
  applied_.clear();
  database_ = "default";
  tainted_ = false;
}

void Session::forget_if_changed() {
  if (tainted_) close();
}

Failure Session::command(const std::string& sql) {
  const Answer answer(chdb_query_n(*connection_, sql.data(), sql.size(), "Null", 4));
  return answer.failure();
}

Failure Session::prepare(const Statement& statement) {
  if (connection_ == nullptr) {
    std::string program = "zhike-engine", path = "--path=" + options_.path,
                config = "--config-file=" + options_.config;
    char* arguments[] = {program.data(), path.data(), config.data()};
    connection_ = chdb_connect(3, arguments);
    if (connection_ == nullptr) return {kNetworkError, "the store cannot be opened (see the engine's log)"};
  }
  return apply(statement);
}

Failure Session::apply(const Statement& statement) {
  if (statement.database != database_) {
    if (Failure failure = command("USE " + quoted(statement.database, '`'))) return failure;
    database_ = statement.database;
  }
  std::map<std::string, std::string> wanted = {
      {"async_insert", "0"},  // an insert is on disk when it is answered
      {"max_memory_usage", std::to_string(options_.query_memory_max)},
      {"max_execution_time", std::to_string(options_.query_seconds_max)},
      {"allow_introspection_functions", "0"},
      {"implicit_select", "0"},
  };
  for (const auto& [name, value] : statement.settings) wanted[name] = value;
  if (wanted == applied_) return {};
  std::string changes;
  const auto change = [&changes](const std::string& name, const std::string& value) {
    changes += (changes.empty() ? "SET " : ", ") + name + " = " + value;
  };
  for (const auto& [name, value] : applied_)
    if (!wanted.contains(name)) change(name, "DEFAULT");
  for (const auto& [name, value] : wanted) {
    if (!is_name(name)) return {kUnknownSetting, "Code: 115. Unknown setting"};
    const auto at = applied_.find(name);
    if (at == applied_.end() || at->second != value) change(name, quoted(value, '\''));
  }
  if (Failure failure = command(changes)) {
    close();  // some may have been applied
    return failure;
  }
  applied_ = std::move(wanted);
  return {};
}

Failure Session::classify(std::string_view sql) {
  ChdbAnalysis analysis{
      .struct_size = sizeof(ChdbAnalysis), .statement_count = 0, .flags = 0, .query_class = 4};
  if (chdb_classify_query_n(*connection_, sql.data(), sql.size(), nullptr, 0, &analysis) != 0)
    return {kUnknownException, "the statement cannot be analysed"};
  query_class_ = analysis.query_class;
  // Zero: it does not parse; running it gives the precise message. More than one is how injected text shows.
  if (analysis.statement_count > 1) return {kSyntaxError, "Code: 62. Multi-statements are not allowed"};
  if (query_class_ == kControl || contains_word(sql, "TEMPORARY")) tainted_ = true;
  return {};
}

Answer Session::run(const Statement& statement) {
  const Parameters p(statement);
  return Answer(chdb_query_with_params_n(*connection_, statement.sql.data(), statement.sql.size(),
                                         statement.format.data(), statement.format.size(), p.names.data(),
                                         p.name_sizes.data(), p.values.data(), p.value_sizes.data(),
                                         p.names.size()));
}

Answer Session::open(const Statement& statement) {
  const Parameters p(statement);
  return Answer(chdb_stream_query_with_params_n(*connection_, statement.sql.data(), statement.sql.size(),
                                                statement.format.data(), statement.format.size(),
                                                p.names.data(), p.name_sizes.data(), p.values.data(),
                                                p.value_sizes.data(), p.names.size()));
}

Answer Session::next(const Answer& stream) {
  return Answer(chdb_stream_fetch_result(*connection_, stream.get()));
}

void Session::cancel(const Answer& stream) { chdb_stream_cancel_query(*connection_, stream.get()); }

ChdbInsertStream Session::insert(const Statement& statement) {
  const Parameters p(statement);
  return chdb_stream_insert_with_params_n(*connection_, statement.sql.data(), statement.sql.size(),
                                          statement.format.data(), statement.format.size(), p.names.data(),
                                          p.name_sizes.data(), p.values.data(), p.value_sizes.data(),
                                          p.names.size());
}

}  // namespace zhike_engine
