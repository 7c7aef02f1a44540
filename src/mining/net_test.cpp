#include "mining/net.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "mining/conform.h"
#include "mining/test_trees.h"
#include "mining/xml_scan.h"

namespace zhike::mining {
namespace {

using test::act;
using test::block;
using test::Chance;

TEST(Net, OfBlocks) {
  const Net sequence = net_of(block(Operator::kSequence, {act('a'), act('b')}), test::names(2));
  EXPECT_EQ(sequence.places, 3);
  EXPECT_EQ(sequence.transitions.size(), 2);
  EXPECT_EQ(sequence.silent(), 0);
  const Net parallel = net_of(block(Operator::kParallel, {act('a'), act('b')}), test::names(2));
  EXPECT_EQ(parallel.places, 6);
  EXPECT_EQ(parallel.silent(), 2);
  EXPECT_EQ(parallel.arcs(), 10);
  // The silent steps into and out of a loop only pass tokens on where something visible is around it.
  const Net loop =
      net_of(block(Operator::kSequence, {act('a'), block(Operator::kLoop, {act('b'), act('c')}), act('d')}),
             test::names(4));
  EXPECT_EQ(loop.silent(), 0);
  EXPECT_EQ(loop.places, 4);
  EXPECT_EQ(net_of(Tree{}, {}).transitions.size(), 1);
}

TEST(Net, OfTreesIsSound) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Chance chance(seed);
    const Net net = net_of(test::random_tree(chance, 8, {}), test::names(8));
    EXPECT_EQ(soundness(net, 100'000), Soundness::kSound) << "seed " << seed;
    for (const Transition& transition : net.transitions)
      for (const Place place : transition.out)
        EXPECT_NE(place, net.initial[0]) << "the begin takes nothing in";
    for (const Transition& transition : net.transitions)
      for (const Place place : transition.in) EXPECT_NE(place, net.final[0]) << "the end gives nothing out";
  }
}

Net by_hand(std::uint32_t places, std::vector<Transition> transitions) {
  return {.labels = {"a", "b"},
          .transitions = std::move(transitions),
          .places = places,
          .initial = {0},
          .final = {1}};
}

TEST(Soundness, TellsWhatIsWrong) {
  EXPECT_EQ(soundness(by_hand(2, {{.label = 0, .in = {0}, .out = {1}}}), 100), Soundness::kSound);
  // One of two, where both are waited for.
  EXPECT_EQ(soundness(by_hand(4, {{.label = 0, .in = {0}, .out = {2}},
                                  {.label = 1, .in = {0}, .out = {3}},
                                  {.in = {2, 3}, .out = {1}}}),
                      100),
            Soundness::kDeadEnd);
  EXPECT_EQ(soundness(by_hand(3, {{.label = 0, .in = {0}, .out = {1, 2}}}), 100), Soundness::kLeftOver);
  EXPECT_EQ(
      soundness(by_hand(3, {{.label = 0, .in = {0}, .out = {1}}, {.label = 1, .in = {2}, .out = {1}}}), 100),
      Soundness::kDeadStep);
  // A token more each time round.
  EXPECT_EQ(
      soundness(by_hand(4, {{.label = 0, .in = {0}, .out = {0, 2}}, {.label = 1, .in = {3}, .out = {1}}}),
                50),
      Soundness::kTooLarge);
}

TEST(Pnml, ComesBack) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Chance chance(seed);
    const Net net = net_of(test::random_tree(chance, 6, {}), test::names(6));
    const auto again = read_pnml(write_pnml(net, "a <name> & more"), "test.pnml");
    ASSERT_TRUE(again) << to_string(again.error());
    EXPECT_EQ(again->labels, net.labels);
    EXPECT_EQ(again->places, net.places);
    EXPECT_EQ(again->initial, net.initial);
    EXPECT_EQ(again->final, net.final);
    ASSERT_EQ(again->transitions.size(), net.transitions.size());
    for (std::size_t t = 0; t < net.transitions.size(); ++t) {
      EXPECT_EQ(again->transitions[t].label, net.transitions[t].label);
      EXPECT_EQ(again->transitions[t].in, net.transitions[t].in);
      EXPECT_EQ(again->transitions[t].out, net.transitions[t].out);
    }
  }
}

