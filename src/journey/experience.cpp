#include "journey/experience.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

namespace zhike::journey {
namespace {

constexpr double kTop = 100;
constexpr std::uint64_t kShortestLeast = 3, kShortestShare = 100;
constexpr std::string_view kLogistics = "logistics";

constexpr std::size_t at(Part part) { return static_cast<std::size_t>(part); }

bool any_matches(const std::vector<Matcher>& matchers, const KindRow& kind) {
  return std::ranges::any_of(
      matchers, [&](const Matcher& one) { return matches(one, kind.type, kind.name, kind.touchpoint); });
}

KindUse use_of(const KindRow& kind, const ExperienceSettings& settings) {
  KindUse out;
  out.digital = std::ranges::count(settings.channels, kind.channel) > 0;
  out.neutral = kind.channel.empty() || kind.channel == kLogistics;
  out.error = any_matches(settings.errors, kind);
  out.shown = any_matches(settings.shown, kind);
  out.chosen = any_matches(settings.chosen, kind);
  std::size_t bit = 0;
  for (const LoadRule& rule : settings.loads) {
    const bool fits = any_matches(rule.events, kind);
    for (std::size_t i = 0; i < rule.properties.size(); ++i, ++bit)
      if (fits) out.loads |= 1U << bit;
  }
  for (std::size_t i = 0; i < settings.searches.size(); ++i) {
    if (any_matches(settings.searches[i].searches, kind))
      out.searches = static_cast<std::uint16_t>(out.searches | 1U << i);
    if (any_matches(settings.searches[i].targets, kind))
      out.targets = static_cast<std::uint16_t>(out.targets | 1U << i);
  }
  return out;
}

/// A case of a customer: its digital steps and what goes with them.
struct Case {
  std::int64_t begin = 0, end = 0;
  std::uint32_t digital = 0;
  bool left = false;  ///< a step in a channel that is neither digital nor neutral
  bool complete = false;
  std::uint16_t channel = ExperienceSample::kMixed;
  std::array<double, kRatios> y{}, x{};

  void count(std::size_t ratio, double value) {
    y[ratio] += value;
    x[ratio] += 1;
  }
};

/// Goes through the marks of one customer.
class Walk {
 public:
  Walk(const ExperienceKinds& kinds, const ExperienceSettings& settings, std::int64_t pause_ms)
      : kinds_(kinds), settings_(settings), pause_ms_(pause_ms), searching_(settings.searches.size()) {}

  void go(std::span<const ExperienceMark> marks) {
    cut(marks);
    const ExperienceMark* before = nullptr;
    for (const ExperienceMark& mark : marks) {
      if ((mark.what & ExperienceMark::kStep) != 0)
        step(mark);
      else if (mark.what == ExperienceMark::kRating)
        rating(mark);
      else
        signal(mark, before != nullptr && (before->what & ExperienceMark::kStep) != 0 &&
                         before->ms == mark.ms && before->kind == mark.kind);
      before = &mark;
    }
  }
  [[nodiscard]] const std::vector<Case>& cases() const { return cases_; }

 private:
  struct Search {
    Case* of = nullptr;
    std::int64_t until = 0;
  };

  [[nodiscard]] KindUse use(const ExperienceMark& mark) const {
    const auto found = kinds_.of.find(mark.kind);
    return found == kinds_.of.end() ? KindUse{} : found->second;
  }

  /// The cases, before anything is put into one: a mark may come between its steps.
  void cut(std::span<const ExperienceMark> marks) {
    for (const ExperienceMark& mark : marks) {
      if ((mark.what & ExperienceMark::kStep) == 0) continue;
      if ((mark.what & ExperienceMark::kFirst) != 0 || cases_.empty()) cases_.push_back({.begin = mark.ms});
      cases_.back().end = mark.ms;
    }
  }

  void step(const ExperienceMark& mark) {
    if ((mark.what & ExperienceMark::kFirst) != 0 || begun_ == 0) {
      ++begun_;
      for (const std::string& word : pending_) ++chosen_[word];
      pending_.clear();
    }
    Case& of = cases_[begun_ - 1];
    const KindUse is = use(mark);
    if (is.digital) {
      of.channel = of.digital == 0 || of.channel == is.channel ? is.channel : ExperienceSample::kMixed;
      ++of.digital;
      of.count(at(Part::kErrors), is.error ? 0 : kTop);
    } else if (!is.neutral) {
      of.left = true;
    }
    if ((mark.what & ExperienceMark::kEnd) != 0) of.complete = true;
    last_is_digital_ = is.digital;
  }

