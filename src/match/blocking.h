// Which pairs of records are compared: those that some rule puts into one block. A pair that several rules
// find is handed out once, by the first of them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "match/model.h"
#include "match/prepare.h"

namespace zhike::match {

/// What to do with a block of more pairs than Limits allow.
enum class Giant : std::uint8_t {
  kRefuse,  ///< end with an error that names the rule and the pairs
  kSkip,    ///< compare its records only where other rules put them together
  kSample,  ///< compare a part of its pairs, chosen by the seed
};

struct Limits {
  double block_pairs_max = 2e6;  ///< of one block
  double pairs_max = 4e8;        ///< of all rules
  Giant giant = Giant::kRefuse;
  std::uint64_t seed = 1;
};

struct Block {
  std::uint32_t rule = 0;
  std::uint32_t from = 0, to = 0;  ///< in the members of its rule
  std::uint32_t known_from = 0;    ///< from here to its end: Prepared::is_done, not compared with each other
  double share = 1;                ///< of its pairs that are compared
};

struct RuleSize {
  double pairs = 0;           ///< of all its blocks, those of other rules included
  double largest = 0;         ///< pairs of its largest block
  std::uint32_t example = 0;  ///< a record of the largest block
  std::size_t left_out = 0;   ///< blocks that were skipped or sampled
};

/// Read from any thread. Borrows what it was made of.
class Blocks {
 public:
  /// Errors: kGiantBlock, kTooManyPairs (rule and pairs).
  [[nodiscard]] static Result<Blocks> build(const Prepared& records, const Model& model, const Limits& limits,
                                            std::size_t threads);

  /// Pairs in all blocks before repeats are left out.
  [[nodiscard]] double pairs() const;
  [[nodiscard]] const std::vector<RuleSize>& sizes() const { return sizes_; }
  /// Parts of about equal work, those of a rule in a row.
  [[nodiscard]] std::size_t part_count() const { return parts_.size(); }
  /// By rule, and the end: its first part.
  [[nodiscard]] const std::vector<std::size_t>& parts_of_rules() const { return part_from_; }

  /// Calls visit(a, b) with a < b for the pairs of one part. `share` below 1: a part of them, chosen by
  /// `seed`.
  template <class Visit>
  void visit(std::size_t part, double share, std::uint64_t seed, Visit&& visit) const;
  /// The rules that put the two into one block, as bits.
  [[nodiscard]] std::uint32_t rules_of(std::uint32_t a, std::uint32_t b) const;

 private:
  struct Part {
    std::uint32_t block, block_end;  ///< several whole blocks, or one
    std::uint32_t first, last;  ///< of one: members `first` to `last`, each with all after it; none known
  };
  [[nodiscard]] bool shares_rule(std::uint32_t rule, std::uint32_t a, std::uint32_t b) const;
  [[nodiscard]] bool found_before(const Block& block, std::uint32_t a, std::uint32_t b) const;
  Result<void> add_rule(std::size_t rule, const Model& model, const Limits& limits);
  Result<void> add_block(Block block, const Limits& limits, const Model& model);
  void cut_parts();

  const Prepared* records_ = nullptr;
  std::size_t rule_count_ = 0;
  std::vector<std::uint32_t> keys_;      ///< by record, then by rule; 0: in no block of the rule
  std::vector<std::size_t> token_rule_;  ///< by rule: the comparison whose words block; kNone: another kind
  std::vector<std::vector<std::uint32_t>> words_, words_from_;  ///< by rule: rare words of each record
  std::vector<std::vector<std::uint32_t>> members_;             ///< by rule
  std::vector<std::vector<std::uint32_t>> word_of_;             ///< by rule and member: its word
  std::vector<Block> blocks_;
  std::vector<Part> parts_;
  std::vector<std::size_t> part_from_;  ///< by rule, and the end
  std::vector<RuleSize> sizes_;
};

/// Rules for the comparisons, coarse where the data allows it and narrow where not, within about
/// `pairs_wanted` pairs. Deterministic.
[[nodiscard]] std::vector<Rule> propose_rules(const Prepared& records,
                                              const std::vector<Comparison>& comparisons, double pairs_wanted,
                                              const Limits& limits, std::size_t threads);

/// Pairs of the rule's blocks of at most `block_pairs_max`; the others are `left_out`.
[[nodiscard]] RuleSize size_of(const Rule& rule, const Prepared& records, double block_pairs_max);

template <class Visit>
void Blocks::visit(std::size_t part, double share, std::uint64_t seed, Visit&& visit) const {
  const Part& at = parts_[part];
  const bool is_one = at.block_end == at.block + 1;
  for (std::uint32_t n = at.block; n < at.block_end; ++n) {
    const Block& block = blocks_[n];
    const std::vector<std::uint32_t>& members = members_[block.rule];
    const double kept = share * block.share;
    const std::uint64_t below =
        kept >= 1 ? ~std::uint64_t{0} : static_cast<std::uint64_t>(kept * 18446744073709549568.0);
    const std::uint32_t last = is_one ? at.last : block.known_from;
    for (std::uint32_t i = is_one ? at.first : block.from; i < last; ++i)
      for (std::uint32_t j = i + 1; j < block.to; ++j) {
        const std::uint32_t a = std::min(members[i], members[j]), b = std::max(members[i], members[j]);
        if (kept < 1 && mix(seed ^ (static_cast<std::uint64_t>(a) << 32U | b)) > below) continue;
        if (records_->between_sources && records_->sources[a] == records_->sources[b]) continue;
        if (found_before(block, a, b)) continue;
        visit(a, b);
      }
  }
}

}  // namespace zhike::match
