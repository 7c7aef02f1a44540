// Loading of files into an opened store, with its progress and its report; shared by import and demo.
#pragma once

#include <filesystem>
#include <span>

#include "app/app.h"
#include "cli/console.h"
#include "ingest/import.h"

namespace zhike::cli {

/// Errors: those of Importer::run; kStopped when the user interrupted it.
[[nodiscard]] Result<ingest::ImportReport> load(Console& console, app::App& app,
                                                std::span<const std::filesystem::path> files,
                                                const ingest::Mapping& mapping);
void print_report(Console& console, std::span<const ingest::FileReport> files);

}  // namespace zhike::cli
