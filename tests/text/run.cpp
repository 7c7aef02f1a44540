#include "run.h"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <cmath>

#include <fmt/ranges.h>

#include "base/file.h"
#include "query/by_zone.h"

namespace zhike::text_test {
namespace {

using warehouse::Table;

/// kQueryTooLarge to query_too_large.
std::string id_of(std::string_view code) {
  std::string out;
  for (const char c : code.substr(code.starts_with('k') ? 1 : 0)) {
    if (c >= 'A' && c <= 'Z') {
      if (!out.empty()) out += '_';
      out += static_cast<char>(c + 32);
    } else {
      out += c;
    }
  }
  return out;
}

std::string json_text(std::string_view text) { return boost::json::serialize(boost::json::string(text)); }

bool is_time(std::string_view type) { return type.find("DateTime64") != std::string_view::npos; }

/// "2026-03-01 10:00:00.000", as the store reads and writes it.
Result<std::string> stored_time(std::string_view text) {
  CX_TRY(const Instant at, parse_time(text, Zone::utc()));
  std::string out = format_utc(at);
  out[10] = ' ';
  out.pop_back();
  return out;
}

Result<std::string> json_value(const Cell& cell, std::string_view type) {
  switch (cell.kind) {
    case Cell::Kind::kNull:
      return std::string("null");
    case Cell::Kind::kJson:
      return cell.text;
    case Cell::Kind::kAny:
      return fail(Code::kInternal, "* is for expected rows");
    case Cell::Kind::kWord:
    case Cell::Kind::kQuoted:
      break;
  }
  if (!is_time(type)) return json_text(cell.text);
  CX_TRY(const std::string time, stored_time(cell.text));
  return json_text(time);
}

std::string shown(const boost::json::value& value) {
  if (value.is_null()) return "null";
  if (value.is_array() || value.is_object()) return boost::json::serialize(value);
  const std::string text = warehouse::as_text(value);
  const bool plain = !text.empty() && text != "null" && text != "*" &&
                     text.find_first_of(" \t\n\"\\#[{") == std::string::npos;
  return plain ? text : json_text(text);
}

std::string shown(const boost::json::array& row) {
  std::string out = " ";
  for (const auto& value : row) out += " " + shown(value);
  return out;
}

std::string shown(const Row& row) {
  std::string out = " ";
  for (const Cell& cell : row) {
    if (cell.kind == Cell::Kind::kNull)
      out += " null";
    else if (cell.kind == Cell::Kind::kAny)
      out += " *";
    else
      out += " " + (cell.kind == Cell::Kind::kQuoted ? json_text(cell.text) : cell.text);
  }
  return out;
}

bool close_numbers(std::string_view expected, const boost::json::value& value) {
  if (expected.find('.') == std::string_view::npos) return false;
  double number = 0;
  const auto [end, error] = std::from_chars(expected.data(), expected.data() + expected.size(), number);
  if (error != std::errc{} || end != expected.data() + expected.size()) return false;
  const double actual = warehouse::as_double(value);
  return std::abs(actual - number) <= 1e-6 * std::max(1.0, std::abs(number));
}

bool matches(const Cell& cell, const boost::json::value& value) {
  switch (cell.kind) {
    case Cell::Kind::kAny:
      return true;
    case Cell::Kind::kNull:
      return value.is_null();
    case Cell::Kind::kJson: {
      boost::system::error_code error;
      const auto expected = boost::json::parse(cell.text, error);
      return !error && expected == value;
    }
    case Cell::Kind::kQuoted:
      return value.is_string() && warehouse::as_text(value) == cell.text;
    case Cell::Kind::kWord:
      break;
  }
  if (value.is_null() || value.is_array() || value.is_object()) return false;
  if (warehouse::as_text(value) == cell.text || close_numbers(cell.text, value)) return true;
  const auto time = cell.text.size() >= 19 && cell.text[10] == 'T' ? stored_time(cell.text)
                                                                   : Result<std::string>(std::string());
  return time && !time->empty() && warehouse::as_text(value) == *time;
}

bool matches(const Row& expected, const boost::json::array& row) {
  return expected.size() == row.size() &&
         std::equal(expected.begin(), expected.end(), row.begin(),
                    [](const Cell& c, const auto& v) { return matches(c, v); });
}

std::unexpected<Error> differ(int line, const std::vector<std::pair<int, Row>>& expected,
                              const Table& table) {
  std::string text =
      fmt::format("line {}: expected {} rows, got {}:\n", line, expected.size(), table.rows.size());
  constexpr std::size_t kShownMax = 40;
  for (std::size_t i = 0; i < std::max(expected.size(), table.rows.size()) && i < kShownMax; ++i) {
    const bool same =
        i < expected.size() && i < table.rows.size() && matches(expected[i].second, table.rows[i]);
    if (same) {
      text += "     " + shown(table.rows[i]) + "\n";
      continue;
    }
    if (i < expected.size()) text += "    -" + shown(expected[i].second) + "\n";
    if (i < table.rows.size()) text += "    +" + shown(table.rows[i]) + "\n";
  }
  return std::unexpected(Error{Code::kInternal, text});
}

Result<void> compare(const Step& step, bool unordered, const Table& table) {
  if (step.rows.size() != table.rows.size()) return differ(step.line, step.rows, table);
  if (!unordered) {
    for (std::size_t i = 0; i < table.rows.size(); ++i)
      if (!matches(step.rows[i].second, table.rows[i])) return differ(step.line, step.rows, table);
    return {};
  }
  std::vector<const boost::json::array*> left;
  for (const auto& row : table.rows) left.push_back(&row);
  for (const auto& [line, expected] : step.rows) {
    const auto at = std::ranges::find_if(left, [&](const auto* row) { return matches(expected, *row); });
    if (at == left.end()) return differ(line, step.rows, table);
    left.erase(at);
  }
  return {};
}

/// The type of {name:Type} in a statement; empty: no such parameter.
std::string type_in(const std::string& sql, const std::string& name) {
  const auto at = sql.find("{" + name + ":");
  if (at == std::string::npos) return {};
  const auto from = at + name.size() + 2;
  std::string type = sql.substr(from, sql.find('}', from) - from);
  type.erase(0, type.find_first_not_of(' '));
  return type;
}

/// {"Europe/Berlin": ["berlin", "paris"]}
Result<std::vector<query::UnitZone>> zones_of(std::string_view text) {
  boost::system::error_code error;
  const auto value = boost::json::parse(text, error);
  if (error || !value.is_object()) return fail(Code::kInternal, "zones need a JSON object");
  std::vector<query::UnitZone> out;
  for (const auto& [name, units] : value.as_object()) {
    CX_TRY(const Zone zone, Zone::find({name.data(), name.size()}));
    out.push_back({.zone = zone});
    for (const auto& unit : units.as_array()) out.back().units.push_back(warehouse::as_text(unit));
  }
  return out;
}

/// The query with units of other zones: rewritten as query::prepare() does. from and to are days of `zone`.
Result<void> with_zones(std::vector<query::UnitZone> zones, Step& step, std::string& sql,
                        warehouse::Params& more) {
  query::Filter filter{.range = {{0}, {1}}, .own_zones = std::move(zones), .by_wall_clock = true};
  const auto cell = [&](std::string_view name) -> Cell* {
    const auto at = std::ranges::find(step.params, name, [](const auto& p) { return p.first; });
    return at == step.params.end() ? nullptr : &at->second;
  };
  if (const Cell* zone = cell("zone")) {
    CX_TRY(filter.zone, Zone::find(zone->text));
  }
  Cell *const from = cell("from"), *const to = cell("to");
  if (from != nullptr) {
    CX_TRY(filter.range.from, parse_time(from->text, filter.zone));
  }
  if (to != nullptr) {
    CX_TRY(filter.range.to, parse_time(to->text, filter.zone));
  }
  sql = query::by_zone(sql, filter, more);
  const query::Range widest = query::widest_range(filter);
  if (from != nullptr) from->text = format_utc(widest.from);
  if (to != nullptr) to->text = format_utc(widest.to);
  return {};
}

}  // namespace

Runner::Runner(warehouse::Client& client, std::filesystem::path queries)
    : client_(client), queries_(std::move(queries)) {}

Outcome Runner::run(std::string_view text) {
  Outcome outcome;
  const auto steps = parse(text);
  if (!steps) return {.passed = 0, .failed = 1, .messages = {steps.error().detail}};
  bool broken = false, any = false;
  const auto finish = [&] {
    if (any) ++(broken ? outcome.failed : outcome.passed);
  };
  Result<void> ready = reset();
  for (const Step& next : *steps) {
    if (next.kind == Step::Kind::kCase) {
      finish();
      broken = any = false;
      ready = reset();
    }
    any = true;
    if (broken) continue;  // the rest of a case depends on what went wrong
    const Result<void> done = ready ? step(next) : ready;
    if (done) continue;
    broken = true;
    const std::string where =
        done.error().detail.starts_with("line ") ? "" : fmt::format("line {}: ", next.line);
    outcome.messages.push_back(
        where + (done.error().code == Code::kInternal ? done.error().detail : to_string(done.error())));
  }
  finish();
  return outcome;
}

Result<void> Runner::reset() {
  lets_.clear();
  next_ = {};
  counter_ = 0;
  CX_TRY(const Table tables,
         client_.select({.sql = "SELECT name FROM system.tables WHERE database = currentDatabase() AND "
                                "total_rows > 0 AND name != 'migrations'"}));
  for (const auto& row : tables.rows) {
    CX_TRY(client_.execute({.sql = "TRUNCATE TABLE `" + warehouse::as_text(row[0]) + "` SYNC"}));
  }
  if (tables.rows.empty()) return {};
  return client_.execute({.sql = "SYSTEM RELOAD DICTIONARIES"});
}

Result<void> Runner::step(const Step& step) {
  switch (step.kind) {
    case Step::Kind::kCase:
      return {};
    case Step::Kind::kTable:
      return load(step);
    case Step::Kind::kDo:
      return client_.execute({.sql = with_lets(step.text)});
    case Step::Kind::kLet:
      lets_[step.name] = step.text;
      return {};
    case Step::Kind::kQuery:
    case Step::Kind::kSql:
      return query(step);
    case Step::Kind::kUnordered:
      next_.unordered = true;
      return {};
    case Step::Kind::kColumns:
      next_.columns = step.columns;
      return {};
    case Step::Kind::kZones: {
      CX_TRY(next_.zones, zones_of(step.text));
      return {};
    }
    case Step::Kind::kError:
      next_.code = step.name;
      next_.text = step.text;
      return {};
  }
  return {};
}

Result<const std::map<std::string, std::string>*> Runner::types_of(const std::string& table) {
  auto& types = types_[table];
  if (types.empty()) {
    warehouse::Params params;
    params.set("table", table);
    CX_TRY(const Table columns,
           client_.select({.sql = "SELECT name, type FROM system.columns WHERE database = "
                                  "currentDatabase() AND table = {table:String}",
                           .params = std::move(params)}));
    for (const auto& row : columns.rows) types[warehouse::as_text(row[0])] = warehouse::as_text(row[1]);
  }
  if (types.empty()) return fail(Code::kInternal, "'{}' is neither an instruction nor a table", table);
  return &types;
}

Result<void> Runner::load(const Step& step) {
  CX_TRY(const auto* types, types_of(step.name));
  std::string block;
  for (const auto& [line, row] : step.rows) {
    std::map<std::string, std::string> values;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const auto type = types->find(step.columns[i]);
      if (type == types->end())
        return fail(Code::kInternal, "line {}: {} has no column {}", step.line, step.name, step.columns[i]);
      const auto value = json_value(row[i], type->second);
      if (!value) return fail(Code::kInternal, "line {}: {}", line, to_string(value.error()));
      values[step.columns[i]] = *value;
    }
    const std::string count = std::to_string(++counter_);
    if (step.name == "events") {
      values.try_emplace("occurred_at", "\"2026-01-01 00:00:00.000\"");
      values.try_emplace("received_at", values["occurred_at"]);
      values.try_emplace("event_id", count);
      values.try_emplace("unit", "\"main\"");
      for (const char* column : {"block_id", "source_id", "kind", "subject_id"})
        values.try_emplace(column, "1");
    } else if (types->contains("version")) {
      values.try_emplace("version", count);
    }
    std::string object;
    for (const auto& [name, value] : values)
      object += (object.empty() ? "{" : ",") + json_text(name) + ":" + value;
    block += object + "}\n";
  }
  CX_TRY(client_.insert({.table = step.name, .format = "JSONEachRow"}, block));
  if (step.name != "kinds" && step.name != "subject_map") return {};
  return client_.execute({.sql = "SYSTEM RELOAD DICTIONARIES"});
}

