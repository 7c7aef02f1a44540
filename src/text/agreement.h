// How far two divisions of the same things agree. Pure; thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace zhike::text {

/// Mutual information of two divisions by the mean of their entropies: 0 when one says nothing about the
/// other, 1 when they are the same but for names (Strehl and Ghosh 2002, "Cluster ensembles", JMLR 3:583-617,
/// with the arithmetic mean, as in Vinh, Epps and Bailey 2010, JMLR 11:2837-2854, table 2). 1 when both have
/// one part only. As many `a` as `b`, at least one.
[[nodiscard]] double mutual_information(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b);

/// Of each part of `a`: its overlap with the likest part of `b`, |both| / |either| (Jaccard 1901; as a
/// measure of a cluster's stability: Hennig 2007, Computational Statistics and Data Analysis 52:258-271). 0
/// for an empty part. Parts are numbered below `parts`; kNoPart: of none, and in no part's size.
inline constexpr std::uint32_t kNoPart = 0xFFFFFFFF;
[[nodiscard]] std::vector<double> likest(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b,
                                         std::uint32_t parts);

}  // namespace zhike::text
