#include "ingest/xlsx.h"

#include <date/date.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <set>

#include "base/ascii.h"
#include "ingest/xlsx_book.h"

namespace zhike::ingest {
namespace {

constexpr double kDaysMax = 2'958'466;  // the day after 9999-12-31

// "BC23" → 54; nothing when it names no column of Excel.
std::optional<std::size_t> column_of(std::string_view reference) {
  std::size_t column = 0, letters = 0;
  for (; letters < reference.size() && reference[letters] >= 'A' && reference[letters] <= 'Z'; ++letters) {
    column = column * 26 + static_cast<std::size_t>(reference[letters] - 'A' + 1);
    if (column > XlsxLimits::kColumnsMax) return std::nullopt;
  }
  if (column == 0) return std::nullopt;
  return column - 1;
}

// Excel computes with 15 digits and stores 17: 1.1 lies in the file as 1.1000000000000001.
std::string shown_number(std::string_view text) {
  const bool plain =
      text.size() <= 15 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (plain) return std::string(text);
  const auto number = ascii::parse_number<double>(text);
  if (!number || !std::isfinite(*number)) return std::string(text);
  if (*number == std::floor(*number) && std::abs(*number) < 1e15) return fmt::format("{:.0f}", *number);
  return fmt::format("{:.15g}", *number);
}

// Reads a sheet row by row.
class Sheet final : private XmlHandler {
 public:
  Sheet(const XlsxBook& book, XmlFeed feed) : book_(book), stream_(std::move(feed), *this, book.sheet_part) {}

  /// The next row with text in it; false at the end.
  Result<bool> next() {
    CX_TRY(const bool paused, stream_.run());
    return paused;
  }
  const std::vector<std::string>& cells() const { return cells_; }
  bool too_long() const { return bytes_ > kRowBytesMax; }
  std::uint64_t row() const { return row_; }

 private:
  void begin(std::string_view element, Attributes attributes) override {
    if (element == "row") {
      begin_row(attributes);
    } else if (element == "c" && in_row_) {
      begin_cell(attributes);
    } else if (element == "rPh") {
      phonetic_ = true;
    } else if (in_cell_) {
      taking_ = element == "v" || (element == "t" && !phonetic_);
    }
  }
  void begin_row(Attributes attributes) {
    in_row_ = true;
    cells_.clear();
    bytes_ = 0;
    column_ = 0;
    ++row_;
    for (const auto& [key, value] : attributes)
      if (key == "r") row_ = std::max(row_, ascii::parse_number<std::uint64_t>(value).value_or(row_));
    if (row_ > XlsxLimits::kRowsMax) stream_.refuse(fmt::format("more than {} rows", XlsxLimits::kRowsMax));
  }
  void begin_cell(Attributes attributes) {
    in_cell_ = true;
    type_.clear();
    value_.clear();
    style_ = 0;
    for (const auto& [key, value] : attributes) {
      if (key == "t") type_ = value;
      if (key == "s") style_ = ascii::parse_number<std::size_t>(value).value_or(0);
      if (key == "r") column_ = column_of(value).value_or(XlsxLimits::kColumnsMax);
    }
    if (column_ >= XlsxLimits::kColumnsMax)
      stream_.refuse(fmt::format("more than {} columns", XlsxLimits::kColumnsMax));
  }

  void end(std::string_view element) override {
    taking_ = false;
    if (element == "rPh") phonetic_ = false;
    if (element == "c" && in_cell_) {
      in_cell_ = false;
      keep(shown());
      ++column_;
    }
    if (element != "row") return;
    in_row_ = false;
    if (!cells_.empty() || too_long()) stream_.pause();
  }
  void text(std::string_view piece) override {
    if (taking_ && value_.size() <= XlsxLimits::kCellBytesMax) value_ += piece;
  }

  void keep(std::string shown) {
    if (trim(shown).empty()) return;
    bytes_ += shown.size();
    if (too_long()) return;
    if (column_ >= cells_.size()) cells_.resize(column_ + 1);
    cells_[column_] = std::move(shown);
  }

