// The program's allocator: mimalloc where the program is linked with it (cmake/zhike.cmake), else the C
// library's.
#pragma once

namespace zhike {

/// Keeps what is freed for ten seconds before the system gets it back: under load the same memory is needed
/// again at once, and taking it anew costs a tenth of the time. To be called once, at the start of a program.
void keep_freed_memory() noexcept;

/// Returns free memory to the system. Takes milliseconds and only knows what the calling thread and threads
/// that ended have freed; for after a load, not for its middle. Thread-safe.
void give_back_memory() noexcept;

}  // namespace zhike
