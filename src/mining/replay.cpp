#include "mining/replay.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

namespace zhike::mining {
namespace {

constexpr std::size_t kMarkingsMax = 10'000;

class Replayer {
 public:
  explicit Replayer(States& states) : states_(states), net_(states.net()), at_(states.initial()) {
    tokens_.produced = net_.initial.size();
  }

  Result<Tokens> run(std::span<const Activity> trace) {
    for (const Activity label : trace) {
      if (label == Aligner::kUnknown) {
        tokens_.add({.produced = 1, .consumed = 1, .missing = 1, .remaining = 1}, 1);
      } else {
        CX_TRY(const bool is_ready, go_to(label));
        CX_TRY(is_ready ? fire_enabled(label) : force(label));
      }
    }
    CX_TRY(go_to(Transition::kSilent));
    tokens_.consumed += net_.final.size();
    std::vector<std::uint8_t> left(states_.tokens(at_).begin(), states_.tokens(at_).end());
    take(left, net_.final);
    for (const std::uint8_t count : left) tokens_.remaining += count;
    return tokens_;
  }

 private:
  void count(const Transition& transition) {
    tokens_.consumed += transition.in.size();
    tokens_.produced += transition.out.size();
  }

  /// Silent steps until the label is enabled; false where none lead there.
  Result<bool> go_to(Activity label) {
    CX_TRY(const auto path, states_.silent_path(at_, label, kMarkingsMax));
    if (!path) return false;
    for (const States::Step& step : *path) {
      count(net_.transitions[step.transition]);
      at_ = step.next;
    }
    return true;
  }

  Result<void> fire_enabled(Activity label) {
    CX_TRY(const auto steps, states_.steps(at_));
    const auto step = std::ranges::find_if(
        steps, [&](const States::Step& s) { return net_.transitions[s.transition].label == label; });
    if (step == steps.end()) return force(label);  // a place is full: States::kTokensMax
    count(net_.transitions[step->transition]);
    at_ = step->next;
    return {};
  }

  /// Takes the tokens that are there; others are missing.
  void take(std::vector<std::uint8_t>& tokens, std::span<const Place> places) {
    for (const Place place : places) {
      if (tokens[place] > 0)
        --tokens[place];
      else
        ++tokens_.missing;
    }
  }

  /// The transition of the label that lacks the fewest tokens fires nevertheless.
  Result<void> force(Activity label) {
    const auto now = states_.tokens(at_);
    const Transition* best = nullptr;
    std::ptrdiff_t least = 0;
    for (const Transition& transition : net_.transitions) {
      if (transition.label != label) continue;
      const auto lacks = std::ranges::count_if(transition.in, [&](Place place) { return now[place] == 0; });
      if (best == nullptr || lacks < least) {
        best = &transition;
        least = lacks;
      }
    }
    if (best == nullptr) {  // the label is known, but no step of the net has it
      tokens_.add({.produced = 1, .consumed = 1, .missing = 1, .remaining = 1}, 1);
      return {};
    }
    std::vector<std::uint8_t> tokens(now.begin(), now.end());
    take(tokens, best->in);
    for (const Place place : best->out)
      if (tokens[place] < States::kTokensMax) ++tokens[place];
    count(*best);
    at_ = states_.of(tokens);
    return {};
  }

  States& states_;
  const Net& net_;
  Marking at_;
  Tokens tokens_;
};

}  // namespace

void Tokens::add(const Tokens& other, std::uint64_t times) noexcept {
  produced += times * other.produced;
  consumed += times * other.consumed;
  missing += times * other.missing;
  remaining += times * other.remaining;
}

double Tokens::fitness() const noexcept {
  const auto share = [](std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? 1.0 : 1.0 - static_cast<double>(part) / static_cast<double>(whole);
  };
  return (share(missing, consumed) + share(remaining, produced)) / 2;
}

Result<Tokens> replay(States& states, std::span<const Activity> trace) { return Replayer(states).run(trace); }

Tokens tokens_of(const Net& net, std::span<const Move> moves) {
  Tokens out{.produced = net.initial.size(), .consumed = net.final.size(), .missing = 0, .remaining = 0};
  for (const Move& move : moves) {
    if (move.kind == Move::Kind::kLog) continue;
    out.consumed += net.transitions[move.transition].in.size();
    out.produced += net.transitions[move.transition].out.size();
  }
  return out;
}

}  // namespace zhike::mining
