#include "match/estimate.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <unordered_map>

#include "base/tasks.h"
#include "match/dependence.h"
#include "match/scorer.h"

namespace zhike::match {
namespace {

constexpr std::size_t kRandomTask = 50'000;
constexpr std::size_t kRoundsMax = 200;
constexpr double kConverged = 1e-4;  ///< change of a share
constexpr double kPriorStep = 0.1;   ///< and of ten times as many log2 odds
constexpr double kPriorMatches = 4;  ///< how many imagined matches the first guess of m weighs
constexpr double kFloor = 1e-9;

struct Counter {
  struct Hash {
    std::size_t operator()(const std::pair<std::uint64_t, std::uint32_t>& key) const {
      return mix(key.first ^ (static_cast<std::uint64_t>(key.second) << 48U));
    }
  };
  std::unordered_map<std::pair<std::uint64_t, std::uint32_t>, double, Hash> counts;
  void add(std::uint64_t levels, std::uint32_t rules) { counts[{levels, rules}] += 1; }
};

std::vector<Agreement> together(const std::vector<Counter>& parts) {
  Counter all;
  for (const Counter& part : parts)
    for (const auto& [key, count] : part.counts) all.counts[key] += count;
  std::vector<Agreement> out;
  out.reserve(all.counts.size());
  for (const auto& [key, count] : all.counts) out.push_back({key.first, key.second, count});
  std::ranges::sort(out, {}, [](const Agreement& p) { return std::pair(p.levels, p.rules); });
  return out;
}

std::vector<Agreement> random_pairs(const Prepared& records, const Model& model, const Weights& weights,
                                    const EstimateOptions& options) {
  const double possible = static_cast<double>(records.rows) * static_cast<double>(records.rows - 1) / 2;
  const bool all = possible <= options.random_pairs;
  const std::size_t rows = records.rows;
  const std::size_t tasks = all ? rows : static_cast<std::size_t>(options.random_pairs) / kRandomTask + 1;
  const std::size_t groups = std::min<std::size_t>(tasks, 16);
  std::vector<Counter> parts(groups);
  run_tasks(groups, options.threads, [&](std::size_t group) {
    Scorer scorer(records, model, weights);
    const auto take = [&](std::uint32_t a, std::uint32_t b) {
      if (a == b || (records.between_sources && records.sources[a] == records.sources[b])) return;
      parts[group].add(scorer.levels(a, b), 0);
    };
    for (std::size_t task = group; task < tasks; task += groups) {
      if (all) {
        for (std::size_t b = task + 1; b < rows; ++b)
          take(static_cast<std::uint32_t>(task), static_cast<std::uint32_t>(b));
        continue;
      }
      for (std::size_t i = 0; i < kRandomTask; ++i) {
        const std::uint64_t drawn = mix(mix(options.seed) + task * kRandomTask + i);
        take(static_cast<std::uint32_t>((drawn >> 32U) % rows),
             static_cast<std::uint32_t>((drawn & 0xffffffffU) % rows));
      }
    }
  });
  return together(parts);
}

/// Pairs that agree on a comparison that tells others.
std::vector<Agreement> telling_pairs(const Prepared& records, const Model& model, const Weights& weights,
                                     std::size_t teller, const EstimateOptions& options) {
  const Agreeing agreeing(records, model.comparisons[teller].kind, teller, 2);
  const auto pairs =
      agreeing.draw(static_cast<std::size_t>(std::min(options.random_pairs / 10, agreeing.pairs() * 3)),
                    options.seed + teller);
  std::vector<Counter> parts(std::max<std::size_t>(1, std::min<std::size_t>(pairs.size() / 1000, 16)));
  run_tasks(parts.size(), options.threads, [&](std::size_t part) {
    Scorer scorer(records, model, weights);
    for (std::size_t i = pairs.size() * part / parts.size(); i < pairs.size() * (part + 1) / parts.size();
         ++i)
      if (!records.between_sources || records.sources[pairs[i].first] != records.sources[pairs[i].second])
        parts[part].add(scorer.levels(pairs[i].first, pairs[i].second), 0);
  });
  auto out = together(parts);
  for (Agreement& pattern : out) pattern.count *= agreeing.pairs() / static_cast<double>(pairs.size());
  return out;
}

/// Share of pairs with both values that have the same one.
double share_agreeing(const Prepared& records, std::size_t k) {
  double same = 0, known = 0;
  if (!records.between_sources) {
    for (std::size_t code = 1; code < records.counts[k].size(); ++code) {
      const double count = records.counts[k][code];
      same += count * (count - 1) / 2;
      known += count;
    }
    return known < 2 ? 0 : same / (known * (known - 1) / 2);
  }
  std::vector<std::unordered_map<std::uint32_t, double>> by_source(records.source_count);
  std::vector<double> totals(records.source_count);
  for (std::size_t row = 0; row < records.rows; ++row)
    if (const std::uint32_t code = records.row(row)[k]; code != 0) {
      ++by_source[records.sources[row]][code];
      ++totals[records.sources[row]];
    }
  double pairs = 0;
  for (std::size_t i = 0; i < by_source.size(); ++i)
    for (std::size_t j = i + 1; j < by_source.size(); ++j) {
      pairs += totals[i] * totals[j];
      for (const auto& [code, count] : by_source[i]) {
        const auto it = by_source[j].find(code);
        if (it != by_source[j].end()) same += count * it->second;
      }
    }
  return pairs == 0 ? 0 : same / pairs;
}

/// Where the search begins: most matches agree, few do not.
ByLevel first_m(Kind kind) {
  ByLevel out{};
  const Level top = top_level(kind);
  out[top] = 0.8;
  out[kElse] = 0.08;
  for (Level level = kElse + 1; level < top; ++level) out[level] = 0.12 / (top - kElse - 1);
  if (top == kElse + 1) out = {0, 0.1, 0.9};
  return out;
}

class Estimator {
 public:
  Estimator(Model& model, const Evidence& evidence) : model_(model), evidence_(evidence) {
    for (std::size_t r = 0; r < model.rules.size(); ++r)
      for (const Key& key : model.rules[r].keys) rules_with_[key.comparison] |= 1U << r;
  }