  std::string shown() {
    if (type_ == "s") {
      const auto at = ascii::parse_number<std::size_t>(trim(value_));
      return at && *at < book_.texts.size() ? std::string(book_.texts.at(*at)) : std::string();
    }
    if (type_ == "b") return trim(value_) == "1" ? "true" : "false";
    if (!type_.empty() && type_ != "n") return std::move(value_);
    const std::string_view text = trim(value_);
    if (style_ < book_.styles.size()) {
      const ExcelTimeFormat format = book_.styles[style_];
      const auto serial = ascii::parse_number<double>(text);
      if ((format.has_date || format.has_time) && serial && *serial >= 0 && *serial < kDaysMax)
        return excel_time(*serial, book_.from_1904, format.has_date, format.has_time);
    }
    return shown_number(text);
  }

  const XlsxBook& book_;
  std::vector<std::string> cells_;
  std::string type_, value_;
  std::size_t style_ = 0, column_ = 0, bytes_ = 0;
  std::uint64_t row_ = 0;
  bool in_row_ = false, in_cell_ = false, taking_ = false, phonetic_ = false;
  XmlStream stream_;  // last: it calls this object
};

class XlsxRows final : public MadeRows {
 public:
  explicit XlsxRows(std::unique_ptr<ZipFile> zip) : zip_(std::move(zip)) {}

  Result<void> open(std::string_view wanted) {
    CX_TRY(book_, XlsxBook::read(*zip_, wanted));
    total_ = zip_->stated_bytes(book_.sheet_part);
    CX_TRY(auto feed, zip_->feed(book_.sheet_part, XlsxLimits::kSheetBytesMax, &read_));
    sheet_ = std::make_unique<Sheet>(book_, std::move(feed));
    CX_TRY(const bool there, sheet_->next());
    if (!there) return fail(Code::kBadFile, "the sheet \"{}\" is empty", book_.sheet);
    std::set<std::string_view> seen;
    for (const std::string& cell : sheet_->cells()) {
      const std::string_view name = trim(cell);
      if (!name.empty() && !seen.insert(name).second)
        return fail(Code::kBadFile, "column {} appears twice in the header", name.substr(0, 80));
      place_.push_back(name.empty() ? kColumnsMax : columns_.add(name));
      if (place_.back() == kColumnsMax && !name.empty())
        return fail(Code::kBadFile, "more than {} columns", kColumnsMax);
    }
    return {};
  }

  Result<Next> next() override {
    CX_TRY(const bool more, sheet_->next());
    if (!more) return Next::kEnd;
    line_ = sheet_->row();
    clear_row();
    if (sheet_->too_long()) return bad(fmt::format("the row is longer than {} bytes", kRowBytesMax));
    const std::vector<std::string>& cells = sheet_->cells();
    std::size_t outside = 0;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (cells[i].empty()) continue;
      if (i < place_.size() && place_[i] != kColumnsMax)
        values_[place_[i]] = cells[i];
      else
        ++outside;
    }
    if (outside > 0) return bad(fmt::format("{} cells stand under no column name", outside));
    show();
    return Next::kRow;
  }
  std::uint64_t bytes_read() const override { return std::min(read_, total_); }
  std::uint64_t bytes_total() const override { return total_; }
  void add_notes(std::vector<std::string>& notes) const override {
    if (book_.sheets.size() > 1)
      notes.push_back(fmt::format("sheet {} of {}", book_.sheet, book_.sheets.size()));
  }
  void describe(std::string&, std::string&, std::string& sheet) const override { sheet = book_.sheet; }

