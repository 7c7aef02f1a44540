// What cppjieba makes of a text: the reference that tests hold segmentation against.
#pragma once

#include <string>
#include <vector>

namespace zhike::text {

/// Reads the dictionaries at the first call; half a second.
[[nodiscard]] std::vector<std::string> cppjieba_cut(const std::string& text);

}  // namespace zhike::text
