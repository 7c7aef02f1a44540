#include "mining/follows.h"

#include <algorithm>
#include <span>
#include <utility>

namespace zhike::mining {

Alphabet alphabet_of(const Sequences& log) {
  Alphabet out;
  for (std::size_t i = 0; i < log.size(); ++i)
    for (const Activity activity : log[i]) {
      if (activity >= out.place.size()) out.place.resize(activity + std::size_t{1}, Alphabet::kAbsent);
      if (out.place[activity] != Alphabet::kAbsent) continue;
      out.place[activity] = static_cast<std::uint32_t>(out.activities.size());
      out.activities.push_back(activity);
    }
  return out;
}

Follows follows_of(const Sequences& log, const Alphabet& alphabet) {
  const std::size_t size = alphabet.size();
  Follows out{.size = size,
              .counts = std::vector<std::uint64_t>(size * size, 0),
              .starts = std::vector<std::uint64_t>(size, 0),
              .ends = std::vector<std::uint64_t>(size, 0)};
  for (std::size_t i = 0; i < log.size(); ++i) {
    const auto trace = log[i];
    if (trace.empty()) continue;
    out.starts[alphabet.place[trace.front()]] += log.count(i);
    out.ends[alphabet.place[trace.back()]] += log.count(i);
    for (std::size_t e = 1; e < trace.size(); ++e)
      out.counts[alphabet.place[trace[e - 1]] * size + alphabet.place[trace[e]]] += log.count(i);
  }
  return out;
}

Follows without_rare(Follows follows, double noise) {
  const auto drop = [noise](std::uint64_t& count, std::uint64_t most) {
    if (static_cast<double>(count) < noise * static_cast<double>(most)) count = 0;
  };
  for (std::size_t from = 0; from < follows.size; ++from) {
    const auto row = std::span(follows.counts).subspan(from * follows.size, follows.size);
    const std::uint64_t most = std::max(*std::ranges::max_element(row), follows.ends[from]);
    for (std::uint64_t& count : row) drop(count, most);
    drop(follows.ends[from], most);
  }
  if (!follows.starts.empty()) {
    const std::uint64_t most = *std::ranges::max_element(follows.starts);
    for (std::uint64_t& count : follows.starts) drop(count, most);
  }
  return follows;
}

}  // namespace zhike::mining
