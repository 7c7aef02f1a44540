// Textbook forms of the distances: the reference that tests and benchmarks compare with.
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

namespace zhike::match {

/// As in Winkler 1990, with the table of characters taken.
inline double naive_jaro_winkler(std::u16string_view a, std::u16string_view b) {
  if (a.empty() || b.empty()) return 0;
  const std::size_t longer = std::max(a.size(), b.size()), reach = longer / 2 > 0 ? longer / 2 - 1 : 0;
  std::vector<bool> in_a(a.size()), in_b(b.size());
  double common = 0;
  for (std::size_t j = 0; j < b.size(); ++j) {
    const std::size_t from = j > reach ? j - reach : 0, to = std::min(a.size(), j + reach + 1);
    for (std::size_t i = from; i < to; ++i) {
      if (in_a[i] || a[i] != b[j]) continue;
      in_a[i] = in_b[j] = true;
      ++common;
      break;
    }
  }
  if (common == 0) return 0;
  std::size_t out_of_order = 0;
  for (std::size_t i = 0, j = 0; i < a.size(); ++i) {
    if (!in_a[i]) continue;
    while (!in_b[j]) ++j;
    out_of_order += a[i] != b[j++] ? 1 : 0;
  }
  const auto swaps = static_cast<double>(out_of_order / 2);
  const double jaro = (common / static_cast<double>(a.size()) + common / static_cast<double>(b.size()) +
                       (common - swaps) / common) /
                      3;
  std::size_t prefix = 0;
  while (prefix < std::min({std::size_t{4}, a.size(), b.size()}) && a[prefix] == b[prefix]) ++prefix;
  return jaro + 0.1 * static_cast<double>(prefix) * (1 - jaro);
}

/// The table of the recurrence, row by row.
inline unsigned naive_damerau_levenshtein(std::u16string_view a, std::u16string_view b) {
  std::vector<std::vector<unsigned>> d(a.size() + 1, std::vector<unsigned>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = static_cast<unsigned>(i);
  for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = static_cast<unsigned>(j);
  for (std::size_t i = 1; i <= a.size(); ++i)
    for (std::size_t j = 1; j <= b.size(); ++j) {
      d[i][j] =
          std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  return d[a.size()][b.size()];
}

}  // namespace zhike::match
