#include "stats/pyramid.h"

namespace zhike::stats {

Pyramid pyramid(std::span<const PyramidAnswer> answers, double confidence) {
  Pyramid out;
  for (const PyramidAnswer& at : answers) {
    if (at.needs_met) ++out.needs_met.share.hits;
    if (at.needs_met && at.easy) ++out.easy.share.hits;
    if (at.needs_met && at.easy && at.delight) ++out.delight.share.hits;
    if ((at.easy && !at.needs_met) || (at.delight && !(at.easy && at.needs_met))) ++out.out_of_order;
  }
  for (PyramidLevel* level : {&out.needs_met, &out.easy, &out.delight}) {
    level->share.n = answers.size();
    level->interval = wilson(level->share, confidence);
  }
  return out;
}

}  // namespace zhike::stats
