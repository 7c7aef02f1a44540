// BPMN 2.0 as a Petri net, after Dijkman, Dumas and Ouyang (2008), Semantics and analysis of business process
// models in BPMN, Information and Software Technology 50(12), 3.1: a flow is a place, a task a transition, a
// parallel gateway a silent one, and so is each way out of an exclusive gateway; flows that meet at one are
// one place.
#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "mining/net.h"
#include "mining/xml_scan.h"

namespace zhike::mining {
namespace {

enum class NodeKind : std::uint8_t { kStart, kEnd, kTask, kPass, kExclusive, kParallel };

constexpr std::array<std::pair<std::string_view, NodeKind>, 18> kNodes{
    {{"startEvent", NodeKind::kStart},
     {"endEvent", NodeKind::kEnd},
     {"task", NodeKind::kTask},
     {"userTask", NodeKind::kTask},
     {"manualTask", NodeKind::kTask},
     {"serviceTask", NodeKind::kTask},
     {"scriptTask", NodeKind::kTask},
     {"sendTask", NodeKind::kTask},
     {"receiveTask", NodeKind::kTask},
     {"businessRuleTask", NodeKind::kTask},
     {"callActivity", NodeKind::kTask},
     {"subProcess", NodeKind::kTask},  // collapsed: nothing within it
     {"intermediateCatchEvent", NodeKind::kPass},
     {"intermediateThrowEvent", NodeKind::kPass},
     {"exclusiveGateway", NodeKind::kExclusive},
     {"eventBasedGateway", NodeKind::kExclusive},
     {"parallelGateway", NodeKind::kParallel},
     {"transaction", NodeKind::kTask}}};
/// What has no faithful net of this kind.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kRefused{
    {{"inclusiveGateway", "an inclusive gateway"},
     {"complexGateway", "a complex gateway"},
     {"boundaryEvent", "an event on the border of a task"},
     {"adHocSubProcess", "an ad-hoc subprocess"},
     {"standardLoopCharacteristics", "a task that repeats itself"},
     {"multiInstanceLoopCharacteristics", "a task for each of many"}}};

struct Node {
  std::string id, name;
  NodeKind kind{};
  std::vector<std::size_t> in{}, out{};  // flows
};

class BpmnReader {
 public:
  BpmnReader(std::string_view text, const std::string& what) : scanner_(what, true) {
    scanner_.room() = text;
    scanner_.finish();
  }

  Result<Net> read() {
    std::vector<std::string> path;
    for (;;) {
      CX_TRY(const XmlScanner::Token token, scanner_.next());
      if (token == XmlScanner::Token::kDone || token == XmlScanner::Token::kMore) break;
      if (token == XmlScanner::Token::kBegin) {
        const std::string element(scanner_.name());
        CX_TRY(begin(element, path));
        path.push_back(element);
      } else if (token == XmlScanner::Token::kEnd) {
        path.pop_back();
      }
    }
    if (!is_bpmn_) return scanner_.refuse("there is no <definitions> in it");
    CX_TRY(connect());
    return made();
  }

 private:
  std::unexpected<Error> refuse(std::string_view why) const {
    return fail(Code::kBadNet, "{}: {}", scanner_.what(), why);
  }

  Result<void> begin(std::string_view element, const std::vector<std::string>& path) {
    if (path.empty()) is_bpmn_ = element == "definitions";
    if (path.size() == 1 && element == "process") ++process_;
    if (path.size() < 2 || path[1] != "process") return {};
    for (const auto& [name, words] : kRefused)
      if (element == name)
        return refuse(fmt::format("{} is not understood: {}", words, id().empty() ? path.back() : id()));
    const auto kind = std::ranges::find(kNodes, element, [](const auto& one) { return one.first; });
    if (kind == kNodes.end() && element != "sequenceFlow") return {};
    if (path.size() > 2)
      return refuse(fmt::format("{} lies within another element; only one level is understood", id()));
    if (element == "sequenceFlow") {
      flows_.emplace_back(decode_xml(scanner_.attribute("sourceRef")),
                          decode_xml(scanner_.attribute("targetRef")));
      return {};
    }
    if (nodes_.empty()) first_process_ = process_;
    if (process_ != first_process_) return refuse("it has several processes; put one into a file of its own");
    Node node{.id = id(), .name = decode_xml(scanner_.attribute("name")), .kind = kind->second};
    if (node.kind == NodeKind::kTask && node.name.empty()) node.name = node.id;
    if (!by_id_.try_emplace(node.id, nodes_.size()).second)
      return refuse(fmt::format("two elements have the id {}", node.id));
    nodes_.push_back(std::move(node));
    return {};
  }
  std::string id() { return decode_xml(scanner_.attribute("id")); }