  Estimated run() {
    begin();
    Estimated out;
    for (out.rounds = 1; out.rounds <= kRoundsMax; ++out.rounds) {
      const double moved = round(out);
      if (moved < kConverged) {
        out.converged = true;
        break;
      }
    }
    for (Comparison& at : model_.comparisons)
      if (!stays_told(at)) at.told_by = 0;
    return out;
  }

 private:
  /// What seemed told may be duplicates that agree on everything: then nothing of it is left here.
  static bool stays_told(const Comparison& at) {
    for (Level level = kElse + 1; level <= top_level(at.kind); ++level)
      if (at.u_told[level] > 2 * at.u[level]) return at.told_by != 0;
    return false;
  }

  [[nodiscard]] std::size_t width() const { return model_.comparisons.size(); }

  void begin() {
    anchor_ = anchor();
    model_.prior =
        log2_odds_of(std::clamp(evidence_.pairs > 0 ? first_matches() / evidence_.pairs : 0.5, 1e-12, 0.5));
    for (auto& comparison : model_.comparisons) comparison.m = first_m(comparison.kind);
    weigh_random(false);
    set_u();
    order();
  }

  /// As if a tenth of the records had a partner, where nothing better is known.
  [[nodiscard]] double first_matches() const {
    return anchor_.value_or(0.1 * std::sqrt(2 * evidence_.pairs) + 1);
  }

  /// Pairs that are one person by any account: what is one's own is the same, and the name is. Where some
  /// column is known to be one's own, they say how many matches there are about (as by deterministic rules in
  /// Splink: Linacre and others, Splink: free software for probabilistic record linkage at scale, 2022).
  [[nodiscard]] std::optional<double> anchor() const {
    if (std::ranges::none_of(model_.comparisons, &Comparison::lasting)) return std::nullopt;
    const auto is_own = [&](std::size_t k, Level level) {
      const Comparison& at = model_.comparisons[k];
      const bool own =
          at.lasting || at.kind == Kind::kEmail || at.kind == Kind::kPhone || at.kind == Kind::kIdNumber;
      return own && level == top_level(at.kind);
    };
    const auto is_named = [&](std::size_t k, Level level) {
      const Kind kind = model_.comparisons[k].kind;
      return is_name(kind) && level + 3 >= top_level(kind);  // very close, another form, swapped, same
    };
    double count = 0;
    for (const Agreement& pattern : evidence_.blocked) {
      std::size_t own = 0, named = 0;
      for (std::size_t k = 0; k < width(); ++k) {
        const Level level = level_of(pattern.levels, k);
        own += is_own(k, level) ? 1 : 0;
        named += is_named(k, level) ? 1 : 0;
      }
      if (own > 1 || (own == 1 && named > 0)) count += pattern.count;
    }
    return count / evidence_.blocked_share + 1;
  }

