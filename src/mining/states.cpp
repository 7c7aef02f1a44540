#include "mining/states.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <queue>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "base/mix.h"

namespace zhike::mining {
namespace {

constexpr std::uint32_t kNever = ~std::uint32_t{0};

std::uint64_t hash_of(std::span<const std::uint8_t> tokens) noexcept {
  std::uint64_t hash = tokens.size();
  std::size_t i = 0;
  for (; i + 8 <= tokens.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, tokens.data() + i, 8);
    hash = mix(hash ^ word);
  }
  std::uint64_t word = 0;
  if (i < tokens.size()) std::memcpy(&word, tokens.data() + i, tokens.size() - i);
  return mix(hash ^ word);
}

}  // namespace

States::States(const Net& net, std::size_t bytes_max)
    : net_(net), bytes_max_(bytes_max), words_((net.labels.size() + 63) / 64), after_(net.places) {
  for (std::uint32_t t = 0; t < net.transitions.size(); ++t)
    for (const Place place : net.transitions[t].in) after_[place].push_back(t);
  const auto marking = [this](std::span<const Place> places) {
    next_tokens_.assign(net_.places, 0);
    for (const Place place : places) next_tokens_[place] = 1;
    return of(next_tokens_);
  };
  initial_ = marking(net.initial);
  final_ = marking(net.final);
}

std::size_t States::bytes() const noexcept {
  return tokens_.size() + known_.size() * sizeof(Known) + table_.size() * sizeof(std::uint32_t) +
         steps_.size() * sizeof(Step) + bits_.size() * sizeof(std::uint64_t) +
         silent_steps_.size() * sizeof(std::uint16_t);
}

std::unexpected<Error> States::too_large() const {
  return fail(Code::kConformanceTooLarge, "{} markings of {} places were looked at within {} MB", size(),
              net_.places, bytes_max_ >> 20U);
}

void States::grow() {
  table_.assign(std::max<std::size_t>(256, 2 * table_.size()), 0);
  for (Marking m = 0; m < size(); ++m) {
    std::size_t at = hash_of(tokens(m)) & (table_.size() - 1);
    while (table_[at] != 0) at = (at + 1) & (table_.size() - 1);
    table_[at] = m + 1;
  }
}

Marking States::of(std::span<const std::uint8_t> wanted) {
  if (2 * (size() + 1) > table_.size()) grow();
  std::size_t at = hash_of(wanted) & (table_.size() - 1);
  for (; table_[at] != 0; at = (at + 1) & (table_.size() - 1))
    if (std::ranges::equal(tokens(table_[at] - 1), wanted)) return table_[at] - 1;
  const auto made = static_cast<Marking>(size());
  table_[at] = made + 1;
  tokens_.insert(tokens_.end(), wanted.begin(), wanted.end());
  known_.emplace_back();
  return made;
}

Result<std::span<const States::Step>> States::steps(Marking m) {
  if (known_[m].first_step == kUnknown) {
    if (bytes() > bytes_max_) return too_large();
    std::vector<Step> found;
    for (std::uint32_t t = 0; t < net_.transitions.size(); ++t) {
      const Transition& transition = net_.transitions[t];
      const auto now = tokens(m);
      const auto has_token = [&](Place place) { return now[place] > 0; };
      if (!std::ranges::all_of(transition.in, has_token)) continue;
      next_tokens_.assign(now.begin(), now.end());
      for (const Place place : transition.in) --next_tokens_[place];
      for (const Place place : transition.out) ++next_tokens_[place];
      if (std::ranges::any_of(transition.out, [&](Place place) { return next_tokens_[place] > kTokensMax; }))
        continue;
      found.push_back({t, of(next_tokens_)});
    }
    known_[m].first_step = static_cast<std::uint32_t>(steps_.size());
    known_[m].steps = static_cast<std::uint32_t>(found.size());
    steps_.insert(steps_.end(), found.begin(), found.end());
  }
  return std::span<const Step>(steps_).subspan(known_[m].first_step, known_[m].steps);
}

/// Costs of places: how many steps it takes to put a token there, those to several places added up. From the
/// places in the queue on, until nothing falls.
void States::spread(bool with_visible) {
  for (std::size_t head = 0; head < queue_.size(); ++head) {
    const std::uint32_t place = queue_[head];
    is_queued_[place] = 0;
    for (const std::uint32_t t : after_[place]) {
      const Transition& transition = net_.transitions[t];
      if (!with_visible && transition.label != Transition::kSilent) continue;
      if (std::ranges::any_of(transition.in, [this](Place in) { return cost_[in] == kNever; })) continue;
      std::uint32_t cost = 1;
      for (const Place in : transition.in) cost = std::min(cost + cost_[in], kFar - 1);
      for (const Place out : transition.out) {
        if (cost_[out] <= cost) continue;
        cost_[out] = cost;
        if (is_queued_[out] == 0) queue_.push_back(out);
        is_queued_[out] = 1;
      }
    }
  }
  queue_.clear();
}

States::Outlook States::outlook(Marking m) {
  if (known_[m].outlook == kUnknown) look(m);
  const std::size_t labels = net_.labels.size(), at = known_[m].outlook;
  const std::span<const std::uint64_t> bits = std::span(bits_).subspan(at * 2 * words_, 2 * words_);
  return {.possible = bits.first(words_),
          .necessary = bits.last(words_),
          .silent_steps = std::span(silent_steps_).subspan(at * (labels + 1), labels + 1),
          .is_end_possible = end_possible_[at] != 0};
}

