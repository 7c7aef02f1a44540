#include "match/exact.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "match/table.h"

namespace zhike::match {
namespace {

using Row = std::vector<std::string>;

std::vector<std::uint32_t> clusters(const std::vector<Row>& rows, std::vector<Identifying> columns,
                                    std::uint32_t shared_after = 100) {
  ExactClusters exact(std::move(columns), {.shared_after = shared_after});
  for (const Row& row : rows) {
    const std::vector<std::string_view> cells(row.begin(), row.end());
    exact.add(cells);
  }
  return exact.finish().of;
}

const std::vector<Identifying> kPhoneAndMail{{Kind::kPhone}, {Kind::kEmail}};

TEST(Exact, JoinsWhatAnIdentifierHasInCommonHoweverItIsWritten) {
  EXPECT_EQ(clusters({{"139 1234 5678", "a@b.io"},
                      {"", "A@B.io"},
                      {"１３９１２３４５６７８", ""},
                      {"N/A", "null"},
                      {"n/a", "NULL"},
                      {"13900000000", "c@d.io"}},
                     kPhoneAndMail),
            (std::vector<std::uint32_t>{0, 0, 0, 1, 2, 3}));
}

TEST(Exact, AValueOfTooManyIsNobodys) {
  std::vector<Row> rows;
  for (int i = 0; i < 10'000; ++i) rows.push_back({"13912345678", "p" + std::to_string(i / 2) + "@b.io"});
  const auto of = clusters(rows, kPhoneAndMail);
  EXPECT_EQ(of.back(), 4999U);
  for (std::size_t i = 0; i < of.size(); ++i) ASSERT_EQ(of[i], i / 2);
}

TEST(Exact, IsWhatPlainSearchFinds) {
  std::vector<Row> rows;
  for (std::uint64_t i = 0; i < 3000; ++i)
    rows.push_back({"1390000" + std::to_string(1000 + mix(i) % 2500),
                    "m" + std::to_string(mix(i + 99'999) % 2500) + "@b.io"});
  const auto of = clusters(rows, kPhoneAndMail);
  // Labels spread over everything that agrees until nothing moves.
  std::vector<std::size_t> plain(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) plain[i] = i;
  for (bool moved = true; moved;) {
    moved = false;
    std::map<std::string, std::size_t> least;
    for (std::size_t i = 0; i < rows.size(); ++i)
      for (const std::string& cell : rows[i]) {
        const auto at = least.try_emplace(cell, plain[i]).first;
        at->second = std::min(at->second, plain[i]);
      }
    for (std::size_t i = 0; i < rows.size(); ++i)
      for (const std::string& cell : rows[i])
        if (least[cell] < plain[i]) plain[i] = least[cell], moved = true;
  }
  std::map<std::size_t, std::uint32_t> same;
  std::set<std::uint32_t> seen;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(same.try_emplace(plain[i], of[i]).first->second, of[i]);
    seen.insert(of[i]);
  }
  EXPECT_EQ(same.size(), seen.size());
}

}  // namespace
}  // namespace zhike::match
