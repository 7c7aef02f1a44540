#include "text/words.h"

#include <bit>
#include <cstring>

#include "base/error.h"
#include "text/include_bytes.h"

// ZHIKE_WORDS is the file that tools/words.py makes.
ZHIKE_EMBED(zhike_words, ZHIKE_WORDS);

extern "C" {
extern const char zhike_words_begin[], zhike_words_end[];
}

namespace zhike::text {
namespace {

static_assert(std::endian::native == std::endian::little, "the table is little-endian");

constexpr std::string_view kMagic = "ZKWORDS1";

struct Head {
  char magic[8];
  std::uint32_t slots, entries;
  float least, mean_idf;
};
constexpr std::size_t kStates = 4;
constexpr std::size_t kEmissions = (Dictionary::kHanLast - Dictionary::kHanFirst + 1) * kStates;

Dictionary read_dictionary() {
  Head head{};
  const auto size = static_cast<std::size_t>(zhike_words_end - zhike_words_begin);
  cx_check(size > sizeof head, "the dictionary");
  std::memcpy(&head, zhike_words_begin, sizeof head);
  cx_check(std::string_view(head.magic, sizeof head.magic) == kMagic, "the dictionary");
  const std::size_t floats = kStates + kStates * kStates + kEmissions;
  cx_check(size == sizeof head + floats * sizeof(float) + head.slots * sizeof(WordEntry) &&
               head.entries < head.slots,
           "the dictionary");
  const auto* const numbers = reinterpret_cast<const float*>(zhike_words_begin + sizeof head);
  const auto* const entries = reinterpret_cast<const WordEntry*>(numbers + floats);
  return {.words = WordTable({entries, head.slots}),
          .least = head.least,
          .mean_idf = head.mean_idf,
          .start = std::span<const float, kStates>(numbers, kStates),
          .transitions = std::span<const float, kStates * kStates>(numbers + kStates, kStates * kStates),
          .emissions = {numbers + kStates + kStates * kStates, kEmissions}};
}

}  // namespace

const Dictionary& dictionary() {
  static const Dictionary words = read_dictionary();
  return words;
}

}  // namespace zhike::text
