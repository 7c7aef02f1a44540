#include "base/memory.h"

#include <malloc.h>
#include <mimalloc.h>

// Weak: sanitizers bring an allocator of their own, and then there is no mimalloc.
extern "C" void mi_collect(bool force) __attribute__((weak));
extern "C" void mi_option_set(mi_option_t option, long value) __attribute__((weak));

namespace zhike {
namespace {
constexpr long kKeptMs = 10'000;
}

void keep_freed_memory() noexcept {
  if (mi_option_set == nullptr) return;
  mi_option_set(mi_option_decommit_delay, kKeptMs);
  mi_option_set(mi_option_segment_decommit_delay, kKeptMs);
}

void give_back_memory() noexcept {
  if (mi_collect != nullptr) {
    mi_collect(true);
    return;
  }
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

}  // namespace zhike