  /// The last case that had begun by then, where it is not over for longer than that.
  Case* case_at(std::int64_t ms, std::int64_t slack) {
    const auto after = std::ranges::upper_bound(cases_, ms, {}, &Case::begin);
    if (after == cases_.begin()) return nullptr;
    Case& of = *std::prev(after);
    return ms <= of.end + slack ? &of : nullptr;
  }

  void rating(const ExperienceMark& mark) {
    Case* of = case_at(mark.ms, pause_ms_);
    if (of == nullptr || !last_is_digital_) return;
    for (const RatingRule& rule : settings_.ratings)
      if (rule.instrument == mark.word)
        of->count(at(Part::kInterface),
                  std::clamp(kTop * (mark.value - rule.worst) / (rule.best - rule.worst), 0.0, kTop));
    if (mark.word == settings_.effort) of->count(kEffortRatio, mark.value);
  }

  void signal(const ExperienceMark& mark, bool is_step) {
    const KindUse is = use(mark);
    follow(mark, is);
    Case* of = case_at(mark.ms, kVisitMs);
    if (of != nullptr && (is.digital || is.neutral)) {
      if (mark.value >= 0 && is.loads != 0) {
        of->count(at(Part::kLoad), load_score(mark.value));
        of->count(kSecondsRatio, mark.value);
      }
      if (is.error && !is_step) of->count(at(Part::kErrors), 0);
      if (is.shown) show(mark, *of);
    }
    if (is.chosen && !mark.word.empty()) pending_.push_back(mark.word);
    open(mark, is, is.digital || is.neutral ? of : nullptr);
  }

