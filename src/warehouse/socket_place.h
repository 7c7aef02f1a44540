// Where the engine's socket lies: in the data folder, so that nothing is left elsewhere after a kill. The
// path of a Unix socket has at most 107 bytes: for a data folder that lies deeper a short folder in the
// temporary directory serves, written down in the data folder and removed by the next start.
#pragma once

#include <filesystem>

#include "base/result.h"

namespace zhike::warehouse {

/// A path for the socket. Removes what an earlier start left. To be called by the holder of the folder's
/// lock. Errors: kFileFailed, kDiskFull.
[[nodiscard]] Result<std::filesystem::path> place_socket(const std::filesystem::path& data);
/// Removes what place_socket() made: at the end, when the engine is gone.
void clear_socket(const std::filesystem::path& data);

}  // namespace zhike::warehouse
