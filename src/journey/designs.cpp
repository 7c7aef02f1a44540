#include "journey/designs.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <optional>
#include <utility>

#include "base/ascii.h"
#include "base/lines.h"

namespace zhike::journey {
namespace {

namespace json = boost::json;
using mining::Operator;
using mining::Tree;

constexpr std::size_t kNameBytesMax = 120, kKeyBytesMax = 60;
constexpr std::array<std::pair<Operator, std::string_view>, 6> kOps{{{Operator::kActivity, "step"},
                                                                     {Operator::kSilent, "silent"},
                                                                     {Operator::kXor, "xor"},
                                                                     {Operator::kSequence, "sequence"},
                                                                     {Operator::kParallel, "parallel"},
                                                                     {Operator::kLoop, "loop"}}};

std::string_view text_at(const json::object& block, std::string_view name) {
  const json::value* value = block.if_contains(name);
  return value != nullptr && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

class Reader {
 public:
  Result<Tree> read(const json::object& block, std::size_t depth) {
    if (depth > kDesignDepthMax)
      return fail(Code::kBadField, "more than {} levels of blocks", kDesignDepthMax);
    if (++blocks_ > kDesignBlocksMax) return fail(Code::kBadField, "more than {} blocks", kDesignBlocksMax);
    const std::string_view op = text_at(block, "op");
    const auto known = std::ranges::find(kOps, op, &std::pair<Operator, std::string_view>::second);
    if (known == kOps.end()) return fail(Code::kBadField, "op: '{}' is none", op.substr(0, kKeyBytesMax));
    Tree out{.op = known->first};
    if (out.op == Operator::kSilent) return out;
    if (out.op == Operator::kActivity) return step(text_at(block, "key"));
    const json::value* children = block.if_contains("children");
    if (children == nullptr || !children->is_array()) return fail(Code::kBadField, "{}: no children", op);
    for (const json::value& child : children->get_array()) {
      if (!child.is_object()) return fail(Code::kBadField, "{}: a child is no block", op);
      CX_TRY(out.children.emplace_back(), read(child.get_object(), depth + 1));
    }
    const std::size_t least = out.op == Operator::kLoop ? 2 : 1;
    if (out.children.size() < least || (out.op == Operator::kLoop && out.children.size() != 2))
      return fail(Code::kBadField, "{}: {} children", op, out.children.size());
    return out;
  }

  std::vector<std::string> names;

 private:
  Result<Tree> step(std::string_view key) {
    if (key.empty() || key.size() > kKeyBytesMax || has_control(key))
      return fail(Code::kBadField, "a step needs a key of 1 to {} bytes", kKeyBytesMax);
    const auto at = std::ranges::find(names, key);
    const auto activity = static_cast<mining::Activity>(at - names.begin());
    if (at == names.end()) names.emplace_back(key);
    return Tree{.op = Operator::kActivity, .activity = activity};
  }

  std::size_t blocks_ = 0;
};

constexpr std::string_view kColumns =
    "SELECT d.id, d.name, v.version, d.version, v.level, v.spec, v.actor, v.changed FROM process_designs d "
    "JOIN process_design_versions v ON v.design = d.id ";

Result<Design> read_row(const ledger::Statement& row) {
  Design out{.id = {row.u64(0)},
             .name = std::string(row.text(1)),
             .version = row.u64(2),
             .latest = row.u64(3),
             .level = Level::kTouchpoint,
             .process = {},
             .actor = {row.u64(6)},
             .changed = {row.i64(7)}};
  CX_TRY(out.level, parse_level(row.text(4)));
  boost::system::error_code wrong;
  const json::value spec = json::parse(row.text(5), wrong);
  if (wrong || !spec.is_object()) return fail(Code::kLedgerFailed, "design {}: no JSON", out.id.str());
  CX_TRY(out.process, read_process(spec.get_object()));
  return out;
}

/// One that is there; its latest version with `version` 0.
Result<Design> find_in(ledger::Tx& tx, DesignId id, std::uint64_t version) {
  ledger::Statement& row = tx.sql(
      std::string(kColumns) + "WHERE d.id = $1 AND v.version = CASE WHEN $2 = 0 THEN d.version ELSE $2 END");
  CX_TRY(const bool is_there, row.bind(1, id).bind(2, version).step());
  if (!is_there) return fail(Code::kNotFound, "design {}", id.str());
  return read_row(row);
}

Result<std::optional<DesignId>> named(ledger::Tx& tx, std::string_view name) {
  ledger::Statement& row = tx.sql("SELECT id FROM process_designs WHERE name = $1");
  CX_TRY(const bool is_there, row.bind(1, name).step());
  if (!is_there) return std::optional<DesignId>();
  return std::optional(DesignId{row.u64(0)});
}

Result<DesignId> place_for_new(ledger::Tx& tx, Instant now) {
  ledger::Statement& row = tx.sql("SELECT count(*), coalesce(max(id), 0) FROM process_designs");
  CX_TRY(row.step());
  if (row.u64(0) >= Designs::kDesignsMax)
    return fail(Code::kBadField, "there are {} designs already", Designs::kDesignsMax);
  return DesignId{std::max(row.u64(1) + 1, static_cast<std::uint64_t>(now.ms))};
}

/// The id and the version that the wish becomes.
Result<std::pair<DesignId, std::uint64_t>> place_for(ledger::Tx& tx, const DesignWish& wish, Instant now) {
  CX_TRY(const auto taken, named(tx, wish.name));
  if (taken && *taken != wish.id)
    return fail(Code::kLedgerConflict, "there is a design '{}' already", wish.name);
  if (!wish.id.is_set()) {
    CX_TRY(const DesignId id, place_for_new(tx, now));
    return std::pair(id, std::uint64_t{1});
  }
  CX_TRY(const Design before, find_in(tx, wish.id, 0));
  if (before.latest != wish.based_on)
    return fail(Code::kLedgerConflict, "design {}: version {} is in force, not {}; read it anew", wish.name,
                before.latest, wish.based_on);
  return std::pair(wish.id, before.latest + 1);
}

Result<void> store(ledger::Tx& tx, const Design& of) {
  CX_TRY(
      tx.sql("INSERT INTO process_designs (id, name, version) VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE "
             "SET name = excluded.name, version = excluded.version")
          .bind(1, of.id)
          .bind(2, of.name)
          .bind(3, of.version)
          .run());
  CX_TRY(tx.sql("INSERT INTO process_design_versions (design, version, level, spec, actor, changed) VALUES "
                "($1, $2, $3, $4, $5, $6)")
             .bind(1, of.id)
             .bind(2, of.version)
             .bind(3, to_string(of.level))
             .bind(4, json::serialize(process_json(of.process.tree, of.process.names)))
             .bind(5, of.actor)
             .bind(6, of.changed)
             .run());
  return {};
}

Result<void> may(const Grant& grant, Permission permission) {
  if (!grant.may(permission)) return fail(Code::kPermissionMissing, "{}", to_string(permission));
  return {};
}

}  // namespace

Result<Process> read_process(const json::object& block) {
  Reader reader;
  CX_TRY(Tree tree, reader.read(block, 1));
  if (reader.names.empty()) return fail(Code::kBadField, "a process needs a step");
  return Process{.tree = std::move(tree), .names = std::move(reader.names)};
}

json::object process_json(const Tree& tree, const std::vector<std::string>& names) {
  json::array children;
  for (const Tree& child : tree.children) children.push_back(process_json(child, names));
  const auto op = std::ranges::find(kOps, tree.op, &std::pair<Operator, std::string_view>::first);
  return {{"op", op->second},
          {"key", tree.op == Operator::kActivity ? names[tree.activity] : std::string()},
          {"children", std::move(children)}};
}

Result<std::vector<Design>> Designs::list(const Grant& grant) const {
  CX_TRY(may(grant, Permission::kViewMetrics));
  std::vector<Design> out;
  CX_TRY(db_.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& row = tx.sql(std::string(kColumns) + "WHERE v.version = d.version ORDER BY d.name");
    for (;;) {
      CX_TRY(const bool more, row.step());
      if (!more) return {};
      CX_TRY(out.emplace_back(), read_row(row));
    }
  }));
  return out;
}

