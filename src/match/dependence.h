// Columns that others tell: whoever lives in a postcode's area lives in its city, an e-mail address repeats a
// name. Agreeing on both is one piece of evidence, not two; counted twice it makes neighbours and namesakes
// one customer, in learning and in scoring. What is told is therefore held against pairs of strangers who
// agree on what tells it: a tree-like dependence among pairs of different customers, in place of the
// independence that Fellegi and Sunter assume.
#pragma once

#include <bit>
#include <cstdint>
#include <utility>
#include <vector>

#include "match/model.h"
#include "match/prepare.h"

namespace zhike::match {

using RecordPair = std::pair<std::uint32_t, std::uint32_t>;

/// Groups of records that agree on one comparison (of a postcode: on its area; of a name: on its sound), for
/// drawing pairs.
class Agreeing {
 public:
  /// Groups of fewer than `group_from` (at least 2) records are left out.
  Agreeing(const Prepared& records, Kind kind, std::size_t comparison, std::size_t group_from);
  [[nodiscard]] std::size_t groups() const noexcept { return groups_.size(); }
  [[nodiscard]] double pairs() const noexcept { return static_cast<double>(pairs_); }
  /// Pairs with replacement, each as likely as any other; none where there are no pairs.
  [[nodiscard]] std::vector<RecordPair> draw(std::size_t count, std::uint64_t seed) const;

 private:
  struct Group {
    std::size_t from, size;
    std::uint64_t before;  ///< pairs of the groups before it
  };
  std::vector<std::uint32_t> records_;
  std::vector<Group> groups_;
  std::uint64_t pairs_ = 0;
};

/// Sets told_by of the comparisons: where strangers who agree on one column agree in another four times as
/// often as others do. Strangers: pairs of large groups that agree in no more than half of the columns left,
/// so that duplicates of one customer do not decide. Deterministic.
void find_dependence(const Prepared& records, std::vector<Comparison>& comparisons, std::size_t threads = 1);

/// From which level the telling column agrees enough.
[[nodiscard]] constexpr Level tells_from(Kind kind) noexcept {
  if (kind == Kind::kPostcode) return kElse + 1;
  const Level top = top_level(kind);
  return static_cast<Level>(kind == Kind::kFullName ? top - 1 : is_name(kind) ? top - 2 : top);  // an alias
}

/// Whether a comparison that tells k agrees; `level` gives the level of a comparison in the pair.
template <class LevelOf>
[[nodiscard]] bool is_told(const Model& model, std::size_t k, LevelOf&& level) {
  for (std::uint32_t tellers = model.comparisons[k].told_by; tellers != 0; tellers &= tellers - 1) {
    const auto teller = static_cast<std::size_t>(std::countr_zero(tellers));
    if (level(teller) >= tells_from(model.comparisons[teller].kind)) return true;
  }
  return false;
}

}  // namespace zhike::match
