// Finds what must not lie in the warehouse in clear: phone numbers, e-mail addresses, bank cards, Chinese
// identity numbers, secrets in URLs. Pure; linear in the text. Favours hiding too much over too little, but
// leaves hexadecimal ids, times and prices alone. Names of people in free text are not found.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace zhike::ingest {

enum class Sensitive : std::uint8_t { kPhone, kEmail, kCard, kNationalId, kSecret };
[[nodiscard]] std::string_view placeholder(Sensitive kind) noexcept;  ///< "[phone]"

struct Found {
  std::size_t from, to;
  Sensitive kind;
};

/// In order, without overlaps.
[[nodiscard]] std::vector<Found> find_sensitive(std::string_view text);

/// The text with each finding replaced by its placeholder. `found`, when given, counts them.
[[nodiscard]] std::string scrub(std::string_view text, std::size_t* found = nullptr);

/// A cheap look: false when scrub would certainly change nothing.
[[nodiscard]] bool may_be_sensitive(std::string_view text) noexcept;

/// ISO/IEC 7812-1 check digit. `digits`: only digits.
[[nodiscard]] bool luhn_holds(std::string_view digits) noexcept;
/// GB 11643-1999: 18 characters, date of birth and ISO 7064 MOD 11-2 check character.
[[nodiscard]] bool is_chinese_id(std::string_view text) noexcept;

}  // namespace zhike::ingest
