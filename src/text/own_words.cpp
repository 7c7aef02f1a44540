#include "text/own_words.h"

#include <algorithm>
#include <cstdint>

#include "base/encoding.h"
#include "text/normalize.h"
#include "text/segment.h"

namespace zhike::text {
namespace {

constexpr float kLikelier = 0.01F;  // of a logarithm of chances, which are about -10 a word

}  // namespace

OwnWords::OwnWords(std::span<const std::u32string> words) {
  std::size_t characters = 0;
  for (const std::u32string& word : words) characters += word.size();
  slots_.resize(characters * 3 / 2 + 8);
  Segmenter segmenter;
  for (const std::u32string& word : words) {
    if (word.empty() || word.size() > kWordMax) continue;
    std::uint64_t key = kNoCharacters;
    for (std::size_t i = 0; i + 1 < word.size(); ++i) put(key = key_step(key, word[i]), {});
    key = key_step(key, word.back());
    const WordEntry* const known = dictionary().words.find(key);
    const bool is_known = known != nullptr && known->is(WordEntry::kWord);
    WordEntry entry = is_known ? *known : WordEntry{.weight = segmenter.weight(word) + kLikelier};
    entry.flags |= WordEntry::kWord | WordEntry::kContent;
    put(key, entry);
  }
}

void OwnWords::put(std::uint64_t key, const WordEntry& entry) {
  const std::uint32_t check = WordTable::check_of(key);
  for (std::size_t at = WordTable::slot_of(key, slots_.size());; at = at + 1 == slots_.size() ? 0 : at + 1) {
    WordEntry& slot = slots_[at];
    if (slot.check != 0 && slot.check != check) continue;
    if (slot.check == 0 || entry.is(WordEntry::kWord)) slot = entry;
    slot.check = check;
    return;
  }
}

Result<std::vector<std::u32string>> parse_words(std::string_view text) {
  std::vector<std::u32string> out;
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    ++number;
    if (!is_valid_utf8(line)) return fail(Code::kBadFile, "line {}: not UTF-8", number);
    if (line.starts_with('#')) continue;
    const std::string_view trimmed = line.substr(std::min(line.size(), line.find_first_not_of(" \t\r")));
    std::u32string word = normalized(trimmed.substr(0, trimmed.find_first_of(" \t\r")));
    if (word.size() > OwnWords::kWordMax)
      return fail(Code::kBadFile, "line {}: a word of more than {} characters", number, OwnWords::kWordMax);
    if (!word.empty()) out.push_back(std::move(word));
  }
  return out;
}

}  // namespace zhike::text
