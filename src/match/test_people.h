// Simulated customers with their truth, for tests and benchmarks: the same for the same seed.
#pragma once

#include <cstdint>
#include <vector>

#include "match/table.h"

namespace zhike::match {

struct People {
  Table table;
  std::vector<std::uint32_t> truth;  ///< by record: the customer, from 1
};

/// Chinese customers of shops with one to three records each: name, phone, birthday, address, e-mail.
/// Characters of the same sound, traditional forms, pinyin, titles instead of given names; phones that are
/// missing, mistyped or given up and used by somebody else; removals; addresses without their province.
[[nodiscard]] People chinese_people(std::size_t customers, std::uint64_t seed);

/// Western customers with mistyped fields; a fifth of the records are duplicates.
[[nodiscard]] People western_people(std::size_t records, std::uint64_t seed);

}  // namespace zhike::match
