#include "cli/number_files.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstddef>
#include <limits>
#include <memory>
#include <string_view>

#include "base/ascii.h"
#include "clean/width.h"
#include "ingest/file_format.h"
#include "ingest/row_reader.h"

namespace zhike::cli {
namespace {

constexpr std::size_t kProblemsNamed = 3;
constexpr std::size_t kHeaderShown =
    600;  // bytes; a longer header is no help, and may be that of no table at all

std::optional<std::size_t> find_column(const std::vector<std::string>& header, std::string_view name) {
  const std::string key = ascii::lower(clean::trim(name));
  for (std::size_t c = 0; c < header.size(); ++c)
    if (ascii::lower(clean::trim(header[c])) == key) return c;
  return std::nullopt;
}

/// The value, or none and why, counted in `column`.
std::optional<double> value_of(std::string_view cell, const std::optional<stats::Scale>& scale,
                               NumberColumn& column) {
  if (cell.empty()) {
    ++column.empty;
    return std::nullopt;
  }
  const auto value = ascii::parse_number<double>(cell);
  if (!value) {
    ++column.not_numbers;
    return std::nullopt;
  }
  if (scale && (*value < scale->low || *value > scale->high)) {
    ++column.outside;
    return std::nullopt;
  }
  return value;
}

}  // namespace

Result<std::size_t> place_of_column(const std::vector<std::string>& header, std::string_view name,
                                    const std::filesystem::path& file) {
  if (const auto place = find_column(header, name)) return *place;
  std::string there = fmt::format("{}", fmt::join(header, ", "));
  if (there.size() > kHeaderShown) there = fmt::format("others, {} in all", header.size());
  return fail(Code::kDriverColumnMissing, "{}: {}; there are {}", file.string(), name, there);
}

Result<std::unique_ptr<ingest::RowReader>> open_table(const std::filesystem::path& file,
                                                      const ingest::FileRule& rule) {
  CX_TRY(const ingest::FileFormat* const format, ingest::detect_format(file));
  if (format == nullptr || format->open == nullptr)
    return fail(Code::kBadFile, "{}: no table of numbers", file.string());
  return format->open({file, rule});
}

Result<std::vector<std::string>> expand_columns(const std::filesystem::path& file,
                                                std::span<const std::string> words) {
  const ingest::FileRule rule;
  CX_TRY(const auto rows, open_table(file, rule));
  const std::vector<std::string>& header = rows->header();
  std::vector<std::string> out;
  for (const std::string& word : words) {
    const std::size_t colon = word.find(':');
    if (colon == std::string::npos || find_column(header, word)) {
      out.push_back(word);
      continue;
    }
    CX_TRY(const std::size_t first, place_of_column(header, std::string_view(word).substr(0, colon), file));
    CX_TRY(const std::size_t last, place_of_column(header, std::string_view(word).substr(colon + 1), file));
    if (last < first)
      return fail(Code::kDriverColumnMissing, "{}: {}: the second column stands before the first",
                  file.string(), word);
    out.insert(out.end(), header.begin() + static_cast<std::ptrdiff_t>(first),
               header.begin() + static_cast<std::ptrdiff_t>(last) + 1);
  }
  return out;
}

Result<std::vector<std::vector<std::string>>> read_cells(const std::filesystem::path& file,
                                                         std::span<const std::string> names,
                                                         std::vector<std::string>& notes) {
  const ingest::FileRule rule;
  CX_TRY(const auto rows, open_table(file, rule));
  std::vector<std::vector<std::string>> out(names.size());
  std::vector<std::size_t> places;
  for (const std::string& name : names) {
    CX_TRY(places.emplace_back(), place_of_column(rows->header(), name, file));
  }
  std::size_t unreadable = 0;
  for (;;) {
    CX_TRY(const auto next, rows->next());
    if (next == ingest::RowReader::Next::kEnd) break;
    if (next == ingest::RowReader::Next::kBad) {
      if (++unreadable <= kProblemsNamed)
        notes.push_back(fmt::format("{} line {}: {}", file.string(), rows->line(), rows->problem()));
      continue;
    }
    for (std::size_t c = 0; c < places.size(); ++c)
      out[c].emplace_back(clean::trim(rows->cells()[places[c]]));
  }
  rows->add_notes(notes);
  return out;
}

Result<NumberColumns> read_numbers(const std::filesystem::path& file, std::span<const WantedColumn> wanted,
                                   Missing missing) {
  const ingest::FileRule rule;
  CX_TRY(const auto rows, open_table(file, rule));
  NumberColumns out;
  std::vector<std::size_t> places;
  for (const WantedColumn& column : wanted) {
    CX_TRY(const std::size_t place, place_of_column(rows->header(), column.name, file));
    places.push_back(place);
    out.columns.emplace_back().name = clean::trim(rows->header()[place]);
  }
  std::vector<double> row(places.size());
  for (;;) {
    CX_TRY(const auto next, rows->next());
    if (next == ingest::RowReader::Next::kEnd) break;
    if (next == ingest::RowReader::Next::kBad) {
      if (++out.unreadable <= kProblemsNamed)
        out.notes.push_back(fmt::format("{} line {}: {}", file.string(), rows->line(), rows->problem()));
      continue;
    }
    ++out.rows;
    bool complete = true;
    for (std::size_t c = 0; c < places.size(); ++c) {
      const auto value = value_of(clean::trim(rows->cells()[places[c]]), wanted[c].scale, out.columns[c]);
      complete = complete && value;
      row[c] = value.value_or(std::numeric_limits<double>::quiet_NaN());
    }
    if (!complete && missing == Missing::kLeaveOut) continue;
    for (std::size_t c = 0; c < places.size(); ++c) out.columns[c].values.push_back(row[c]);
  }
  rows->add_notes(out.notes);
  return out;
}

}  // namespace zhike::cli