TEST(Pnml, ReadsWhatOthersWrite) {
  // Without a page, without markings, silent by having no name, a comment and an entity on the way.
  const auto net = read_pnml(R"(<?xml version="1.0"?><!-- x --><pnml><net id="n">
    <place id="in"/><place id="mid"><name><text>m</text></name></place><place id="out"/>
    <transition id="t"><name><text> ask &amp; wait </text></name></transition><transition id="u"/>
    <arc id="1" source="in" target="t"/><arc id="2" source="t" target="mid"><inscription><text>1</text></inscription></arc>
    <arc id="3" source="mid" target="u"/><arc id="4" source="u" target="out"/></net></pnml>)",
                             "test.pnml");
  ASSERT_TRUE(net) << to_string(net.error());
  EXPECT_EQ(net->labels, std::vector<std::string>{"ask & wait"});
  EXPECT_EQ(net->silent(), 1);
  EXPECT_EQ(net->initial, std::vector<Place>{0});
  EXPECT_EQ(net->final, std::vector<Place>{2});
}

Code code_of(const std::string& inside) {
  const auto net = read_pnml("<pnml><net id='n'>" + inside + "</net></pnml>", "test.pnml");
  return net ? Code::kInternal : net.error().code;
}

TEST(Pnml, RefusesWhatItCannotMean) {
  const std::string places = "<place id='p'/><place id='q'/>", step = "<transition id='t'/>";
  const std::string arcs = "<arc id='1' source='p' target='t'/><arc id='2' source='t' target='q'/>";
  EXPECT_EQ(code_of(places + step + arcs), Code::kInternal) << "this one is right";
  EXPECT_EQ(code_of(""), Code::kBadNet);
  EXPECT_EQ(code_of(places + step), Code::kBadNet) << "a transition without a place before it";
  EXPECT_EQ(code_of(places + step + "<arc id='1' source='p' target='x'/>"), Code::kBadNet);
  EXPECT_EQ(code_of(places + step + "<arc id='1' source='p' target='q'/>"), Code::kBadNet);
  EXPECT_EQ(code_of(places + step + arcs + "<arc id='3' source='p' target='t'/>"), Code::kBadNet);
  EXPECT_EQ(code_of(places + places + step + arcs), Code::kBadNet);
  EXPECT_EQ(
      code_of(places + step + arcs + "<finalmarkings><marking><place idref='z'/></marking></finalmarkings>"),
      Code::kBadNet);
  EXPECT_EQ(code_of("<place id='p'><initialMarking><text>2</text></initialMarking></place><place id='q'/>" +
                    step + arcs),
            Code::kBadNet);
  EXPECT_EQ(code_of(places + step +
                    "<arc id='1' source='p' target='t'><inscription><text>2</text></inscription></arc>"),
            Code::kBadNet);
  EXPECT_EQ(read_pnml("<log/>", "x").error().code, Code::kBadFile);
  EXPECT_EQ(read_pnml("no xml", "x").error().code, Code::kBadFile);
  EXPECT_EQ(read_pnml("<pnml><net>", "x").error().code, Code::kBadFile);
}

