#include "govern/units.h"

#include <algorithm>
#include <set>

#include "base/lines.h"

namespace zhike::govern {
namespace {

constexpr std::size_t kKeyMax = 120, kNameMax = 200;

bool says_nothing(const Unit& unit) {
  return unit.name_en.empty() && unit.name_zh.empty() && unit.parent.empty() && unit.zone.empty();
}

Result<void> check_fields(const Unit& unit) {
  const std::string_view shown = std::string_view(unit.key).substr(0, kKeyMax);
  if (unit.key.empty() || unit.key.size() > kKeyMax || has_control(unit.key))
    return fail(Code::kBadUnit, "a key of 1 to {} bytes is needed", kKeyMax);
  for (const std::string* name : {&unit.name_en, &unit.name_zh})
    if (name->size() > kNameMax || has_control(*name))
      return fail(Code::kBadUnit, "{}: a name is longer than {} bytes, or has control characters", shown,
                  kNameMax);
  return {};
}

Result<std::vector<Unit>> load(ledger::Db& db) {
  std::vector<Unit> out;
  CX_TRY(db.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& row = tx.sql("SELECT key, name_en, name_zh, parent, zone FROM units ORDER BY key");
    for (;;) {
      CX_TRY(const bool more, row.step());
      if (!more) return {};
      out.push_back({.key = std::string(row.text(0)),
                     .name_en = std::string(row.text(1)),
                     .name_zh = std::string(row.text(2)),
                     .parent = std::string(row.text(3)),
                     .zone = std::string(row.text(4))});
    }
  }));
  return out;
}

Result<void> store(ledger::Tx& tx, const Unit& unit, Instant now) {
  if (says_nothing(unit)) {
    CX_TRY(tx.sql("DELETE FROM units WHERE key = $1").bind(1, unit.key).run());
    return {};
  }
  ledger::Statement& put = tx.sql(
      "INSERT INTO units (key, name_en, name_zh, parent, zone, changed) VALUES ($1, $2, $3, $4, $5, $6) "
      "ON CONFLICT (key) DO UPDATE SET name_en = excluded.name_en, name_zh = excluded.name_zh, "
      "parent = excluded.parent, zone = excluded.zone, changed = excluded.changed");
  put.bind(1, unit.key).bind(2, unit.name_en).bind(3, unit.name_zh).bind(4, unit.parent).bind(5, unit.zone);
  CX_TRY(put.bind(6, now).run());
  return {};
}

}  // namespace

Result<UnitTree> UnitTree::make(std::vector<Unit> units, Zone otherwise) {
  UnitTree tree(otherwise);
  if (units.size() > Units::kUnitsMax) return fail(Code::kBadUnit, "more than {} units", Units::kUnitsMax);
  std::ranges::sort(units, {}, &Unit::key);
  tree.units_ = std::move(units);
  for (const Unit& unit : tree.units_) {
    CX_TRY(check_fields(unit));
    if (!unit.zone.empty()) {
      CX_TRY(Zone::find(unit.zone));
    }
    if (unit.parent.empty()) continue;
    if (tree.find(unit.parent) == nullptr)
      return fail(Code::kBadUnit, "{}: its parent {} is not listed", unit.key,
                  unit.parent.substr(0, kKeyMax));
    tree.below_.emplace(unit.parent, unit.key);
  }
  for (const Unit& unit : tree.units_) {
    const Unit* at = &unit;
    Zone zone = otherwise;
    bool found = false;
    for (std::size_t steps = 0; at != nullptr; ++steps) {
      if (steps > tree.units_.size()) return fail(Code::kBadUnit, "{} is above itself", unit.key);
      if (!found && !at->zone.empty()) {
        CX_TRY(zone, Zone::find(at->zone));
        found = true;
      }
      at = at->parent.empty() ? nullptr : tree.find(at->parent);
    }
    tree.zones_.push_back(zone);
  }
  return tree;
}

const Unit* UnitTree::find(std::string_view key) const {
  const auto at =
      std::ranges::lower_bound(units_, key, {}, [](const Unit& u) { return std::string_view(u.key); });
  return at != units_.end() && at->key == key ? &*at : nullptr;
}

Zone UnitTree::zone_of(std::string_view key) const {
  const Unit* unit = find(key);
  return unit == nullptr ? otherwise_ : zones_[static_cast<std::size_t>(unit - units_.data())];
}

std::vector<std::string> UnitTree::with_below(std::span<const std::string> keys) const {
  std::set<std::string> found;
  std::vector<std::string> open(keys.begin(), keys.end());
  while (!open.empty()) {
    const std::string key = std::move(open.back());
    open.pop_back();
    if (!found.insert(key).second) continue;
    const auto [begin, end] = below_.equal_range(key);
    for (auto child = begin; child != end; ++child) open.push_back(child->second);
  }
  return {found.begin(), found.end()};
}

Result<std::unique_ptr<Units>> Units::open(ledger::Db& db, const Audit& audit, const Clock& clock,
                                           Zone otherwise) {
  CX_TRY(auto listed, load(db));
  CX_TRY(auto tree, UnitTree::make(std::move(listed), otherwise));
  return std::unique_ptr<Units>(new Units(db, audit, clock, std::move(tree)));
}

std::shared_ptr<const UnitTree> Units::current() const {
  const std::lock_guard lock(mutex_);
  return tree_;
}

Result<void> Units::put(UserId actor, const std::vector<Unit>& changes) {
  const std::lock_guard one(writing_);
  const auto before = current();
  std::map<std::string, Unit, std::less<>> next;
  for (const Unit& unit : before->list()) next.emplace(unit.key, unit);
  std::set<std::string_view> seen;
  std::string names;
  for (const Unit& unit : changes) {
    CX_TRY(check_fields(unit));
    if (!seen.insert(unit.key).second) return fail(Code::kBadUnit, "{} stands there twice", unit.key);
    if (says_nothing(unit))
      next.erase(unit.key);
    else
      next.insert_or_assign(unit.key, unit);
    if (names.size() < 500) names += (names.empty() ? "" : ", ") + unit.key;
  }
  std::vector<Unit> all;
  all.reserve(next.size());
  for (auto& [key, unit] : next) all.push_back(std::move(unit));
  CX_TRY(auto tree, UnitTree::make(std::move(all), before->otherwise()));
  const Instant now = clock_.now();
  CX_TRY(db_.write([&](ledger::Tx& tx) -> Result<void> {
    for (const Unit& unit : changes) {
      CX_TRY(store(tx, unit, now));
    }
    return audit_.append(
        tx,
        {.seq = 0, .at = now, .actor = actor, .action = "units_changed", .target = "units", .detail = names});
  }));
  const std::lock_guard lock(mutex_);
  tree_ = std::make_shared<const UnitTree>(std::move(tree));
  return {};
}

Grant Units::widened(Grant grant) const {
  if (!grant.all_units) grant.units = current()->with_below(grant.units);
  return grant;
}

}  // namespace zhike::govern
