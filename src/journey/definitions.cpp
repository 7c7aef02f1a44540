#include "journey/definitions.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cstddef>
#include <optional>
#include <set>
#include <string_view>
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

using Why = DefinitionFault::Why;

/// Nothing: the text is a line of 1 to `most` bytes.
std::optional<Why> fault_of_line(std::string_view text, std::size_t most) {
  if (text.empty()) return Why::kMissing;
  if (text.size() > most) return Why::kTooLong;
  if (has_control(text)) return Why::kControl;
  return std::nullopt;
}

class Faults {
 public:
  void add(std::string_view field, Why why, std::string_view value = {}) {
    found.push_back({.field = std::string(field), .why = why, .value = std::string(value)});
  }
  void places(std::string_view field, const std::vector<std::string>& places) {
    if (places.size() > kPlacesMax) return add(field, Why::kTooMany);
    std::set<std::string_view> seen;
    for (const std::string& place : places) {
      if (const auto why = fault_of_line(place, kKeyBytesMax)) return add(field, *why);
      if (!seen.insert(place).second) return add(field, Why::kTwice, place);
    }
  }
  void owners(const std::vector<StageOwner>& owners) {
    if (owners.size() > kPlacesMax) return add("owners", Why::kTooMany);
    std::set<std::string_view> seen;
    for (const StageOwner& one : owners) {
      if (const auto why = fault_of_line(one.stage, kKeyBytesMax)) return add("owners", *why);
      if (const auto why = fault_of_line(one.owner, kNameBytesMax)) return add("owners", *why);
      if (!seen.insert(one.stage).second) return add("owners", Why::kTwice, one.stage);
    }
  }

  std::vector<DefinitionFault> found;
};

Result<void> load_owners(ledger::Tx& tx, std::vector<Definition>& items) {
  ledger::Statement& row =
      tx.sql("SELECT definition, stage, owner FROM journey_stage_owners ORDER BY definition, position");
  for (;;) {
    CX_TRY(const bool more, row.step());
    if (!more) return {};
    const auto at = std::ranges::find(items, row.text(0), &Definition::key);
    if (at != items.end())
      at->owners.push_back({.stage = std::string(row.text(1)), .owner = std::string(row.text(2))});
  }
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
    if (!more) break;
    out.items.push_back({.key = std::string(row.text(0)),
                         .name_en = std::string(row.text(1)),
                         .name_zh = std::string(row.text(2)),
                         .starts = lines_of(row.text(3)),
                         .ends = lines_of(row.text(4)),
                         .stages = lines_of(row.text(5)),
                         .steps = lines_of(row.text(6)),
                         .moments = lines_of(row.text(7)),
                         .gap_days = static_cast<int>(row.i64(8))});
  }
  CX_TRY(load_owners(tx, out.items));
  return out;
}

Result<void> store_owners(ledger::Tx& tx, const Definition& of) {
  std::int64_t position = 0;
  for (const StageOwner& one : of.owners) {
    CX_TRY(tx.sql("INSERT INTO journey_stage_owners (definition, stage, position, owner) VALUES "
                  "($1, $2, $3, $4)")
               .bind(1, of.key)
               .bind(2, one.stage)
               .bind(3, position++)
               .bind(4, one.owner)
               .run());
  }
  return {};
}

Result<void> store(ledger::Tx& tx, const DefinitionBook& book, Instant now) {
  CX_TRY(tx.sql("DELETE FROM journey_definitions").run());
  CX_TRY(tx.sql("DELETE FROM journey_stage_owners").run());
  std::int64_t position = 0;
  for (const Definition& of : book.items) {
    ledger::Statement& put = tx.sql(
        "INSERT INTO journey_definitions (key, position, name_en, name_zh, starts, ends, stages, "
        "steps, moments, gap_days) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
    put.bind(1, of.key).bind(2, position++).bind(3, of.name_en).bind(4, of.name_zh);
    put.bind(5, join_lines(of.starts)).bind(6, join_lines(of.ends)).bind(7, join_lines(of.stages));
    put.bind(8, join_lines(of.steps)).bind(9, join_lines(of.moments));
    CX_TRY(put.bind(10, static_cast<std::int64_t>(of.gap_days)).run());
    CX_TRY(store_owners(tx, of));
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

std::string_view to_string(DefinitionFault::Why why) noexcept {
  switch (why) {
    case Why::kMissing:
      return "missing";
    case Why::kTooLong:
      return "too_long";
    case Why::kControl:
      return "control";
    case Why::kTwice:
      return "twice";
    case Why::kTooMany:
      return "too_many";
    case Why::kOutOfRange:
      return "out_of_range";
  }
  return {};
}

std::vector<DefinitionFault> faults_of(const Definition& of) {
  Faults out;
  if (const auto why = fault_of_line(of.key, kKeyBytesMax)) out.add("key", *why);
  if (of.name_en.empty() && of.name_zh.empty()) out.add("name_en", Why::kMissing);
  for (const auto& [field, name] : {std::pair<std::string_view, std::string_view>{"name_en", of.name_en},
                                    std::pair<std::string_view, std::string_view>{"name_zh", of.name_zh}})
    if (const auto why = fault_of_line(name, kNameBytesMax); why && *why != Why::kMissing)
      out.add(field, *why);
  out.places("starts", of.starts);
  out.places("ends", of.ends);
  out.places("stages", of.stages);
  out.places("steps", of.steps);
  if (!of.steps.empty() && (of.steps.size() < kStepsLeast || of.steps.size() > kStepsMax))
    out.add("steps", Why::kOutOfRange);
  out.places("moments", of.moments);
  if (of.gap_days < 1 || of.gap_days > kGapDaysMax) out.add("gap_days", Why::kOutOfRange);
  out.owners(of.owners);
  return std::move(out.found);
}

Result<void> check(const std::vector<Definition>& definitions) {
  if (definitions.size() > kDefinitionsMax)
    return fail(Code::kBadField, "more than {} kinds of journeys", kDefinitionsMax);
  std::set<std::string_view> keys;
  for (const Definition& of : definitions) {
    if (const auto faults = faults_of(of); !faults.empty()) {
      const DefinitionFault& first = faults.front();
      return fail(Code::kBadField, "{}: {}: {} {}", of.key.substr(0, kKeyBytesMax), first.field,
                  to_string(first.why), first.value);
    }
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
