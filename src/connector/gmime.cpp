#include "connector/gmime.h"

#include <mutex>

namespace zhike::connector::mime {

void begin() {
  static std::once_flag once;
  std::call_once(once, [] { g_mime_init(); });
}

std::string text(const char* value) { return value == nullptr ? std::string() : std::string(value); }

}  // namespace zhike::connector::mime
