#include "query/prepare.h"

#include <iterator>

#include "base/ascii.h"
#include "query/by_zone.h"
#include "query/prepare_flags.h"
#include "query/sql.h"

namespace zhike::query {

namespace {

constexpr std::string_view kMark = "/*filter*/", kFlags = "/*flags*/";
constexpr std::size_t kDepthMax = 16;
constexpr std::size_t kConditionsMax = 100;
constexpr std::size_t kValuesMax = 1000;
constexpr std::size_t kUnitValuesMax = 10'000;  ///< a region may hold every unit there is

constexpr std::string_view kCustomer =
    "dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id)";
constexpr std::string_view kRange =
    "occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}";

/// Prints a tree as a condition on the columns of events; values become parameters f0, f1, ... of `prefix` f.
class Printer {
 public:
  explicit Printer(warehouse::Params& params, std::string prefix = "f")
      : params_(params), prefix_(std::move(prefix)) {}

  Result<void> print(const Expr& expr, std::size_t depth = 0) {
    if (depth > kDepthMax) return fail(Code::kBadFilter, "more than {} levels", kDepthMax);
    switch (expr.kind) {
      case Expr::Kind::kCondition:
        return print(expr.condition);
      case Expr::Kind::kAll:
        return join(expr, " AND ", "1", depth);
      case Expr::Kind::kAny:
        return join(expr, " OR ", "0", depth);
      case Expr::Kind::kNot:
        if (expr.parts.size() != 1) return fail(Code::kBadFilter, "not takes one part");
        out_ += "NOT ";
        return join(expr, "", "", depth);
      case Expr::Kind::kDid:
        if (expr.parts.size() != 1) return fail(Code::kBadFilter, "did takes one part");
        out_ +=
            fmt::format("{0} IN (SELECT {0} FROM events WHERE {1} AND {2} AND ", kCustomer, kScope, kRange);
        CX_TRY(join(expr, "", "", depth));
        out_ += ')';
        return {};
    }
    return fail(Code::kUnknownOperator);
  }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  Result<void> join(const Expr& expr, std::string_view word, std::string_view when_empty, std::size_t depth) {
    out_ += '(';
    if (expr.parts.empty()) out_ += when_empty;
    for (std::size_t i = 0; i < expr.parts.size(); ++i) {
      if (i > 0) out_ += word;
      CX_TRY(print(expr.parts[i], depth + 1));
    }
    out_ += ')';
    return {};
  }

  Result<void> print(const Condition& condition) {
    if (++count_ > kConditionsMax) return fail(Code::kBadFilter, "more than {} conditions", kConditionsMax);
    if (condition.field == Field::kCustomers) return set_of_customers(condition);
    switch (condition.op) {
      case Op::kIn:
        return texts(condition);
      case Op::kNotIn:
        out_ += "NOT ";
        return texts(condition);
      case Op::kAtLeast:
        return number(condition, ">=");
      case Op::kAtMost:
        return number(condition, "<=");
      case Op::kExists:
        break;
    }
    return fail(Code::kUnknownOperator, "{} on {}", to_string(condition.op), to_string(condition.field));
  }

  Result<void> number(const Condition& condition, std::string_view op) {
    if (condition.field != Field::kScore)
      return fail(Code::kUnknownOperator, "{} on {}", to_string(condition.op), to_string(condition.field));
    const std::string name = next();
    params_.set(name, condition.number);
    out_ += fmt::format("ifNull(score {} {{{}:Float64}}, 0)", op, name);
    return {};
  }

  /// Whoever belongs to the set today: it holds subjects, and the map says whose they are.
  Result<void> set_of_customers(const Condition& condition) {
    const auto& values = condition.values;
    const auto set = values.empty() ? std::nullopt : ascii::parse_number<std::uint64_t>(values.front());
    if (condition.op != Op::kIn || !set || values.size() > 2)
      return fail(Code::kBadFilter, "no set of customers");
    const std::string name = next();
    params_.set(name, *set);
    std::string group;
    if (values.size() == 2) {
      params_.set(name + "_group", values.back());
      group = fmt::format(" AND grp = {{{}_group:String}}", name);
    }
    out_ += fmt::format(
        "{} IN (SELECT dictGetOrDefault('subject_customer', 'customer', subject, subject) FROM customer_sets "
        "WHERE set_id = {{{}:UInt64}}{})",
        kCustomer, name, group);
    return {};
  }

  Result<void> texts(const Condition& condition) {
    if (condition.field == Field::kScore || condition.field >= Field::kVirtual)
      return fail(Code::kUnknownOperator, "{} on {}", to_string(condition.op), to_string(condition.field));
    const std::size_t most = condition.field == Field::kUnit ? kUnitValuesMax : kValuesMax;
    if (condition.values.empty() || condition.values.size() > most)
      return fail(Code::kBadFilter, "{} takes 1 to {} values", to_string(condition.field), most);
    const std::string name = next();
    params_.set(name, condition.values);
    out_ += fmt::format(fmt::runtime(shape(condition.field)),
                        fmt::arg("p", fmt::format("{{{}:Array(String)}}", name)));
    return {};
  }

