// Hashed n-grams of a text. Pure; linear; thread-safe.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "text/language.h"

namespace zhike::text {

/// Version of what the functions below make: a model goes with one.
inline constexpr std::uint32_t kFeatureVersion = 2;

/// Which n-grams: characters for Chinese, words for the rest.
enum class Grams : std::uint8_t { kCharacters, kWords };
[[nodiscard]] constexpr Grams grams_for(Language language) noexcept {
  return language == Language::kChinese ? Grams::kCharacters : Grams::kWords;
}

/// The features that a normalised text has, as hashes of 32 bits, each once, sorted; replaces `out`.
///
/// kCharacters: 1- to 4-grams of characters between blanks; after a negation (不, 没 ...) the next characters
/// once more, as negated; names in brackets as posts have them for pictures ([怒]), which are strong: see
/// is_strong. kWords: words, pairs and threes of words, pairs with one word between, 3- to 5-grams of letters
/// within words with their ends marked, signs; after a negation (not, n't, never ...) the next words once
/// more, as negated, up to the end of the clause (Das and Chen 2001; Pang, Lee and Vaithyanathan 2002).
void extract(std::u32string_view normalized, Grams grams, std::vector<std::uint32_t>& out);

/// Features that say more than others when they occur: training gives them more weight.
[[nodiscard]] constexpr bool is_strong(std::uint32_t feature) noexcept { return (feature & 1U) != 0; }

}  // namespace zhike::text
