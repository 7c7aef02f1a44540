// zhike sql: for the owner of the machine. Read-only unless told otherwise.
#include <cctype>
#include <iostream>
#include <iterator>

#include "cli/commands.h"
#include "cli/opened.h"

namespace zhike::cli {
namespace {

/// The engine takes one statement at a time, so its first word says what it can do.
bool is_read_only(std::string_view text) {
  std::string words(" ");
  for (const char c : text) {
    const bool letter = std::isalpha(static_cast<unsigned char>(c)) != 0;
    if (letter || words.back() != ' ')
      words += letter ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : ' ';
  }
  for (const std::string_view first : {" SELECT ", " SHOW ", " DESCRIBE ", " DESC ", " EXPLAIN ", " EXISTS "})
    if (words.starts_with(first)) return true;
  return words.starts_with(" WITH ") && words.find(" INSERT ") == std::string::npos;
}

std::string text_of(const boost::json::value& cell) { return warehouse::as_text(cell); }

Result<void> run(Console& console, app::App& app, const SqlOptions& options, const std::string& text) {
  const warehouse::Query query{
      .sql = text, .params = {}, .limits = {.time_max = minutes(10)}, .query_id = {}};
  if (options.write) {
    CX_TRY(app.warehouse().execute(query));
    console.result({{"done", true}});
    return {};
  }
  if (!options.format.empty() && !console.as_json())
    return app.warehouse().stream(query, options.format, [](std::string_view piece) {
      std::cout << piece;
      return std::cout.good();
    });
  CX_TRY(const auto answer, app.warehouse().select(query));
  std::vector<std::vector<std::string>> rows(1);
  json::array columns, data;
  for (const auto& column : answer.columns) {
    rows[0].push_back(column.name);
    columns.push_back(json::object{{"name", column.name}, {"type", column.type}});
  }
  for (const auto& row : answer.rows) {
    auto& cells = rows.emplace_back();
    for (const auto& cell : row) cells.push_back(text_of(cell));
    if (console.as_json()) data.push_back(row);
  }
  console.say(table(rows));
  console.result({{"columns", std::move(columns)}, {"rows", std::move(data)}});
  return {};
}

}  // namespace

int sql(Console& console, const SqlOptions& options) {
  std::string text = options.text;
  if (text == "-") text.assign(std::istreambuf_iterator<char>(std::cin), {});
  if (!options.write && !is_read_only(text))
    return console.usage(
        console.pick("the statement may change data: add --write", "该语句可能修改数据：请加 --write"));
  auto app = open_app(console);
  if (!app) return console.failed(app.error());
  const auto done = run(console, **app, options, text);
  return done ? kDone : console.failed(done.error());
}

}  // namespace zhike::cli