  /// Searches that this event ends well.
  void follow(const ExperienceMark& mark, const KindUse& is) {
    for (std::size_t i = 0; i < searching_.size(); ++i) {
      if ((is.targets >> i & 1U) == 0 || searching_[i].of == nullptr) continue;
      if (mark.ms <= searching_[i].until) searching_[i].of->y[at(Part::kFindability)] += kTop;
      searching_[i].of = nullptr;
    }
  }
  void open(const ExperienceMark& mark, const KindUse& is, Case* of) {
    for (std::size_t i = 0; i < searching_.size(); ++i) {
      if ((is.searches >> i & 1U) == 0) continue;
      searching_[i] = {.of = of, .until = mark.ms + std::int64_t{settings_.searches[i].minutes} * 60'000};
      if (of != nullptr) of->x[at(Part::kFindability)] += 1;
    }
  }

  void show(const ExperienceMark& mark, Case& of) const {
    if (mark.word.empty() || chosen_.empty()) return;
    const auto found = chosen_.find(mark.word);
    double most = 0;
    for (const auto& [word, count] : chosen_) most = std::max(most, static_cast<double>(count));
    of.count(at(Part::kPersonalisation),
             found == chosen_.end() ? 0 : kTop * static_cast<double>(found->second) / most);
  }

  const ExperienceKinds& kinds_;
  const ExperienceSettings& settings_;
  std::int64_t pause_ms_;
  std::vector<Case> cases_;
  std::size_t begun_ = 0;
  bool last_is_digital_ = false;
  std::vector<Search> searching_;  // by rule
  std::map<std::string, std::uint64_t, std::less<>> chosen_;
  std::vector<std::string> pending_;
};

/// Sums over customers; `score_of` makes the figures of them.
struct Sums {
  stats::JointRatios ratios{kRatios};
  std::uint64_t cases = 0, customers = 0, complete = 0;
};

/// What the lengths of cases add once the shortest is known.
void add_steps(const ExperienceSample& sample, const ExperienceSample::Line& line,
               std::optional<std::uint32_t> shortest, std::array<double, kRatios>& y,
               std::array<double, kRatios>& x) {
  for (const std::uint32_t steps : std::span(sample.steps).subspan(line.steps_from, line.steps_count)) {
    y[kStepCountRatio] += steps;
    x[kStepCountRatio] += 1;
    if (!shortest) continue;
    y[at(Part::kSteps)] += kTop * std::min(1.0, static_cast<double>(*shortest) / steps);
    x[at(Part::kSteps)] += 1;
  }
}

ExperienceFigure figure_of(const stats::JointRatios& sums, std::size_t ratio, double top) {
  ExperienceFigure out{.n = static_cast<std::uint64_t>(std::llround(sums.trials(ratio))),
                       .customers = sums.clusters(ratio)};
  if (out.n == 0) out.refused = ExperienceRefusal::kNoData;
  if (out.n > 0 && out.customers < kExperienceLeast) out.refused = ExperienceRefusal::kTooFew;
  if (out.refused != ExperienceRefusal::kNone) return out;
  out.value = sums.value(ratio);
  out.error = *stats::bounded_error(sums, ratio, top);
  out.interval = stats::bounded_interval(sums, ratio, top);
  return out;
}

/// A mean that has no end above; where customers do not differ there is no interval.
ExperienceFigure mean_of(const stats::JointRatios& sums, std::size_t ratio) {
  if (sums.clusters(ratio) >= kExperienceLeast && sums.is_constant(ratio)) {
    ExperienceFigure out{.n = static_cast<std::uint64_t>(std::llround(sums.trials(ratio))),
                         .customers = sums.clusters(ratio)};
    out.value = sums.value(ratio);
    return out;
  }
  return figure_of(sums, ratio, std::numeric_limits<double>::infinity());
}

void refuse_parts(ExperienceScore& out, const ExperienceContext& context) {
  ExperienceFigure& steps = out.parts[at(Part::kSteps)].figure;
  if (!context.has_end) steps = {.refused = ExperienceRefusal::kNoEnd};
  ExperienceFigure& errors = out.parts[at(Part::kErrors)].figure;
  if (!context.kinds.knows_errors && errors.value) errors = {.refused = ExperienceRefusal::kNoErrorKind};
}

ExperienceScore score_of(const Sums& sums, const ExperienceContext& context) {
  ExperienceScore out{.cases = sums.cases, .customers = sums.customers, .complete = sums.complete};
  for (const Part part : kAllParts)
    out.parts[at(part)] = {.part = part,
                           .figure = figure_of(sums.ratios, at(part), kTop),
                           .weight = context.settings.weights[at(part)]};
  refuse_parts(out, context);
  out.effort = mean_of(sums.ratios, kEffortRatio);
  out.steps = mean_of(sums.ratios, kStepCountRatio);
  out.seconds = mean_of(sums.ratios, kSecondsRatio);
  std::array<double, kRatios> weights{};
  for (const Part part : kAllParts)
    if (out.parts[at(part)].figure.value && context.may_count[at(part)]) {
      weights[at(part)] = out.parts[at(part)].weight;
      out.weight += out.parts[at(part)].weight;
    }
  out.score.n = out.cases;
  out.score.customers = out.customers;
  if (out.weight < kExperienceWeightLeast || out.weight <= 0) {
    out.score.refused = out.cases == 0 ? ExperienceRefusal::kNoData : ExperienceRefusal::kLittleWeight;
    return out;
  }
  for (const Part part : kAllParts) {
    weights[at(part)] /= out.weight;
    out.parts[at(part)].counts = kTop * weights[at(part)];
  }
  const auto sum = stats::weighted_sum(sums.ratios, weights, kTop);
  out.score.value = sum->value;
  out.score.error = sum->error;
  out.score.interval = stats::interval_of(*sum, kTop);
  return out;
}

void add_change(std::vector<ExperienceChange>& to, std::string_view what, const ExperienceFigure& first,
                const ExperienceFigure& second) {
  if (!first.interval || !second.interval) return;
  to.push_back({.what = what,
                .first = *first.value,
                .second = *second.value,
                .change = stats::difference_of(*first.value, first.error, *second.value, second.error)});
}

}  // namespace

double load_score(double seconds) {
  if (seconds <= kFastSeconds) return kTop;
  if (seconds >= kSlowSeconds) return 0;
  return kTop * std::log(kSlowSeconds / seconds) / std::log(kSlowSeconds / kFastSeconds);
}

ExperienceKinds kinds_of(std::span<const KindRow> kinds, const ExperienceSettings& settings) {
  ExperienceKinds out;
  for (const KindRow& kind : kinds) {
    KindUse use = use_of(kind, settings);
    const auto found = std::ranges::find(out.channels, kind.channel);
    use.channel = static_cast<std::uint16_t>(found - out.channels.begin());
    if (found == out.channels.end()) out.channels.emplace_back(kind.channel);
    out.knows_errors = out.knows_errors || (use.error && (use.digital || use.neutral));
    out.of.emplace(kind.kind, use);
  }
  return out;
}

void add_customer(std::span<const ExperienceMark> marks, const ExperienceKinds& kinds,
                  const ExperienceSettings& settings, std::int64_t pause_ms, ExperienceSample& to) {
  if (marks.empty()) return;
  Walk walk(kinds, settings, pause_ms);
  walk.go(marks);
  std::map<std::uint16_t, std::vector<const Case*>> by_channel;
  for (const Case& one : walk.cases())
    if (one.digital > 0) by_channel[one.channel].push_back(&one);
  for (const auto& [channel, cases] : by_channel) {
    ExperienceSample::Line line{.customer = marks.front().customer,
                                .channel = channel,
                                .steps_from = to.steps.size(),
                                .cases = static_cast<std::uint32_t>(cases.size())};
    for (const Case* one : cases) {
      for (std::size_t i = 0; i < kRatios; ++i) {
        line.y[i] += one->y[i];
        line.x[i] += one->x[i];
      }
      if (!one->complete) continue;
      ++line.complete;
      if (!one->left) to.steps.push_back(one->digital);
    }
    line.steps_count = to.steps.size() - line.steps_from;
    to.lines.push_back(line);
  }
}

std::optional<std::uint32_t> shortest_of(const ExperienceSample& sample) {
  const std::uint64_t n = sample.steps.size();
  if (n < kShortestLeast) return std::nullopt;
  std::map<std::uint32_t, std::uint64_t> counts;
  for (const std::uint32_t steps : sample.steps) ++counts[steps];
  const std::uint64_t least = std::max(kShortestLeast, (n + kShortestShare - 1) / kShortestShare);
  std::uint64_t so_far = 0;
  for (const auto& [steps, count] : counts) {
    so_far += count;
    if (so_far >= least) return steps;
  }
  return std::nullopt;
}

std::string_view to_string(ExperienceRefusal why) noexcept {
  switch (why) {
    case ExperienceRefusal::kNone:
      return "";
    case ExperienceRefusal::kNoEnd:
      return "no_end";
    case ExperienceRefusal::kNoData:
      return "no_data";
    case ExperienceRefusal::kTooFew:
      return "too_few";
    case ExperienceRefusal::kNoErrorKind:
      return "no_error_kind";
    case ExperienceRefusal::kLittleWeight:
      return "little_weight";
  }
  return {};
}

Experience experience_of(const ExperienceSample& sample, const ExperienceContext& context) {
  Sums all;
  std::map<std::uint16_t, Sums> channels;
  const auto add = [](Sums& to, const std::array<double, kRatios>& y, const std::array<double, kRatios>& x) {
    to.ratios.add(y, x);
    ++to.customers;
  };
  for (std::size_t i = 0; i < sample.lines.size();) {
    std::array<double, kRatios> y{}, x{};
    const std::uint64_t customer = sample.lines[i].customer;
    for (; i < sample.lines.size() && sample.lines[i].customer == customer; ++i) {
      const ExperienceSample::Line& line = sample.lines[i];
      std::array<double, kRatios> own_y = line.y, own_x = line.x;
      add_steps(sample, line, context.shortest, own_y, own_x);
      Sums& channel = channels[line.channel];
      add(channel, own_y, own_x);
      for (Sums* to : {&all, &channel}) {
        to->cases += line.cases;
        to->complete += line.complete;
      }
      for (std::size_t r = 0; r < kRatios; ++r) {
        y[r] += own_y[r];
        x[r] += own_x[r];
      }
    }
    add(all, y, x);
  }
  Experience out{.shortest = context.shortest, .all = score_of(all, context)};
  for (const auto& [channel, sums] : channels)
    out.channels.push_back(
        {.channel = channel == ExperienceSample::kMixed ? std::string() : context.kinds.channels.at(channel),
         .score = score_of(sums, context)});
  std::ranges::sort(out.channels, [](const ExperienceGroup& a, const ExperienceGroup& b) {
    return a.score.cases != b.score.cases ? a.score.cases > b.score.cases : a.channel < b.channel;
  });
  return out;
}

std::vector<ExperienceChange> compare(const ExperienceScore& first, const ExperienceScore& second) {
  std::vector<ExperienceChange> out;
  add_change(out, "score", first.score, second.score);
  for (const Part part : kAllParts)
    add_change(out, to_string(part), first.parts[at(part)].figure, second.parts[at(part)].figure);
  add_change(out, "effort", first.effort, second.effort);
  add_change(out, "step_count", first.steps, second.steps);
  add_change(out, "load_seconds", first.seconds, second.seconds);
  return out;
}

}  // namespace zhike::journey
