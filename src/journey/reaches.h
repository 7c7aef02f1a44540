// How far an event holds a journey open: to its own time, or to that of the last event of its case (order,
// ticket, application). Of one customer; not thread-safe.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace zhike::journey {

class Reaches {
 public:
  void clear() { ends_.clear(); }
  /// `matter`: of the case; 0: none. Before settle().
  void add(std::uint64_t matter, std::int64_t ms) {
    if (matter != 0) ends_.emplace_back(matter, ms);
  }
  void settle() {
    std::ranges::sort(ends_, [](const auto& a, const auto& b) {
      return a.first != b.first ? a.first < b.first : a.second > b.second;
    });
    const auto rest = std::ranges::unique(ends_, {}, &End::first);
    ends_.erase(rest.begin(), rest.end());
  }
  /// Of an event that was added.
  [[nodiscard]] std::int64_t of(std::uint64_t matter, std::int64_t ms) const {
    return matter == 0 ? ms : std::ranges::lower_bound(ends_, matter, {}, &End::first)->second;
  }

 private:
  using End = std::pair<std::uint64_t, std::int64_t>;
  std::vector<End> ends_;  // of each case, the last event
};

}  // namespace zhike::journey
