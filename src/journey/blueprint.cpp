#include "journey/blueprint.h"

#include <algorithm>
#include <boost/json.hpp>
#include <set>
#include <utility>

#include "journey/document.h"
#include "metric/metric.h"

namespace zhike::journey {
namespace {

namespace json = boost::json;

constexpr std::size_t kCellTextMax = 2'000, kDraftWords = 5;

bool is_known(std::string_view key) {
  for (const std::string_view of_map : {kMapReach, kMapWait, kMapEffort, kMapFeeling})
    if (key == of_map) return true;
  return metric::find(key).has_value();
}

Result<Lane> parse_lane(std::string_view text) {
  for (const Lane lane : kLanes)
    if (to_string(lane) == text) return lane;
  return fail(Code::kBadField, "'{}' is no lane", text.substr(0, 40));
}

Result<void> read_steps(const DocumentReader& from, Blueprint& into) {
  CX_TRY(const auto rows, from.objects("steps", kBlueprintStepsMax));
  std::set<std::string> seen;
  for (const DocumentReader& row : rows) {
    BlueprintStep& step = into.steps.emplace_back();
    CX_TRY(step.key, row.text("key"));
    CX_TRY(const std::string is, row.text("is"));
    if (is != "stage" && is != "touchpoint")
      return fail(Code::kBadField, "{}: 'is' is neither stage nor touchpoint", step.key);
    step.is_touchpoint = is == "touchpoint";
    if (!seen.insert(step.key).second) return fail(Code::kBadField, "step '{}' stands there twice", step.key);
  }
  if (into.steps.empty()) return fail(Code::kBadField, "'steps' is empty");
  return {};
}

Result<std::vector<Binding>> read_bindings(const DocumentReader& from) {
  CX_TRY(const auto rows, from.objects("bindings", kBlueprintBindingsMax));
  std::vector<Binding> out;
  for (const DocumentReader& row : rows) {
    Binding& one = out.emplace_back();
    CX_TRY(one.key, row.text("key"));
    CX_TRY(one.touchpoint, row.text_or_none("touchpoint", kDocumentTextMax));
    CX_TRY(one.channel, row.text_or_none("channel", kDocumentTextMax));
    if (!is_known(one.key)) return fail(Code::kBadField, "'{}' is no metric", one.key);
  }
  return out;
}

Result<void> read_cells(const DocumentReader& from, Blueprint& into) {
  CX_TRY(const auto rows, from.objects("cells", kBlueprintStepsMax * kLanes.size()));
  std::set<std::pair<Lane, std::string>> seen;
  std::size_t bindings = 0;
  for (const DocumentReader& row : rows) {
    BlueprintCell& cell = into.cells.emplace_back();
    CX_TRY(const std::string lane, row.text("lane"));
    CX_TRY(cell.lane, parse_lane(lane));
    CX_TRY(cell.step, row.text("step"));
    CX_TRY(cell.text_en, row.text_or_none("text_en", kCellTextMax));
    CX_TRY(cell.text_zh, row.text_or_none("text_zh", kCellTextMax));
    CX_TRY(cell.owner, row.text_or_none("owner", kDocumentTextMax));
    CX_TRY(cell.bindings, read_bindings(row));
    bindings += cell.bindings.size();
    if (into.find(cell.step) == nullptr) return fail(Code::kBadField, "'{}' is no step", cell.step);
    if (!seen.emplace(cell.lane, cell.step).second)
      return fail(Code::kBadField, "{} of '{}' stands there twice", lane, cell.step);
  }
  if (bindings > kBlueprintAllBindingsMax)
    return fail(Code::kBadField, "more than {} numbers", kBlueprintAllBindingsMax);
  return {};
}

Result<std::optional<Blueprint>> load(ledger::Tx& tx, std::string_view definition) {
  ledger::Statement& row = tx.sql("SELECT version, document FROM service_blueprints WHERE key = $1");
  CX_TRY(const bool is_there, row.bind(1, definition).step());
  if (!is_there) return std::nullopt;
  const std::uint64_t version = row.u64(0);
  boost::system::error_code wrong;
  const json::value document = json::parse(row.text(1), wrong);
  if (wrong || !document.is_object()) return fail(Code::kBadJson, "blueprint {}", definition);
  CX_TRY(Blueprint out, parse_blueprint(definition, document.get_object()));
  out.version = version;
  return out;
}

/// "a, b, c" of the first few.
std::string joined(const std::vector<MapCount>& counts,
                   const std::function<std::string(std::string_view)>& name) {
  std::string out;
  for (std::size_t i = 0; i < std::min(counts.size(), kDraftWords); ++i)
    out += (i == 0 ? "" : ", ") + name(counts[i].key);
  return out;
}

BlueprintCell cell_of(Lane lane, const MapStage& stage, const std::vector<MapCount>& counts,
                      const std::function<std::string(bool chinese, std::string_view key)>& name) {
  const auto in = [&](bool chinese) {
    return joined(counts, [&](std::string_view key) { return name(chinese, key); });
  };
  return {.lane = lane, .step = stage.stage, .text_en = in(false), .text_zh = in(true)};
}

}  // namespace

std::string_view to_string(Lane lane) noexcept {
  switch (lane) {
    case Lane::kEvidence:
      return "evidence";
    case Lane::kCustomer:
      return "customer";
    case Lane::kFrontstage:
      return "frontstage";
    case Lane::kBackstage:
      return "backstage";
    case Lane::kSupport:
      return "support";
  }
  return {};
}

const BlueprintStep* Blueprint::find(std::string_view step) const {
  const auto at = std::ranges::find(steps, step, &BlueprintStep::key);
  return at == steps.end() ? nullptr : &*at;
}

json::object to_json(const Blueprint& blueprint) {
  json::array steps, cells;
  for (const BlueprintStep& step : blueprint.steps)
    steps.push_back(json::object{{"key", step.key}, {"is", step.is_touchpoint ? "touchpoint" : "stage"}});
  for (const BlueprintCell& cell : blueprint.cells) {
    json::array bindings;
    for (const Binding& one : cell.bindings)
      bindings.push_back(
          json::object{{"key", one.key}, {"touchpoint", one.touchpoint}, {"channel", one.channel}});
    cells.push_back(json::object{{"lane", to_string(cell.lane)},
                                 {"step", cell.step},
                                 {"text_en", cell.text_en},
                                 {"text_zh", cell.text_zh},
                                 {"owner", cell.owner},
                                 {"bindings", std::move(bindings)}});
  }
  return {{"version", blueprint.version}, {"steps", std::move(steps)}, {"cells", std::move(cells)}};
}

Result<Blueprint> parse_blueprint(std::string_view definition, const json::object& from) {
  Blueprint out{.definition = std::string(definition)};
  const DocumentReader reader(from);
  CX_TRY(read_steps(reader, out));
  CX_TRY(read_cells(reader, out));
  return out;
}

Blueprint draft(const std::string& definition, const JourneyMap& map, const BlueprintName& name) {
  Blueprint out{.definition = definition};
  const auto of_place = [&](bool chinese, std::string_view key) { return name(chinese, false, key); };
  const auto of_channel = [&](bool chinese, std::string_view key) { return name(chinese, true, key); };
  const auto as_it_is = [](bool, std::string_view key) { return std::string(key); };
  for (const MapStage& stage : map.stages) {
    if (out.steps.size() == kBlueprintStepsMax) break;
    out.steps.push_back({.key = stage.stage});
    out.cells.push_back(cell_of(Lane::kEvidence, stage, stage.touchpoints, of_place));
    BlueprintCell customer = cell_of(Lane::kCustomer, stage, stage.actions, as_it_is);
    for (const std::string_view key : {kMapReach, kMapEffort, kMapFeeling})
      customer.bindings.push_back({.key = std::string(key)});
    out.cells.push_back(std::move(customer));
    BlueprintCell front = cell_of(Lane::kFrontstage, stage, stage.channels, of_channel);
    front.owner = stage.owner;
    out.cells.push_back(std::move(front));
    out.cells.push_back(
        {.lane = Lane::kBackstage, .step = stage.stage, .bindings = {{.key = std::string(kMapWait)}}});
  }
  return out;
}

Result<std::optional<Blueprint>> Blueprints::find(std::string_view definition) const {
  std::optional<Blueprint> out;
  CX_TRY(db_.read([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(out, load(tx, definition));
    return {};
  }));
  return out;
}

Result<void> Blueprints::put(const Grant& grant, const Blueprint& blueprint) {
  if (!grant.may(Permission::kManageData)) return fail(Code::kPermissionMissing, "manage_data");
  const json::object document = to_json(blueprint);
  CX_TRY(parse_blueprint(blueprint.definition, document));
  const Instant now = clock_.now();
  return db_.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(const auto before, load(tx, blueprint.definition));
    const std::uint64_t in_force = before ? before->version : 0;
    if (in_force != blueprint.version)
      return fail(Code::kLedgerConflict, "blueprint {}: version {} is in force, not {}; read it anew",
                  blueprint.definition, in_force, blueprint.version);
    ledger::Statement& put = tx.sql(
        "INSERT INTO service_blueprints (key, version, document, changed) VALUES ($1, $2, $3, $4) ON "
        "CONFLICT (key) "
        "DO UPDATE SET version = excluded.version, document = excluded.document, changed = excluded.changed");
    put.bind(1, blueprint.definition).bind(2, blueprint.version + 1);
    CX_TRY(put.bind(3, json::serialize(document)).bind(4, now).run());
    return audit_.append(tx, {.seq = 0,
                              .at = now,
                              .actor = grant.user,
                              .action = "blueprint_changed",
                              .target = blueprint.definition,
                              .detail = std::to_string(blueprint.cells.size()) + " cells"});
  });
}

}  // namespace zhike::journey