  Result<void> connect() {
    if (nodes_.empty()) return refuse("there is no process in it");
    for (std::size_t flow = 0; flow < flows_.size(); ++flow) {
      const auto from = by_id_.find(flows_[flow].first), to = by_id_.find(flows_[flow].second);
      if (from == by_id_.end() || to == by_id_.end())
        return refuse(
            fmt::format("a flow from {} to {}, which is not there", flows_[flow].first, flows_[flow].second));
      nodes_[from->second].out.push_back(flow);
      nodes_[to->second].in.push_back(flow);
    }
    for (const Node& node : nodes_)
      if (node.in.empty() && node.out.empty() && nodes_.size() > 1)
        return refuse(fmt::format("no flow leads to or from {}", node.id));
    const bool begins = std::ranges::any_of(nodes_, [](const Node& one) { return one.in.empty(); });
    const bool ends = std::ranges::any_of(nodes_, [](const Node& one) { return one.out.empty(); });
    if (!begins || !ends) return refuse("it has no element where it begins, or none where it ends");
    return {};
  }

  std::size_t whole(std::size_t flow) {  // of the flows that are one place
    while (parts_[flow] != flow) flow = parts_[flow] = parts_[parts_[flow]];
    return flow;
  }
  void unite(const std::vector<std::size_t>& flows) {
    for (std::size_t i = 1; i < flows.size(); ++i) parts_[whole(flows[i])] = whole(flows[0]);
  }

  Result<Net> made() {
    parts_.resize(flows_.size());
    std::iota(parts_.begin(), parts_.end(), std::size_t{0});
    for (const Node& node : nodes_) {
      if (node.kind != NodeKind::kParallel) unite(node.in);  // whichever comes
      if (passes(node)) unite({node.in[0], node.out[0]});
    }
    Net net{.labels = {}, .transitions = {}, .places = 2, .initial = {0}, .final = {1}};
    std::map<std::string, Activity> labels;  // so that equal files give equal nets
    for (const Node& node : nodes_)
      if (node.kind == NodeKind::kTask) labels.try_emplace(node.name);
    for (auto& [name, label] : labels) {
      label = static_cast<Activity>(net.labels.size());
      net.labels.push_back(name);
    }
    for (const Node& node : nodes_) {
      if (passes(node)) continue;
      if (node.kind == NodeKind::kExclusive && node.out.size() > 1) {
        for (const std::size_t flow : node.out) {
          Node way = node;
          way.out = {flow};
          CX_TRY(net.transitions.emplace_back(), transition_of(way, net));
        }
        continue;
      }
      CX_TRY(Transition transition, transition_of(node, net));
      if (node.kind == NodeKind::kTask) transition.label = labels[node.name];
      net.transitions.push_back(std::move(transition));
    }
    return net;
  }

  /// What comes goes on, by one way.
  static bool passes(const Node& node) {
    return (node.kind == NodeKind::kExclusive || node.kind == NodeKind::kPass) && !node.in.empty() &&
           node.out.size() == 1;
  }

  Result<Transition> transition_of(const Node& node, Net& net) {
    Transition out;
    out.in = places_of(node.in, net);
    out.out = places_of(node.out, net);
    if (out.in.empty()) out.in = {net.initial[0]};
    if (out.out.empty()) out.out = {net.final[0]};
    if (node.kind != NodeKind::kParallel) out.in.resize(1);  // they are one
    for (std::vector<Place>* ends : {&out.in, &out.out}) {
      std::ranges::sort(*ends);
      if (std::ranges::adjacent_find(*ends) != ends->end())
        return refuse(
            fmt::format("two flows of {} meet again at a gateway that lets each pass alone", node.id));
    }
    return out;
  }
  std::vector<Place> places_of(const std::vector<std::size_t>& flows, Net& net) {
    std::vector<Place> out;
    for (const std::size_t flow : flows) {
      const auto [at, is_new] = places_.try_emplace(whole(flow), net.places);
      if (is_new) ++net.places;
      out.push_back(at->second);
    }
    return out;
  }

  XmlScanner scanner_;
  std::vector<Node> nodes_;
  std::map<std::string, std::size_t> by_id_;
  std::vector<std::pair<std::string, std::string>> flows_;
  std::vector<std::size_t> parts_;
  std::map<std::size_t, Place> places_;
  int process_ = 0, first_process_ = 0;
  bool is_bpmn_ = false;
};

}  // namespace

Result<Net> read_bpmn(std::string_view text, const std::string& what) {
  return BpmnReader(text, what).read();
}

Result<Net> read_net(std::string_view text, const std::string& what) {
  XmlScanner scanner(what, true);
  scanner.room() = text;
  scanner.finish();
  for (;;) {
    CX_TRY(const XmlScanner::Token token, scanner.next());
    if (token == XmlScanner::Token::kDone || token == XmlScanner::Token::kMore) break;
    if (token != XmlScanner::Token::kBegin) continue;
    return scanner.name() == "definitions" ? read_bpmn(text, what) : read_pnml(text, what);
  }
  return read_pnml(text, what);
}

}  // namespace zhike::mining
