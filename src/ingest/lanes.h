// Work that gives way while those whom it must not keep waiting need the processors, and does not otherwise.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace zhike::ingest {

/// Does a step again and again, each on one of two threads that take turns: one has a place behind those that
/// answer, the other runs only where nobody else in the system wants to (SCHED_IDLE). Two, as the system lets
/// no thread come back from there without privileges.
class Lanes {
 public:
  static constexpr int kBehind = 5;  ///< steps of niceness of the place behind those that answer
  struct Work {
    const char* name = "";            ///< of both threads
    std::function<bool()> step;       ///< false: it was the last. Never two at once
    std::function<bool()> gives_way;  ///< asked after each step: where the next is done
  };
  Lanes() = default;
  ~Lanes() { join(); }
  Lanes(const Lanes&) = delete;
  Lanes& operator=(const Lanes&) = delete;

  void start(Work work);  ///< once
  void join();            ///< waits for the last step

 private:
  void run(bool is_giving_way);
  Work work_;
  std::mutex mutex_;
  std::condition_variable turn_;
  bool gives_way_ = false, done_ = false;
  std::thread usual_, behind_all_;
};

}  // namespace zhike::ingest
