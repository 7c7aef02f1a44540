#include "cli/resolve_output.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <filesystem>

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

std::string begun_name(const std::string& path) {
  std::error_code ignored;
  const auto status = std::filesystem::status(path, ignored);
  return std::filesystem::exists(status) && !std::filesystem::is_regular_file(status) ? path : path + ".part";
}

}  // namespace

CsvFile::CsvFile(const std::string& path)
    : path_(path), begun_(begun_name(path)), file_(begun_, std::ios::binary | std::ios::trunc) {}

CsvFile::~CsvFile() {
  std::error_code ignored;
  if (!is_whole_ && begun_ != path_) std::filesystem::remove(begun_, ignored);
}

void CsvFile::cell(std::string_view text) { add_cell(buffer_, text); }
void CsvFile::number(double value) { add_cell(buffer_, fmt::format("{:.6g}", value)); }

Result<void> CsvFile::close() {
  flush();
  file_.close();
  if (!file_) return std::unexpected(file_error("write", path_, errno));
  is_whole_ = true;
  std::error_code failed;
  if (begun_ != path_) std::filesystem::rename(begun_, path_, failed);
  if (failed) return std::unexpected(file_error("write", path_, failed.value()));
  return {};
}

double peak_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

}  // namespace zhike::cli
