// Phone numbers as E.164 says them: country code and national number, up to 15 digits (ITU-T E.164, 2010).
// The common forms (mainland mobiles, international numbers of China and North America) are read here; all
// others by libphonenumber, whose answers are kept in a small table per thread. Thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace zhike::clean {

struct Phone {
  std::string digits;       ///< E.164 without the plus; of an uncertain one its own digits; empty: no number
  bool is_certain = false;  ///< the country is known and has numbers like this
};

/// `region`: two letters (ISO 3166-1), of numbers without a country code; empty: only an eleven-digit
/// mainland mobile is given one. Extensions are cut off.
[[nodiscard]] Phone phone(std::string_view raw, std::string_view region = {});

/// Two capital letters that have a numbering plan.
[[nodiscard]] bool is_region(std::string_view region);

/// The country of an IANA zone ("Asia/Shanghai": CN), by the system's zone.tab; empty: none, or not
/// installed.
[[nodiscard]] std::string region_of_zone(std::string_view zone);

}  // namespace zhike::clean
