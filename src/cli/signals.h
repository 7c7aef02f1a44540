// SIGINT and SIGTERM as something to wait for or to ask about.
#pragma once

#include <csignal>

namespace zhike::cli {

/// While one lives, the two signals are remembered instead of ending the program. One at a time.
class Signals {
 public:
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  [[nodiscard]] static bool arrived();
  /// Blocks until one arrives.
  void wait() const;

 private:
  struct sigaction before_int_{}, before_term_{};
};

}  // namespace zhike::cli
