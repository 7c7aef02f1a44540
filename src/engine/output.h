// Standard output of the engine's short-lived forms.
#pragma once

#include <unistd.h>

#include <cerrno>
#include <string_view>

namespace zhike_engine {

/// All of it, through interruptions. False: nobody reads any more.
inline bool put(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return true;
}

}  // namespace zhike_engine
