// What a question is about: a time range, conditions on events, a way to divide the answer. Values only; how
// they become SQL is prepare.h's business.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace zhike::query {

/// What a condition may name: columns of events (texts, except kScore, a number), and what is known of
/// customers. kVirtual and kTrait are turned into kCustomers by who knows their values, before prepare().
enum class Field {
  kUnit,
  kSource,
  kType,
  kName,
  kChannel,
  kTouchpoint,
  kStage,
  kInstrument,
  kCase,
  kScore,
  kVirtual,   ///< `name` is SOURCE.COLUMN, or SOURCE alone for kExists
  kTrait,     ///< `name` is the trait's key
  kCustomers  ///< values: the number of a set in customer_sets, and a group of it (none: all of the set)
};
[[nodiscard]] std::string_view to_string(Field field) noexcept;
/// A column of events. Errors: kUnknownField.
[[nodiscard]] Result<Field> parse_field(std::string_view text);

/// kIn and kNotIn for texts; kAtLeast and kAtMost for kScore, kVirtual and kTrait; kExists for the last two.
enum class Op { kIn, kNotIn, kAtLeast, kAtMost, kExists };
[[nodiscard]] std::string_view to_string(Op op) noexcept;  ///< "in"
/// Errors: kUnknownOperator.
[[nodiscard]] Result<Op> parse_op(std::string_view text);

struct Condition {
  Field field = Field::kUnit;
  Op op = Op::kIn;
  std::vector<std::string> values{};  ///< of kIn and kNotIn; at least one
  double number = 0;                  ///< of kAtLeast and kAtMost on kScore
  std::string name{};                 ///< of kVirtual and kTrait; their bound is values.front()
  friend bool operator==(const Condition&, const Condition&) = default;
};

/// A tree of conditions. A default one is an empty kAll, which every event satisfies.
struct Expr {
  enum class Kind {
    kCondition,
    kAll,
    kAny,
    kNot,
    kDid
  };  ///< kNot and kDid have one part; an empty kAny is satisfied by none. kDid: the event's customer has an
      ///< event within the range and the Grant's scope that satisfies the part
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
[[nodiscard]] Expr did(Expr part);
/// Events of the customers of a set; `group` empty: of any of its groups.
[[nodiscard]] Expr among(std::uint64_t set, std::string group = {});

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
