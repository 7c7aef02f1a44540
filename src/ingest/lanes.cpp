#include "ingest/lanes.h"

#include "base/memory.h"
#include "base/thread.h"

namespace zhike::ingest {

void Lanes::start(Work work) {
  work_ = std::move(work);
  usual_ = std::thread([this] { run(false); });
  behind_all_ = std::thread([this] { run(true); });
}

void Lanes::join() {
  for (std::thread* thread : {&usual_, &behind_all_})
    if (thread->joinable()) thread->join();
}

void Lanes::run(bool is_giving_way) {
  name_thread(work_.name);
  step_back(kBehind);
  if (is_giving_way) run_behind_all();
  std::unique_lock lock(mutex_);
  for (;;) {
    turn_.wait(lock, [&] { return done_ || gives_way_ == is_giving_way; });
    if (done_) return;
    lock.unlock();
    const bool goes_on = work_.step();
    const bool gives_way = goes_on && work_.gives_way();
    lock.lock();
    done_ = !goes_on;
    gives_way_ = gives_way;
    if (!done_ && gives_way == is_giving_way) continue;
    turn_.notify_all();
    lock.unlock();
    give_back_memory();  // what this thread holds is of no use to the other
    lock.lock();
  }
}

}  // namespace zhike::ingest
