// Aspects as data: what texts of a trade speak of, and the words for it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace zhike::text {

struct Aspect {
  std::string key, name_en, name_zh;
  std::vector<std::u32string> words;  ///< normalised; of both languages
};

struct AspectCatalogue {
  static constexpr std::size_t kAspectsMax = 32;
  std::string key, name_en, name_zh;
  std::vector<Aspect> aspects;  ///< at most kAspectsMax
};

/// JSON as catalog/aspects has it. Errors: kBadCatalogue (the detail says which entry).
[[nodiscard]] Result<AspectCatalogue> parse_aspects(std::string_view text);
/// Those that come with the program, by key: bank, hotel, retail, takeaway, telecom.
[[nodiscard]] std::vector<std::string> aspect_domains();
/// Errors: kBadCatalogue (no such domain).
[[nodiscard]] Result<AspectCatalogue> shipped_aspects(std::string_view domain);
/// Its JSON, which lies in the program.
[[nodiscard]] Result<std::string_view> shipped_aspects_text(std::string_view domain);

}  // namespace zhike::text
