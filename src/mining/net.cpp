#include "mining/net.h"

#include <algorithm>
#include <utility>

namespace zhike::mining {
namespace {

class NetMaker {
 public:
  explicit NetMaker(Net& net) : net_(net) {}

  Place place() { return net_.places++; }
  void transition(Activity label, std::vector<Place> in, std::vector<Place> out) {
    net_.transitions.push_back({.label = label, .in = std::move(in), .out = std::move(out)});
  }

  /// The block between two places. Nothing else comes out of `from` than blocks beside this one, and none of
  /// them leads back to it.
  void block(const Tree& tree, Place from, Place to) {
    switch (tree.op) {
      case Operator::kActivity:
        return transition(tree.activity, {from}, {to});
      case Operator::kSilent:
        return transition(Transition::kSilent, {from}, {to});
      case Operator::kXor:
        for (const Tree& child : tree.children) block(child, from, to);
        return;
      case Operator::kSequence: {
        Place at = from;
        for (std::size_t i = 0; i < tree.children.size(); ++i) {
          const Place next = i + 1 == tree.children.size() ? to : place();
          block(tree.children[i], at, next);
          at = next;
        }
        return;
      }
      case Operator::kParallel: {
        std::vector<Place> begins, ends;
        for (std::size_t i = 0; i < tree.children.size(); ++i) {
          begins.push_back(place());
          ends.push_back(place());
        }
        transition(Transition::kSilent, {from}, begins);
        for (std::size_t i = 0; i < tree.children.size(); ++i) block(tree.children[i], begins[i], ends[i]);
        transition(Transition::kSilent, ends, {to});
        return;
      }
      case Operator::kLoop: {
        // Places of its own: what comes back must not meet the choices at `from` and `to`.
        const Place begin = place(), end = place();
        transition(Transition::kSilent, {from}, {begin});
        block(tree.children[0], begin, end);
        block(tree.children[1], end, begin);
        transition(Transition::kSilent, {end}, {to});
        return;
      }
    }
  }

 private:
  Net& net_;
};

struct Degrees {
  std::vector<std::uint32_t> in, out;  // arcs into and out of each place
};

Degrees degrees(const Net& net) {
  Degrees out{std::vector<std::uint32_t>(net.places, 0), std::vector<std::uint32_t>(net.places, 0)};
  for (const Transition& transition : net.transitions) {
    for (const Place place : transition.in) ++out.out[place];
    for (const Place place : transition.out) ++out.in[place];
  }
  return out;
}

/// Puts `to` in the place of `from`.
void rename(Net& net, Place from, Place to) {
  const auto change = [&](std::vector<Place>& places) { std::ranges::replace(places, from, to); };
  for (Transition& transition : net.transitions) {
    change(transition.in);
    change(transition.out);
  }
  change(net.initial);
  change(net.final);
}

/// Fuses the two places of one silent transition that only passes a token on; false where there is none.
/// Either the first place has no other way out (Murata 1989, Petri nets: properties, analysis and
/// applications, fusion of series places), or the second has no other way in, so that the choice before it is
/// only made later.
bool fuse_one(Net& net) {
  const Degrees count = degrees(net);
  const auto is_end = [&](Place place) { return std::ranges::find(net.final, place) != net.final.end(); };
  const auto is_begin = [&](Place place) {
    return std::ranges::find(net.initial, place) != net.initial.end();
  };
  for (std::size_t t = 0; t < net.transitions.size(); ++t) {
    const Transition& transition = net.transitions[t];
    if (transition.label != Transition::kSilent || transition.in.size() != 1 || transition.out.size() != 1)
      continue;
    const Place from = transition.in[0], to = transition.out[0];
    if (from == to || is_begin(to) || is_end(from)) continue;
    const bool is_only_way_out = count.out[from] == 1, is_only_way_in = count.in[to] == 1;
    // The begin takes no arcs in, the end none out.
    const bool begin_stays = !is_begin(from) || is_only_way_in;
    const bool end_stays = !is_end(to) || is_only_way_out;
    if (!(is_only_way_out || is_only_way_in) || !begin_stays || !end_stays) continue;
    net.transitions.erase(net.transitions.begin() + static_cast<std::ptrdiff_t>(t));
    rename(net, to, from);
    return true;
  }
  return false;
}

void number_places(Net& net) {
  constexpr Place kUnused = ~Place{0};
  std::vector<Place> number(net.places, kUnused);
  Place next = 0;
  const auto change = [&](std::vector<Place>& places) {
    for (Place& place : places) {
      if (number[place] == kUnused) number[place] = next++;
      place = number[place];
    }
  };
  change(net.initial);
  for (Transition& transition : net.transitions) {
    change(transition.in);
    change(transition.out);
  }
  change(net.final);
  net.places = next;
}

}  // namespace

std::size_t Net::silent() const {
  return static_cast<std::size_t>(std::ranges::count(transitions, Transition::kSilent, &Transition::label));
}

std::size_t Net::arcs() const {
  std::size_t out = 0;
  for (const Transition& transition : transitions) out += transition.in.size() + transition.out.size();
  return out;
}

Net net_of(const Tree& tree, std::span<const std::string> names) {
  Net net;
  net.labels.assign(names.begin(), names.end());
  NetMaker maker(net);
  const Place begin = maker.place(), end = maker.place();
  net.initial = {begin};
  net.final = {end};
  maker.block(tree, begin, end);
  while (net.transitions.size() > 1 && fuse_one(net)) {
  }
  number_places(net);
  return net;
}

}  // namespace zhike::mining