  [[nodiscard]] double probability(std::uint64_t levels) const {
    double sum = model_.prior;
    for (std::size_t k = 0; k < width(); ++k)
      sum += weights_[told(levels, k) ? 1 : 0][k][level_of(levels, k)];
    return probability_of(sum);
  }

  /// A comparison that tells k agrees.
  [[nodiscard]] bool told(std::uint64_t levels, std::size_t k) const {
    return is_told(model_, k, [&](std::size_t teller) { return level_of(levels, teller); });
  }

  void set_weights() {
    for (std::size_t k = 0; k < width(); ++k)
      for (Level level = kElse; level <= top_level(model_.comparisons[k].kind); ++level) {
        weights_[0][k][level] = model_.weight(k, level);
        weights_[1][k][level] = model_.weight(k, level, true);
      }
  }

  /// Levels of pairs at random, each as far as it is no match.
  void weigh_random(bool by_model) {
    strangers_ = {};
    const auto add = [&](const std::vector<Agreement>& patterns, auto&& where) {
      for (const Agreement& pattern : patterns) {
        const double weight = pattern.count * (by_model ? 1 - probability(pattern.levels) : 1);
        for (std::size_t k = 0; k < width(); ++k)
          if (ByLevel* const counts = where(k, pattern.levels))
            (*counts)[level_of(pattern.levels, k)] += weight;
      }
    };
    add(evidence_.random,
        [&](std::size_t k, std::uint64_t levels) { return told(levels, k) ? nullptr : &strangers_[0][k]; });
    for (std::size_t t = 0; t < evidence_.telling.size(); ++t)
      add(evidence_.telling[t], [&](std::size_t k, std::uint64_t levels) {
        const bool tells = (model_.comparisons[k].told_by >> t & 1U) != 0 &&
                           level_of(levels, t) >= tells_from(model_.comparisons[t].kind);
        return tells ? &strangers_[1][k] : nullptr;
      });
  }

  void set_u() {
    const double lambda = probability_of(model_.prior);
    for (std::size_t k = 0; k < width(); ++k) {
      Comparison& at = model_.comparisons[k];
      const Level top = top_level(at.kind);
      at.u = shares_of(strangers_[0][k], top);
      if (at.told_by != 0) {
        at.u_told = told_shares(at.u, strangers_[1][k], top);
        continue;
      }
      // All pairs are counted for the top level; a sample may have none of it.
      const double agreeing = evidence_.agreeing[k];
      const double stranger = (agreeing - lambda * at.m[top]) / (1 - lambda);
      const double before = at.u[top];
      at.u[top] = std::max({stranger, 0.02 * agreeing, kFloor});
      for (Level level = kElse; level < top; ++level) at.u[level] *= (1 - at.u[top]) / (1 - before);
    }
  }

  static ByLevel shares_of(const ByLevel& counts, Level top) {
    constexpr double kUnseen = 0.3;  ///< pairs of each level imagined, so that none is impossible
    double known = 0;
    for (Level level = kElse; level <= top; ++level) known += counts[level] + kUnseen;
    ByLevel out{};
    for (Level level = kElse; level <= top; ++level) out[level] = (counts[level] + kUnseen) / known;
    return out;
  }

  /// Who agrees on what tells a column agrees in it at least as often as others do.
  static ByLevel told_shares(const ByLevel& u, const ByLevel& counts, Level top) {
    const double known = std::accumulate(counts.begin() + kElse, counts.begin() + top + 1, 0.0);
    ByLevel out = u;
    double agreeing = 0;
    for (Level level = kElse + 1; level <= top; ++level) {
      if (known > 0) out[level] = std::max(u[level], counts[level] / known);
      agreeing += out[level];
    }
    out[kElse] = std::max(1 - agreeing, u[kElse] * kFloor);
    return out;
  }