TEST(Bpmn, IsWellFormedAndConnected) {
  const Tree tree = block(Operator::kSequence, {act('a'), block(Operator::kXor, {Tree{}, act('b')}),
                                                block(Operator::kParallel, {act('c'), act('d')}),
                                                block(Operator::kLoop, {act('e'), Tree{}})});
  XmlScanner scanner("test.bpmn", false);
  scanner.room() = write_bpmn(tree, test::names(5), "a \"b\" <c>");
  scanner.finish();
  std::size_t tasks = 0, gateways = 0, flows = 0;
  std::set<std::string> ids;
  for (;;) {
    const auto token = scanner.next();
    ASSERT_TRUE(token) << to_string(token.error());
    if (*token == XmlScanner::Token::kDone) break;
    if (*token != XmlScanner::Token::kBegin) continue;
    tasks += scanner.name() == "task" ? 1 : 0;
    gateways += scanner.name().ends_with("Gateway") ? 1 : 0;
    if (scanner.name() == "sequenceFlow") {
      ++flows;
      EXPECT_TRUE(ids.contains(std::string(scanner.attribute("sourceRef"))));
      EXPECT_TRUE(ids.contains(std::string(scanner.attribute("targetRef"))));
    } else {
      ids.emplace(scanner.attribute("id"));
    }
  }
  EXPECT_EQ(tasks, 5);
  EXPECT_EQ(gateways, 6);  // two each of the choice, of the parallel block and of the loop
  EXPECT_EQ(flows, 15);    // start, a, choice 1 + 1 + 2, parallel 1 + 4, loop 1 + 2 + 1, end: counted by hand
}

// Property: a tree that is written as BPMN and read again has the runs of its own net, neither more nor
// fewer.
TEST(Bpmn, ComesBack) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Chance chance(seed);
    const Tree tree = test::random_tree(chance, 6, {});
    const Net net = net_of(tree, test::names(6));
    const auto again = read_net(write_bpmn(tree, test::names(6), "a \"b\" <c>"), "test.bpmn");
    ASSERT_TRUE(again) << to_string(again.error());
    EXPECT_EQ(soundness(*again, 100'000), Soundness::kSound) << "seed " << seed;
    for (int word = 0; word < 12; ++word) {
      test::Trace trace;
      if (word < 6)
        trace = test::play(tree, chance);
      else
        for (std::uint64_t n = chance.below(7); n > 0; --n)
          trace.push_back(static_cast<Activity>(chance.below(6)));
      // Both nets may number their labels differently: costs go by names.
      std::string text;
      for (const Activity step : trace) text += static_cast<char>('a' + step);
      const Sequences log = test::log_of({text});
      const auto expected = conform(log, test::names(6), net), found = conform(log, test::names(6), *again);
      ASSERT_TRUE(expected && found);
      EXPECT_EQ(found->costs, expected->costs) << "seed " << seed << ": " << text;
      if (word < 6) EXPECT_EQ(found->cost, 0U) << text;
    }
  }
}

TEST(Bpmn, ReadsWhatOthersWrite) {
  // As Camunda's modeler writes: prefixes, a pool, a diagram, an event on the way, two ends.
  const auto net = read_net(R"(<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="di">
  <bpmn:collaboration id="c"><bpmn:participant id="pool" name="Shop" processRef="p" /></bpmn:collaboration>
  <bpmn:process id="p" isExecutable="false">
    <bpmn:laneSet id="l"><bpmn:lane id="l1"><bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>
    <bpmn:startEvent id="s"><bpmn:outgoing>f1</bpmn:outgoing></bpmn:startEvent>
    <bpmn:userTask id="a" name="Check &amp; pay"><bpmn:incoming>f1</bpmn:incoming></bpmn:userTask>
    <bpmn:intermediateCatchEvent id="w" name="A day"><bpmn:timerEventDefinition id="t" /></bpmn:intermediateCatchEvent>
    <bpmn:exclusiveGateway id="x" />
    <bpmn:serviceTask id="b" name="Ship" />
    <bpmn:endEvent id="e1" /><bpmn:endEvent id="e2" />
    <bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="a" /><bpmn:sequenceFlow id="f2" sourceRef="a" targetRef="w" />
    <bpmn:sequenceFlow id="f3" sourceRef="w" targetRef="x" /><bpmn:sequenceFlow id="f4" sourceRef="x" targetRef="b" />
    <bpmn:sequenceFlow id="f5" sourceRef="x" targetRef="e2" /><bpmn:sequenceFlow id="f6" sourceRef="b" targetRef="e1" />
    <bpmn:textAnnotation id="n"><bpmn:text>task</bpmn:text></bpmn:textAnnotation>
  </bpmn:process>
  <bpmndi:BPMNDiagram id="d"><bpmndi:BPMNShape id="as" bpmnElement="a" /></bpmndi:BPMNDiagram>
</bpmn:definitions>)",
                            "shop.bpmn");
  ASSERT_TRUE(net) << to_string(net.error());
  EXPECT_EQ(net->labels, (std::vector<std::string>{"Check & pay", "Ship"}));
  EXPECT_EQ(soundness(*net, 1'000), Soundness::kSound);
  const std::vector<std::string> names{"Check & pay", "Ship"};
  const auto found = conform(test::log_of({"a", "ab", "b", "abb"}), names, *net);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->costs, (std::vector<std::uint32_t>{0, 0, 1, 1}));
}

