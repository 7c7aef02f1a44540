#include "match/blocking.h"

#include <algorithm>
#include <numeric>

#include "base/tasks.h"

namespace zhike::match {
namespace {

constexpr double kPartPairs = 200'000;
constexpr std::size_t kWordsMax = 12;  ///< rare words of a record that block

double pairs_of(double n) { return n * (n - 1) / 2; }
double pairs_of(const Block& block) {
  return pairs_of(block.to - block.from) - pairs_of(block.to - block.known_from);
}

/// The key of a record by the rule as one number; 0: some part is missing.
std::uint32_t key_of(const Rule& rule, const Prepared& records, std::size_t record) {
  std::uint64_t out = 0x5bd1e995;
  for (const Key& key : rule.keys) {
    const std::uint32_t code = records.row(record)[key.comparison];
    const std::uint32_t part =
        records.values[key.comparison]->views[static_cast<std::size_t>(key.view)][code];
    if (part == 0) return 0;
    out = mix(out ^ (static_cast<std::uint64_t>(part) << 8U));
  }
  return std::max<std::uint32_t>(1, static_cast<std::uint32_t>(out >> 32U));
}

bool by_tokens(const Rule& rule) { return rule.keys.size() == 1 && rule.keys[0].view == View::kTokens; }

/// How many records have each word of a column.
std::vector<std::uint32_t> word_counts(const Prepared& records, std::size_t comparison) {
  const Values& values = *records.values[comparison];
  std::vector<std::uint32_t> out;
  for (std::uint32_t code = 1; code < values.size(); ++code)
    for (const std::uint32_t word : values.tokens_of(code)) {
      if (word >= out.size()) out.resize(word + 1);
      out[word] += records.counts[comparison][code];
    }
  return out;
}

/// The most records that a word may have, so that the pairs by words stay below `pairs`.
std::uint32_t rare_below(std::vector<std::uint32_t> counts, double pairs) {
  std::ranges::sort(counts);
  double sum = 0;
  std::uint32_t last = 1;
  for (const std::uint32_t count : counts) {
    sum += pairs_of(count);
    if (sum > pairs) break;
    last = count;
  }
  return last;
}

constexpr double kWordPairs = 60;  ///< for each record

}  // namespace

bool Blocks::shares_rule(std::uint32_t rule, std::uint32_t a, std::uint32_t b) const {
  if (token_rule_[rule] == kNone) {
    const std::uint32_t key = keys_[a * rule_count_ + rule];
    return key != 0 && key == keys_[b * rule_count_ + rule];
  }
  const auto& words = words_[rule];
  const auto& from = words_from_[rule];
  for (std::uint32_t i = from[a], j = from[b]; i < from[a + 1] && j < from[b + 1];) {
    if (words[i] == words[j]) return true;
    if (words[i] < words[j])
      ++i;
    else
      ++j;
  }
  return false;
}

bool Blocks::found_before(const Block& block, std::uint32_t a, std::uint32_t b) const {
  for (std::uint32_t rule = 0; rule < block.rule; ++rule)
    if (shares_rule(rule, a, b)) return true;
  if (token_rule_[block.rule] == kNone) return false;
  const auto& words = words_[block.rule];
  const auto& from = words_from_[block.rule];
  const std::uint32_t here = word_of_[block.rule][block.from];
  for (std::uint32_t i = from[a], j = from[b]; i < from[a + 1] && j < from[b + 1];) {
    if (words[i] == words[j]) return words[i] != here;
    if (words[i] < words[j])
      ++i;
    else
      ++j;
  }
  return false;
}

std::uint32_t Blocks::rules_of(std::uint32_t a, std::uint32_t b) const {
  std::uint32_t out = 0;
  for (std::uint32_t rule = 0; rule < rule_count_; ++rule)
    if (shares_rule(rule, a, b)) out |= 1U << rule;
  return out;
}

double Blocks::pairs() const {
  double out = 0;
  for (const RuleSize& size : sizes_) out += size.pairs;
  return out;
}

Result<Blocks> Blocks::build(const Prepared& records, const Model& model, const Limits& limits,
                             std::size_t threads) {
  Blocks out;
  out.records_ = &records;
  out.rule_count_ = model.rules.size();
  out.keys_.assign(records.rows * out.rule_count_, 0);
  out.token_rule_.assign(out.rule_count_, kNone);
  for (auto* lists : {&out.words_, &out.words_from_, &out.members_, &out.word_of_})
    lists->resize(out.rule_count_);
  out.sizes_.resize(out.rule_count_);
  run_tasks(out.rule_count_, threads, [&](std::size_t r) {
    const Rule& rule = model.rules[r];
    std::vector<std::pair<std::uint32_t, std::uint32_t>> entries;  // key, record
    if (by_tokens(rule)) {
      const std::size_t k = rule.keys[0].comparison;
      out.token_rule_[r] = k;
      const auto counts = word_counts(records, k);
      const std::uint32_t most = rare_below(counts, kWordPairs * static_cast<double>(records.rows));
      auto& from = out.words_from_[r];
      from.push_back(0);
      for (std::uint32_t record = 0; record < records.rows; ++record) {
        std::vector<std::uint32_t> mine;
        for (const std::uint32_t word : records.values[k]->tokens_of(records.row(record)[k]))
          if (counts[word] <= most && counts[word] > 1) mine.push_back(word);
        std::ranges::sort(mine, {}, [&](std::uint32_t word) { return std::pair(counts[word], word); });
        if (mine.size() > kWordsMax) mine.resize(kWordsMax);
        std::ranges::sort(mine);
        for (const std::uint32_t word : mine) entries.emplace_back(word, record);
        out.words_[r].insert(out.words_[r].end(), mine.begin(), mine.end());
        from.push_back(static_cast<std::uint32_t>(out.words_[r].size()));
      }
    } else {
      for (std::uint32_t record = 0; record < records.rows; ++record) {
        const std::uint32_t key = key_of(rule, records, record);
        out.keys_[record * out.rule_count_ + r] = key;
        if (key != 0) entries.emplace_back(key, record);
      }
    }
    std::ranges::sort(entries, {}, [&](const auto& entry) {
      return std::tuple(entry.first, records.is_done(entry.second, r), entry.second);
    });
    out.members_[r].reserve(entries.size());
    out.word_of_[r].reserve(entries.size());
    for (const auto& [key, record] : entries) {
      out.word_of_[r].push_back(key);
      out.members_[r].push_back(record);
    }
  });
  for (std::size_t r = 0; r < out.rule_count_; ++r) CX_TRY(out.add_rule(r, model, limits));
  if (out.pairs() > limits.pairs_max) {
    const auto worst = std::ranges::max_element(out.sizes_, {}, &RuleSize::pairs);
    return fail(Code::kTooManyPairs, "{:.0f} pairs, {:.0f} of them by the rule {}", out.pairs(), worst->pairs,
                describe(model.rules[static_cast<std::size_t>(worst - out.sizes_.begin())], model));
  }
  out.cut_parts();
  return out;
}

Result<void> Blocks::add_rule(std::size_t rule, const Model& model, const Limits& limits) {
  const auto& keys = word_of_[rule];
  for (std::size_t from = 0, to = 0; from < keys.size(); from = to) {
    while (to < keys.size() && keys[to] == keys[from]) ++to;
    std::size_t known = from;
    while (known < to && !records_->is_done(members_[rule][known], rule)) ++known;
    if (to - from < 2 || known == from) continue;
    CX_TRY(add_block({.rule = static_cast<std::uint32_t>(rule),
                      .from = static_cast<std::uint32_t>(from),
                      .to = static_cast<std::uint32_t>(to),
                      .known_from = static_cast<std::uint32_t>(known)},
                     limits, model));
  }
  return {};
}

Result<void> Blocks::add_block(Block block, const Limits& limits, const Model& model) {
  RuleSize& size = sizes_[block.rule];
  double pairs = pairs_of(block);
  if (pairs > size.largest) {
    size.largest = pairs;
    size.example = members_[block.rule][block.from];
  }
  if (pairs > limits.block_pairs_max) {
    if (limits.giant == Giant::kRefuse)
      return fail(Code::kGiantBlock, "{}: {} records share a value, {:.0f} pairs (limit {:.0f})",
                  describe(model.rules[block.rule], model), block.to - block.from, pairs,
                  limits.block_pairs_max);
    ++size.left_out;
    if (limits.giant == Giant::kSkip) return {};
    block.share = limits.block_pairs_max / pairs;
    pairs = limits.block_pairs_max;
  }
  size.pairs += pairs;
  blocks_.push_back(block);
  return {};
}

void Blocks::cut_parts() {
  double pairs = 0;
  std::uint32_t from = 0;
  const auto cut = [&](std::uint32_t end) {
    if (end > from) parts_.push_back({from, end, blocks_[from].from, blocks_[from].known_from});
    from = end;
    pairs = 0;
  };
  const auto begin_rules = [&](std::size_t rule, std::uint32_t b) {  // all that begin at this block
    if (part_from_.size() > rule) return;
    cut(b);
    part_from_.resize(rule + 1, parts_.size());
  };
  for (std::uint32_t b = 0; b < blocks_.size(); ++b) {
    const Block& block = blocks_[b];
    begin_rules(block.rule, b);
    const double mine = pairs_of(block);
    if (pairs + mine > kPartPairs) cut(b);
    pairs += mine;
    if (mine <= kPartPairs) continue;
    double some = 0;
    std::uint32_t first = block.from;
    for (std::uint32_t i = block.from; i < block.known_from; ++i) {
      some += block.to - i - 1;
      if (some < kPartPairs && i + 1 < block.known_from) continue;
      parts_.push_back({b, b + 1, first, i + 1});
      first = i + 1;
      some = 0;
    }
    from = b + 1;
    pairs = 0;
  }
  begin_rules(rule_count_, static_cast<std::uint32_t>(blocks_.size()));
}

RuleSize size_of(const Rule& rule, const Prepared& records, double block_pairs_max) {
  RuleSize out;
  if (by_tokens(rule)) {
    const auto counts = word_counts(records, rule.keys[0].comparison);
    const std::uint32_t most = rare_below(counts, kWordPairs * static_cast<double>(records.rows));
    for (const std::uint32_t count : counts)
      if (count <= most) out.pairs += pairs_of(count);
    return out;
  }
  std::vector<std::uint32_t> keys(records.rows);
  for (std::size_t record = 0; record < records.rows; ++record) keys[record] = key_of(rule, records, record);
  std::ranges::sort(keys);
  for (std::size_t from = 0, to = 0; from < keys.size(); from = to) {
    while (to < keys.size() && keys[to] == keys[from]) ++to;
    if (keys[from] == 0) continue;
    const double pairs = pairs_of(static_cast<double>(to - from));
    out.largest = std::max(out.largest, pairs);
    if (pairs > block_pairs_max)
      ++out.left_out;
    else
      out.pairs += pairs;
  }
  return out;
}

}  // namespace zhike::match
