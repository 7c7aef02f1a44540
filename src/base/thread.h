// What a thread tells the system about itself.
#pragma once

namespace zhike {

/// Names the calling thread (at most 15 characters), for those who look at the program from outside.
void name_thread(const char* name) noexcept;

/// The calling thread steps back where the processors do not suffice for all: `steps` of niceness, 0 to 19.
/// Its share when it is alone, or when there is room, is the same.
void step_back(int steps) noexcept;
/// The calling thread, and those it starts, run only where no other wants to. For good: no way leads back.
void run_behind_all() noexcept;

}  // namespace zhike
