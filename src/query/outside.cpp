#include "query/outside.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii.h"
#include "base/time.h"

namespace zhike::query {
namespace {

constexpr std::size_t kNameMax = 128;
constexpr std::size_t kValuesMax = 10'000;

constexpr std::array<std::pair<OutsideType, std::string_view>, 4> kTypes{{{OutsideType::kText, "text"},
                                                                          {OutsideType::kNumber, "number"},
                                                                          {OutsideType::kTime, "time"},
                                                                          {OutsideType::kFlag, "flag"}}};

std::string doubled(std::string_view name, char quote) {
  std::string out(1, quote);
  for (const char c : name) {
    if (c == quote) out += c;
    out += c;
  }
  return out + quote;
}

std::string backslashed(std::string_view name) {
  std::string out = "`";
  for (const char c : name) {
    if (c == '`' || c == '\\') out += '\\';
    out += c;
  }
  return out + "`";
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> all) {
  return std::ranges::find(all, text) != all.end();
}

/// The form that every system reads the same way; empty: not a value of the type.
std::string value_as(OutsideType type, const std::string& text) {
  switch (type) {
    case OutsideType::kText:
      return text;
    case OutsideType::kNumber:
      return ascii::parse_number<double>(text) ? text : std::string();
    case OutsideType::kTime: {
      const auto at = parse_time(text, Zone::utc());
      if (!at) return {};
      std::string out = format_utc(*at);  // 2024-03-01T00:00:00.000Z
      out[10] = ' ';
      out.resize(23);
      return out;
    }
    case OutsideType::kFlag: {
      const std::string small = ascii::lower(text);
      if (is_one_of(small, {"true", "1", "yes", "t"})) return "true";
      return is_one_of(small, {"false", "0", "no", "f"}) ? "false" : "";
    }
  }
  return {};
}

/// What a value is compared as in PostgreSQL: its column's own type, so that an index may serve.
std::string_view postgres_type(const OutsideColumn& column, const std::vector<std::string>& values) {
  switch (column.type) {
    case OutsideType::kText:
      return "text";
    case OutsideType::kFlag:
      return "boolean";
    case OutsideType::kTime:
      if (column.native == "date" || column.native == "timestamp with time zone") return column.native;
      return "timestamp without time zone";
    case OutsideType::kNumber:
      if (is_one_of(column.native, {"real", "double precision"})) return "double precision";
      if (is_one_of(column.native, {"smallint", "integer", "bigint"}) &&
          std::ranges::all_of(
              values, [](const std::string& v) { return bool(ascii::parse_number<std::int64_t>(v)); }))
        return "bigint";
      return "numeric";
  }
  return "text";
}

/// What is compared with what: `before` and `after` stand around the parameter.
struct EngineSides {
  std::string column;
  std::string_view before{}, after{};
};

/// Columns of CSV and JSON are texts, where a value that is none of the type is nothing. Whole numbers are
/// compared as such: ids of 19 digits differ where a floating number does not.
EngineSides engine_sides(const std::string& name, const OutsideCondition& c,
                         const std::vector<std::string>& values) {
  const std::string& native = c.column.native;
  const bool is_text = native.find("String") != std::string::npos;
  const auto is_whole = [](const std::string& v) { return bool(ascii::parse_number<std::int64_t>(v)); };
  switch (c.column.type) {
    case OutsideType::kText:
      return {fmt::format("toString({})", name)};
    case OutsideType::kFlag:
      return {fmt::format("lower(toString({}))", name)};
    case OutsideType::kTime:
      return {(is_text ? "parseDateTime64BestEffortOrNull(" : "toDateTime64(") + name + ", 3, 'UTC')",
              "arrayMap(x -> toDateTime64(x, 3, 'UTC'), ", ")"};
    case OutsideType::kNumber:
      break;
  }
  if (is_text && (c.op == Op::kIn || c.op == Op::kNotIn))
    return {fmt::format("toDecimal128OrNull({}, 10)", name), "arrayMap(x -> toDecimal128OrNull(x, 10), ",
            ")"};
  if (is_text) return {fmt::format("toFloat64OrNull({})", name), "arrayMap(x -> toFloat64(x), ", ")"};
  if (native.find("Int") != std::string::npos && std::ranges::all_of(values, is_whole))
    return {fmt::format("toInt128({})", name), "arrayMap(x -> toInt128(x), ", ")"};
  return {fmt::format("toFloat64({})", name), "arrayMap(x -> toFloat64(x), ", ")"};
}

class Writer {
 public:
  explicit Writer(const OutsideQuestion& question) : q_(question) {}

