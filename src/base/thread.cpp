#include "base/thread.h"

#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace zhike {

void name_thread(const char* name) noexcept { (void)::pthread_setname_np(::pthread_self(), name); }

// On Linux niceness belongs to a thread, whatever POSIX says.
void step_back(int steps) noexcept {
  const auto id = static_cast<id_t>(::syscall(SYS_gettid));
  const int now = ::getpriority(PRIO_PROCESS, id);
  (void)::setpriority(PRIO_PROCESS, id, now + steps);
}

void run_behind_all() noexcept {
  const sched_param none{};
  (void)::sched_setscheduler(0, SCHED_IDLE, &none);
}

}  // namespace zhike