std::string Runner::with_lets(std::string sql) const {
  for (const auto& [name, text] : lets_) {
    const std::string mark = "{{" + name + "}}";
    for (auto at = sql.find(mark); at != std::string::npos; at = sql.find(mark, at + text.size()))
      sql.replace(at, mark.size(), text);
  }
  return sql;
}

Result<std::string> Runner::sql_of(const Step& step) const {
  if (step.kind == Step::Kind::kSql) return with_lets(step.text);
  const auto slash = step.name.find('/');
  if (slash == std::string::npos) return fail(Code::kInternal, "'{}' is not MODULE/NAME", step.name);
  const auto file = queries_ / step.name.substr(0, slash) / "sql" / (step.name.substr(slash + 1) + ".sql");
  if (!std::filesystem::exists(file)) return fail(Code::kInternal, "there is no query {}", step.name);
  CX_TRY(const std::string text, read_file(file));
  return with_lets(text);
}

Result<warehouse::Params> Runner::params_of(const Step& step, const std::string& sql,
                                            warehouse::Params params) const {
  for (const auto& [name, cell] : step.params) {
    const std::string type = type_in(sql, name);
    if (type.starts_with("Array")) {
      boost::system::error_code error;
      const auto value = boost::json::parse(cell.text, error);
      if (error || !value.is_array()) return fail(Code::kInternal, "{} needs a JSON array", name);
      if (type.find("String") != std::string::npos) {
        std::vector<std::string> texts;
        for (const auto& entry : value.as_array()) texts.push_back(warehouse::as_text(entry));
        params.set(name, texts);
      } else {
        std::vector<std::uint64_t> numbers;
        for (const auto& entry : value.as_array()) numbers.push_back(warehouse::as_u64(entry));
        params.set(name, numbers);
      }
    } else if (const auto time = is_time(type) ? parse_time(cell.text, Zone::utc()) : fail(Code::kInternal);
               time) {
      params.set(name, *time);
    } else {
      params.set(name, std::string_view(cell.text));
    }
  }
  return params;
}

