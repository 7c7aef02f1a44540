// The program's allocator: mimalloc where the program is linked with it (cmake/zhike.cmake), else the C
// library's.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace zhike {

/// Keeps what is freed for ten seconds before the system gets it back: under load the same memory is needed
/// again at once, and taking it anew costs a tenth of the time. To be called once, at the start of a program.
void keep_freed_memory() noexcept;

/// Returns free memory to the system. Takes milliseconds and only knows what the calling thread and threads
/// that ended have freed; for after a load, not for its middle. Thread-safe.
void give_back_memory() noexcept;

/// How long a thread has nothing to do before it gives back what its last work took.
inline constexpr std::chrono::seconds kQuiet{20};

/// Waits until `ready()`, as condition.wait does. After kQuiet calls `at_rest()` once with the lock held,
/// then gives back this thread's memory without it.
template <class Ready, class AtRest>
void wait_at_rest(std::condition_variable& condition, std::unique_lock<std::mutex>& lock, const Ready& ready,
                  const AtRest& at_rest) {
  if (condition.wait_for(lock, kQuiet, ready)) return;
  at_rest();
  lock.unlock();
  give_back_memory();
  lock.lock();
  condition.wait(lock, ready);
}

}  // namespace zhike
