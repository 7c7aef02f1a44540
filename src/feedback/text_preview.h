// What a draft would find in recent comments, against what is in use.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "event/grant.h"
#include "feedback/comments.h"
#include "text/comment.h"

namespace zhike::feedback {

struct PreviewUse {
  std::string key, name_en, name_zh;
  std::uint64_t now = 0, then = 0;    ///< comments: as they are read, and as they would be
  std::vector<std::string> examples;  ///< texts, scrubbed, that it would be found in anew; at most kExamples
};
struct Preview {
  static constexpr std::size_t kExamples = 3;
  std::uint64_t comments = 0;               ///< the newest, at most query::kPageMax
  std::vector<PreviewUse> aspects, routes;  ///< of the draft, in its order; then those that it drops
};

/// Reads the newest comments of the filter twice. Permission: kViewCustomers. Errors: as comments().
[[nodiscard]] Result<Preview> preview(const CommentStore& store, const text::CommentModels& now,
                                      const text::CommentModels& draft, const Grant& grant,
                                      const CommentFilter& filter);

}  // namespace zhike::feedback
