#include "match/exact.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <string>

#include "match/table.h"
#include "match/values.h"

namespace zhike::match {

ExactClusters::ExactClusters(std::vector<Identifying> columns, const Options& options)
    : columns_(std::move(columns)), options_(options) {
  constexpr std::size_t kLeast = 1024;
  const std::size_t values = options.records * columns_.size();
  slots_.assign(std::bit_ceil(std::max(kLeast, values * 3 / 2)), kNone);
  values_.reserve(values);
  records_of_.reserve(values);
  cells_.reserve(values);
}

void ExactClusters::add(std::span<const std::string_view> cells) {
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    std::uint32_t number = kNone;
    if (!is_missing(cells[c])) {
      text_.assign(1, static_cast<char>(c));  // a value of one column is another's stranger
      text_ += comparable(columns_[c].kind, cells[c], columns_[c].day_order);
      if (text_.size() > 1) number = number_of(crypto::table_hash(key_, text_));
    }
    cells_.push_back(number);
    if (number != kNone) ++records_of_[number];
  }
}

std::uint32_t ExactClusters::number_of(const crypto::Hash128& hash) {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = hash.low & mask;; at = (at + 1) & mask) {
    if (slots_[at] != kNone) {
      if (values_[slots_[at]] == hash) return slots_[at];
      continue;
    }
    slots_[at] = static_cast<std::uint32_t>(values_.size());
    values_.push_back(hash);
    records_of_.push_back(0);
    if (values_.size() * 4 > slots_.size() * 3) grow();
    return static_cast<std::uint32_t>(values_.size() - 1);
  }
}

void ExactClusters::grow() {
  slots_.assign(slots_.size() * 2, kNone);
  const std::size_t mask = slots_.size() - 1;
  for (std::uint32_t number = 0; number < values_.size(); ++number) {
    std::size_t at = values_[number].low & mask;
    while (slots_[at] != kNone) at = (at + 1) & mask;
    slots_[at] = number;
  }
}

ExactClusters::Found ExactClusters::finish() {
  Found out;
  out.identifiers = values_.size();
  values_ = {};
  slots_ = {};
  for (const std::uint32_t records : records_of_) out.shared += records > options_.shared_after ? 1 : 0;
  const std::size_t rows = columns_.empty() ? 0 : cells_.size() / columns_.size();
  std::vector<std::uint32_t> parent(rows), first(records_of_.size(), kNone);
  std::iota(parent.begin(), parent.end(), 0U);
  const auto root = [&](std::uint32_t at) {
    while (parent[at] != at) at = parent[at] = parent[parent[at]];
    return at;
  };
  for (std::uint32_t row = 0; row < rows; ++row)
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      const std::uint32_t number = cells_[row * columns_.size() + c];
      if (number == kNone || records_of_[number] > options_.shared_after) continue;
      if (first[number] == kNone) {
        first[number] = row;
        continue;
      }
      const std::uint32_t a = root(first[number]), b = root(row);
      parent[std::max(a, b)] = std::min(a, b);  // a root is its cluster's first record
    }
  out.of.resize(rows);
  for (std::uint32_t row = 0; row < rows; ++row) {
    const std::uint32_t at = root(row);
    out.of[row] = at == row ? static_cast<std::uint32_t>(out.count++) : out.of[at];
  }
  return out;
}

}  // namespace zhike::match
