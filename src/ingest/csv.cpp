#include "ingest/csv.h"

#include <algorithm>
#include <array>
#include <set>

namespace zhike::ingest {
namespace {

constexpr std::array kDelimiters{',', ';', '\t', '|', '\x01', '^', '~'};
constexpr std::size_t kSampleLines = 20;

// Cells of the first lines when divided by `delimiter`; quoted text is passed over.
std::vector<std::size_t> widths(std::string_view text, char delimiter, char quote) {
  std::vector<std::size_t> all;
  std::size_t cells = 1;
  bool quoted = false, blank = true;
  for (const char c : text) {
    if (quote != '\0' && c == quote) quoted = !quoted;
    if (!quoted && c == delimiter) ++cells;
    if (!quoted && c == '\n') {
      if (!blank) all.push_back(cells);
      if (all.size() == kSampleLines) return all;
      cells = 1;
      blank = true;
    } else if (c != '\r') {
      blank = false;
    }
  }
  if (all.empty() && !blank) all.push_back(cells);
  return all;
}

bool is_blank(std::string_view row) { return row.empty(); }

}  // namespace

CsvReader::CsvReader(std::unique_ptr<TextSource> source, CsvOptions options)
    : source_(std::move(source)), options_(options) {}

Result<std::unique_ptr<CsvReader>> CsvReader::open(std::unique_ptr<TextSource> source, CsvOptions options) {
  std::unique_ptr<CsvReader> reader(new CsvReader(std::move(source), options));
  CX_TRY(reader->refill());
  if (reader->options_.delimiter == 0) reader->options_.delimiter = reader->detect_delimiter();
  for (const char c : {reader->options_.delimiter, '\n', '\r'})
    reader->special_[static_cast<unsigned char>(c)] = true;
  CX_TRY(const Next first, reader->read_row());
  if (first == Next::kEnd) return fail(Code::kBadFile, "the file has no header line");
  if (first == Next::kBad) return fail(Code::kBadFile, "header: {}", reader->problem_);
  std::set<std::string_view> seen;
  for (const std::string_view cell : reader->cells_) {
    const std::size_t from = cell.find_first_not_of(" \t"), to = cell.find_last_not_of(" \t");
    reader->header_.emplace_back(from == cell.npos ? "" : cell.substr(from, to - from + 1));
  }
  for (const std::string& name : reader->header_)
    if (!name.empty() && !seen.insert(name).second)
      return fail(Code::kBadFile, "column {} appears twice in the header", name.substr(0, 80));
  reader->header_raw_ = std::string(reader->raw_);
  return reader;
}

char CsvReader::detect_delimiter() const {
  char best = ',';
  std::size_t best_score = 1;
  for (const char delimiter : kDelimiters) {
    const std::vector<std::size_t> all = widths(buffer_, delimiter, options_.quote);
    if (all.empty() || all.front() < 2) continue;
    const auto same = static_cast<std::size_t>(std::ranges::count(all, all.front()));
    // Even division of the lines counts for more than many cells in the header.
    const std::size_t score = same * 1000 / all.size() * 100 + std::min<std::size_t>(all.front(), 99);
    if (score > best_score) best = delimiter, best_score = score;
  }
  return best;
}

// Drops what was read and appends the next piece; false at the end of the text.
Result<bool> CsvReader::refill() {
  if (finished_) return false;
  buffer_.erase(0, begin_);
  begin_ = 0;
  CX_TRY(const bool more, source_->more(buffer_));
  finished_ = !more;
  return more;
}

void CsvReader::add_cell(std::size_t from, std::size_t to) { spans_.push_back({from, to, false}); }

// At an opening quote. Moves past the closing one and adds the cell.
CsvReader::Scan CsvReader::scan_quoted(std::size_t& at, std::size_t start, bool at_end) {
  bool escaped = false;
  std::size_t i = at + 1;
  for (;;) {
    const std::size_t close = buffer_.find(options_.quote, i);
    if (close == std::string::npos || close - start > options_.row_bytes_max) {
      if (!at_end && buffer_.size() - start <= options_.row_bytes_max) return Scan::kMore;
      problem_ = "a quote is not closed";
      return Scan::kBad;
    }
    if (close + 1 == buffer_.size() && !at_end) return Scan::kMore;
    if (close + 1 < buffer_.size() && buffer_[close + 1] == options_.quote) {
      escaped = true;
      i = close + 2;
      continue;
    }
    row_lines_ += static_cast<std::uint64_t>(std::count(buffer_.data() + at, buffer_.data() + close, '\n'));
    spans_.push_back({at + 1, close, escaped});
    at = close + 1;
    if (at < buffer_.size() && !special_[static_cast<unsigned char>(buffer_[at])]) {
      problem_ = "text after a closing quote";
      return Scan::kBad;
    }
    return Scan::kRow;
  }
}

// Finds the cells of the row at begin_. kMore: the row is not complete in the buffer yet.
CsvReader::Scan CsvReader::scan(bool at_end) {
  spans_.clear();
  row_lines_ = 1;
  const std::size_t start = begin_;
  std::size_t at = start;
  for (;;) {
    if (options_.quote != '\0' && at < buffer_.size() && buffer_[at] == options_.quote) {
      const Scan quoted = scan_quoted(at, start, at_end);
      if (quoted != Scan::kRow) return quoted;
    } else {
      const std::size_t from = at;
      while (at < buffer_.size() && !special_[static_cast<unsigned char>(buffer_[at])]) ++at;
      // A lone carriage return inside a cell is text.
      while (at + 1 < buffer_.size() && buffer_[at] == '\r' && buffer_[at + 1] != '\n') {
        ++at;
        while (at < buffer_.size() && !special_[static_cast<unsigned char>(buffer_[at])]) ++at;
      }
      add_cell(from, at);
    }
    if (at - start > options_.row_bytes_max) {
      problem_ = fmt::format("the row is longer than {} bytes", options_.row_bytes_max);
      return Scan::kBad;
    }
    if (at >= buffer_.size()) {
      if (!at_end) return Scan::kMore;
      row_end_ = after_ = at;
      return Scan::kRow;
    }
    const char c = buffer_[at];
    if (c == options_.delimiter) {
      ++at;
      continue;
    }
    if (c == '\r' && at + 1 == buffer_.size() && !at_end) return Scan::kMore;
    row_end_ = at;
    after_ = at + 1;
    if (c == '\r' && after_ < buffer_.size() && buffer_[after_] == '\n') ++after_;
    return Scan::kRow;
  }
}

// After a bad row: goes on at the line after the one it began on, because its end cannot be trusted.
void CsvReader::skip_line() {
  const std::size_t end = buffer_.find('\n', begin_);
  row_end_ = end == std::string::npos ? buffer_.size() : end;
  after_ = end == std::string::npos ? buffer_.size() : end + 1;
  row_lines_ = 1;
}

void CsvReader::build_cells() {
  cells_.clear();
  std::size_t escaped_bytes = 0;
  for (const Cell& cell : spans_)
    if (cell.escaped) escaped_bytes += cell.to - cell.from;
  scratch_.clear();
  scratch_.reserve(escaped_bytes);  // so that the views into it stay valid
  for (const Cell& cell : spans_) {
    const std::string_view text(buffer_.data() + cell.from, cell.to - cell.from);
    if (!cell.escaped) {
      cells_.push_back(text);
      continue;
    }
    const std::size_t from = scratch_.size();
    for (std::size_t i = 0; i < text.size(); ++i) {
      scratch_.push_back(text[i]);
      if (text[i] == options_.quote) ++i;
    }
    cells_.emplace_back(scratch_.data() + from, scratch_.size() - from);
  }
}

Result<CsvReader::Next> CsvReader::read_row() {
  for (;;) {
    begin_ = after_;
    Scan found;
    for (;;) {
      if (begin_ >= buffer_.size() && finished_) return Next::kEnd;
      found = scan(finished_);
      if (found != Scan::kMore) break;
      CX_TRY(refill());
    }
    if (found == Scan::kBad) skip_line();
    line_ = next_line_;
    next_line_ += row_lines_;
    raw_ = std::string_view(buffer_).substr(begin_, row_end_ - begin_);
    if (found == Scan::kBad) return Next::kBad;
    if (is_blank(raw_)) continue;
    build_cells();
    return Next::kRow;
  }
}

Result<CsvReader::Next> CsvReader::next() {
  CX_TRY(const Next found, read_row());
  if (found == Next::kRow && cells_.size() != header_.size()) {
    problem_ = fmt::format("the row has {} cells, the header {}", cells_.size(), header_.size());
    return Next::kBad;
  }
  return found;
}

}  // namespace zhike::ingest
