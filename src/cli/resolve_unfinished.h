// What an interrupted `zhike resolve` has done, in a file beside its output, for the same command with
// --resume.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "match/evaluate.h"
#include "match/table.h"
#include "match/unfinished.h"

namespace zhike::cli {

/// Changes with any value, id or order of the records, with the `options` and what is known of the records:
/// pairs compared of others are worth nothing.
[[nodiscard]] std::string print_of(const match::Table& table, std::string_view options,
                                   std::span<const match::Label> taught,
                                   std::span<const std::uint32_t> known);

/// Errors: kFileFailed, kDiskFull.
[[nodiscard]] Result<void> save_unfinished(const std::filesystem::path& file, std::string_view print,
                                           const match::Unfinished& done);
/// Nothing: there is none, it is damaged, or its print is another. `records`: of the table.
[[nodiscard]] std::optional<match::Unfinished> load_unfinished(const std::filesystem::path& file,
                                                               std::string_view print, std::size_t records);

}  // namespace zhike::cli
