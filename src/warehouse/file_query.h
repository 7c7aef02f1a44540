// One statement over files outside the store: a short-lived zhike-engine answers it (see engine_child.h), so
// that neither a hostile file nor a long one is a burden to the engine that serves queries.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "warehouse/client.h"
#include "warehouse/engine_child.h"

namespace zhike::warehouse {

/// `sql` reads kFiles, and runs once for each file in turn: a LIMIT counts for each.
struct FileQuery {
  static constexpr std::string_view kFiles = "file({path:String}, {format:String}, {structure:String})";

  std::string_view sql;
  Params params{};
  std::string_view format;              ///< of the files: "CSVWithNames", "JSONEachRow", "Parquet"
  std::string_view structure = "auto";  ///< "`a` Nullable(String)"
  char delimiter = ',';                 ///< of CSV
  std::size_t columns = 1;              ///< of the answer: all Nullable(String)
  bool nullable = true;                 ///< false: all String
};

/// What the engine said.
struct FileFailure {
  int code = 0;          ///< of the engine; 0: none
  std::size_t file = 0;  ///< which of the files
  std::string text;      ///< may show values of the file
};

/// Every row goes to `sink`, whose texts live during the call; false: enough. `failure` is set with
/// kQueryFailed. Errors: kQueryTooSlow, kQueryTooLarge (memory, a row of more than 16 MiB), kQueryFailed,
/// kEngineFailed, those of the sink. Blocks; thread-safe.
using TextRowSink = std::function<Result<bool>(std::span<const std::optional<std::string_view>>)>;
[[nodiscard]] Result<void> ask_files(const FileQuery& query, std::span<const Fd> files,
                                     const std::filesystem::path& program, const EngineChild::Limits& limits,
                                     const TextRowSink& sink, FileFailure& failure);

}  // namespace zhike::warehouse
