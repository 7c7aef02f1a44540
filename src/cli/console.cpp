#include "cli/console.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <cstdlib>

namespace zhike::cli {
namespace {

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view{} : std::string_view(value);
}

bool speaks_chinese(std::string_view asked) {
  for (const auto from : {asked, variable("LC_ALL"), variable("LC_MESSAGES"), variable("LANG")})
    if (!from.empty()) return from.starts_with("zh");
  return false;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0) == 0x80) continue;
    width += byte >= 0xE2 ? 2 : 1;
  }
  return width;
}

}  // namespace

Console::Console(const Common& common)
    : common_(common), chinese_(speaks_chinese(common.language)), terminal_(::isatty(STDERR_FILENO) == 1) {}

std::filesystem::path Console::data_folder() const {
  std::string folder = common_.data;
  if (folder.empty()) folder = variable("ZHIKE_DATA_FOLDER");
  if (folder.empty()) folder = std::string(variable("HOME")) + "/.zhike";
  return std::filesystem::absolute(folder).lexically_normal();
}

Result<Config> Console::config() const {
  const bool named = !common_.config_file.empty();
  return Config::load(named ? std::filesystem::path(common_.config_file) : data_folder() / "zhike.toml",
                      named, Config::process_environment());
}

void Console::say(std::string_view line) {
  if (!common_.as_json) fmt::print("{}\n", line);
  std::fflush(stdout);
}

void Console::note(std::string_view line) { fmt::print(stderr, "{}\n", line); }

void Console::result(const json::object& object) {
  if (common_.as_json) fmt::print("{}\n", json::serialize(object));
  std::fflush(stdout);
}

int Console::failed(const Error& error) {
  const ErrorInfo& about = info(error.code);
  const auto text = pick(about.text_en, about.text_zh), fix = pick(about.fix_en, about.fix_zh);
  if (common_.as_json)
    result({{"error",
             json::object{{"code", about.id}, {"title", text}, {"detail", error.detail}, {"fix", fix}}}});
  fmt::print(stderr, "zhike: {}{}{} [{}]\n", text, error.detail.empty() ? "" : ": ", error.detail, about.id);
  if (!fix.empty()) fmt::print(stderr, "       {} {}\n", pick("What to do:", "处理办法："), fix);
  return kFailed;
}

int Console::usage(std::string_view what) {
  if (common_.as_json)
    result({{"error",
             json::object{{"code", "usage"}, {"title", what}, {"detail", ""}, {"fix", "zhike --help"}}}});
  fmt::print(stderr, "zhike: {}\n", what);
  return kUsage;
}

std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i >= widths.size()) widths.push_back(0);
      widths[i] = std::max(widths[i], display_width(row[i]));
    }
  std::string out;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += row[i];
      if (i + 1 < row.size()) out.append(widths[i] - display_width(row[i]) + 2, ' ');
    }
    out += '\n';
  }
  if (!out.empty()) out.pop_back();
  return out;
}

}  // namespace zhike::cli
