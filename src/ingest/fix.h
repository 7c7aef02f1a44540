// Repairs of rejected input, declared as data and applied to a copy before it is read again. The same rules
// work on calls as JSON ("properties.total"), on rows of files (names of columns) and on events that a plan
// refused (the names that the protocol has for their parts: "event", "timestamp", "userId", "properties.x",
// "traits.x").
//
//   {"rule": "rename",  "path": "properties.Total", "to": "properties.total"}
//   {"rule": "default", "path": "event", "value": "Order Completed"}          where it is missing or empty
//   {"rule": "convert", "path": "properties.total", "to": "number"}           or string, integer, boolean
//   {"rule": "time",    "path": "timestamp", "format": "%d/%m/%Y %H:%M", "zone": "Asia/Shanghai"}
//   {"rule": "drop",    "path": "properties.note"}
//   {"rule": "map",     "path": "properties.state", "from": "PAID", "value": "paid"}
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ingest/parsed.h"
#include "ingest/plan.h"

namespace zhike::ingest {

struct FixRule {
  enum class Kind : std::uint8_t { kRename, kDefault, kConvert, kTime, kDrop, kMap };
  Kind kind{};
  std::string path;
  std::string to;                       ///< kRename: the new path
  ValueType type = ValueType::kString;  ///< kConvert
  std::string format;                   ///< kTime, as parse_time_as() has it
  Zone zone = Zone::utc();              ///< kTime: of times without an offset
  Value from, value;                    ///< kMap: what becomes what; kDefault: `value`
};

class Fix {
 public:
  static constexpr std::size_t kRulesMax = 20, kPathMax = 200, kValueMax = 1000;

  /// `rules`: a JSON list, of at most kRulesMax. Errors: kBadFix, naming the rule.
  [[nodiscard]] static Result<Fix> parse(std::string_view rules);
  /// The rejected input as the rules make it, with everything else as it was. A rule that does not apply (no
  /// such part, no number) changes nothing. Errors: kNotReplayable (the input cannot be taken apart).
  [[nodiscard]] Result<Reject> apply(Reject reject) const;
  [[nodiscard]] const std::string& body() const { return body_; }  ///< the rules, as JSON

 private:
  std::vector<FixRule> rules_;
  std::string body_;
};

}  // namespace zhike::ingest
