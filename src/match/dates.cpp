#include "match/dates.h"

#include <fmt/format.h>

#include <array>
#include <chrono>

#include "base/ascii.h"

namespace zhike::match {
namespace {

constexpr std::array<std::string_view, 12> kMonths{"jan", "feb", "mar", "apr", "may", "jun",
                                                   "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr int kCentury = 100, kPivot = 30;  // 29 is 2029, 30 is 1930

int month_of(std::string_view word) {
  if (word.size() < 3) return 0;
  for (std::size_t i = 0; i < kMonths.size(); ++i)
    if (ascii::lower(word.substr(0, 3)) == kMonths[i]) return static_cast<int>(i) + 1;
  return 0;
}

int whole_year(int year, std::size_t digits) {
  if (digits > 2) return year;
  return year + (year < kPivot ? 2000 : 1900);
}

struct Piece {
  int number = 0, month = 0;
  std::size_t digits = 0;  ///< 0: a word
};

/// Up to four runs of digits or letters; what follows a "T" or a fourth number is a time.
std::size_t pieces_of(std::string_view text, std::array<Piece, 3>& out) {
  std::size_t count = 0;
  while (!text.empty() && count < out.size()) {
    const bool digit = ascii::is_digit(text[0]);
    if (!digit && !ascii::is_letter(text[0])) {
      text.remove_prefix(1);
      continue;
    }
    std::size_t n = 0;
    while (n < text.size() && (digit ? ascii::is_digit(text[n]) : ascii::is_letter(text[n]))) ++n;
    const std::string_view run = text.substr(0, n);
    text.remove_prefix(n);
    Piece piece;
    if (digit) {
      const auto number = ascii::parse_number<int>(run);
      if (!number) return 0;
      piece = {.number = *number, .digits = n};
    } else {
      piece.month = month_of(run);
      if (run == "st" || run == "nd" || run == "rd" || run == "th") continue;
      if (piece.month == 0) return 0;
    }
    out[count++] = piece;
  }
  return count;
}

std::optional<DateParts> from_digits(const Piece& piece) {
  if (piece.digits == 8) {
    const int n = piece.number;
    if (n / 10000 >= 1000 && n / 10000 < 2200) return DateParts{n / 10000, n / 100 % 100, n % 100};
    return DateParts{n % 10000, n / 10000 % 100, n / 1000000};
  }
  if (piece.digits == 14) return std::nullopt;
  return std::nullopt;
}

bool is_plausible(const DateParts& date) {
  return date.year >= 1000 && date.year < 2200 && date.month < kCentury && date.day < kCentury;
}

}  // namespace

std::string DateParts::digits() const { return fmt::format("{:04}{:02}{:02}", year, month, day); }

std::optional<std::int32_t> DateParts::day_number() const {
  using namespace std::chrono;
  const year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                            std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return std::nullopt;
  return static_cast<std::int32_t>(sys_days{date}.time_since_epoch().count());
}

std::optional<DateParts> parse_date(std::string_view text, DayOrder order) {
  constexpr std::size_t kBytesMax = 40;
  if (text.size() > kBytesMax) return std::nullopt;
  std::array<Piece, 3> at;
  const std::size_t count = pieces_of(text, at);
  if (count >= 1 && at[0].digits == 8) {
    const auto date = from_digits(at[0]);
    return date && is_plausible(*date) ? date : std::nullopt;
  }
  if (count != 3) return std::nullopt;
  DateParts date;
  if (at[0].digits == 4) {
    date = {at[0].number, at[1].digits != 0 ? at[1].number : at[1].month, at[2].number};
  } else if (at[0].digits == 0) {  // March 12, 1980
    date = {whole_year(at[2].number, at[2].digits), at[0].month, at[1].number};
  } else if (at[1].digits == 0) {  // 12 Mar 1980
    date = {whole_year(at[2].number, at[2].digits), at[1].month, at[0].number};
  } else {
    const bool day_first = at[1].number > 12 ? false : at[0].number > 12 || order == DayOrder::kDayFirst;
    date = {whole_year(at[2].number, at[2].digits), day_first ? at[1].number : at[0].number,
            day_first ? at[0].number : at[1].number};
  }
  if (!is_plausible(date)) return std::nullopt;
  return date;
}

}  // namespace zhike::match
