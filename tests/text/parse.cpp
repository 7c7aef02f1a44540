#include "parse.h"

#include <algorithm>

namespace zhike::text_test {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t'; }

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && (is_space(text.back()) || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

/// "..." from its opening quote on; `at` ends behind it.
Result<std::string> quoted(std::string_view line, std::size_t& at) {
  std::string out;
  for (++at; at < line.size(); ++at) {
    if (line[at] == '"') {
      ++at;
      return out;
    }
    if (line[at] != '\\' || at + 1 >= line.size()) {
      out += line[at];
      continue;
    }
    const char c = line[++at];
    out += c == 'n' ? '\n' : c == 't' ? '\t' : c;
  }
  return fail(Code::kInternal, "a quote is not closed");
}

/// [...] or {...} from its opening bracket on, kept as it stands.
Result<std::string> json(std::string_view line, std::size_t& at) {
  const std::size_t from = at;
  int depth = 0;
  bool inside = false;
  for (; at < line.size(); ++at) {
    const char c = line[at];
    if (inside) {
      if (c == '\\')
        ++at;
      else if (c == '"')
        inside = false;
    } else if (c == '"') {
      inside = true;
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if ((c == ']' || c == '}') && --depth == 0) {
      ++at;
      return std::string(line.substr(from, at - from));
    }
  }
  return fail(Code::kInternal, "a bracket is not closed");
}

Result<Cell> cell(std::string_view line, std::size_t& at) {
  if (line[at] == '"') {
    CX_TRY(std::string text, quoted(line, at));
    return Cell{Cell::Kind::kQuoted, std::move(text)};
  }
  if (line[at] == '[' || line[at] == '{') {
    CX_TRY(std::string text, json(line, at));
    return Cell{Cell::Kind::kJson, std::move(text)};
  }
  const std::size_t from = at;
  while (at < line.size() && !is_space(line[at])) ++at;
  std::string text(line.substr(from, at - from));
  if (text == "null") return Cell{Cell::Kind::kNull, {}};
  if (text == "*") return Cell{Cell::Kind::kAny, {}};
  return Cell{Cell::Kind::kWord, std::move(text)};
}

Result<void> parse_params(std::string_view rest, Step& step) {
  std::size_t at = 0;
  while (true) {
    while (at < rest.size() && is_space(rest[at])) ++at;
    if (at >= rest.size()) return {};
    const auto equals = rest.find('=', at);
    if (equals == std::string_view::npos)
      return fail(Code::kInternal, "expected name=value at '{}'", rest.substr(at));
    std::string name(rest.substr(at, equals - at));
    at = equals + 1;
    Cell value;
    if (at < rest.size() && !is_space(rest[at])) {
      CX_TRY(value, cell(rest, at));
    }
    step.params.emplace_back(std::move(name), std::move(value));
  }
}

Result<std::vector<std::string>> names(std::string_view rest) {
  CX_TRY(const Row row, split(rest));
  std::vector<std::string> out;
  for (const Cell& c : row) out.push_back(c.text);
  return out;
}

Result<Step> instruction(std::string_view line, int number) {
  const auto space = line.find_first_of(" \t");
  const std::string word(line.substr(0, space));
  const std::string_view rest =
      space == std::string_view::npos ? std::string_view{} : trim(line.substr(space));
  Step step;
  step.line = number;
  const auto second = rest.find_first_of(" \t");
  const std::string first_of_rest(rest.substr(0, second));
  const std::string_view after =
      second == std::string_view::npos ? std::string_view{} : trim(rest.substr(second));
  using Kind = Step::Kind;
  static const std::map<std::string, Kind> kWords = {
      {"case", Kind::kCase},       {"do", Kind::kDo},       {"let", Kind::kLet},
      {"query", Kind::kQuery},     {"sql", Kind::kSql},     {"unordered", Kind::kUnordered},
      {"columns", Kind::kColumns}, {"zones", Kind::kZones}, {"error", Kind::kError}};
  const auto known = kWords.find(word);
  step.kind = known == kWords.end() ? Kind::kTable : known->second;
  switch (step.kind) {
    case Kind::kCase:
      step.name = rest;
      break;
    case Kind::kDo:
    case Kind::kSql:
    case Kind::kZones:
      step.text = rest;
      break;
    case Kind::kLet:
    case Kind::kError:
      step.name = first_of_rest;
      step.text = after;
      break;
    case Kind::kQuery: {
      step.name = first_of_rest;
      CX_TRY(parse_params(after, step));
      break;
    }
    case Kind::kUnordered:
      break;
    case Kind::kColumns: {
      CX_TRY(step.columns, names(rest));
      break;
    }
    case Kind::kTable: {
      step.name = word;
      CX_TRY(step.columns, names(rest));
      if (step.columns.empty())
        return fail(Code::kInternal, "'{}' is neither an instruction nor a table with columns", word);
      break;
    }
  }
  return step;
}

/// An indented line: more SQL, or a row.
Result<void> belongs(std::string_view line, int number, Step& step, bool& rows_begin) {
  using Kind = Step::Kind;
  if (step.kind == Kind::kDo || (step.kind == Kind::kSql && !rows_begin)) {
    if (trim(line) == "->")
      rows_begin = true;
    else
      step.text += "\n" + std::string(line);
    return {};
  }
  if (step.kind != Kind::kTable && step.kind != Kind::kQuery && step.kind != Kind::kSql)
    return fail(Code::kInternal, "nothing may be indented here");
  CX_TRY(Row row, split(line));
  if (step.kind == Kind::kTable && row.size() != step.columns.size())
    return fail(Code::kInternal, "{} values for {} columns", row.size(), step.columns.size());
  step.rows.emplace_back(number, std::move(row));
  return {};
}

}  // namespace

Result<Row> split(std::string_view line) {
  Row row;
  std::size_t at = 0;
  while (true) {
    while (at < line.size() && is_space(line[at])) ++at;
    if (at >= line.size()) return row;
    CX_TRY(Cell next, cell(line, at));
    row.push_back(std::move(next));
  }
}

Result<std::vector<Step>> parse(std::string_view text) {
  std::vector<Step> steps;
  bool rows_begin = false;
  for (int number = 1; !text.empty(); ++number) {
    const auto end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    const std::string_view content = trim(line);
    if (content.empty() || content.starts_with('#')) continue;
    Result<void> done;
    if (is_space(line.front())) {
      done = steps.empty()
                 ? Result<void>(fail(Code::kInternal, "an indented line needs an instruction above"))
                 : belongs(content, number, steps.back(), rows_begin);
    } else if (auto step = instruction(content, number); step) {
      rows_begin = false;
      steps.push_back(std::move(*step));
    } else {
      done = std::unexpected(step.error());
    }
    if (!done) return fail(done.error().code, "line {}: {}", number, done.error().detail);
  }
  return steps;
}

}  // namespace zhike::text_test
