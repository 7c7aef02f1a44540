#include "cli/conditions.h"

#include <algorithm>

namespace zhike::cli {

feedback::FilterTexts filter_in(const std::vector<std::string>& words) {
  feedback::FilterTexts out;
  std::string where;
  for (const std::string& word : words) {
    const auto equals = word.find('=');
    const auto is_plain = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
    if (equals != std::string::npos && equals + 1 < word.size() && word[equals + 1] != ' ' &&
        std::ranges::all_of(std::string_view(word).substr(0, equals), is_plain))
      out.emplace_back(word.substr(0, equals), word.substr(equals + 1));
    else
      where += where.empty() ? "(" + word + ")" : " and (" + word + ")";
  }
  if (!where.empty()) out.emplace_back("where", where);
  std::ranges::sort(out);
  return out;
}

std::vector<std::string> values_in(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    if (comma > 0) out.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return out;
}

Result<std::map<std::string, std::vector<std::string>>> properties_in(const std::vector<std::string>& words) {
  std::map<std::string, std::vector<std::string>> out;
  for (const std::string& one : words) {
    const auto equals = one.find('=');
    if (equals == std::string::npos) return fail(Code::kBadField, "--property: write NAME=VALUE");
    out[one.substr(0, equals)] = values_in(std::string_view(one).substr(equals + 1));
  }
  return out;
}

}  // namespace zhike::cli
