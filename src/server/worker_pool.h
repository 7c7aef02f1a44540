// A bounded pool for work that waits for a store: when the queue is full the caller is told, and answers 503.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace zhike::server {

/// Thread-safe.
class WorkerPool {
 public:
  WorkerPool(unsigned threads, std::size_t queue_max);
  /// Runs what is queued, then ends the threads.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// False: the queue is full, `work` will not run.
  [[nodiscard]] bool try_run(std::function<void()> work);
  [[nodiscard]] std::size_t waiting() const;

 private:
  void run();
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_;
  std::size_t queue_max_;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace zhike::server
