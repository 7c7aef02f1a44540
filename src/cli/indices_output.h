// What `zhike indices` shows to people.
#pragma once

#include <cstddef>
#include <span>

#include "cli/console.h"
#include "stats/pyramid.h"
#include "stats/servqual.h"

namespace zhike::cli {

/// Fewer respondents than `least`: the number of them instead of a value.
void say_servqual(Console& console, const stats::Servqual& found, std::size_t least);
void say_gaps(Console& console, std::span<const stats::RankedGap> gaps, std::size_t least);
void say_pyramid(Console& console, const stats::Pyramid& found, std::size_t least);

}  // namespace zhike::cli
