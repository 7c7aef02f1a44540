#include "mining/conform.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "mining/align.h"
#include "mining/precision.h"

namespace zhike::mining {

double Conformance::alignment_fitness() const noexcept {
  return worst == 0 ? 1.0 : 1.0 - static_cast<double>(cost) / static_cast<double>(worst);
}

std::vector<Activity> labels_of(std::span<const std::string> names, const Net& net) {
  std::unordered_map<std::string_view, Activity> label_of;
  for (Activity label = 0; label < net.labels.size(); ++label) label_of.emplace(net.labels[label], label);
  std::vector<Activity> out(names.size(), Aligner::kUnknown);
  for (std::size_t a = 0; a < names.size(); ++a)
    if (const auto found = label_of.find(names[a]); found != label_of.end()) out[a] = found->second;
  return out;
}

Result<Conformance> conform(const Sequences& variants, std::span<const std::string> names, const Net& net,
                            const ConformOptions& options) {
  const std::vector<Activity> labels = labels_of(names, net);
  States states(net, options.bytes_max);
  Aligner aligner(states, options.bytes_max);
  Precision precision(states, options.bytes_max);
  CX_TRY(const Alignment shortest, aligner.align({}));
  Conformance out;
  double fitness_sum = 0;
  std::vector<Activity> trace;
  for (std::size_t v = 0; v < variants.size(); ++v) {
    const std::uint64_t count = variants.count(v);
    trace.clear();
    for (const Activity activity : variants[v]) trace.push_back(labels[activity]);
    CX_TRY(const Alignment alignment, aligner.align(trace));
    const std::uint64_t worst = trace.size() + shortest.cost;
    out.costs.push_back(alignment.cost);
    out.cost += count * alignment.cost;
    out.worst += count * worst;
    fitness_sum +=
        static_cast<double>(count) *
        (worst == 0 ? 1.0 : 1.0 - static_cast<double>(alignment.cost) / static_cast<double>(worst));
    Tokens tokens = tokens_of(net, alignment.moves);
    if (alignment.cost == 0) {
      out.fitting += count;
    } else {
      CX_TRY(tokens, replay(states, trace));
    }
    out.tokens.add(tokens, count);
    CX_TRY(precision.add(alignment, count));
    if (options.progress) options.progress(static_cast<double>(v + 1) / static_cast<double>(variants.size()));
  }
  if (variants.total() > 0) out.mean_fitness = fitness_sum / static_cast<double>(variants.total());
  CX_TRY(out.precision, precision.value());
  out.markings = states.size();
  return out;
}

Soundness soundness(const Net& net, std::size_t markings_max) {
  States states(net);
  std::vector<bool> fires(net.transitions.size(), false);
  std::vector<std::pair<Marking, Marking>> back;  // of each step: where it leads, where it begins
  std::vector<bool> seen(2, false);
  std::vector<Marking> open{states.initial()};
  seen[states.initial()] = true;
  const auto is_more_than_end = [&](Marking m) {
    const auto tokens = states.tokens(m), end = states.tokens(states.final());
    return m != states.final() && std::ranges::equal(tokens, end, std::greater_equal<>());
  };
  while (!open.empty()) {
    const Marking m = open.back();
    open.pop_back();
    if (is_more_than_end(m)) return Soundness::kLeftOver;
    const auto steps = states.steps(m);
    if (!steps || states.size() > markings_max) return Soundness::kTooLarge;
    seen.resize(states.size(), false);
    for (const States::Step& step : *steps) {
      fires[step.transition] = true;
      back.emplace_back(step.next, m);
      if (seen[step.next]) continue;
      seen[step.next] = true;
      open.push_back(step.next);
    }
  }
  // Backwards from the end.
  std::ranges::sort(back);
  std::vector<bool> ends(states.size(), false);
  open = {states.final()};
  ends[states.final()] = true;
  while (!open.empty()) {
    const Marking m = open.back();
    open.pop_back();
    for (auto step = std::ranges::lower_bound(back, std::pair(m, Marking{0}));
         step != back.end() && step->first == m; ++step) {
      if (ends[step->second]) continue;
      ends[step->second] = true;
      open.push_back(step->second);
    }
  }
  for (Marking m = 0; m < ends.size(); ++m)
    if (seen[m] && !ends[m]) return Soundness::kDeadEnd;
  return std::ranges::find(fires, false) == fires.end() ? Soundness::kSound : Soundness::kDeadStep;
}

std::string_view to_string(Soundness soundness) {
  switch (soundness) {
    case Soundness::kSound:
      return "sound";
    case Soundness::kDeadEnd:
      return "dead_end";
    case Soundness::kLeftOver:
      return "left_over";
    case Soundness::kDeadStep:
      return "dead_step";
    case Soundness::kTooLarge:
      return "too_large";
  }
  return "";
}

}  // namespace zhike::mining