  Result<OutsideSql> run() {
    std::string what;
    for (const OutsideColumn& column : q_.columns) {
      CX_TRY(const std::string name, quoted_name(q_.dialect, column.name));
      what += (what.empty() ? "" : ", ") + shown(name);
    }
    out_.columns = std::max<std::size_t>(q_.columns.size(), 1);
    out_.sql = fmt::format("SELECT {} FROM {}", what.empty() ? count() : what, q_.relation);
    bool first = true;
    for (const OutsideCondition& condition : q_.conditions) {
      out_.sql += first ? " WHERE " : " AND ";
      first = false;
      CX_TRY(add(condition));
    }
    if (q_.rows_max > 0) out_.sql += fmt::format(" LIMIT {}", q_.rows_max);
    return std::move(out_);
  }

 private:
  [[nodiscard]] std::string count() const {
    switch (q_.dialect) {
      case Dialect::kPostgres:
        return "count(*)::text";
      case Dialect::kMysql:
        return "CAST(count(*) AS CHAR)";
      case Dialect::kEngine:
        break;
    }
    return "toNullable(toString(count()))";
  }

  [[nodiscard]] std::string shown(const std::string& name) const {
    switch (q_.dialect) {
      case Dialect::kPostgres:
        return name + "::text";
      case Dialect::kMysql:
        return fmt::format("CAST({} AS CHAR)", name);
      case Dialect::kEngine:
        break;
    }
    return fmt::format("toNullable(toValidUTF8(toString({})))", name);
  }

  Result<void> add(const OutsideCondition& c) {
    CX_TRY(const std::string name, quoted_name(q_.dialect, c.column.name));
    if (c.op == Op::kExists) {
      out_.sql += name + " IS NOT NULL";
      return {};
    }
    const bool bound = c.op == Op::kAtLeast || c.op == Op::kAtMost;
    if (bound && (c.column.type == OutsideType::kText || c.column.type == OutsideType::kFlag))
      return fail(Code::kBadFilter, "{}: a {} has no order", c.column.name, to_string(c.column.type));
    if (c.values.empty() || c.values.size() > (bound ? 1 : kValuesMax))
      return fail(Code::kBadFilter, "{}: 1 to {} values", c.column.name, bound ? 1 : kValuesMax);
    std::vector<std::string> values;
    for (const std::string& text : c.values) {
      std::string value = value_as(c.column.type, text);
      if (value.empty() && (c.column.type != OutsideType::kText || text.empty() != value.empty()))
        return fail(Code::kBadFilter, "{}: {} is no {}", c.column.name, text.substr(0, 40),
                    to_string(c.column.type));
      if (value.find('\0') != std::string::npos) return fail(Code::kBadFilter, "{}: a 0 byte", c.column.name);
      values.push_back(std::move(value));
    }
    switch (q_.dialect) {
      case Dialect::kPostgres:
        return postgres(name, c, std::move(values));
      case Dialect::kMysql:
        return mysql(name, c, std::move(values));
      case Dialect::kEngine:
        return engine(name, c, std::move(values));
    }
    return {};
  }

  static std::string_view sign(Op op) { return op == Op::kAtLeast ? ">=" : "<="; }