void States::look(Marking m) {
  const std::size_t labels = net_.labels.size(), number = end_possible_.size();
  known_[m].outlook = static_cast<std::uint32_t>(number);
  bits_.resize(bits_.size() + 2 * words_, 0);
  silent_steps_.resize(silent_steps_.size() + labels + 1, static_cast<std::uint16_t>(kFar));
  const std::span<std::uint64_t> bits = std::span(bits_).subspan(number * 2 * words_, 2 * words_);
  const std::span<std::uint16_t> silent_steps =
      std::span(silent_steps_).subspan(number * (labels + 1), labels + 1);
  const auto cost_of = [this](std::span<const Place> places) {
    std::uint32_t cost = 0;
    for (const Place place : places) {
      if (cost_[place] == kNever) return kFar;
      cost = std::min(cost + cost_[place], kFar - 1);
    }
    return cost;
  };
  cost_.assign(net_.places, kNever);
  is_queued_.assign(net_.places, 0);
  queue_.clear();
  const auto begin_from = [&](Place place) {
    if (is_queued_[place] != 0) return;
    is_queued_[place] = 1;
    queue_.push_back(place);
  };
  for (Place place = 0; place < net_.places; ++place)
    if (tokens_[std::size_t{m} * net_.places + place] > 0) {
      cost_[place] = 0;
      begin_from(place);
    }
  spread(false);
  for (const Transition& transition : net_.transitions)
    if (transition.label != Transition::kSilent) {
      std::uint16_t& least = silent_steps[transition.label];
      least = std::min(least, static_cast<std::uint16_t>(cost_of(transition.in)));
    }
  silent_steps[labels] = static_cast<std::uint16_t>(cost_of(net_.final));
  for (Place place = 0; place < net_.places; ++place)
    if (cost_[place] != kNever) begin_from(place);
  spread(true);
  end_possible_.push_back(cost_of(net_.final) != kFar ? 1 : 0);
  find_necessary(bits.first(words_), bits.last(words_));
}

/// The greatest solution of: what a place needs is what all transitions into it need; what a transition needs
/// is its label and what its places need (Keyder, Richter and Helmert 2010, Sound and complete landmarks for
/// and/or graphs, ECAI).
void States::find_necessary(std::span<std::uint64_t> possible, std::span<std::uint64_t> necessary) {
  needed_.assign(net_.places * words_, 0);
  needed_now_.resize(words_);
  const auto needs = [this](Place place) { return std::span(needed_).subspan(place * words_, words_); };
  for (Place place = 0; place < net_.places; ++place)
    if (cost_[place] != 0) std::ranges::fill(needs(place), ~std::uint64_t{0});
  for (bool changed = true; changed;) {
    changed = false;
    for (const Transition& transition : net_.transitions) {
      if (std::ranges::any_of(transition.in, [this](Place place) { return cost_[place] == kNever; }))
        continue;
      std::ranges::fill(needed_now_, 0);
      if (transition.label != Transition::kSilent) {
        set_bit(needed_now_, transition.label);
        set_bit(possible, transition.label);
      }
      for (const Place place : transition.in)
        for (std::size_t w = 0; w < words_; ++w) needed_now_[w] |= needs(place)[w];
      for (const Place place : transition.out)
        for (std::size_t w = 0; w < words_; ++w) {
          std::uint64_t& word = needs(place)[w];
          changed = changed || (word & ~needed_now_[w]) != 0;
          word &= needed_now_[w];
        }
    }
  }
  for (const Place place : net_.final)
    for (std::size_t w = 0; w < words_; ++w) necessary[w] |= needs(place)[w];
}

Result<std::optional<std::vector<States::Step>>> States::silent_path(Marking m, Activity label,
                                                                     std::size_t markings_max) {
  using Entry = std::tuple<std::uint32_t, std::uint32_t, Marking>;  // steps on, steps from m, marking
  const std::size_t goal = label == Transition::kSilent ? net_.labels.size() : label;
  struct Way {
    Marking from;
    std::uint32_t transition, steps;
  };
  std::unordered_map<Marking, Way> ways{{m, {m, 0, 0}}};
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> open;
  if (const std::uint32_t steps_on = outlook(m).silent_steps[goal]; steps_on != kFar)
    open.emplace(steps_on, 0, m);
  while (!open.empty()) {
    const auto [steps_on, steps_from, at] = open.top();
    open.pop();
    if (steps_on == 0) {  // every place before the transition has its token, or every place of the end
      std::vector<Step> path;
      for (Marking back = at; back != m; back = ways.at(back).from)
        path.push_back({ways.at(back).transition, back});
      std::ranges::reverse(path);
      return path;
    }
    CX_TRY(const auto found, steps(at));
    for (const Step& step : found) {
      if (net_.transitions[step.transition].label != Transition::kSilent) continue;
      if (!ways.try_emplace(step.next, Way{at, step.transition, steps_from + 1}).second) continue;
      if (ways.size() > markings_max) return std::optional<std::vector<Step>>{};
      const std::uint32_t then = outlook(step.next).silent_steps[goal];
      if (then != kFar) open.emplace(then, steps_from + 1, step.next);
    }
  }
  return std::optional<std::vector<Step>>{};
}

}  // namespace zhike::mining
