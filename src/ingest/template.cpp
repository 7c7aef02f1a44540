#include "ingest/template.h"

#include <algorithm>

namespace zhike::ingest {

std::string_view trim(std::string_view text) noexcept {
  constexpr std::string_view kBlank = " \t\r\n\v\f";
  const std::size_t from = text.find_first_not_of(kBlank);
  if (from == text.npos) return {};
  return text.substr(from, text.find_last_not_of(kBlank) - from + 1);
}

int Columns::find(std::string_view name) {
  const auto at = std::ranges::find(names_, name);
  if (at != names_.end()) {
    if (!was_found(name)) found_.emplace_back(name);
    return static_cast<int>(at - names_.begin());
  }
  for (const std::string& prefix : allowed_) {
    if (!name.starts_with(prefix)) continue;
    names_.emplace_back(name);
    return static_cast<int>(names_.size()) - 1;
  }
  if (std::ranges::find(missing_, name) == missing_.end()) missing_.emplace_back(name);
  return -1;
}

bool Columns::was_found(std::string_view name) const {
  return std::ranges::find(found_, name) != found_.end();
}

Result<Template> Template::parse(std::string_view text) {
  Template out;
  out.text_ = std::string(text);
  std::string literal;
  const auto flush = [&] {
    if (!literal.empty()) out.pieces_.push_back({std::move(literal), {}, -1});
    literal.clear();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '{' && text.substr(i, 2) == "{{") {
      literal.push_back('{');
      ++i;
    } else if (text[i] == '{') {
      const std::size_t close = text.find('}', i);
      const std::string_view name = close == text.npos ? "" : trim(text.substr(i + 1, close - i - 1));
      if (name.empty())
        return fail(Code::kBadMapping, "a brace without a column: \"{}\"", text.substr(0, 120));
      flush();
      out.pieces_.push_back({{}, std::string(name), -1});
      i = close;
    } else {
      literal.push_back(text[i]);
    }
  }
  flush();
  return out;
}

void Template::bind(Columns& columns) {
  for (Piece& piece : pieces_)
    if (!piece.column.empty()) piece.at = columns.find(piece.column);
}

std::string Template::render(Cells cells) const {
  std::string out;
  for (const Piece& piece : pieces_)
    out += piece.column.empty() ? std::string_view(piece.literal)
                                : trim(cells[static_cast<std::size_t>(piece.at)]);
  return out;
}

bool Template::render_whole(Cells cells, std::string& out) const {
  out.clear();
  for (const Piece& piece : pieces_) {
    if (piece.column.empty()) {
      out += piece.literal;
      continue;
    }
    const std::string_view cell = trim(cells[static_cast<std::size_t>(piece.at)]);
    if (cell.empty()) {
      out.clear();
      return false;
    }
    out += cell;
  }
  return !out.empty();
}

}  // namespace zhike::ingest
