// Chinese addresses: province, city and district at their front, by the names of provinces and cities
// (divisions.inc) and the suffixes of what lies below. Pure apart from OpenCC's dictionaries; thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace zhike::clean {

/// Full names, simplified; empty: not said, and not certain from what is said.
struct Divisions {
  std::string province;  ///< "广东省"
  std::string city;      ///< "深圳市", "恩施土家族苗族自治州"; of a directly governed city the city itself
  std::string district;  ///< "南山区", "昆山市"
  [[nodiscard]] bool is_set() const { return !province.empty(); }
  friend bool operator==(const Divisions&, const Divisions&) = default;
};

/// Nothing of an address that does not begin with a place of China: nothing is guessed from its middle.
[[nodiscard]] Divisions divide(std::string_view address);

}  // namespace zhike::clean
