// What differs between two versions of a survey. Pure.
#pragma once

#include <boost/json/value.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace zhike::feedback {

struct Difference {
  enum class Kind : std::uint8_t { kAdded, kRemoved, kChanged, kMoved };
  Kind kind = Kind::kChanged;
  std::string at;  ///< pointer; elements of lists by their ids: "/pages/main/questions/q1/required"
  boost::json::value before, after;  ///< null where there is none; of kMoved: places in the list, from 0
};
[[nodiscard]] std::string_view to_string(Difference::Kind kind) noexcept;  ///< "added"

/// Elements of lists are matched by their "id", so that a question that moved is not a question that changed.
/// The number of the version itself is left out. In order of the document.
[[nodiscard]] std::vector<Difference> diff(const boost::json::value& before, const boost::json::value& after);

}  // namespace zhike::feedback
