// What the texts of a column are: for formats whose columns have no types.
#pragma once

#include <string_view>

#include "query/outside.h"

namespace zhike::external {

/// Not thread-safe.
class TextType {
 public:
  void add(std::string_view text);
  /// kNumber, kTime (2024-03-01, 2024-03-01 12:30:00 and the like) or kFlag (true, false) when every text was
  /// one; else, and without any, kText. What would lose digits as a number is text: 007, ids of more than 15.
  [[nodiscard]] query::OutsideType type() const;

 private:
  bool any_ = false, number_ = true, time_ = true, flag_ = true;
};

}  // namespace zhike::external
