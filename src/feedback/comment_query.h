// What questions about comments share: their parameters, and counts as shares. Thread-safe.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "feedback/comments.h"
#include "query/prepare.h"

namespace zhike::feedback {

/// `sql` with the parameters of sql/parts/of_comments.sql. Errors: kPermissionMissing, kBadFilter.
[[nodiscard]] Result<query::Prepared> prepare_comments(const CommentStore& store, const Grant& grant,
                                                       Permission needed, const CommentFilter& filter,
                                                       std::string_view sql);

/// With Wilson's interval; without a share where n is below kEnoughComments.
[[nodiscard]] Portion portion_of(std::uint64_t count, std::uint64_t n);
[[nodiscard]] Sentiments sentiments_of(std::uint64_t negative, std::uint64_t neutral, std::uint64_t positive,
                                       std::uint64_t unknown);

}  // namespace zhike::feedback