Result<void> Runner::query(const Step& asked) {
  Expectation expected = std::exchange(next_, {});
  Step step = asked;
  CX_TRY(std::string sql, sql_of(step));
  warehouse::Params params;
  if (!expected.zones.empty()) {
    CX_TRY(with_zones(std::move(expected.zones), step, sql, params));
  }
  CX_TRY(params, params_of(step, sql, std::move(params)));
  const auto table = client_.select({.sql = sql, .params = std::move(params)});
  if (!expected.code.empty()) {
    if (table)
      return fail(Code::kInternal, "line {}: expected {}, got {} rows", step.line, expected.code,
                  table->rows.size());
    const bool same = info(table.error().code).id == id_of(expected.code);
    if (same && table.error().detail.find(expected.text) != std::string::npos) return {};
    return fail(Code::kInternal, "line {}: expected {} {}, got {}", step.line, expected.code, expected.text,
                to_string(table.error()));
  }
  if (!table) return std::unexpected(table.error());
  if (!expected.columns.empty()) {
    std::vector<std::string> names;
    for (const auto& column : table->columns) names.push_back(column.name);
    if (names != expected.columns)
      return fail(Code::kInternal, "line {}: the columns are {}", step.line, fmt::join(names, " "));
  }
  return compare(step, expected.unordered, *table);
}

}  // namespace zhike::text_test
