// Labels of a customer: conditions on what the profile says, as data (catalog/labels). Computed when the
// profile is read, so they are as new as it is.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace zhike::profile {

struct Profile;

/// One comparison. A field that the customer has no value of (no NPS answer, no such trait) satisfies none.
struct LabelCondition {
  /// events, orders, channels, units, nps, csat, ces, answered (0 or 1: any of the three), days_since_first,
  /// days_since_last (whole days), open_conversations: numbers; stage, consent.KEY, trait.KEY (as it is
  /// shown, masked): texts.
  std::string field;
  enum class Op : std::uint8_t { kEqual, kNotEqual, kLess, kAtMost, kGreater, kAtLeast } op{};
  std::variant<double, std::string> value;
};

struct Label {
  std::string key, name_en, name_zh;
  std::string group;                ///< "lifecycle"
  std::vector<LabelCondition> all;  ///< at least one; every one has to hold
};

/// Errors: kBadCatalogue (names the label and what is wrong).
[[nodiscard]] Result<std::vector<Label>> parse_labels(std::string_view json);
/// Those of catalog/labels.
[[nodiscard]] const std::vector<Label>& default_labels();

/// Those that hold, in their order. Pure.
[[nodiscard]] std::vector<const Label*> labels_of(std::span<const Label> labels, const Profile& profile,
                                                  Instant now);

}  // namespace zhike::profile
