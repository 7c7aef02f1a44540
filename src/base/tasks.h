// Work cut into numbered tasks: each is done once by some thread; the caller puts results together by number,
// so they do not depend on how many threads there are.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace zhike {

/// Calls task(i, tool) for every i below `count`; returns when all are done. Each thread makes a tool of its
/// own, which must make no difference to what a task comes to.
template <class Make, class Task>
void run_tasks(std::size_t count, std::size_t threads, const Make& make_tool, const Task& task) {
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    std::size_t i = next++;
    if (i >= count) return;
    for (auto tool = make_tool(); i < count; i = next++) task(i, tool);
  };
  std::vector<std::thread> others;
  for (std::size_t t = 1; t < std::min(threads, count); ++t) others.emplace_back(work);
  work();
  for (std::thread& other : others) other.join();
}

/// The same without tools.
template <class Task>
void run_tasks(std::size_t count, std::size_t threads, const Task& task) {
  run_tasks(count, threads, [] { return 0; }, [&](std::size_t i, int) { task(i); });
}

}  // namespace zhike