  Result<void> postgres(const std::string& name, const OutsideCondition& c, std::vector<std::string> values) {
    const std::string_view type = postgres_type(c.column, values);
    const bool plain =
        c.column.type != OutsideType::kText || is_one_of(c.column.native, {"text", "character varying"});
    const std::string column = plain ? name : name + "::text";
    const std::size_t at = out_.values.size() + 1;
    if (c.op == Op::kAtLeast || c.op == Op::kAtMost) {
      out_.sql += fmt::format("{} {} ${}::{}", column, sign(c.op), at, type);
      out_.values.push_back({.texts = std::move(values)});
      return {};
    }
    out_.sql += fmt::format("{} {} (${}::{}[])", column, c.op == Op::kIn ? "= ANY" : "<> ALL", at, type);
    out_.values.push_back({.texts = {postgres_array(values)}});
    return {};
  }

  Result<void> mysql(const std::string& name, const OutsideCondition& c, std::vector<std::string> values) {
    std::string_view value = "?";
    if (c.column.type == OutsideType::kNumber) value = "CAST(? AS DECIMAL(65,10))";
    if (c.column.type == OutsideType::kTime) value = "CAST(? AS DATETIME(3))";
    if (c.column.type == OutsideType::kFlag)
      for (std::string& text : values) text = text == "true" ? "1" : "0";
    if (c.op == Op::kAtLeast || c.op == Op::kAtMost) {
      out_.sql += fmt::format("{} {} {}", name, sign(c.op), value);
    } else {
      out_.sql += fmt::format("{} {} (", name, c.op == Op::kIn ? "IN" : "NOT IN");
      for (std::size_t i = 0; i < values.size(); ++i) out_.sql.append(i == 0 ? "" : ", ").append(value);
      out_.sql += ')';
    }
    for (std::string& text : values) out_.values.push_back({.texts = {std::move(text)}});
    return {};
  }

  Result<void> engine(const std::string& name, const OutsideCondition& c, std::vector<std::string> values) {
    const EngineSides sides = engine_sides(name, c, values);
    const std::string value =
        fmt::format("{}{{p{}:Array(String)}}{}", sides.before, out_.values.size() + 1, sides.after);
    if (c.op == Op::kAtLeast || c.op == Op::kAtMost)
      out_.sql += fmt::format("ifNull({} {} {}[1], 0)", sides.column, sign(c.op), value);
    else
      out_.sql += fmt::format("ifNull({} {} {}, 0)", sides.column, c.op == Op::kIn ? "IN" : "NOT IN", value);
    out_.values.push_back({.texts = std::move(values), .array = true});
    return {};
  }

  const OutsideQuestion& q_;
  OutsideSql out_;
};

}  // namespace

std::string_view to_string(OutsideType type) noexcept {
  for (const auto& [key, name] : kTypes)
    if (key == type) return name;
  return {};
}

Result<OutsideType> parse_outside_type(std::string_view text) {
  for (const auto& [key, name] : kTypes)
    if (name == text) return key;
  return fail(Code::kBadFilter, "{}", text.substr(0, 40));
}

Result<std::string> quoted_name(Dialect dialect, std::string_view name) {
  if (name.empty() || name.size() > kNameMax || name.find('\0') != std::string_view::npos)
    return fail(Code::kBadFilter, "'{}' cannot be a name", name.substr(0, kNameMax));
  switch (dialect) {
    case Dialect::kPostgres:
      return doubled(name, '"');
    case Dialect::kMysql:
      return doubled(name, '`');
    case Dialect::kEngine:
      break;
  }
  return backslashed(name);
}

Result<std::string> quoted_table(Dialect dialect, std::string_view schema, std::string_view table) {
  CX_TRY(const std::string name, quoted_name(dialect, table));
  if (schema.empty()) return name;
  CX_TRY(const std::string before, quoted_name(dialect, schema));
  return before + "." + name;
}

std::string postgres_array(std::span<const std::string> texts) {
  std::string out = "{";
  for (const std::string& text : texts) {
    out += out.size() == 1 ? "\"" : ",\"";
    for (const char c : text) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    out += '"';
  }
  return out + "}";
}

Result<OutsideSql> outside(const OutsideQuestion& question) { return Writer(question).run(); }

}  // namespace zhike::query
