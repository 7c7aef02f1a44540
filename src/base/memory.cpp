#include "base/memory.h"

#include <malloc.h>

// Weak: sanitizers bring an allocator of their own, and then there is no mimalloc.
extern "C" void mi_collect(bool force) __attribute__((weak));

namespace zhike {

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
