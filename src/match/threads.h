// Work cut into numbered tasks: each is done once by some thread; the caller puts results together by number,
// so they do not depend on how many threads there are.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace zhike::match {

/// Calls task(i) for every i below `count`; returns when all are done.
template <class Task>
void run_tasks(std::size_t count, std::size_t threads, const Task& task) {
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < count; i = next++) task(i);
  };
  std::vector<std::thread> others;
  for (std::size_t t = 1; t < std::min(threads, count); ++t) others.emplace_back(work);
  work();
  for (std::thread& other : others) other.join();
}

}  // namespace zhike::match
