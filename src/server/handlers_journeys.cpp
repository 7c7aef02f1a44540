// Journeys: stages, paths, graph.
#include <initializer_list>
#include <vector>

#include "journey/journey.h"
#include "journey/model.h"
#include "server/api.h"
#include "server/journey_json.h"

namespace zhike::server {
namespace {

/// A number of the question beside the filter; its default is what stands in `into`.
struct Count {
  std::string_view name;
  int& into;
  int least, most;
};

/// The filter of a question that has a level and counts of its own, which are read on the way.
Result<query::Filter> read_question(Call& call, journey::Level& level, std::initializer_list<Count> counts) {
  std::vector<std::string_view> own{"level"};
  for (const Count& count : counts) own.push_back(count.name);
  CX_TRY(auto filter, call.filter(own));
  if (!call.param("level").empty()) {
    CX_TRY(level, journey::parse_level(call.param("level")));
  }
  for (const Count& count : counts) {
    CX_TRY(const auto given, call.number(count.name, count.into, count.least, count.most));
    count.into = static_cast<int>(given);
  }
  return filter;
}

Result<Response> get_stages(Call& call) {
  CX_TRY(const auto filter, call.filter({}));
  CX_TRY(const auto stages,
         journey::stages(call.app.warehouse(), call.grant, filter, call.app.stage_order()));
  json::array rows;
  for (const auto& stage : stages.stages) {
    json::object row{{"stage", stage.stage},
                     {"position", stage.position},
                     {"events", stage.events},
                     {"customers", stage.customers},
                     {"journeys", stage.journeys},
                     {"reach", number_or_null(stage.reach)},
                     {"wait_median_ms", integer_or_null(stage.wait_median_ms)},
                     {"wait_p90_ms", integer_or_null(stage.wait_p90_ms)},
                     {"satisfaction", nullptr},
                     {"instrument", ""}};
    if (stage.satisfaction) {
      row["satisfaction"] = json::object{{"value", number_or_null(stage.satisfaction->value)},
                                         {"low", number_or_null(stage.satisfaction->low)},
                                         {"high", number_or_null(stage.satisfaction->high)},
                                         {"n", stage.satisfaction->n},
                                         {"enough", stage.satisfaction->enough}};
      row["instrument"] = stage.satisfaction->instrument;
    }
    rows.push_back(std::move(row));
  }
  return answer(json::object{{"journeys", stages.journeys}, {"stages", std::move(rows)}});
}

Result<Response> get_paths(Call& call) {
  journey::PathOptions options;
  CX_TRY(const auto filter,
         read_question(call, options.level, {{"steps", options.steps, 2, 10}, {"top", options.top, 2, 20}}));
  CX_TRY(const auto paths, journey::paths(call.app.warehouse(), call.grant, filter, options));
  const auto node_id = [&](std::size_t index) {
    return fmt::format("{}:{}", paths.nodes[index].position, paths.nodes[index].key);
  };
  json::array nodes, links;
  for (std::size_t i = 0; i < paths.nodes.size(); ++i)
    nodes.push_back(json::object{{"id", node_id(i)},
                                 {"key", paths.nodes[i].key},
                                 {"position", paths.nodes[i].position},
                                 {"count", paths.nodes[i].count}});
  for (const auto& link : paths.links)
    links.push_back(json::object{
        {"source", node_id(link.source)}, {"target", node_id(link.target)}, {"count", link.count}});
  return answer(json::object{{"journeys", paths.journeys},
                             {"shown", paths.shown},
                             {"level", journey::to_string(paths.level)},
                             {"nodes", std::move(nodes)},
                             {"links", std::move(links)}});
}

Result<Response> get_graph(Call& call) {
  journey::GraphOptions options;
  CX_TRY(const auto filter,
         read_question(call, options.level,
                       {{"nodes", options.nodes, 2, 60}, {"edges", options.edges, 1, 300}}));
  CX_TRY(const auto graph, journey::graph(call.app.warehouse(), call.grant, filter, options));
  json::array nodes, edges;
  for (const auto& node : graph.nodes) nodes.push_back(json::object{{"id", node.id}, {"count", node.count}});
  for (const auto& edge : graph.edges)
    edges.push_back(json::object{{"from", edge.from},
                                 {"to", edge.to},
                                 {"count", edge.count},
                                 {"median_ms", integer_or_null(edge.median_ms)}});
  return answer(json::object{{"journeys", graph.journeys},
                             {"level", journey::to_string(graph.level)},
                             {"nodes", std::move(nodes)},
                             {"edges", std::move(edges)}});
}

std::string_view name_of(mining::Operator op) {
  switch (op) {
    case mining::Operator::kActivity:
      return "step";
    case mining::Operator::kSilent:
      return "silent";
    case mining::Operator::kXor:
      return "xor";
    case mining::Operator::kSequence:
      return "sequence";
    case mining::Operator::kParallel:
      return "parallel";
    case mining::Operator::kLoop:
      return "loop";
  }
  return {};
}

json::object tree_json(const mining::Tree& tree, std::span<const std::string> names) {
  json::array children;
  for (const mining::Tree& child : tree.children) children.push_back(tree_json(child, names));
  const bool is_step = tree.op == mining::Operator::kActivity;
  return {{"op", name_of(tree.op)},
          {"key", is_step ? std::string_view(names[tree.activity]) : std::string_view()},
          {"children", std::move(children)}};
}

Result<Response> get_model(Call& call) {
  journey::ModelOptions options;
  int noise = 20;
  CX_TRY(
      const auto filter,
      read_question(call, options.level, {{"noise", noise, 0, 100}, {"variants", options.variants, 1, 200}}));
  options.noise = noise / 100.0;
  CX_TRY(const auto model, journey::model(call.app.warehouse(), call.grant, filter, options));
  json::array items;
  for (const auto& variant : model.items) {
    json::array steps;
    for (const auto& step : variant.steps) steps.push_back(json::value(step));
    items.push_back(
        json::object{{"steps", std::move(steps)}, {"journeys", variant.journeys}, {"fits", variant.fits}});
  }
  json::object out{{"journeys", model.journeys},
                   {"modelled", model.modelled},
                   {"variants", model.variants},
                   {"level", journey::to_string(options.level)},
                   {"noise", options.noise},
                   {"items", std::move(items)},
                   {"tree", nullptr},
                   {"fitness", nullptr},
                   {"token_fitness", nullptr},
                   {"precision", nullptr},
                   {"fitting", 0}};
  if (model.found) {
    out["tree"] = tree_json(model.found->tree, model.names);
    out["fitness"] = model.found->conformance.alignment_fitness();
    out["token_fitness"] = model.found->conformance.tokens.fitness();
    out["precision"] = number_or_null(model.found->conformance.precision);
    out["fitting"] = model.found->conformance.fitting;
  }
  return answer(std::move(out));
}

}  // namespace

void add_journey_handlers(Handlers& handlers) {
  handlers["getStages"] = get_stages;
  handlers["getPaths"] = get_paths;
  handlers["getGraph"] = get_graph;
  handlers["getJourneyModel"] = get_model;
  add_friction_handlers(handlers);
  add_performance_handlers(handlers);
}

}  // namespace zhike::server
