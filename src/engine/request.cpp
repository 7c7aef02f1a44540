#include "engine/request.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

namespace zhike_engine {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }
bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

bool unescape(std::string_view text, std::string& out) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      unsigned value = 0;
      if (i + 2 >= text.size()) return false;
      const char* from = text.data() + i + 1;
      if (std::from_chars(from, from + 2, value, 16).ptr != from + 2) return false;
      out += static_cast<char>(value);
      i += 2;
    }
  }
  return true;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

/// Value of key="..." in a header line.
std::optional<std::string> attribute(std::string_view header, std::string_view key) {
  const auto at = header.find(std::string(key) + "=");
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view rest = header.substr(at + key.size() + 1);
  if (rest.starts_with('"')) {
    const auto end = rest.find('"', 1);
    if (end == std::string_view::npos) return std::nullopt;
    return std::string(rest.substr(1, end - 1));
  }
  return std::string(trim(rest.substr(0, rest.find(';'))));
}

}  // namespace

std::optional<Fields> parse_form(std::string_view text) {
  Fields fields;
  while (!text.empty()) {
    const auto end = text.find('&');
    const std::string_view part = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    if (part.empty()) continue;
    const auto equals = part.find('=');
    std::string name, value;
    if (!unescape(part.substr(0, equals), name)) return std::nullopt;
    if (equals != std::string_view::npos && !unescape(part.substr(equals + 1), value)) return std::nullopt;
    fields.emplace_back(std::move(name), std::move(value));
  }
  return fields;
}

std::optional<Fields> parse_multipart(std::string_view body, std::string_view content_type) {
  const auto boundary = attribute(content_type, "boundary");
  if (!boundary || boundary->empty()) return std::nullopt;
  const std::string mark = "--" + *boundary;
  Fields fields;
  auto at = body.find(mark);
  while (at != std::string_view::npos) {
    std::string_view part = body.substr(at + mark.size());
    if (part.starts_with("--")) return fields;
    if (!part.starts_with("\r\n")) return std::nullopt;
    const auto head_end = part.find("\r\n\r\n");
    const auto end = part.find("\r\n" + mark, head_end == std::string_view::npos ? 0 : head_end + 2);
    if (head_end == std::string_view::npos || end == std::string_view::npos) return std::nullopt;
    const auto name = attribute(part.substr(0, head_end), "name");
    if (!name) return std::nullopt;
    const auto from = head_end + 4;
    fields.emplace_back(*name, std::string(end > from ? part.substr(from, end - from) : std::string_view{}));
    at = static_cast<std::size_t>(part.data() - body.data()) + end + 2;
  }
  return std::nullopt;
}

Formatted split_format(std::string_view sql) {
  std::string_view text = trim(sql);
  while (!text.empty() && (text.back() == ';' || is_space(text.back()))) text.remove_suffix(1);
  auto word = text.size();
  while (word > 0 && is_word(text[word - 1])) --word;
  std::string_view before = text.substr(0, word);
  if (word == text.size() || word == 0 || !is_space(before.back())) return {text, {}};
  before = trim(before);
  constexpr std::string_view kFormat = "format";
  if (before.size() <= kFormat.size() || lower(before.substr(before.size() - kFormat.size())) != kFormat)
    return {text, {}};
  const std::string_view head = before.substr(0, before.size() - kFormat.size());
  if (is_word(head.back())) return {text, {}};
  return {trim(head), text.substr(word)};
}

bool is_insert(std::string_view sql) {
  while (true) {
    sql = trim(sql);
    std::size_t end = std::string_view::npos;
    if (sql.starts_with("--")) {
      end = sql.find('\n');
    } else if (sql.starts_with("/*")) {
      end = sql.find("*/");
      if (end != std::string_view::npos) end += 1;
    } else {
      return lower(sql.substr(0, 6)) == "insert";
    }
    if (end == std::string_view::npos) return false;
    sql.remove_prefix(end + 1);
  }
}

void assign(const Fields& fields, Statement& statement) {
  // Of the HTTP interface itself; accepted and without effect here.
  static constexpr std::array<std::string_view, 15> kIgnored = {"user",
                                                                "password",
                                                                "quota_key",
                                                                "role",
                                                                "session_id",
                                                                "session_timeout",
                                                                "session_check",
                                                                "stacktrace",
                                                                "wait_end_of_query",
                                                                "buffer_size",
                                                                "compress",
                                                                "decompress",
                                                                "enable_http_compression",
                                                                "send_progress_in_http_headers",
                                                                "http_write_exception_in_output_format"};
  for (const auto& [name, value] : fields) {
    if (name == "query") {
      statement.sql += value;
    } else if (name == "database") {
      if (!value.empty()) statement.database = value;
    } else if (name == "default_format") {
      statement.format = value;
    } else if (name == "query_id") {
      // The library names queries itself; the caller's name is kept where KILL QUERY can find it.
      if (!value.empty()) statement.settings["log_comment"] = value;
    } else if (name.starts_with("param_")) {
      statement.params.emplace_back(name.substr(6), value);
    } else if (std::ranges::find(kIgnored, name) == kIgnored.end()) {
      statement.settings[name] = value;
    }
  }
}

Streaming streaming_of(std::string_view format) {
  static constexpr std::array<std::string_view, 16> kPlain = {"TabSeparated",
                                                              "TSV",
                                                              "TabSeparatedRaw",
                                                              "TSVRaw",
                                                              "Raw",
                                                              "CSV",
                                                              "JSONEachRow",
                                                              "JSONLines",
                                                              "NDJSON",
                                                              "JSONL",
                                                              "JSONCompactEachRow",
                                                              "JSONStringsEachRow",
                                                              "JSONCompactStringsEachRow",
                                                              "RowBinary",
                                                              "Native",
                                                              "LineAsString"};
  Streaming how;
  constexpr std::string_view kNames = "WithNames", kTypes = "WithNamesAndTypes";
  std::string_view base = format;
  if (base.ends_with(kTypes)) {
    base.remove_suffix(kTypes.size());
    how.header_lines = 2;
  } else if (base.ends_with(kNames)) {
    base.remove_suffix(kNames.size());
    how.header_lines = 1;
  }
  how.possible = std::ranges::find(kPlain, base) != kPlain.end();
  if (how.header_lines > 0 && (base == "RowBinary" || base == "Native")) how.possible = false;
  how.quoted = base == "CSV";
  return how;
}

std::size_t header_size(std::string_view piece, const Streaming& how) {
  int lines = how.header_lines;
  bool inside = false;
  for (std::size_t i = 0; i < piece.size() && lines > 0; ++i) {
    if (how.quoted && piece[i] == '"') inside = !inside;
    if (piece[i] == '\n' && !inside && --lines == 0) return i + 1;
  }
  return how.header_lines == 0 ? 0 : piece.size();
}

}  // namespace zhike_engine