Result<Design> Designs::find(const Grant& grant, DesignId id, std::uint64_t version) const {
  CX_TRY(may(grant, Permission::kViewMetrics));
  Design out;
  CX_TRY(db_.read([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(out, find_in(tx, id, version));
    return {};
  }));
  return out;
}

Result<Design> Designs::find(const Grant& grant, std::string_view name) const {
  CX_TRY(may(grant, Permission::kViewMetrics));
  std::optional<DesignId> id;
  CX_TRY(db_.read([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(id, named(tx, name));
    return {};
  }));
  if (!id) {
    const auto number = ascii::parse_number<std::uint64_t>(name);
    if (!number) return fail(Code::kNotFound, "design {}", name.substr(0, kNameBytesMax));
    id = DesignId{*number};
  }
  return find(grant, *id, 0);
}

Result<Design> Designs::put(const Grant& grant, const DesignWish& wish) const {
  CX_TRY(may(grant, Permission::kManageData));
  if (wish.name.empty() || wish.name.size() > kNameBytesMax || has_control(wish.name))
    return fail(Code::kBadField, "'name': 1 to {} bytes", kNameBytesMax);
  const Instant now = clock_.now();
  Design out{.id = {},
             .name = wish.name,
             .version = 0,
             .latest = 0,
             .level = wish.level,
             .process = wish.process,
             .actor = grant.user,
             .changed = now};
  CX_TRY(db_.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(const auto place, place_for(tx, wish, now));
    out.id = place.first;
    out.version = out.latest = place.second;
    CX_TRY(store(tx, out));
    return audit_.append(tx, {.seq = 0,
                              .at = now,
                              .actor = grant.user,
                              .action = "process_design_changed",
                              .target = "process_design/" + out.id.str(),
                              .detail = "version " + std::to_string(out.version)});
  }));
  return out;
}

Result<void> Designs::remove(const Grant& grant, DesignId id) const {
  CX_TRY(may(grant, Permission::kManageData));
  const Instant now = clock_.now();
  return db_.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(find_in(tx, id, 0));
    CX_TRY(tx.sql("DELETE FROM process_design_versions WHERE design = $1").bind(1, id).run());
    CX_TRY(tx.sql("DELETE FROM process_designs WHERE id = $1").bind(1, id).run());
    return audit_.append(tx, {.seq = 0,
                              .at = now,
                              .actor = grant.user,
                              .action = "process_design_removed",
                              .target = "process_design/" + id.str(),
                              .detail = {}});
  });
}

}  // namespace zhike::journey
