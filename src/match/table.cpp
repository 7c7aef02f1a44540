#include "match/table.h"

#include <algorithm>
#include <array>
#include <functional>

#include "base/ascii.h"
#include "clean/width.h"

namespace zhike::match {
namespace {

constexpr std::array<std::string_view, 18> kMissing{"na",   "n/a",  "null", "none",    "nan",    "nil",
                                                    "-",    "--",   "?",    "unknown", "\\n",    "无",
                                                    "未知", "暂无", "空",   "不详",    "未填写", "#n/a"};

std::uint32_t hash_of(std::string_view text) {
  return static_cast<std::uint32_t>(mix(std::hash<std::string_view>{}(text)));
}

}  // namespace

Dictionary::Dictionary() : texts_(1), hashes_(1), slots_(16) {}

void Dictionary::grow() {
  slots_.assign(slots_.size() * 2, 0);
  const std::size_t mask = slots_.size() - 1;
  for (std::uint32_t code = 1; code < texts_.size(); ++code) {
    std::size_t at = hashes_[code] & mask;
    while (slots_[at] != 0) at = (at + 1) & mask;
    slots_[at] = code + 1;
  }
}

std::uint32_t Dictionary::add(std::string_view text) {
  if (text.empty()) return 0;
  if (texts_.size() * 2 > slots_.size()) grow();
  const std::uint32_t hash = hash_of(text);
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = hash & mask;
  for (; slots_[at] != 0; at = (at + 1) & mask) {
    const std::uint32_t code = slots_[at] - 1;
    if (hashes_[code] == hash && texts_[code] == text) return code;
  }
  const auto code = static_cast<std::uint32_t>(texts_.size());
  slots_[at] = code + 1;
  texts_.emplace_back(text);
  hashes_.push_back(hash);
  return code;
}

const Column* Table::find(std::string_view name) const {
  const auto it = std::ranges::find(columns, name, &Column::name);
  return it == columns.end() ? nullptr : &*it;
}

bool is_missing(std::string_view text) noexcept {
  text = clean::trim(text);
  if (text.empty()) return true;
  if (text.size() > 9) return false;
  std::array<char, 9> lower{};
  for (std::size_t i = 0; i < text.size(); ++i) lower[i] = ascii::lower(text[i]);
  return std::ranges::find(kMissing, std::string_view(lower.data(), text.size())) != kMissing.end();
}

}  // namespace zhike::match
