// A model as bytes, and back.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "text/model.h"

namespace zhike::text {

/// Whole numbers are little-endian, floats IEEE 754:
///   "ZKTEXT1\n"                 8 bytes
///   fingerprint                 16 bytes: BLAKE2b of all that follows
///   version of the features     u32
///   head                        u32 length, JSON: classes, language, grams, bits, temperature, bias, scale,
///   card weights                     the rest: zstd of bucket × columns bytes
/// The same model gives the same bytes.
[[nodiscard]] std::string to_bytes(const Model& model);

/// Nothing is taken on trust: sizes are bounded before memory is taken. Errors: kBadTextModel.
[[nodiscard]] Result<Model> parse_model(std::string_view bytes);

inline constexpr std::size_t kClassesMax = 1000;
inline constexpr unsigned kBitsMin = 8, kBitsMax = 24;
inline constexpr std::size_t kWeightsMax = std::size_t{1} << 28;  ///< bytes unpacked

}  // namespace zhike::text
