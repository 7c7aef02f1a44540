// What every command shares: where the data is, the language, how results and errors are shown, exit codes.
#pragma once

#include <boost/json/object.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/config.h"
#include "base/result.h"

namespace zhike::cli {

namespace json = boost::json;

/// Exit codes: part of the contract with scripts.
inline constexpr int kDone = 0, kFailed = 1, kUsage = 2, kPartly = 3;

struct Common {
  std::string data;         ///< --data; empty: $ZHIKE_DATA_FOLDER, else ~/.zhike
  std::string config_file;  ///< --config
  std::string language;     ///< --lang; empty: by LC_ALL, LC_MESSAGES, LANG
  bool as_json = false;
};

/// One command's output: texts for people on standard output, or exactly one JSON object. Not thread-safe.
class Console {
 public:
  explicit Console(const Common& common);

  [[nodiscard]] bool as_json() const { return common_.as_json; }
  [[nodiscard]] bool chinese() const { return chinese_; }
  [[nodiscard]] std::string_view pick(std::string_view english, std::string_view chinese) const {
    return chinese_ ? chinese : english;
  }
  [[nodiscard]] std::filesystem::path data_folder() const;
  /// Defaults, zhike.toml of the data folder or --config, environment.
  [[nodiscard]] Result<Config> config() const;

  /// A line on standard output; nothing with --json.
  void say(std::string_view line);
  /// A line on standard error, whatever the form of the answer.
  void note(std::string_view line);
  /// The one object of --json; nothing without. Call once.
  void result(const json::object& object);
  /// Shows what happened, with code and fix, and answers kFailed.
  [[nodiscard]] int failed(const Error& error);
  [[nodiscard]] int usage(std::string_view what);

  /// A person is looking at standard error.
  [[nodiscard]] bool on_terminal() const { return terminal_; }

 private:
  Common common_;
  bool chinese_, terminal_;
};

/// Left-aligned columns, by display width (a Chinese character takes two). The first row is the header.
[[nodiscard]] std::string table(const std::vector<std::vector<std::string>>& rows);

}  // namespace zhike::cli