std::string bpmn_refused(const std::string& inside) {
  const auto net = read_net("<definitions>" + inside + "</definitions>", "test.bpmn");
  return net ? "taken" : net.error().detail;
}

TEST(Bpmn, RefusesWhatItCannotMean) {
  const std::string task =
      "<startEvent id='s'/><task id='a' name='a'/><endEvent id='e'/><sequenceFlow id='1' sourceRef='s' "
      "targetRef='a'/>"
      "<sequenceFlow id='2' sourceRef='a' targetRef='e'/>";
  EXPECT_EQ(bpmn_refused("<process id='p'>" + task + "</process>"), "taken");
  EXPECT_EQ(bpmn_refused("<process id='p'>" + task + "</process><process id='q'/>"), "taken");
  const auto with = [&](const std::string& more) {
    return bpmn_refused("<process id='p'>" + task + more + "</process>");
  };
  EXPECT_NE(with("<inclusiveGateway id='o'/>").find("an inclusive gateway is not understood: o"),
            std::string::npos);
  EXPECT_NE(with("<boundaryEvent id='o' attachedToRef='a'/>").find("border"), std::string::npos);
  EXPECT_NE(with("<subProcess id='u'><task id='v'/></subProcess>").find("v lies within"), std::string::npos);
  EXPECT_NE(with("<task id='v'><standardLoopCharacteristics/></task>")
                .find("repeats itself is not understood: task"),
            std::string::npos);
  EXPECT_NE(with("<task id='a'/>").find("two elements have the id a"), std::string::npos);
  EXPECT_NE(with("<task id='alone'/>").find("no flow leads to or from alone"), std::string::npos);
  EXPECT_NE(
      with("<sequenceFlow id='3' sourceRef='a' targetRef='nowhere'/>").find("nowhere, which is not there"),
      std::string::npos);
  EXPECT_NE(bpmn_refused("<process id='p'>" + task + "</process><process id='q'><task id='z'/></process>")
                .find("several"),
            std::string::npos);
  EXPECT_NE(bpmn_refused("<process id='p'/>").find("no process in it"), std::string::npos);
  EXPECT_NE(
      bpmn_refused("<process id='p'><task id='a'/><task id='b'/><sequenceFlow sourceRef='a' targetRef='b'/>"
                   "<sequenceFlow sourceRef='b' targetRef='a'/></process>")
          .find("no element where it begins"),
      std::string::npos);
  // A parallel split whose branches meet at an exclusive gateway: two tokens where one may be.
  EXPECT_NE(
      bpmn_refused(
          "<process id='p'><startEvent id='s'/><parallelGateway id='g'/><exclusiveGateway id='x'/><endEvent "
          "id='e'/><sequenceFlow sourceRef='s' targetRef='g'/><sequenceFlow sourceRef='g' targetRef='x'/>"
          "<sequenceFlow sourceRef='g' targetRef='x'/><sequenceFlow sourceRef='x' targetRef='e'/></process>")
          .find("meet again"),
      std::string::npos);
  EXPECT_EQ(read_net("<log/>", "x").error().code, Code::kBadFile);
  EXPECT_EQ(read_bpmn("<pnml/>", "x").error().code, Code::kBadFile);
}

}  // namespace
}  // namespace zhike::mining
