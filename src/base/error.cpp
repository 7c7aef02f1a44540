#include "base/error.h"

#include <array>
#include <cstdio>
#include <cstdlib>

namespace zhike {
namespace {
constexpr std::array<ErrorInfo, kErrorCount> kErrors{{
#include "catalog/errors.inc"
}};
}  // namespace

const ErrorInfo& info(Code code) noexcept { return kErrors[static_cast<std::size_t>(code)]; }

std::string to_string(const Error& error) {
  const ErrorInfo& what = info(error.code);
  if (error.detail.empty()) return fmt::format("{}: {}", what.id, what.text_en);
  return fmt::format("{}: {} ({})", what.id, what.text_en, error.detail);
}

void abort_on_bug(const char* what, std::source_location where) noexcept {
  std::fprintf(stderr, "bug: %s does not hold at %s:%u in %s\n", what, where.file_name(),
               static_cast<unsigned>(where.line()), where.function_name());
  std::abort();
}

}  // namespace zhike
