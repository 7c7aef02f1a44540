// What a question is about: a time range, conditions on events, a way to divide the answer. Values only; how
// they become SQL is prepare.h's business.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace zhike::query {

/// The columns a condition may name. Texts, except kScore (number).
enum class Field { kUnit, kSource, kType, kName, kChannel, kTouchpoint, kStage, kInstrument, kCase, kScore };
[[nodiscard]] std::string_view to_string(Field field) noexcept;
/// Errors: kUnknownField.
[[nodiscard]] Result<Field> parse_field(std::string_view text);

enum class Op { kIn, kNotIn, kAtLeast, kAtMost };  ///< kIn and kNotIn for texts, the others for kScore
[[nodiscard]] std::string_view to_string(Op op) noexcept;  ///< "in"
/// Errors: kUnknownOperator.
[[nodiscard]] Result<Op> parse_op(std::string_view text);

struct Condition {
  Field field = Field::kUnit;
  Op op = Op::kIn;
  std::vector<std::string> values{};  ///< of kIn and kNotIn; at least one
  double number = 0;                  ///< of kAtLeast and kAtMost
  friend bool operator==(const Condition&, const Condition&) = default;
};

/// A tree of conditions. A default one is an empty kAll, which every event satisfies.
struct Expr {
  enum class Kind {
    kCondition,
    kAll,
    kAny,
    kNot
  };  ///< kNot has one part; an empty kAny is satisfied by none
  Kind kind = Kind::kAll;
  Condition condition{};
  std::vector<Expr> parts{};
  friend bool operator==(const Expr&, const Expr&) = default;
};
[[nodiscard]] Expr is(Field field, std::vector<std::string> values);
[[nodiscard]] Expr at_least(double score);
[[nodiscard]] Expr at_most(double score);
[[nodiscard]] Expr all(std::vector<Expr> parts);
[[nodiscard]] Expr any(std::vector<Expr> parts);
[[nodiscard]] Expr negate(Expr part);

struct Range {
  Instant from, to;  ///< to is excluded
  friend bool operator==(const Range&, const Range&) = default;
};

/// Units whose days begin elsewhere than the filter's `zone` says.
struct UnitZone {
  Zone zone = Zone::utc();
  std::vector<std::string> units{};
};

/// `zone` defines the days, weeks and months of the answer, except of the units in `own_zones`: their events
/// fall on the day that their own clock showed.
struct Filter {
  Range range;
  Zone zone = Zone::utc();
  Expr where{};
  std::vector<UnitZone> own_zones{};  ///< each zone once
  bool by_wall_clock = false;  ///< the range was given as days: each unit's begin and end by its own clock
};

enum class Grain { kNone, kDay, kWeek, kMonth };  ///< weeks start on Monday
enum class By { kNone, kChannel, kTouchpoint, kStage, kUnit };
enum class Compare { kNone, kPrevious, kYear };
[[nodiscard]] std::string_view to_string(Grain grain) noexcept;  ///< "none", "day", ...
[[nodiscard]] std::string_view to_string(By by) noexcept;
/// Errors: kBadFilter.
[[nodiscard]] Result<Grain> parse_grain(std::string_view text);
[[nodiscard]] Result<By> parse_by(std::string_view text);
[[nodiscard]] Result<Compare> parse_compare(std::string_view text);

/// The grain that gives about 10 to 100 points.
[[nodiscard]] Grain grain_for(const Range& range);
/// The range that `range` is compared with, by the wall clock of `zone`: the one of equal length before, or
/// the same dates a year before (29 February becomes 1 March).
[[nodiscard]] Range compared(const Range& range, const Zone& zone, Compare with);
/// The starts of all days, weeks or months that touch the range, as epoch days of the local date; of a
/// filter, by the clock of any of its units.
[[nodiscard]] std::vector<std::int32_t> buckets(const Range& range, const Zone& zone, Grain grain);
[[nodiscard]] std::vector<std::int32_t> buckets(const Filter& filter, Grain grain);
/// The filter's range as the clock of `zone` (one of own_zones) means it.
[[nodiscard]] Range range_in(const Filter& filter, const Zone& zone);

}  // namespace zhike::query
