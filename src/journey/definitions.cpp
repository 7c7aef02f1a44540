#include "journey/definitions.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cstddef>
#include <set>
#include <utility>

#include "base/lines.h"
#include "journey/embedded.h"

namespace zhike::journey {
namespace {

namespace json = boost::json;

constexpr std::size_t kKeyBytesMax = 60, kNameBytesMax = 200, kDetailMax = 500;
constexpr std::size_t kStepsLeast = 2, kStepsMax = 6;

std::vector<std::string> texts_of(const json::object& from, std::string_view name) {
  std::vector<std::string> out;
  for (const auto& one : from.at(name).as_array()) out.emplace_back(one.as_string());
  return out;
}

Result<void> check_places(const Definition& of, std::string_view name,
                          const std::vector<std::string>& places) {
  if (places.size() > kPlacesMax)
    return fail(Code::kBadField, "{}: more than {} in '{}'", of.key, kPlacesMax, name);
  std::set<std::string_view> seen;
  for (const std::string& place : places) {
    if (place.empty() || place.size() > kKeyBytesMax || has_control(place))
      return fail(Code::kBadField, "{}: a key of 1 to {} bytes is needed in '{}'", of.key, kKeyBytesMax,
                  name);
    if (!seen.insert(place).second)
      return fail(Code::kBadField, "{}: '{}' stands twice in '{}'", of.key, place, name);
  }
  return {};
}

Result<void> check_owners(const Definition& of) {
  if (of.owners.size() > kPlacesMax)
    return fail(Code::kBadField, "{}: more than {} in 'owners'", of.key, kPlacesMax);
  std::set<std::string_view> seen;
  for (const StageOwner& one : of.owners) {
    if (one.stage.empty() || one.stage.size() > kKeyBytesMax || has_control(one.stage))
      return fail(Code::kBadField, "{}: a stage of 1 to {} bytes is needed in 'owners'", of.key,
                  kKeyBytesMax);
    if (one.owner.empty() || one.owner.size() > kNameBytesMax || has_control(one.owner))
      return fail(Code::kBadField, "{}: an owner of 1 to {} bytes is needed", of.key, kNameBytesMax);
    if (!seen.insert(one.stage).second)
      return fail(Code::kBadField, "{}: '{}' stands twice in 'owners'", of.key, one.stage);
  }
  return {};
}

// Owners stand in the column of the stages, each on a line that begins with a tab, which no key does: tab,
// stage, tab, owner.
constexpr char kMark = '\t';

std::string stages_text(const Definition& of) {
  std::vector<std::string> lines = of.stages;
  for (const StageOwner& one : of.owners) lines.push_back(kMark + one.stage + kMark + one.owner);
  return join_lines(lines);
}
void read_stages(std::string_view text, Definition& into) {
  for (std::string& line : lines_of(text)) {
    if (!line.starts_with(kMark)) {
      into.stages.push_back(std::move(line));
      continue;
    }
    const std::size_t middle = std::min(line.find(kMark, 1), line.size() - 1);
    into.owners.push_back({.stage = line.substr(1, middle - 1), .owner = line.substr(middle + 1)});
  }
}

Result<void> check_one(const Definition& of) {
  if (of.key.empty() || of.key.size() > kKeyBytesMax || has_control(of.key))
    return fail(Code::kBadField, "a key of 1 to {} bytes is needed", kKeyBytesMax);
  if (of.name_en.empty() && of.name_zh.empty()) return fail(Code::kBadField, "{}: a name is needed", of.key);
  for (const std::string_view name : {std::string_view(of.name_en), std::string_view(of.name_zh)})
    if (name.size() > kNameBytesMax || has_control(name))
      return fail(Code::kBadField, "{}: a name is longer than {} bytes, or has control characters", of.key,
                  kNameBytesMax);
  if (of.gap_days < 1 || of.gap_days > kGapDaysMax)
    return fail(Code::kBadField, "{}: gap_days is not 1 to {}", of.key, kGapDaysMax);
  if (!of.steps.empty() && (of.steps.size() < kStepsLeast || of.steps.size() > kStepsMax))
    return fail(Code::kBadField, "{}: {} to {} steps, or none", of.key, kStepsLeast, kStepsMax);
  CX_TRY(check_places(of, "starts", of.starts));
  CX_TRY(check_places(of, "ends", of.ends));
  CX_TRY(check_places(of, "stages", of.stages));
  CX_TRY(check_places(of, "steps", of.steps));
  CX_TRY(check_places(of, "moments", of.moments));
  CX_TRY(check_owners(of));
  return {};
}

Result<DefinitionBook> load(ledger::Tx& tx) {
  DefinitionBook out;
  ledger::Statement& settings = tx.sql("SELECT version FROM journey_settings WHERE id = 1");
  CX_TRY(const bool is_set, settings.step());
  if (!is_set) {
    out.items = shipped_definitions();
    return out;
  }
  out.version = settings.u64(0);
  ledger::Statement& row = tx.sql(
      "SELECT key, name_en, name_zh, starts, ends, stages, steps, moments, gap_days FROM "
      "journey_definitions ORDER BY position");
  for (;;) {
    CX_TRY(const bool more, row.step());
    if (!more) return out;
    out.items.push_back({.key = std::string(row.text(0)),
                         .name_en = std::string(row.text(1)),
                         .name_zh = std::string(row.text(2)),
                         .starts = lines_of(row.text(3)),
                         .ends = lines_of(row.text(4)),
                         .steps = lines_of(row.text(6)),
                         .moments = lines_of(row.text(7)),
                         .gap_days = static_cast<int>(row.i64(8))});
    read_stages(row.text(5), out.items.back());
  }
}

Result<void> store(ledger::Tx& tx, const DefinitionBook& book, Instant now) {
  CX_TRY(tx.sql("DELETE FROM journey_definitions").run());
  std::int64_t position = 0;
  for (const Definition& of : book.items) {
    ledger::Statement& put = tx.sql(
        "INSERT INTO journey_definitions (key, position, name_en, name_zh, starts, ends, stages, "
        "steps, moments, gap_days) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
    put.bind(1, of.key).bind(2, position++).bind(3, of.name_en).bind(4, of.name_zh);
    put.bind(5, join_lines(of.starts)).bind(6, join_lines(of.ends)).bind(7, stages_text(of));
    put.bind(8, join_lines(of.steps)).bind(9, join_lines(of.moments));
    CX_TRY(put.bind(10, static_cast<std::int64_t>(of.gap_days)).run());
  }
  ledger::Statement& put = tx.sql(
      "INSERT INTO journey_settings (id, version, changed) VALUES (1, $1, $2) ON CONFLICT (id) DO "
      "UPDATE SET version = excluded.version, changed = excluded.changed");
  CX_TRY(put.bind(1, book.version).bind(2, now).run());
  return {};
}

}  // namespace

const Definition* DefinitionBook::find(std::string_view key) const {
  const auto at = std::ranges::find(items, key, &Definition::key);
  return at == items.end() ? nullptr : &*at;
}

Result<void> check(const std::vector<Definition>& definitions) {
  if (definitions.size() > kDefinitionsMax)
    return fail(Code::kBadField, "more than {} kinds of journeys", kDefinitionsMax);
  std::set<std::string_view> keys;
  for (const Definition& of : definitions) {
    CX_TRY(check_one(of));
    if (!keys.insert(of.key).second) return fail(Code::kBadField, "{} stands there twice", of.key);
  }
  return {};
}

const std::vector<Definition>& shipped_definitions() {
  static const std::vector<Definition> kAll = [] {
    constexpr std::string_view kFolder = "journeys/", kEnding = ".json";
    std::vector<std::pair<std::int64_t, Definition>> read;
    for (const Embedded& file : kEmbedded) {
      std::string_view key = file.name;
      key.remove_prefix(kFolder.size());
      key.remove_suffix(kEnding.size());
      const json::object root =
          json::parse(json::string_view(file.text.data(), file.text.size())).as_object();
      read.emplace_back(root.at("position").as_int64(),
                        Definition{.key = std::string(key),
                                   .name_en = std::string(root.at("name_en").as_string()),
                                   .name_zh = std::string(root.at("name_zh").as_string()),
                                   .starts = texts_of(root, "starts"),
                                   .ends = texts_of(root, "ends"),
                                   .stages = texts_of(root, "stages"),
                                   .steps = texts_of(root, "steps"),
                                   .moments = texts_of(root, "moments"),
                                   .gap_days = static_cast<int>(root.at("gap_days").as_int64())});
    }
    std::ranges::sort(read, {}, &std::pair<std::int64_t, Definition>::first);
    std::vector<Definition> out;
    for (auto& [position, definition] : read) out.push_back(std::move(definition));
    return out;
  }();
  return kAll;
}

Result<DefinitionBook> Definitions::current() const {
  DefinitionBook out;
  CX_TRY(db_.read([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(out, load(tx));
    return {};
  }));
  return out;
}

Result<void> Definitions::put(const Grant& grant, std::vector<Definition> definitions,
                              std::uint64_t based_on) {
  if (!grant.may(Permission::kManageData)) return fail(Code::kPermissionMissing, "manage_data");
  CX_TRY(check(definitions));
  const DefinitionBook book{.items = std::move(definitions), .version = based_on + 1};
  std::string names;
  for (const Definition& of : book.items)
    if (names.size() < kDetailMax) names += (names.empty() ? "" : ", ") + of.key;
  const Instant now = clock_.now();
  return db_.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(const DefinitionBook before, load(tx));
    if (before.version != based_on)
      return fail(Code::kLedgerConflict, "kinds of journeys: version {} is in force, not {}; read them anew",
                  before.version, based_on);
    CX_TRY(store(tx, book, now));
    return audit_.append(tx, {.seq = 0,
                              .at = now,
                              .actor = grant.user,
                              .action = "journeys_changed",
                              .target = "journeys",
                              .detail = names});
  });
}

}  // namespace zhike::journey
