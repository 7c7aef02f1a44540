#include "cli/resolve_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "base/ascii.h"
#include "clean/width.h"
#include "ingest/file_format.h"
#include "ingest/row_reader.h"

namespace zhike::cli {
namespace {

constexpr std::size_t kProblemsNamed = 3;

/// The name of a column as columns of several files are matched: without blanks at its ends, lower case.
std::string key_of(std::string_view name) { return ascii::lower(clean::trim(name)); }

Result<std::unique_ptr<ingest::RowReader>> open_rows(const std::filesystem::path& file,
                                                     const ingest::FileRule& rule) {
  CX_TRY(const ingest::FileFormat* const format, ingest::detect_format(file));
  if (format->open == nullptr) return fail(Code::kBadFile, "{}: {}", file.string(), format->name);
  return format->open({file, rule});
}

std::optional<std::size_t> find_column(const std::vector<std::string>& header, std::string_view name) {
  for (std::size_t c = 0; c < header.size(); ++c)
    if (key_of(header[c]) == key_of(name)) return c;
  return std::nullopt;
}

/// Asks now and then, by rows read, whether to go on.
class Asking {
 public:
  /// `before` files of `files` are read.
  Asking(const WatchReading& watch, std::size_t before, std::size_t files)
      : watch_(watch), before_(static_cast<double>(before)), files_(static_cast<double>(files)) {}
  Result<void> read_row(const ingest::RowReader& rows) {
    constexpr std::uint64_t kEvery = 4096;
    if (++rows_ % kEvery != 0 || !watch_) return {};
    const double total = static_cast<double>(rows.bytes_total());
    const double share = total > 0 ? static_cast<double>(rows.bytes_read()) / total : 0;
    if (!watch_((before_ + share) / files_)) return fail(Code::kStopping);
    return {};
  }

 private:
  const WatchReading& watch_;
  const double before_, files_;
  std::uint64_t rows_ = 0;
};

class RecordReader {
 public:
  RecordReader(const RecordFiles& from, const WatchReading& watch) : from_(from), watch_(watch) {}

  Result<Records> read() {
    out_.table.source_count = from_.files.size();
    for (const auto& file : from_.files) CX_TRY(read_file(file));
    for (match::Column& column : out_.table.columns) column.codes.resize(out_.table.rows(), 0);
    CX_TRY(set_ids());
    return std::move(out_);
  }

 private:
  Result<void> read_file(const std::filesystem::path& file) {
    const ingest::FileRule rule;
    CX_TRY(const auto rows, open_rows(file, rule));
    const auto source = static_cast<std::uint8_t>(out_.names.size());
    out_.names.push_back(file.filename().string());
    CX_TRY(bind(rows->header(), file));
    Asking asking(watch_, source, from_.files.size());
    std::size_t bad = 0;
    for (;;) {
      CX_TRY(const auto next, rows->next());
      if (next == ingest::RowReader::Next::kEnd) break;
      CX_TRY(asking.read_row(*rows));
      if (next == ingest::RowReader::Next::kBad) {
        if (++bad <= kProblemsNamed)
          out_.notes.push_back(fmt::format("{} line {}: {}", file.string(), rows->line(), rows->problem()));
        continue;
      }
      add(rows->cells(), source);
    }
    if (bad > 0) out_.notes.push_back(fmt::format("{}: {} rows left out", file.string(), bad));
    rows->add_notes(out_.notes);
    return {};
  }

  Result<void> bind(const std::vector<std::string>& header, const std::filesystem::path& file) {
    places_.clear();
    truth_at_.reset();
    for (std::size_t c = 0; c < header.size(); ++c) {
      const std::string name(clean::trim(header[c]));
      if (!from_.truth_column.empty() && key_of(name) == key_of(from_.truth_column)) {
        truth_at_ = c;
        places_.push_back(match::kNoColumn);
        continue;
      }
      auto it = std::ranges::find_if(
          out_.table.columns, [&](const match::Column& at) { return key_of(at.name) == key_of(name); });
      if (it == out_.table.columns.end()) {
        out_.table.columns.push_back({.name = name, .values = {}, .codes = {}});
        it = out_.table.columns.end() - 1;
      }
      places_.push_back(static_cast<std::size_t>(it - out_.table.columns.begin()));
    }
    if (!from_.truth_column.empty() && !truth_at_)
      return fail(Code::kMatchColumnMissing, "{}: {}", file.string(), from_.truth_column);
    if (!from_.id_column.empty() && !find_column(header, from_.id_column))
      return fail(Code::kBadRecordId, "{}: no column {}", file.string(), from_.id_column);
    return {};
  }

  void add(ingest::Cells cells, std::uint8_t source) {
    const std::size_t row = out_.table.sources.size();
    out_.table.sources.push_back(source);
    out_.table.ids.emplace_back();
    for (std::size_t c = 0; c < cells.size(); ++c) {
      const std::string_view cell = clean::trim(cells[c]);
      if (places_[c] == match::kNoColumn) continue;
      match::Column& column = out_.table.columns[places_[c]];
      column.codes.resize(row + 1, 0);
      column.codes[row] = match::is_missing(cell) ? 0 : column.values.add(cell);
    }
    if (truth_at_) {
      out_.truth.resize(row + 1, 0);
      out_.truth[row] = truths_.add(clean::trim(cells[*truth_at_]));
    }
  }

  /// By record: how often its value in the column stands in its source, at most 2.
  [[nodiscard]] std::optional<std::size_t> repeated(const match::Column& column) const {
    std::unordered_set<std::uint64_t> seen;
    for (std::size_t row = 0; row < column.codes.size(); ++row) {
      const std::uint64_t key =
          static_cast<std::uint64_t>(out_.table.sources[row]) << 32U | column.codes[row];
      if (column.codes[row] == 0 || !seen.insert(key).second) return row;
    }
    return std::nullopt;
  }

