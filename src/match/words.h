// Texts made comparable: one case, one width, one script, no accents; how names sound; what people are called
// for short. For comparing only, never for showing. Thread-safe; pure apart from ICU's and OpenCC's tables.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace zhike::match {

/// Lower case, half width, simplified, without accents; letters and digits stay, apostrophes go, every other
/// run of characters becomes one blank, but a point between digits stays. At most `bytes_max` bytes of the
/// raw text are read.
[[nodiscard]] std::string plain(std::string_view raw, std::size_t bytes_max = 512);

/// The words of a plain text: runs without blanks; of Chinese every pair of neighbouring characters.
[[nodiscard]] std::vector<std::string> tokens_of(std::string_view plain);
/// Only where blanks are.
[[nodiscard]] std::vector<std::string_view> split(std::string_view plain);

/// Toneless pinyin of one character ("zhang"); empty: not a Chinese one. By ICU's Han-Latin, character by
/// character: the commonest reading.
[[nodiscard]] std::string_view pinyin(char32_t character);

/// A name in letters: of a Chinese one the pinyin, family name by its own readings (单: shan), as two words.
/// Of any other the plain text itself.
[[nodiscard]] std::string latin_name(std::string_view plain);

/// The first of a group of names that are one another's short forms ("bob": "robert"); else the name.
[[nodiscard]] std::string_view full_form(std::string_view plain_name);

/// Roughly how a word in Latin letters sounds: its first letter and the consonants after it, like ones as
/// one, no doubles (after Soundex, Russell 1918, without its cut at four). Of Chinese its pinyin.
[[nodiscard]] std::string sound_of(std::string_view plain);

/// Valid UTF-8 expected; broken bytes become U+FFFD.
[[nodiscard]] std::u16string to_utf16(std::string_view utf8);

}  // namespace zhike::match
