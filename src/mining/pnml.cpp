#include <algorithm>
#include <iterator>
#include <map>
#include <unordered_map>
#include <utility>

#include "base/ascii.h"
#include "mining/net.h"
#include "mining/xml_scan.h"

namespace zhike::mining {
namespace {

constexpr std::string_view kInvisible = "$invisible$";

/// What the elements of a net say, before it is known what they mean together.
class PnmlReader {
 public:
  PnmlReader(std::string_view text, const std::string& what) : scanner_(what, true) {
    scanner_.room() = text;
    scanner_.finish();
  }

  Result<Net> read() {
    for (;;) {
      CX_TRY(const XmlScanner::Token token, scanner_.next());
      if (token == XmlScanner::Token::kDone || token == XmlScanner::Token::kMore) break;
      if (token == XmlScanner::Token::kText)
        text();
      else if (token == XmlScanner::Token::kBegin)
        CX_TRY(begin());
      else
        end();
    }
    if (!is_pnml_) return scanner_.refuse("there is no <pnml> in it");
    return made();
  }

 private:
  struct Node {
    std::string name;
    bool is_place = false, is_silent = false;
    std::uint32_t number = 0;
    int tokens = 0, tokens_at_end = 0;
  };

  std::unexpected<Error> refuse(std::string_view why) const {
    return fail(Code::kBadNet, "{}: {}", scanner_.what(), why);
  }
  bool within(std::string_view element) const { return std::ranges::find(path_, element) != path_.end(); }

  Result<void> begin() {
    const std::string_view element = scanner_.name();
    if (scanner_.depth() == 1) is_pnml_ = element == "pnml";
    nets_ += element == "net" ? 1 : 0;
    if (nets_ == 1) {
      if (within("finalmarkings")) {
        markings_ += element == "marking" ? 1 : 0;
        if (element == "place") {
          at_ = decode_xml(scanner_.attribute("idref"));
          if (!nodes_.contains(at_))
            return refuse(fmt::format("a final marking of place {}, which is not there", at_));
        }
      } else if (element == "place" || element == "transition") {
        at_ = decode_xml(scanner_.attribute("id"));
        const auto [node, is_new] = nodes_.try_emplace(at_);
        if (!is_new) return refuse(fmt::format("two elements have the id {}", at_));
        node->second.is_place = element == "place";
        node->second.number = node->second.is_place ? places_++ : transitions_++;
      } else if (element == "arc") {
        arcs_.emplace_back(decode_xml(scanner_.attribute("source")),
                           decode_xml(scanner_.attribute("target")));
      } else if (element == "toolspecific" && within("transition") &&
                 scanner_.attribute("activity") == kInvisible) {
        nodes_[at_].is_silent = true;
      }
    }
    path_.emplace_back(element);
    return {};
  }

  void end() { path_.pop_back(); }

  void text() {
    if (nets_ != 1 || path_.empty() || path_.back() != "text") return;
    std::string text = decode_xml(scanner_.text());
    const auto is_space = [](char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; };
    while (!text.empty() && is_space(text.back())) text.pop_back();
    text.erase(text.begin(), std::ranges::find_if_not(text, is_space));
    const int number = ascii::parse_number<int>(text).value_or(-1);
    if (within("arc")) {
      if (number != 1) problem_ = fmt::format("an arc of weight {}; only 1 is understood", text);
    } else if (within("finalmarkings")) {
      if (markings_ == 1) nodes_[at_].tokens_at_end = number;
    } else if (within("place") && within("initialMarking")) {
      nodes_[at_].tokens = number;
    } else if (within("transition") && within("name")) {
      nodes_[at_].name += text;
    }
  }

  Result<Net> made() {
    if (!problem_.empty()) return refuse(problem_);
    if (transitions_ == 0 || places_ == 0) return refuse("a net needs places and transitions");
    Net net;
    net.places = places_;
    net.transitions.resize(transitions_);
    std::map<std::string, Activity> labels;  // so that equal files give equal nets
    for (const auto& [id, node] : nodes_) {
      if (node.tokens < 0 || node.tokens > 1 || node.tokens_at_end < 0 || node.tokens_at_end > 1)
        return refuse(fmt::format("place {} has other than 0 or 1 token", id));
      if (node.tokens == 1) net.initial.push_back(node.number);
      if (node.tokens_at_end == 1 && node.is_place) net.final.push_back(node.number);
      if (!node.is_place && !node.is_silent && !node.name.empty()) labels.try_emplace(node.name);
    }
    for (auto& [name, label] : labels) {
      label = static_cast<Activity>(net.labels.size());
      net.labels.push_back(name);
    }
    for (const auto& [id, node] : nodes_)
      if (!node.is_place && !node.is_silent && !node.name.empty())
        net.transitions[node.number].label = labels[node.name];
    CX_TRY(connect(net));
    CX_TRY(find_ends(net));
    return net;
  }

