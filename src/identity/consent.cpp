#include "identity/consent.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/ascii.h"

namespace zhike::identity {
namespace {

constexpr std::array<std::string_view, 12> kNo{"false",    "0",       "no",      "n",  "off",  "denied",
                                               "declined", "opt_out", "refused", "否", "拒绝", "不同意"};
constexpr std::array<std::string_view, 10> kYes{"true",    "1",      "yes", "y",    "on",
                                                "granted", "opt_in", "是",  "同意", "允许"};

}  // namespace

Stated stated_consent(std::string_view value) {
  const std::string said = ascii::lower(value);
  if (std::ranges::find(kNo, said) != kNo.end()) return Stated::kRefused;
  if (std::ranges::find(kYes, said) != kYes.end()) return Stated::kAllowed;
  return Stated::kNothing;
}

}  // namespace zhike::identity