 private:
  std::unique_ptr<ZipFile> zip_;
  XlsxBook book_;
  std::unique_ptr<Sheet> sheet_;
  std::vector<std::size_t> place_;  // column of the sheet → of ours; kColumnsMax: without a name
  std::uint64_t read_ = 0, total_ = 0;
};

Result<std::unique_ptr<RowReader>> open_in(std::unique_ptr<ZipFile> zip, std::string_view sheet) {
  auto rows = std::make_unique<XlsxRows>(std::move(zip));
  CX_TRY(rows->open(sheet));
  return rows;
}

// Numbers of the built-in formats that show dates and times; ECMA-376 part 1, 18.8.30, East Asia included.
struct BuiltIn {
  unsigned from, to;
  ExcelTimeFormat shows;
};
constexpr std::array kBuiltIn{
    BuiltIn{14, 17, {true, false}}, BuiltIn{18, 21, {false, true}}, BuiltIn{22, 22, {true, true}},
    BuiltIn{27, 31, {true, false}}, BuiltIn{32, 35, {false, true}}, BuiltIn{36, 36, {true, false}},
    BuiltIn{45, 47, {false, true}}, BuiltIn{50, 54, {true, false}}, BuiltIn{55, 56, {false, true}},
    BuiltIn{57, 58, {true, false}},
};

// The letters of a format that mean something: without quoted text, escapes, colours and conditions.
std::string meaning(std::string_view code) {
  std::string out;
  for (std::size_t i = 0; i < code.size() && code[i] != ';'; ++i) {
    if (code[i] == '"') {
      i = std::min(code.find('"', i + 1), code.size() - 1);
    } else if (code[i] == '\\' || code[i] == '_' || code[i] == '*') {
      ++i;
    } else if (code[i] == '[') {
      const std::size_t close = std::min(code.find(']', i), code.size());
      const std::string inside = ascii::lower(code.substr(i + 1, close - i - 1));
      if (!inside.empty() && inside.find_first_not_of("hms") == std::string::npos) out += inside;
      i = close;
    } else {
      out += ascii::lower(code.substr(i, 1));
    }
  }
  if (const std::size_t at = out.find("am/pm"); at != std::string::npos) out.replace(at, 5, "h");
  return out;
}

}  // namespace

ExcelTimeFormat excel_time_format(unsigned id, std::string_view code) {
  for (const BuiltIn& built_in : kBuiltIn)
    if (code.empty() && id >= built_in.from && id <= built_in.to) return built_in.shows;
  const std::string letters = meaning(code);
  if (letters == "general" || letters.find_first_of("0#?@") != std::string::npos) {
    // "ss.000" shows a fraction of seconds; other digits mean a number.
    if (letters.find("s.0") == std::string::npos) return {};
  }
  ExcelTimeFormat format;
  format.has_date = letters.find_first_of("yd") != std::string::npos;
  format.has_time = letters.find_first_of("hs") != std::string::npos;
  if (!format.has_date && !format.has_time && letters.find('m') != std::string::npos) format.has_date = true;
  return format;
}

std::string excel_time(double serial, bool from_1904, bool has_date, bool has_time) {
  const auto ms = static_cast<std::int64_t>(std::llround(serial * 86'400'000.0));
  const std::int64_t day = ms / 86'400'000, rest = ms % 86'400'000;
  const std::string fraction = rest % 1000 == 0 ? "" : fmt::format(".{:03}", rest % 1000);
  // Times of day, and hours that add up; a whole year of them is a date shown as its time.
  if (!has_date && has_time && day < 366)
    return fmt::format("{:02}:{:02}:{:02}{}", ms / 3'600'000, ms / 60'000 % 60, ms / 1000 % 60, fraction);
  // Day 60 of the 1900 system is a 29 February that never was; days before it are of no use here.
  const date::sys_days origin =
      from_1904 ? date::sys_days{date::year{1904} / 1 / 1} : date::sys_days{date::year{1899} / 12 / 30};
  const date::year_month_day ymd{origin + date::days{day}};
  const std::string text = fmt::format("{:04}-{:02}-{:02}", static_cast<int>(ymd.year()),
                                       static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()));
  if (!has_time && rest == 0) return text;
  return fmt::format("{} {:02}:{:02}:{:02}{}", text, rest / 3'600'000, rest / 60'000 % 60, rest / 1000 % 60,
                     fraction);
}

Result<std::unique_ptr<RowReader>> open_xlsx(const std::string& file, std::string_view sheet) {
  CX_TRY(auto zip, ZipFile::open(file, XlsxLimits::kEntriesMax));
  return open_in(std::move(zip), sheet);
}

Result<std::unique_ptr<RowReader>> open_xlsx_bytes(std::string bytes, std::string_view sheet) {
  CX_TRY(auto zip, ZipFile::of(std::move(bytes), XlsxLimits::kEntriesMax));
  return open_in(std::move(zip), sheet);
}

}  // namespace zhike::ingest
