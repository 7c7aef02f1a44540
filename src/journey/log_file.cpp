#include "journey/log_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "ingest/bytes.h"
#include "ingest/file_format.h"
#include "ingest/row_reader.h"
#include "mining/xes.h"

namespace zhike::journey {
namespace {

constexpr std::size_t kHeaderShown = 600;  // bytes

void tell(const LogOptions& options, std::uint64_t read, std::uint64_t total) {
  if (options.progress && total > 0) options.progress(static_cast<double>(read) / static_cast<double>(total));
}

Result<mining::EventLog> read_xes(const std::filesystem::path& file, const LogOptions& options) {
  mining::XesKeys keys;
  const auto use = [](std::string& key, const std::string& given) {
    if (!given.empty()) key = given;
  };
  use(keys.case_name, options.columns.case_name);
  use(keys.activity, options.columns.activity);
  use(keys.time, options.columns.time);
  CX_TRY(const auto source, ingest::TextSource::open(file));
  mining::XesReader reader(file.filename().string(), std::move(keys), options.bytes_max);
  for (;;) {
    CX_TRY(const bool more, source->more(reader.room()));
    if (!more) return reader.finish();
    CX_TRY(reader.read());
    tell(options, source->bytes_read(), source->bytes_total());
  }
}

Result<std::size_t> column(const std::vector<std::string>& header, std::string_view given,
                           std::string_view usual, const std::filesystem::path& file) {
  const std::string name = ascii::lower(given.empty() ? usual : given);
  const auto found =
      std::ranges::find(header, name, [](const std::string& cell) { return ascii::lower(cell); });
  if (found != header.end()) return static_cast<std::size_t>(found - header.begin());
  std::string there = fmt::format("{}", fmt::join(header, ", "));
  if (there.size() > kHeaderShown) there = fmt::format("others, {} in all", header.size());
  return fail(Code::kDriverColumnMissing, "{}: {}; there are {}", file.filename().string(), name, there);
}

Result<mining::EventLog> read_table(ingest::RowReader& rows, const std::filesystem::path& file,
                                    const LogOptions& options) {
  const LogColumns& columns = options.columns;
  CX_TRY(const std::size_t case_at, column(rows.header(), columns.case_name, "case:concept:name", file));
  CX_TRY(const std::size_t activity_at, column(rows.header(), columns.activity, "concept:name", file));
  CX_TRY(const std::size_t time_at, column(rows.header(), columns.time, "time:timestamp", file));
  mining::LogBuilder builder(options.bytes_max);
  for (std::uint64_t row = 0;; ++row) {
    CX_TRY(const auto next, rows.next());
    if (next == ingest::RowReader::Next::kEnd) return builder.finish(file.filename().string());
    if (next == ingest::RowReader::Next::kBad) {
      builder.leave_out_without_case();
      continue;
    }
    const auto cells = rows.cells();
    CX_TRY(builder.add_row(cells[case_at], cells[activity_at], mining::parse_log_time(cells[time_at])));
    if (row % 4096 == 0) tell(options, rows.bytes_read(), rows.bytes_total());
  }
}

}  // namespace

Result<std::unique_ptr<ingest::RowReader>> rows_of_log(const std::filesystem::path& file) {
  CX_TRY(const ingest::FileFormat* const format, ingest::detect_format(file));
  if (format == nullptr || format->open == nullptr)
    return fail(Code::kBadFile, "{}: no event log", file.filename().string());
  if (format->name == "xes") return nullptr;
  static const ingest::FileRule kRule;  // readers borrow it
  return format->open({file, kRule});
}

Result<mining::EventLog> read_log(const std::filesystem::path& file, const LogOptions& options) {
  CX_TRY(const auto rows, rows_of_log(file));
  return rows ? read_table(*rows, file, options) : read_xes(file, options);
}

}  // namespace zhike::journey
