#include <iterator>

#include "mining/net.h"
#include "mining/xml_scan.h"

namespace zhike::mining {
namespace {

class BpmnWriter {
 public:
  explicit BpmnWriter(std::span<const std::string> names) : names_(names) {}

  /// Elements and flows of a process.
  std::string process(const Tree& tree) {
    const std::string begin = element("startEvent", "");
    const std::string last = block(tree, begin);
    flow(last, element("endEvent", ""));
    return elements_ + flows_;
  }

 private:
  std::string element(std::string_view kind, std::string_view name) {
    std::string id = fmt::format("n{}", count_++);
    fmt::format_to(std::back_inserter(elements_), "    <{} id=\"{}\"", kind, id);
    if (!name.empty()) fmt::format_to(std::back_inserter(elements_), " name=\"{}\"", encode_xml(name));
    elements_ += "/>\n";
    return id;
  }
  void flow(const std::string& from, const std::string& to) {
    fmt::format_to(std::back_inserter(flows_),
                   "    <sequenceFlow id=\"f{}\" sourceRef=\"{}\" targetRef=\"{}\"/>\n", flow_count_++, from,
                   to);
  }

  /// The block behind an element; answers the element that the next one follows.
  std::string block(const Tree& tree, const std::string& from) {
    switch (tree.op) {
      case Operator::kSilent:
        return from;
      case Operator::kActivity: {
        std::string task = element("task", names_[tree.activity]);
        flow(from, task);
        return task;
      }
      case Operator::kSequence: {
        std::string last = from;
        for (const Tree& child : tree.children) last = block(child, last);
        return last;
      }
      case Operator::kXor:
      case Operator::kParallel: {
        const std::string_view kind = tree.op == Operator::kXor ? "exclusiveGateway" : "parallelGateway";
        const std::string split = element(kind, "");
        flow(from, split);
        std::string join = element(kind, "");
        for (const Tree& child : tree.children) flow(block(child, split), join);
        return join;
      }
      case Operator::kLoop: {
        const std::string merge = element("exclusiveGateway", "");
        flow(from, merge);
        const std::string body = block(tree.children[0], merge);
        std::string split = element("exclusiveGateway", "");
        flow(body, split);
        flow(block(tree.children[1], split), merge);
        return split;
      }
    }
    return from;
  }

  std::span<const std::string> names_;
  std::string elements_, flows_;
  std::size_t count_ = 0, flow_count_ = 0;
};

}  // namespace

std::string write_bpmn(const Tree& tree, std::span<const std::string> names, std::string_view name) {
  return fmt::format(R"(<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="definitions" targetNamespace="urn:zhike:journey">
  <process id="process" name="{}" isExecutable="false">
{}  </process>
</definitions>
)",
                     encode_xml(name), BpmnWriter(names).process(tree));
}

}  // namespace zhike::mining