  Result<void> set_ids() {
    auto& columns = out_.table.columns;
    const auto by_name = [&](std::string_view name) {
      return std::ranges::find_if(columns,
                                  [&](const match::Column& at) { return key_of(at.name) == key_of(name); });
    };
    auto found = columns.end();
    if (!from_.id_column.empty()) {
      found = by_name(from_.id_column);
      if (const auto row = repeated(*found))
        return fail(Code::kBadRecordId, "{}: {} in row {}", from_.id_column,
                    found->codes[*row] == 0 ? "missing" : "repeated", row_in_file(*row));
    } else {
      for (const std::string_view name :
           {"id", "unique_id", "rec_id", "record_id", "row_id", "uid", "编号"}) {
        found = by_name(name);
        if (found != columns.end() && !repeated(*found)) break;
        found = columns.end();
      }
    }
    if (found == columns.end()) {
      out_.notes.push_back("no column of ids: rows are numbered from 1");
      for (std::size_t row = 0; row < out_.table.rows(); ++row)
        out_.table.ids[row] = std::to_string(row_in_file(row));
      return {};
    }
    out_.id_column = found->name;
    for (std::size_t row = 0; row < out_.table.rows(); ++row)
      out_.table.ids[row] = found->values.text(found->codes[row]);
    columns.erase(found);
    return {};
  }

  [[nodiscard]] std::size_t row_in_file(std::size_t row) const {
    const auto& sources = out_.table.sources;
    const auto first = std::ranges::lower_bound(sources, sources[row]);
    return row - static_cast<std::size_t>(first - sources.begin()) + 1;
  }

  const RecordFiles& from_;
  const WatchReading& watch_;
  Records out_;
  std::vector<std::size_t> places_;  ///< by column of the file: its column of the table
  std::optional<std::size_t> truth_at_;
  match::Dictionary truths_;
};

/// The column whose name, cut at signs, ends so: "unique_id_l".
std::optional<std::size_t> ending(const std::vector<std::string>& header, std::string_view end) {
  for (std::size_t c = 0; c < header.size(); ++c)
    if (key_of(header[c]).ends_with(end)) return c;
  return std::nullopt;
}

bool says_match(std::string_view text) {
  const std::string lower = key_of(text);
  if (const auto number = ascii::parse_number<double>(lower)) return *number >= 0.5;
  return lower == "true" || lower == "yes" || lower == "t" || lower == "y" || lower == "match" ||
         lower == "是";
}

}  // namespace

Result<void> each_row(const std::filesystem::path& file, std::span<const std::string> columns,
                      const std::function<bool(std::span<const std::string_view>, std::size_t)>& use,
                      const WatchReading& watch) {
  const ingest::FileRule rule;
  CX_TRY(const auto rows, open_rows(file, rule));
  std::vector<std::size_t> places;
  for (const std::string& column : columns) {
    if (column.empty()) continue;
    const auto place = find_column(rows->header(), column);
    if (!place) return fail(Code::kMatchColumnMissing, "{}: {}", file.string(), column);
    places.push_back(*place);
  }
  std::vector<std::string_view> cells(places.size());
  Asking asking(watch, 0, 1);
  std::size_t number = 0;
  for (;;) {
    CX_TRY(const auto next, rows->next());
    if (next == ingest::RowReader::Next::kEnd) return {};
    CX_TRY(asking.read_row(*rows));
    if (next == ingest::RowReader::Next::kBad) continue;
    const ingest::Cells row = rows->cells();
    for (std::size_t c = 0; c < places.size(); ++c) cells[c] = clean::trim(row[places[c]]);
    if (!use(cells, ++number)) return {};
  }
}

Result<Records> read_records(const RecordFiles& from, const WatchReading& watch) {
  return RecordReader(from, watch).read();
}

Result<Labels> read_labels(const std::filesystem::path& file, const match::Table& table) {
  const ingest::FileRule rule;
  CX_TRY(const auto rows, open_rows(file, rule));
  const auto left = ending(rows->header(), "id_l"), right = ending(rows->header(), "id_r");
  if (!left || !right) return fail(Code::kBadLabels, "{}: columns id_l and id_r are needed", file.string());
  std::optional<std::size_t> decision;
  for (const std::string_view name : {"is_match", "match", "label", "clerical_match_score"})
    if (!decision) decision = find_column(rows->header(), name);
  std::unordered_map<std::string_view, std::uint32_t> first,
      last;  // by id: in the first and in the last source
  for (std::uint32_t row = 0; row < table.rows(); ++row) {
    first.emplace(table.ids[row], row);
    last.insert_or_assign(table.ids[row], row);
  }
  Labels out;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::pair<bool, bool>> said;  // pair: ever so, ever not
  for (;;) {
    CX_TRY(const auto next, rows->next());
    if (next == ingest::RowReader::Next::kEnd) break;
    if (next == ingest::RowReader::Next::kBad)
      return fail(Code::kBadLabels, "{} line {}", file.string(), rows->line());
    const auto a = first.find(clean::trim(rows->cells()[*left]));
    const auto b = last.find(clean::trim(rows->cells()[*right]));
    if (a == first.end() || b == last.end()) {
      ++out.unknown;
      continue;
    }
    const bool match = !decision || says_match(clean::trim(rows->cells()[*decision]));
    auto& at = said[std::minmax(a->second, b->second)];
    (match ? at.first : at.second) = true;
  }
  for (const auto& [pair, ways] : said) {
    if (pair.first == pair.second) continue;
    if (ways.first && ways.second)
      ++out.contradictory;
    else
      out.pairs.push_back({pair.first, pair.second, ways.first});
  }
  return out;
}

}  // namespace zhike::cli
