#include "journal/times.h"

#include <algorithm>

namespace zhike::journal {

std::vector<Instant> plausible_times(std::vector<Instant> times, Instant now) {
  std::vector<bool> of_the_future(times.size());
  Instant newest{INT64_MIN};
  for (std::size_t i = 0; i < times.size(); ++i) {
    of_the_future[i] = times[i] > now;
    if (!of_the_future[i]) times[i] = newest = std::max(newest, times[i]);
  }
  for (std::size_t i = times.size(); i-- > 0;) {
    if (of_the_future[i]) times[i] = now;
    now = times[i];
  }
  return times;
}

}  // namespace zhike::journal
