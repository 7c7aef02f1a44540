// Tables in files, however they came to this machine.
#pragma once

#include <memory>
#include <vector>

#include "external/allowed_files.h"
#include "external/reader.h"

namespace zhike::external {

/// The rows of all of `files` as one table, in the format that the settings "format", "delimiter" and `path`,
/// the name or pattern of the files, say. Both are borrowed. Errors: kBadVirtualSource (no such format).
[[nodiscard]] Result<std::unique_ptr<Reader>> read_files(const Source& source, const Reach& reach,
                                                         std::string path, std::vector<OpenedFile> files);

/// Objects of an S3-compatible store, brought to this machine. As open_reader().
[[nodiscard]] Result<std::unique_ptr<Reader>> open_s3(const Source& source, const Reach& reach,
                                                      Deadline deadline);

}  // namespace zhike::external
