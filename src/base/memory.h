// The program's allocator: mimalloc where the program is linked with it (cmake/zhike.cmake), else the C
// library's.
#pragma once

namespace zhike {

/// Returns free memory to the system. Takes milliseconds and only knows what the calling thread and threads
/// that ended have freed; for after a load, not for its middle. Thread-safe.
void give_back_memory() noexcept;

}  // namespace zhike