  Result<void> connect(Net& net) {
    for (const auto& [source, target] : arcs_) {
      const auto from = nodes_.find(source), to = nodes_.find(target);
      if (from == nodes_.end() || to == nodes_.end())
        return refuse(fmt::format("an arc from {} to {}, which is not there", source, target));
      if (from->second.is_place == to->second.is_place)
        return refuse(fmt::format("an arc from {} to {}, which are of one kind", source, target));
      const Node& place = from->second.is_place ? from->second : to->second;
      Transition& transition =
          net.transitions[from->second.is_place ? to->second.number : from->second.number];
      std::vector<Place>& ends = from->second.is_place ? transition.in : transition.out;
      if (std::ranges::find(ends, place.number) != ends.end())
        return refuse(fmt::format("two arcs from {} to {}; only weight 1 is understood", source, target));
      ends.push_back(place.number);
    }
    for (const Transition& transition : net.transitions)
      if (transition.in.empty()) return refuse("a transition without a place before it");
    return {};
  }

  Result<void> find_ends(Net& net) const {
    std::vector<bool> has_in(net.places, false), has_out(net.places, false);
    for (const Transition& transition : net.transitions) {
      for (const Place place : transition.in) has_out[place] = true;
      for (const Place place : transition.out) has_in[place] = true;
    }
    for (Place place = 0; place < net.places; ++place) {
      if (markings_ == 0 && !has_out[place]) net.final.push_back(place);
      if (!has_initial() && !has_in[place]) net.initial.push_back(place);
    }
    if (net.initial.empty()) return refuse("it has no initial marking, and no place without an arc into it");
    if (net.final.empty()) return refuse("it has no final marking, and no place without an arc out of it");
    std::ranges::sort(net.initial);
    std::ranges::sort(net.final);
    return {};
  }
  bool has_initial() const {
    return std::ranges::any_of(nodes_, [](const auto& entry) { return entry.second.tokens > 0; });
  }

  XmlScanner scanner_;
  std::vector<std::string> path_;
  std::unordered_map<std::string, Node> nodes_;
  std::vector<std::pair<std::string, std::string>> arcs_;
  std::string at_, problem_;
  std::uint32_t places_ = 0, transitions_ = 0;
  int nets_ = 0, markings_ = 0;
  bool is_pnml_ = false;
};

}  // namespace

std::string write_pnml(const Net& net, std::string_view name) {
  std::string out = R"(<?xml version="1.0" encoding="UTF-8"?>
<pnml xmlns="http://www.pnml.org/version-2009/grammar/pnml">
  <net id="net" type="http://www.pnml.org/version-2009/grammar/ptnet">
)";
  const auto to = std::back_inserter(out);
  fmt::format_to(to, "    <name><text>{}</text></name>\n    <page id=\"page\">\n", encode_xml(name));
  for (Place p = 0; p < net.places; ++p) {
    const bool is_initial = std::ranges::find(net.initial, p) != net.initial.end();
    fmt::format_to(to, "      <place id=\"p{}\"><name><text>p{}</text></name>{}</place>\n", p, p,
                   is_initial ? "<initialMarking><text>1</text></initialMarking>" : "");
  }
  for (std::size_t t = 0; t < net.transitions.size(); ++t) {
    const Activity label = net.transitions[t].label;
    if (label == Transition::kSilent)
      fmt::format_to(to,
                     "      <transition id=\"t{}\"><name><text>tau</text></name>"
                     "<toolspecific tool=\"ProM\" version=\"6.4\" activity=\"{}\"/></transition>\n",
                     t, kInvisible);
    else
      fmt::format_to(to, "      <transition id=\"t{}\"><name><text>{}</text></name></transition>\n", t,
                     encode_xml(net.labels[label]));
  }
  std::size_t arc = 0;
  for (std::size_t t = 0; t < net.transitions.size(); ++t) {
    for (const Place p : net.transitions[t].in)
      fmt::format_to(to, "      <arc id=\"a{}\" source=\"p{}\" target=\"t{}\"/>\n", arc++, p, t);
    for (const Place p : net.transitions[t].out)
      fmt::format_to(to, "      <arc id=\"a{}\" source=\"t{}\" target=\"p{}\"/>\n", arc++, t, p);
  }
  out += "    </page>\n    <finalmarkings>\n      <marking>\n";
  for (const Place p : net.final)
    fmt::format_to(to, "        <place idref=\"p{}\"><text>1</text></place>\n", p);
  out += "      </marking>\n    </finalmarkings>\n  </net>\n</pnml>\n";
  return out;
}

Result<Net> read_pnml(std::string_view text, const std::string& what) {
  return PnmlReader(text, what).read();
}

}  // namespace zhike::mining
