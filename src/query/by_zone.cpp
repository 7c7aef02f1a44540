#include "query/by_zone.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace zhike::query {
namespace {

constexpr std::string_view kMark = "/*zones:";
constexpr std::string_view kZone = "{zone:String}";
constexpr std::string_view kFrom = "{from:DateTime64(3, 'UTC')}";
constexpr std::string_view kTo = "{to:DateTime64(3, 'UTC')}";

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// The word that ends at `end`, spaces before it left out.
std::string_view word_before(std::string_view text, std::size_t end) {
  while (end > 0 && text[end - 1] == ' ') --end;
  std::size_t begin = end;
  while (begin > 0 && is_word(text[begin - 1])) --begin;
  return text.substr(begin, end - begin);
}

/// The column that says to which unit a time belongs.
std::string unit_of(std::string_view time) {
  if (time == "occurred_at") return "unit";
  cx_check(time.ends_with("_at"), "SQL puts a time on a day without saying whose");
  return std::string(time.substr(0, time.size() - 2)) + "unit";
}

/// multiIf over the zones: `own(i)` for the units of the i-th, `otherwise` for the rest.
template <class Own>
std::string choose(std::size_t zones, const std::string& unit, Own own, std::string_view otherwise) {
  std::string out = "multiIf(";
  for (std::size_t i = 0; i < zones; ++i)
    out += fmt::format("has({{zone_units_{}:Array(String)}}, {}), {}, ", i, unit, own(i));
  return out.append(otherwise) + ")";
}

class Rewriter {
 public:
  Rewriter(std::string_view sql, std::size_t zones) : rest_(sql), zones_(zones) {}

  std::string run(bool with_range) {
    for (;;) {
      std::size_t at = rest_.find(kZone);
      at = std::min(at, rest_.find(kMark));
      if (with_range) at = std::min({at, rest_.find(kFrom), rest_.find(kTo)});
      if (at == std::string_view::npos) return out_.append(rest_);
      out_ += rest_.substr(0, at);
      rest_.remove_prefix(at);
      if (rest_.starts_with(kZone))
        day();
      else if (rest_.starts_with(kMark))
        mark();
      else if (rest_.starts_with(kFrom))
        bound("from", " >= ", kFrom);
      else
        bound("to", " < ", kTo);
    }
  }

 private:
  /// "toStartOfWeek(occurred_at, 1, " lies behind, "{zone:String})" before.
  void day() {
    const std::size_t open = out_.rfind('(');
    cx_check(open != std::string::npos && rest_.size() > kZone.size() && rest_[kZone.size()] == ')',
             "SQL uses the zone in an unknown way");
    const std::string_view function = word_before(out_, open);
    cx_check(function == "toDate" || function == "toStartOfWeek" || function == "toStartOfMonth",
             "SQL uses the zone in an unknown way");
    const std::string call = out_.substr(open - function.size());
    const std::string_view time = std::string_view(call).substr(function.size() + 1);
    const std::string unit = unit_of(time.substr(0, time.find(',')));
    out_.resize(open - function.size());
    out_ += choose(
        zones_, unit, [&](std::size_t i) { return fmt::format("{}{{zone_{}:String}})", call, i); },
        fmt::format("{}{})", call, kZone));
    rest_.remove_prefix(kZone.size() + 1);
  }

  /// What stands in the comment counts now.
  void mark() {
    const std::size_t end = rest_.find("*/");
    cx_check(end != std::string_view::npos, "a comment without end");
    out_ += rest_.substr(kMark.size(), end - kMark.size());
    rest_.remove_prefix(end + 2);
  }

  /// "occurred_at >= " lies behind. The plain comparison stays for the sorting key.
  void bound(std::string_view name, std::string_view op, std::string_view parameter) {
    cx_check(out_.ends_with(op), "SQL uses the range in an unknown way");
    const std::string time(word_before(out_, out_.size() - op.size()));
    out_ += fmt::format("{0} AND {1}{2}", parameter, time, op);
    out_ += choose(
        zones_, unit_of(time),
        [&](std::size_t i) { return fmt::format("{{{}_{}:DateTime64(3, 'UTC')}}", name, i); },
        fmt::format("{{{}_other:DateTime64(3, 'UTC')}}", name));
    rest_.remove_prefix(parameter.size());
  }

  std::string_view rest_;
  std::size_t zones_;
  std::string out_;
};

}  // namespace

Range widest_range(const Filter& filter) {
  Range out = filter.range;
  for (const UnitZone& own : filter.own_zones) {
    const Range range = range_in(filter, own.zone);
    out = {std::min(out.from, range.from), std::max(out.to, range.to)};
  }
  return out;
}

std::string by_zone(std::string_view sql, const Filter& filter, warehouse::Params& params) {
  for (std::size_t i = 0; i < filter.own_zones.size(); ++i) {
    const UnitZone& own = filter.own_zones[i];
    params.set(fmt::format("zone_units_{}", i), own.units).set(fmt::format("zone_{}", i), own.zone.name());
    if (!filter.by_wall_clock) continue;
    const Range range = range_in(filter, own.zone);
    params.set(fmt::format("from_{}", i), range.from).set(fmt::format("to_{}", i), range.to);
  }
  if (filter.by_wall_clock) params.set("from_other", filter.range.from).set("to_other", filter.range.to);
  return Rewriter(sql, filter.own_zones.size()).run(filter.by_wall_clock);
}

}  // namespace zhike::query