  /// A level that agrees more never counts for less: neighbours out of order share one ratio (pool adjacent
  /// violators; Ayer and others 1955). Where data is thin this keeps chance from turning evidence around.
  void order() {
    for (Comparison& at : model_.comparisons) {
      const Level top = top_level(at.kind);
      for (const Run& run : in_order(at.m, at.u, top))
        for (Level level = run.from; level <= run.to; ++level) at.m[level] = run.m / run.u * at.u[level];
      if (at.told_by == 0) continue;
      for (const Run& run : in_order(at.m, at.u_told, top))
        for (Level level = run.from; level <= run.to; ++level) at.u_told[level] = run.u / run.m * at.m[level];
    }
    set_weights();
  }

  /// Levels that share one ratio of m to u.
  struct Run {
    Level from, to;
    double m, u;
  };
  static std::vector<Run> in_order(const ByLevel& m, const ByLevel& u, Level top) {
    std::vector<Run> runs;
    for (Level level = kElse; level <= top; ++level) {
      runs.push_back({level, level, m[level], u[level]});
      while (runs.size() > 1) {
        Run& last = runs.back();
        Run& before = runs[runs.size() - 2];
        if (before.m * last.u <= last.m * before.u) break;
        before = {before.from, last.to, before.m + last.m, before.u + last.u};
        runs.pop_back();
      }
    }
    return runs;
  }

  double round(Estimated& out) {
    std::array<ByLevel, kComparisonsMax> matches{}, all_matches{};
    double found = 0;
    std::array<double, kRulesMax> by_rule{}, by_rule_of{};
    const auto add = [&](const Agreement& pattern, double p) {
      found += p;
      for (std::size_t k = 0; k < width(); ++k) {
        const Level level = level_of(pattern.levels, k);
        all_matches[k][level] += p;
        if ((pattern.rules & ~rules_with_[k]) != 0) matches[k][level] += p;
      }
      count_rules(pattern.rules, p, by_rule, by_rule_of);
    };
    for (const Agreement& pattern : evidence_.blocked)
      add(pattern, pattern.count * probability(pattern.levels));
    // A label takes the place of the model's opinion of its pair: expectation-maximisation with some of the
    // classes known (Nigam and others, Text classification from labeled and unlabeled documents, 2000).
    for (const Agreement& pattern : evidence_.same)
      add(pattern, pattern.count * (1 - evidence_.blocked_share * probability(pattern.levels)));
    for (const Agreement& pattern : evidence_.different)
      add(pattern, -pattern.count * evidence_.blocked_share * probability(pattern.levels));
    double missed = 1;
    for (std::size_t r = 0; r < model_.rules.size(); ++r)
      if (by_rule_of[r] > 0) missed *= 1 - std::min(0.98, by_rule[r] / by_rule_of[r]);
    const bool all_pairs =
        std::ranges::any_of(model_.rules, [](const Rule& rule) { return rule.keys.empty(); });
    out.found = all_pairs ? 1 : 1 - std::min(missed, 0.5);
    out.matches = found / evidence_.blocked_share / out.found;
    // Many more than are certain are namesakes: then the prior falls until as many are left as can be.
    constexpr double kPerCertain = 4;
    double excess = 0;
    if (anchor_ && out.matches > kPerCertain * *anchor_) {
      excess = std::log2(out.matches / (kPerCertain * *anchor_));
      out.matches = kPerCertain * *anchor_;
    }
    std::vector<ByLevel> before;  // compared when levels are in order again
    for (const Comparison& at : model_.comparisons) before.push_back(at.m);
    const double prior = model_.prior;
    set_m(matches, all_matches);
    const double by_count =
        log2_odds_of(std::clamp(out.matches / std::max(1.0, evidence_.pairs), 1e-13, 0.5));
    model_.prior = excess > 0 ? std::min(prior - excess, by_count)
                   : anchor_  ? std::min(by_count, prior + 0.25)
                              : by_count;
    set_weights();
    weigh_random(true);
    set_u();
    order();
    double moved = std::abs(model_.prior - prior) * kPriorStep;
    for (std::size_t k = 0; k < width(); ++k)
      for (Level level = kElse; level < kLevelsMax; ++level)
        moved = std::max(moved, std::abs(model_.comparisons[k].m[level] - before[k][level]));
    return moved;
  }

