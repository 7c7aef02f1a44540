#include "cli/signals.h"

#include <poll.h>
#include <unistd.h>

#include <atomic>

namespace zhike::cli {
namespace {

std::atomic<bool> g_arrived{false};
int g_pipe[2] = {-1, -1};

extern "C" void on_signal(int) {
  g_arrived = true;
  const char byte = 1;
  [[maybe_unused]] const auto ignored = ::write(g_pipe[1], &byte, 1);
}

}  // namespace

Signals::Signals() {
  g_arrived = false;
  if (g_pipe[0] < 0 && ::pipe(g_pipe) != 0) g_pipe[0] = g_pipe[1] = -1;
  struct sigaction action{};
  action.sa_handler = on_signal;
  sigaction(SIGINT, &action, &before_int_);
  sigaction(SIGTERM, &action, &before_term_);
}

Signals::~Signals() {
  sigaction(SIGINT, &before_int_, nullptr);
  sigaction(SIGTERM, &before_term_, nullptr);
}

bool Signals::arrived() { return g_arrived; }

void Signals::wait() const {
  pollfd ready{.fd = g_pipe[0], .events = POLLIN, .revents = 0};
  while (!g_arrived) ::poll(&ready, 1, 1000);
}

}  // namespace zhike::cli
