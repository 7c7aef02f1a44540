// What a standing rule of complaints wants: which events open one, and what becomes of it. Values and pure
// functions.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "desk/complaint.h"
#include "feedback/trigger_plan.h"

namespace zhike::desk {

/// Every condition that is set must hold.
struct RulePlan {
  feedback::FilterTexts filter{};  ///< as in every filter, without times: name, channel, score_max, where ...
  std::map<std::string, std::vector<std::string>>
      properties{};                   ///< the event's own: each has one of the values
  std::vector<std::string> labels{};  ///< of the comment as it was read, one of them: intent.complain
  /// Of the comment: probability of positive less that of negative, at most; from -1 to below 1.
  std::optional<double> tone_max{};
  std::string aspect{};       ///< key of the text catalogue; empty: any
  std::string aspect_tone{};  ///< how it is spoken of: negative, neutral, positive; empty: any

  std::string category{};              ///< of the complaint; empty: as its words suggest
  std::optional<Severity> severity{};  ///< none: the category's
  UserId owner{};                      ///< of first contact; unset: whoever accepts it
  std::string unit{};                  ///< that answers for it; empty: the event's
  std::uint32_t quiet_days = 7;   ///< no second open one of a customer and category within these; 0: always
  std::uint32_t within_days = 7;  ///< what arrives later than this after it happened opens nothing
  bool all_units = true;          ///< whose events count: those that the rule's maker saw
  std::vector<std::string> units{};

  /// Whether comments must have been read before it can be decided.
  [[nodiscard]] bool reads() const { return !labels.empty() || tone_max || !aspect.empty(); }
  friend bool operator==(const RulePlan&, const RulePlan&) = default;
};

struct RuleLimits {
  static constexpr std::uint32_t kQuietDaysMax = 365, kWithinDaysMax = 60;
  static constexpr std::size_t kFilterMax = 20, kPropertiesMax = 10, kValuesMax = 50, kLabelsMax = 20,
                               kTextBytesMax = 4'000, kNameBytesMax = 120;
};

/// Category, owner and unit are looked at by who knows them. Errors: kBadField.
[[nodiscard]] Result<void> check(const RulePlan& plan);

/// As it is recorded; two plans are the same when this is.
[[nodiscard]] std::string to_json(const RulePlan& plan);
/// Of what to_json() gave. Errors: kBadRecord.
[[nodiscard]] Result<RulePlan> rule_plan_of(std::string_view json);

/// What a complaint says that an event without words opened: its name, score and the properties that the
/// rule asked for.
struct EventSaid {
  std::string name, text, instrument;
  std::optional<double> score;
  std::vector<std::pair<std::string, std::string>> properties;
};
[[nodiscard]] std::string words_of(const EventSaid& said, std::size_t bytes_max);

}  // namespace zhike::desk