  /// Capture and recapture: the share of matches that rule r finds, of those that rules without its columns
  /// find.
  void count_rules(std::uint32_t rules, double p, std::array<double, kRulesMax>& by_rule,
                   std::array<double, kRulesMax>& of) const {
    for (std::size_t r = 0; r < model_.rules.size(); ++r) {
      std::uint32_t related = 1U << r;
      for (const Key& key : model_.rules[r].keys) related |= rules_with_[key.comparison];
      if ((rules & ~related) == 0) continue;
      of[r] += p;
      if ((rules >> r & 1U) != 0) by_rule[r] += p;
    }
  }

  void set_m(const std::array<ByLevel, kComparisonsMax>& matches,
             const std::array<ByLevel, kComparisonsMax>& all_matches) {
    for (std::size_t k = 0; k < width(); ++k) {
      Comparison& at = model_.comparisons[k];
      const Level top = top_level(at.kind);
      const auto sum = [&](const ByLevel& counts) {
        double out = 0;
        for (Level level = kElse; level <= top; ++level) out += std::max(counts[level], 0.0);
        return out;
      };
      const bool apart = sum(matches[k]) > 0.05 * sum(all_matches[k]);
      const ByLevel& counts = apart ? matches[k] : all_matches[k];
      const double known = sum(counts);
      const ByLevel first = first_m(at.kind);
      for (Level level = kElse; level <= top; ++level)
        at.m[level] = (std::max(counts[level], 0.0) + kPriorMatches * first[level]) / (known + kPriorMatches);
      if (at.lasting) hold_lasting(at, first);
    }
  }

  /// Where hardly any duplicates are left, the pairs that agree most are namesakes: without knowing that a
  /// birthday lasts, learning would take them for one person each.
  static void hold_lasting(Comparison& at, const ByLevel& first) {
    constexpr double kLeast = 0.85;  ///< of the two highest levels: missing is left out, mistakes are rare
    const Level top = top_level(at.kind);
    const double near = at.m[top] + at.m[top - 1];
    if (near >= kLeast) return;
    const double first_near = first[top] + first[top - 1];
    for (Level level = kElse; level <= top; ++level)
      at.m[level] =
          level >= top - 1 ? kLeast * first[level] / first_near : at.m[level] * (1 - kLeast) / (1 - near);
  }

  Model& model_;
  const Evidence& evidence_;
  std::optional<double> anchor_;
  std::array<std::uint32_t, kComparisonsMax> rules_with_{};
  /// Both by whether the comparison is told.
  std::array<std::array<ByLevel, kComparisonsMax>, 2> strangers_{}, weights_{};
};

}  // namespace

Evidence collect(const Prepared& records, const Blocks& blocks, const Model& model,
                 std::span<const Label> labels, const EstimateOptions& options) {
  Evidence out;
  out.pairs = records.pairs();
  const Weights weights = weights_of(model, records);
  out.random = random_pairs(records, model, weights, options);
  std::uint32_t tellers = 0;
  for (const Comparison& comparison : model.comparisons) tellers |= comparison.told_by;
  out.telling.resize(records.width);
  for (std::size_t t = 0; t < records.width; ++t)
    if ((tellers >> t & 1U) != 0) out.telling[t] = telling_pairs(records, model, weights, t, options);
  for (std::size_t k = 0; k < records.width; ++k) out.agreeing.push_back(share_agreeing(records, k));
  out.blocked_share = std::min(1.0, options.blocked_pairs / std::max(1.0, blocks.pairs()));
  const std::size_t groups = std::min<std::size_t>(std::max<std::size_t>(1, blocks.part_count()), 16);
  std::vector<Counter> parts(groups);
  run_tasks(groups, options.threads, [&](std::size_t group) {
    Scorer scorer(records, model, weights);
    for (std::size_t part = group; part < blocks.part_count(); part += groups)
      blocks.visit(part, out.blocked_share, options.seed, [&](std::uint32_t a, std::uint32_t b) {
        parts[group].add(scorer.levels(a, b), blocks.rules_of(a, b));
      });
  });
  out.blocked = together(parts);
  Scorer scorer(records, model, weights);
  for (const Label& label : labels)
    if (const std::uint32_t rules = blocks.rules_of(label.a, label.b); rules != 0)
      (label.is_match ? out.same : out.different).push_back({scorer.levels(label.a, label.b), rules, 1});
  return out;
}

Estimated estimate(Model& model, const Evidence& evidence) { return Estimator(model, evidence).run(); }

}  // namespace zhike::match
