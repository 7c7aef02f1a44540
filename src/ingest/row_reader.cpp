#include "ingest/row_reader.h"

#include <algorithm>

namespace zhike::ingest {

std::size_t ColumnSet::add(std::string_view name) {
  const auto [at, is_new] = places_.try_emplace(std::string(name), names_.size());
  if (!is_new) return at->second;
  if (names_.size() >= kColumnsMax) {
    places_.erase(at);
    return kColumnsMax;
  }
  names_.emplace_back(name);
  return at->second;
}

std::size_t ColumnSet::find(std::string_view name) const {
  const auto at = places_.find(std::string(name));
  return at == places_.end() ? kColumnsMax : at->second;
}

void MadeRows::clear_row() {
  values_.resize(columns_.names().size());
  for (std::string& value : values_) value.clear();
}

void MadeRows::set(std::string_view column, std::string value) {
  const std::size_t at = columns_.find(column);
  if (at < values_.size()) values_[at] = std::move(value);
}

void MadeRows::show() { views_.assign(values_.begin(), values_.end()); }

RowReader::Next MadeRows::bad(std::string why) {
  problem_ = std::move(why);
  return Next::kBad;
}

std::string MadeRows::raw(const std::vector<std::pair<std::string, std::string>>& places) const {
  std::string header, row;
  const auto add = [](std::string& line, std::string_view cell) {
    if (!line.empty()) line += ',';
    append_csv_cell(line, cell);
  };
  for (const std::string& name : columns_.names()) add(header, name);
  for (const std::string& value : values_) add(row, value);
  for (const auto& [name, value] : places) add(header, name), add(row, value);
  return header + "\n" + row;
}

void append_csv_cell(std::string& out, std::string_view cell) {
  const bool plain = !cell.empty() && cell.find_first_of(",;\t|\"\r\n") == cell.npos;
  if (plain) {
    out += cell;
    return;
  }
  out += '"';
  for (const char c : cell) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

}  // namespace zhike::ingest
