// zhike virtual: tables that stay in other systems.
#include <algorithm>
#include <cstdlib>

#include "base/file.h"
#include "cli/commands.h"
#include "cli/opened.h"

namespace zhike::cli {
namespace {

json::object source_json(const external::Source& s) {
  json::object settings;
  for (const external::Setting& setting : s.kind->settings)
    if (!setting.secret) settings[setting.key] = s.setting(setting.key);
  json::array columns;
  for (const external::Column& c : s.columns)
    columns.push_back(json::object{{"name", c.is.name},
                                   {"type", to_string(c.is.type)},
                                   {"native", c.is.native},
                                   {"meaning", c.meaning},
                                   {"sensitive", c.sensitive}});
  return {{"id", s.id.str()},
          {"key", s.key},
          {"name", s.name},
          {"kind", s.kind->key},
          {"settings", std::move(settings)},
          {"columns", std::move(columns)},
          {"key_column", s.key_column},
          {"key_kind", to_string(s.key_kind)},
          {"unit", s.unit},
          {"owner", s.owner},
          {"enabled", s.enabled}};
}

std::string place_text(const external::Source& s) {
  std::string out;
  for (const external::Setting& setting : s.kind->settings)
    if (!setting.secret && !s.setting(setting.key).empty())
      out += fmt::format("{}{}={}", out.empty() ? "" : " ", setting.key, s.setting(setting.key));
  return out;
}

Result<std::string> secret_of(const VirtualOptions& options) {
  if (options.secret_file.empty()) {
    const char* const given = std::getenv("ZHIKE_VIRTUAL_SECRET");
    return std::string(given == nullptr ? "" : given);
  }
  CX_TRY(std::string text, read_file(options.secret_file));
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  return text;
}

Result<external::Source> source_of(const VirtualOptions& options) {
  external::Source s;
  s.key = options.key;
  s.name = options.name.empty() ? options.key : options.name;
  s.kind = external::find_kind(options.kind);
  if (s.kind == nullptr) return fail(Code::kBadVirtualSource, "'kind' is unknown: {}", options.kind);
  for (const std::string& text : options.settings) {
    const auto equals = text.find('=');
    if (equals == text.npos)
      return fail(Code::kBadVirtualSource, "'{}' is not like host=db.example.com", text);
    s.settings[text.substr(0, equals)] = text.substr(equals + 1);
  }
  CX_TRY(const std::string secret, secret_of(options));
  if (!secret.empty())
    for (const external::Setting& setting : s.kind->settings)
      if (setting.secret) s.secrets[std::string(setting.key)] = secret;
  s.key_column = options.key_column;
  const auto kind = parse_identifier_kind(options.key_kind);
  if (!kind) return fail(Code::kBadVirtualSource, "'key_kind' is unknown: {}", options.key_kind);
  s.key_kind = *kind;
  s.unit = options.unit;
  s.owner = options.owner;
  s.rows_max = options.rows_max;
  s.time_max = seconds(options.time_max);
  s.refresh = seconds(options.refresh);
  return s;
}

void say_columns(Console& console, const std::vector<external::Column>& columns, const std::string& key) {
  std::vector<std::vector<std::string>> rows{{"column", "type", "native", "", "meaning"}};
  for (const external::Column& c : columns)
    rows.push_back({c.is.name, std::string(to_string(c.is.type)), c.is.native,
                    c.is.name == key ? std::string(console.pick("customer", "客户标识"))
                    : c.sensitive    ? std::string(console.pick("masked", "脱敏"))
                                     : std::string(),
                    c.meaning});
  console.say(table(rows));
}

}  // namespace

int virtual_list(Console& console) {
  return with_app(console, [&](app::App& app) -> Result<void> {
    json::array items;
    std::vector<std::vector<std::string>> rows{{"id", "key", "kind", "key column", "where"}};
    for (const auto& s : app.externals().list(Grant::owner())) {
      items.push_back(source_json(*s));
      rows.push_back({s->id.str(), s->key, std::string(s->kind->key), s->key_column, place_text(*s)});
    }
    console.say(table(rows));
    console.result({{"items", std::move(items)}});
    return {};
  });
}

int virtual_add(Console& console, const VirtualOptions& options) {
  return with_app(console, [&](app::App& app) -> Result<void> {
    CX_TRY(external::Source source, source_of(options));
    CX_TRY(source.columns, app.externals().describe(Grant::owner(), source));
    for (external::Column& column : source.columns)
      if (std::ranges::find(options.sensitive, column.is.name) != options.sensitive.end())
        column.sensitive = true;
    CX_TRY(const auto made, app.externals().make(Grant::owner(), std::move(source)));
    CX_TRY(app.audit(UserId{}, "virtual_source_made", "virtual-source/" + made->id.str(), made->key));
    say_columns(console, made->columns, made->key_column);
    console.result(source_json(*made));
    return {};
  });
}

int virtual_show(Console& console, const VirtualOptions& options) {
  return with_app(console, [&](app::App& app) -> Result<void> {
    CX_TRY(const auto s, app.externals().find(Grant::owner(), options.key));
    console.say(fmt::format("{}  {}  {}", s->key, s->kind->key, place_text(*s)));
    say_columns(console, s->columns, s->key_column);
    console.result(source_json(*s));
    return {};
  });
}

int virtual_preview(Console& console, const VirtualOptions& options) {
  return with_app(console, [&](app::App& app) -> Result<void> {
    CX_TRY(const auto found, app.externals().preview(Grant::owner(), options.key, options.rows));
    std::vector<std::vector<std::string>> text;
    auto& head = text.emplace_back();
    json::array columns, rows;
    for (const external::Column& c : found.columns) {
      head.push_back(c.is.name);
      columns.emplace_back(c.is.name);
    }
    for (const auto& row : found.rows) {
      auto& line = text.emplace_back();
      json::array cells;
      for (const auto& cell : row) {
        line.push_back(cell.value_or("–"));
        cells.push_back(cell ? json::value(*cell) : json::value(nullptr));
      }
      rows.push_back(std::move(cells));
    }
    console.say(table(text));
    console.result({{"columns", std::move(columns)}, {"rows", std::move(rows)}, {"more", found.more}});
    return {};
  });
}

int virtual_match(Console& console, const VirtualOptions& options) {
  return with_app(console, [&](app::App& app) -> Result<void> {
    CX_TRY(const auto match, app.externals().match(Grant::owner(), options.key));
    console.say(fmt::format("{} {}  {} {}  {} {}  {} ms", console.pick("rows", "行数"), match.rows,
                            console.pick("matched", "已匹配"), match.matched,
                            console.pick("customers", "客户数"), match.customers, match.took.value));
    console.result({{"rows", match.rows},
                    {"matched", match.matched},
                    {"customers", match.customers},
                    {"milliseconds", match.took.value}});
    return {};
  });
}

int virtual_remove(Console& console, const VirtualOptions& options) {
  return with_app(console, [&](app::App& app) -> Result<void> {
    CX_TRY(const auto s, app.externals().find(Grant::owner(), options.key));
    CX_TRY(app.externals().remove(Grant::owner(), s->id));
    CX_TRY(app.audit(UserId{}, "virtual_source_removed", "virtual-source/" + s->id.str(), s->key));
    console.say(console.pick("forgotten", "已移除"));
    console.result({{"removed", s->key}});
    return {};
  });
}

}  // namespace zhike::cli
