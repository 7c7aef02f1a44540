// The distinct values of one compared column, and everything that comparing and blocking need to know of
// each.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "match/dates.h"
#include "match/kind.h"
#include "match/table.h"

namespace zhike::match {

/// What of a value must be equal for two records to be compared at all.
enum class View : std::uint8_t {
  kValue,   ///< all of it
  kSound,   ///< how it sounds; of a full name its letters in any order; of a phone its ending; of an e-mail
            ///< address its user
  kPrefix,  ///< its beginning: year and month, the area of a postcode, the first four letters
  kTokens,  ///< one of its rare words: a value has several
};
inline constexpr std::size_t kViewCount = 4;
[[nodiscard]] std::string_view to_string(View view) noexcept;
[[nodiscard]] std::optional<View> parse_view(std::string_view text) noexcept;

/// Number 0 is the missing value in every list. Read from any thread.
class Values {
 public:
  Kind kind = Kind::kIgnored;
  std::vector<char16_t> letters;
  std::vector<std::uint32_t> letters_from;    ///< by value, and one more
  std::vector<std::uint32_t> sorted, turned;  ///< of names: keys of their words in order, and turned around
  std::vector<std::uint32_t> straight;
  std::vector<double> number;       ///< of numbers; days since 1970 of dates; NaN: none
  std::vector<std::uint32_t> area;  ///< bytes of an e-mail's user, characters of a postcode's area
  std::vector<std::uint32_t> tokens, tokens_from;
  std::vector<float> token_weight;               ///< by place in tokens: its share of the value's length 1
  std::vector<std::uint32_t> views[kViewCount];  ///< by value: 0: none. Of kTokens empty: see tokens

  /// How many letters there are of each of 16 classes, a byte each, of what is compared letter by letter: two
  /// values cannot share more letters than their bags do.
  using Bag = std::array<std::uint64_t, 2>;
  std::vector<Bag> bags;  ///< by value; empty: the kind needs none
  /// The share of records with a value that have one of the kCommon commonest.
  static constexpr std::size_t kCommon = 181;
  double common_share = 0;

  [[nodiscard]] std::size_t size() const { return letters_from.size() - 1; }
  [[nodiscard]] std::u16string_view text(std::uint32_t code) const {
    return {letters.data() + letters_from[code], letters_from[code + 1] - letters_from[code]};
  }
  [[nodiscard]] std::span<const std::uint32_t> tokens_of(std::uint32_t code) const {
    return {tokens.data() + tokens_from[code], tokens_from[code + 1] - tokens_from[code]};
  }
};

/// Fills `values` with what its kind needs, from comparable texts, number 0 the empty one. `counts`: how many
/// records have each, for the weight of words.
[[nodiscard]] Values make_values(Kind kind, const Dictionary& texts, std::span<const std::uint32_t> counts);

/// The form of a raw value that is compared by the kind; empty: missing or unusable.
[[nodiscard]] std::string comparable(Kind kind, std::string_view raw, DayOrder order);

}  // namespace zhike::match