  /// Attributes of the kind are compared on the small table, so that the events are read by number only.
  static std::string_view shape(Field field) {
    switch (field) {
      case Field::kUnit:
        return "has({p}, unit)";
      case Field::kSource:
        return "has({p}, toString(source_id))";
      case Field::kType:
        return "kind IN (SELECT kind FROM kinds FINAL WHERE has({p}, type))";
      case Field::kName:
        return "kind IN (SELECT kind FROM kinds FINAL WHERE has({p}, name))";
      case Field::kChannel:
        return "kind IN (SELECT kind FROM kinds FINAL WHERE has({p}, channel))";
      case Field::kTouchpoint:
        return "kind IN (SELECT kind FROM kinds FINAL WHERE has({p}, touchpoint))";
      case Field::kStage:
        return "kind IN (SELECT kind FROM kinds FINAL WHERE has({p}, stage))";
      case Field::kInstrument:
        return "has({p}, instrument)";
      case Field::kCase:
        return "has({p}, case_id)";
      case Field::kScore:
      case Field::kVirtual:
      case Field::kTrait:
      case Field::kCustomers:
        break;
    }
    cx_check(false, "a field without a shape");
    return {};
  }

  std::string next() { return fmt::format("{}{}", prefix_, count_ - 1); }

  warehouse::Params& params_;
  std::string prefix_;
  std::string out_;
  std::size_t count_ = 0;
};

std::string with_text(std::string_view sql, std::string_view mark, std::string_view text) {
  std::string out;
  for (;;) {
    const std::size_t at = sql.find(mark);
    out += sql.substr(0, at);
    if (at == std::string_view::npos) return out;
    out += text;
    sql.remove_prefix(at + mark.size());
  }
}

std::optional<Instant> instant_of(const boost::json::value& cell) {
  const std::int64_t ms = warehouse::as_i64(cell);
  return ms == 0 ? std::nullopt : std::optional(Instant{ms});
}

}  // namespace

Result<Prepared> prepare(const Grant& grant, Permission needed, const Filter& filter, std::string_view sql) {
  return prepare_flags(grant, needed, filter, {}, sql);
}

Result<Prepared> prepare_flags(const Grant& grant, Permission needed, const Filter& filter,
                               std::span<const Expr> flags, std::string_view sql) {
  if (!grant.may(needed)) return fail(Code::kPermissionMissing, "{}", to_string(needed));
  if (filter.range.to <= filter.range.from) return fail(Code::kBadFilter, "the range ends before it starts");
  cx_check(sql.find(kScope) != std::string_view::npos, "SQL without the scope of the Grant");
  Prepared out;
  const Range widest = widest_range(filter);
  out.params.set("all_units", static_cast<std::uint64_t>(grant.all_units ? 1 : 0))
      .set("units", grant.units)
      .set("from", widest.from)
      .set("to", widest.to)
      .set("zone", filter.zone.name());
  const bool filtered = filter.where != Expr{};
  std::string conditions;
  if (filtered) {
    cx_check(sql.find(kMark) != std::string_view::npos, "conditions on SQL that takes none");
    Printer printer(out.params);
    CX_TRY(printer.print(filter.where));
    conditions = " AND " + printer.take();
  }
  out.sql = with_text(sql, kMark, conditions);
  if (!flags.empty()) {
    cx_check(sql.find(kFlags) != std::string_view::npos, "flags on SQL that takes none");
    std::string printed;
    for (std::size_t i = 0; i < flags.size(); ++i) {
      Printer printer(out.params, fmt::format("flag{}_", i));
      CX_TRY(printer.print(flags[i]));
      fmt::format_to(std::back_inserter(printed), ", toUInt8({})", printer.take());
    }
    out.sql = with_text(out.sql, kFlags, printed);
  }
  if (!filter.own_zones.empty()) out.sql = by_zone(out.sql, filter, out.params);
  return out;
}

Result<Prepared> prepare(const Grant& grant, Permission needed, std::string_view sql) {
  return prepare(grant, needed, Filter{.range = {{0}, {7'258'118'400'000}}}, sql);
}

Permission viewing(const Grant& grant) {
  return grant.may(Permission::kViewMetrics) ? Permission::kViewMetrics : Permission::kViewCustomers;
}

Result<Stored> stored(warehouse::Client& client, const Grant& grant, const warehouse::Limits& limits) {
  CX_TRY(const Prepared prepared, prepare(grant, viewing(grant), sql::kStored));
  CX_TRY(const warehouse::Table table, client.select(prepared.query(limits)));
  Stored out;
  if (table.rows.empty()) return out;
  const auto& row = table.rows.front();
  out.events = warehouse::as_u64(row[0]);
  if (out.events == 0) return out;
  out.oldest = instant_of(row[1]);
  out.newest = instant_of(row[2]);
  out.received = instant_of(row[3]);
  return out;
}

Result<bool> any(warehouse::Client& client, const Grant& grant, const Range& range) {
  CX_TRY(const Prepared prepared,
         prepare(grant, Permission::kViewMetrics, Filter{.range = range}, sql::kAny));
  CX_TRY(const warehouse::Table table, client.select(prepared.query()));
  return !table.rows.empty();
}

}  // namespace zhike::query
