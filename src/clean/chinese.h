// Traditional Chinese as simplified, by OpenCC's dictionaries: for comparing only, never for showing.
#pragma once

#include <string>
#include <string_view>

namespace zhike::clean {

/// The text itself when it holds no Chinese, or OpenCC's dictionaries are not installed (said once in the
/// log). Thread-safe. About 4 MB/s.
[[nodiscard]] std::string simplified(std::string_view text);

}  // namespace zhike::clean
