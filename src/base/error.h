// Error: what happened (a permanent code from catalog/errors), and where (detail, for the reader).
#pragma once

#include <fmt/core.h>

#include <expected>
#include <source_location>
#include <string>
#include <string_view>

#include "catalog/errors.h"  // generated: enum class Code, kErrorCount

namespace zhike {

/// What the catalogue says about a code. `id` never changes once released.
struct ErrorInfo {
  std::string_view id;       ///< "journal_full"
  int http_status;           ///< 503
  bool retryable;            ///< the same request may succeed later
  std::string_view text_en;  ///< what happened
  std::string_view text_zh;
  std::string_view fix_en;  ///< what to do; may be empty
  std::string_view fix_zh;
};

[[nodiscard]] const ErrorInfo& info(Code code) noexcept;

struct Error {
  Code code;
  std::string detail;  ///< where and with what: "orders.csv line 17: 2017-13-01"; never a secret
};

/// "journal_full: the journal has reached its limit (journal/, 2 GiB)". For logs and the terminal.
[[nodiscard]] std::string to_string(const Error& error);

/// return fail(Code::kBadTime, "line {}: {}", line, text);
template <class... Args>
[[nodiscard]] std::unexpected<Error> fail(Code code, fmt::format_string<Args...> format, Args&&... args) {
  return std::unexpected<Error>(Error{code, fmt::format(format, std::forward<Args>(args)...)});
}
[[nodiscard]] inline std::unexpected<Error> fail(Code code) {
  return std::unexpected<Error>(Error{code, {}});
}

/// A broken invariant is a bug: says where, then aborts. For conditions that input can reach, use Result.
[[noreturn]] void abort_on_bug(const char* what, std::source_location where) noexcept;
inline void cx_check(bool holds, const char* what = "invariant",
                     std::source_location where = std::source_location::current()) noexcept {
  if (!holds) [[unlikely]]
    abort_on_bug(what, where);
}

}  // namespace zhike
