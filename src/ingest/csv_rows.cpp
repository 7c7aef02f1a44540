#include "ingest/csv_rows.h"

#include "warehouse/read_file.h"

namespace zhike::ingest {
namespace {

class CsvRows final : public RowReader {
 public:
  CsvRows(std::unique_ptr<CsvReader> csv, bool count_rows) : csv_(std::move(csv)), count_rows_(count_rows) {}

  Result<Next> next() override {
    CX_TRY(const CsvReader::Next found, csv_->next());
    if (found == CsvReader::Next::kEnd) return Next::kEnd;
    ++rows_;
    is_row_ = found == CsvReader::Next::kRow;
    return found == CsvReader::Next::kBad ? Next::kBad : Next::kRow;
  }
  const std::vector<std::string>& header() const override { return csv_->header(); }
  Cells cells() const override { return csv_->cells(); }
  std::uint64_t line() const override { return count_rows_ ? rows_ : csv_->line(); }
  const std::string& problem() const override { return csv_->problem(); }
  std::string raw(const std::vector<std::pair<std::string, std::string>>& places) const override {
    std::string header(csv_->header_raw()), row(csv_->raw().substr(0, kRawMax));
    if (csv_->quote() != '"' && is_row_) {  // whoever reads the row again knows the usual quote
      header = joined(csv_->header());
      row = joined(csv_->cells()).substr(0, kRawMax);
    }
    for (const auto& [name, value] : places) {
      append_csv_cell(header += csv_->delimiter(), name);
      append_csv_cell(row += csv_->delimiter(), value);
    }
    return header.append("\n").append(row);
  }
  std::uint64_t bytes_read() const override { return csv_->source().bytes_read(); }
  std::uint64_t bytes_total() const override { return csv_->source().bytes_total(); }
  void add_notes(std::vector<std::string>& notes) const override { note_text(csv_->source(), notes); }
  void describe(std::string& encoding, std::string& delimiter, std::string&) const override {
    if (count_rows_) return;
    encoding = to_string(csv_->source().encoding());
    delimiter = std::string(1, csv_->delimiter());
  }

 private:
  template <class Texts>
  std::string joined(const Texts& texts) const {
    std::string out;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if (i > 0) out += csv_->delimiter();
      append_csv_cell(out, texts[i]);
    }
    return out;
  }

  static constexpr std::size_t kRawMax = 64 * 1024;
  bool is_row_ = false;
  std::unique_ptr<CsvReader> csv_;
  bool count_rows_;
  std::uint64_t rows_ = 0;
};

class EngineText final : public TextSource {
 public:
  explicit EngineText(std::unique_ptr<warehouse::EngineFile> file) : file_(std::move(file)) {}
  Result<bool> more(std::string& out) override { return file_->more(out); }
  std::uint64_t bytes_read() const override { return file_->bytes_read(); }
  std::uint64_t bytes_total() const override { return file_->bytes_total(); }
  Encoding encoding() const override { return Encoding::kUtf8; }
  std::uint64_t replaced() const override { return 0; }

 private:
  std::unique_ptr<warehouse::EngineFile> file_;
};

}  // namespace

Result<std::unique_ptr<RowReader>> open_csv_rows(std::unique_ptr<TextSource> source, CsvOptions options) {
  CX_TRY(auto csv, CsvReader::open(std::move(source), options));
  return std::make_unique<CsvRows>(std::move(csv), false);
}

Result<std::unique_ptr<RowReader>> open_parquet_rows(const std::filesystem::path& file) {
  CX_TRY(auto engine, warehouse::EngineFile::open(file, "Parquet", {}));
  CX_TRY(auto csv, CsvReader::open(std::make_unique<EngineText>(std::move(engine)), {.delimiter = ','}));
  return std::make_unique<CsvRows>(std::move(csv), true);
}

}  // namespace zhike::ingest
