// Which format a file is in, told by its content first and its name second, and how each is opened.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

#include "ingest/mapping.h"
#include "ingest/row_reader.h"

namespace zhike::ingest {

struct OpenFile {
  std::filesystem::path path;
  const FileRule& rule;
};

struct FileFormat {
  std::string_view name;    ///< "xlsx", as a mapping states it
  std::string_view preset;  ///< reads any file of the format; empty: there is none
  /// Null: calls of the Segment protocol, which need no mapping.
  Result<std::unique_ptr<RowReader>> (*open)(const OpenFile& file);
};

/// All formats, in the order in which they are tried.
[[nodiscard]] std::span<const FileFormat> file_formats();
/// Null: unknown.
[[nodiscard]] const FileFormat* find_format(std::string_view name);
/// Looks at the beginning of the file. Errors: kFileFailed, kBadFile (damaged gzip; a format that is known
/// and not read, such as .xls).
[[nodiscard]] Result<const FileFormat*> detect_format(const std::filesystem::path& file);
/// By the beginning of the file, as text and as bytes, and its name. Pure.
[[nodiscard]] const FileFormat* detect_format(std::string_view bytes, std::string_view text,
                                              std::string_view name);

/// The mapping for files that come without one: that of their format; of Segment calls only a source,
/// "calls". Errors: kNoMapping (a format that needs one, or formats that need different ones).
[[nodiscard]] Result<Mapping> default_mapping(std::span<const std::filesystem::path> files);

}  // namespace zhike::ingest
