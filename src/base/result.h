// Result<T>: the way every fallible function answers. Errors are values; bugs abort through cx_check.
#pragma once

#include <expected>
#include <utility>

#include "base/error.h"

namespace zhike {

template <class T>
using Result = std::expected<T, Error>;

namespace detail {
template <class R>
[[nodiscard]] std::unexpected<Error> pass_on(R&& result) {
  return std::unexpected<Error>(std::forward<R>(result).error());
}
}  // namespace detail

}  // namespace zhike

#define CX_CAT2(a, b) a##b
#define CX_CAT(a, b) CX_CAT2(a, b)
#define CX_TRY1(expr)                                                      \
  do {                                                                     \
    auto cx_result = (expr);                                               \
    if (!cx_result) return ::zhike::detail::pass_on(std::move(cx_result)); \
  } while (false)
#define CX_TRY2_(name, decl, expr)                             \
  auto name = (expr);                                          \
  if (!name) return ::zhike::detail::pass_on(std::move(name)); \
  decl = std::move(*name)
#define CX_TRY2(decl, expr) CX_TRY2_(CX_CAT(cx_result_, __LINE__), decl, expr)
#define CX_TRY_PICK(a, b, pick, ...) pick

/// CX_TRY(expr): returns expr's error from the enclosing function, if it has one.
/// CX_TRY(decl, expr): the same, and otherwise binds the value: CX_TRY(const Row row, find(id));
/// Commas outside parentheses in `expr` need a pair of parentheses around it.
#define CX_TRY(...) CX_TRY_PICK(__VA_ARGS__, CX_TRY2, CX_TRY1, )(__VA_ARGS__)
