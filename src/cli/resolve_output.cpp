#include "cli/resolve_output.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include "base/file.h"

namespace zhike::cli {
namespace {

void add_cell(std::string& out, std::string_view cell) {
  if (!out.empty() && out.back() != '\n') out.push_back(',');
  if (cell.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += cell;
    return;
  }
  out.push_back('"');
  for (const char c : cell) {
    if (c == '"') out.push_back('"');
    out.push_back(c);
  }
  out.push_back('"');
}

}  // namespace

void CsvFile::cell(std::string_view text) { add_cell(buffer_, text); }
void CsvFile::number(double value) { add_cell(buffer_, fmt::format("{:.6g}", value)); }

Result<void> CsvFile::close() {
  flush();
  file_.close();
  if (!file_) return std::unexpected(file_error("write", path_, errno));
  return {};
}

double peak_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

}  // namespace zhike::cli
