#include "desk/rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "desk/row_parts.h"
#include "feedback/trigger_query.h"
#include "govern/users.h"

namespace zhike::desk {
namespace {

constexpr std::uint64_t kPastPage = 5'000;

constexpr std::string_view kColumns =
    "SELECT id, name, spec, state, matched, opened, joined, actor, created, changed FROM complaint_rules ";

Result<Rule> rule_of(const ledger::Statement& row) {
  Rule out{.id = {row.u64(0)},
           .name = std::string(row.text(1)),
           .plan = {},
           .on = row.i64(3) == 0,
           .actor = {row.u64(7)},
           .created = {row.i64(8)},
           .changed = {row.i64(9)},
           .matched = row.u64(4),
           .opened = row.u64(5),
           .joined = row.u64(6)};
  CX_TRY(out.plan, rule_plan_of(row.text(2)));
  return out;
}

Result<void> demand(const Grant& grant, Permission needed) {
  if (grant.may(needed)) return {};
  return fail(Code::kPermissionMissing, "{}", to_string(needed));
}

/// Days from the first of the preview on; nothing: before it.
std::optional<std::size_t> day_of(Instant at, Instant now, const Zone& zone) {
  constexpr std::int64_t kDay = days(1).value;
  const auto day = [&](Instant of) {
    const std::int64_t local = zone.to_local_ms(of);
    return (local - (local % kDay + kDay) % kDay) / kDay;
  };
  const std::int64_t place = RulePreview::kDays - 1 - (day(now) - day(at));
  if (place < 0 || place >= RulePreview::kDays) return std::nullopt;
  return static_cast<std::size_t>(place);
}

Result<std::string> checked_name(std::string_view name) {
  CX_TRY(check_text("name", name, RuleLimits::kNameBytesMax, false));
  return std::string(name);
}

}  // namespace

Grant ComplaintRules::grant_of(const Rule& rule) {
  Grant out = Grant::owner();
  out.user = rule.actor;
  out.all_units = rule.plan.all_units;
  out.units = rule.plan.units;
  return out;
}

void ComplaintRules::note(RuleId rule, std::string error) {
  const std::lock_guard lock(mutex_);
  if (error.empty())
    errors_.erase(rule);
  else
    errors_[rule] = std::move(error);
}

Result<std::uint64_t> ComplaintRules::newest() const { return feedback::last_event_of(parts_.arrived()); }

/// What only the service knows of a plan.
Result<void> ComplaintRules::check_for(const Grant& grant, const RulePlan& plan) {
  CX_TRY(check(plan));
  if (!plan.category.empty() && parts_.complaints.catalogue().find(plan.category) == nullptr)
    return fail(Code::kBadField, "'category': there is no '{}'", plan.category);
  if (!plan.unit.empty() && !grant.all_units &&
      std::ranges::find(grant.units, plan.unit) == grant.units.end())
    return fail(Code::kBadField, "'unit' is not yours");
  if (!plan.owner.is_set()) return {};
  return parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    const auto user = govern::load_user(tx, plan.owner);
    if (!user || !user->enabled || !govern::grant_of(*user).may(Permission::kHandleComplaints))
      return fail(Code::kBadField, "'owner' is nobody who handles complaints");
    return {};
  });
}

Result<RulePreview> ComplaintRules::preview(const Grant& grant, const RulePlan& wanted) {
  CX_TRY(demand(grant, Permission::kManageData));
  CX_TRY(demand(grant, Permission::kViewCustomers));
  CX_TRY(check_for(grant, wanted));
  RulePlan plan = wanted;
  plan.all_units = grant.all_units;
  plan.units = grant.units;
  Read read;
  CX_TRY(read.upto, newest());
  if (plan.reads()) {
    CX_TRY(read, parts_.read());
  }
  RulePreview out;
  if (plan.reads() && read.reading == 0) return out;
  const Instant now = parts_.clock.now();
  const query::Range range{now - days(RulePreview::kDays), now + seconds(1)};
  std::vector<Hit> hits;
  for (std::uint64_t after = 0; after < read.upto && !out.is_cut;) {
    CX_TRY(auto prepared, this->prepared(grant, plan, range, plan.reads() ? read.reading : 0));
    prepared.params.set("after", after).set("upto", read.upto).set("rows", kPastPage);
    CX_TRY(const auto table, parts_.client.select(prepared.query({.result_rows_max = kPastPage})));
    after = table.rows.size() < kPastPage ? read.upto : warehouse::as_u64(table.rows.back()[0]);
    for (Hit& hit : hits_of(plan, table)) hits.push_back(std::move(hit));
    out.is_cut = hits.size() >= kPastMax && after < read.upto;
  }
  std::ranges::stable_sort(hits, {}, &Hit::at);
  std::unordered_set<std::uint64_t> customers;
  std::unordered_map<std::string, Instant> last;
  for (Hit& hit : hits) {
    customers.insert(hit.customer.value);
    std::string category = plan.category;
    if (category.empty()) {
      const auto found = parts_.complaints.suggester().suggest(hit.words, 1);
      category = found.empty() ? std::string(Catalogue::kOther) : found.front().category;
    }
    const auto [at, is_first] = last.try_emplace(hit.customer.str() + "/" + category, hit.at);
    if (!is_first && plan.quiet_days > 0 && hit.at - at->second <= days(plan.quiet_days)) {
      ++out.joined;
      continue;
    }
    at->second = hit.at;
    ++out.opened;
    if (const auto day = day_of(hit.at, now, parts_.zone)) ++out.by_day[*day];
    out.examples.insert(out.examples.begin(), {.event = hit.event,
                                               .at = hit.at,
                                               .customer = hit.customer,
                                               .channel = hit.channel,
                                               .text = std::move(hit.words),
                                               .category = category});
    if (out.examples.size() > RulePreview::kExamples) out.examples.pop_back();
  }
  out.events = hits.size();
  out.customers = customers.size();
  return out;
}

Result<std::vector<Rule>> ComplaintRules::read(std::string_view where, std::uint64_t value) {
  std::vector<Rule> out;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    out.clear();
    const std::string sql = std::string(kColumns) + std::string(where) + " ORDER BY id";
    ledger::Statement& row = tx.sql(sql).bind(1, value);
    for (;;) {
      CX_TRY(const bool more, row.step());
      if (!more) return {};
      CX_TRY(out.emplace_back(), rule_of(row));
    }
  }));
  const std::lock_guard lock(mutex_);
  for (Rule& one : out)
    if (const auto at = errors_.find(one.id); at != errors_.end()) one.error = at->second;
  return out;
}

Result<std::vector<Rule>> ComplaintRules::list(const Grant& grant) {
  CX_TRY(demand(grant, Permission::kManageData));
  return read("WHERE id > $1", 0);
}

Result<void> ComplaintRules::record(ledger::Tx& tx, const Grant& grant, std::string_view action, RuleId id,
                                    std::string detail) {
  return parts_.audit.append(tx, {.seq = 0,
                                  .at = parts_.clock.now(),
                                  .actor = grant.user,
                                  .action = std::string(action),
                                  .target = "complaint_rule/" + id.str(),
                                  .detail = std::move(detail)});
}

/// The rule sees what its author may see; what cannot be asked is told now.
Result<void> ComplaintRules::admit(const Grant& grant, RulePlan& plan, Instant now) {
  plan.all_units = grant.all_units;
  plan.units = grant.all_units ? std::vector<std::string>{} : grant.units;
  CX_TRY(check_for(grant, plan));
  CX_TRY(prepared(grant, plan, {now - days(1), now}, 0));
  return {};
}

Result<Rule> ComplaintRules::make(const Grant& grant, std::string_view wanted_name, RulePlan plan, bool on) {
  CX_TRY(demand(grant, Permission::kManageData));
  CX_TRY(const std::string name, checked_name(wanted_name));
  const Instant now = parts_.clock.now();
  CX_TRY(admit(grant, plan, now));
  const std::string spec = to_json(plan);
  CX_TRY(const std::uint64_t mark, newest());
  RuleId id;
  bool is_new = false;
  CX_TRY(parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& known = tx.sql("SELECT id, spec FROM complaint_rules WHERE name = $1").bind(1, name);
    CX_TRY(const bool there, known.step());
    if (there) {
      if (known.text(1) != spec) return fail(Code::kKeyReused, "rule {}", known.u64(0));
      id = {known.u64(0)};
      return {};
    }
    ledger::Statement& newest_one = tx.sql("SELECT COALESCE(MAX(id), 0), COUNT(*) FROM complaint_rules");
    CX_TRY(newest_one.step());
    if (newest_one.u64(1) >= kRulesMax) return fail(Code::kBadField, "more than {} rules", kRulesMax);
    // Numbers of rules that were removed stand in the notes of events: they are not given again.
    const std::uint64_t before = newest_one.u64(0);
    ledger::Statement& noted = tx.sql("SELECT COALESCE(MAX(rule), 0) FROM complaint_rule_events");
    CX_TRY(noted.step());
    id = {std::max(before, noted.u64(0)) + 1};
    is_new = true;
    CX_TRY(tx.sql("INSERT INTO complaint_rules (id, name, spec, state, mark, matched, opened, joined, actor, "
                  "created, changed) VALUES ($1, $2, $3, $4, $5, 0, 0, 0, $6, $7, $7)")
               .bind(1, id)
               .bind(2, name)
               .bind(3, spec)
               .bind(4, on ? std::int64_t{0} : std::int64_t{1})
               .bind(5, mark)
               .bind(6, grant.user)
               .bind(7, now)
               .run());
    return record(tx, grant, "complaint_rule_made", id, name);
  }));
  CX_TRY(auto made, read("WHERE id = $1", id.value));
  if (made.empty()) return fail(Code::kNotFound, "rule {}", id.str());
  made.front().is_new = is_new;
  return std::move(made.front());
}

Result<Rule> ComplaintRules::change(const Grant& grant, RuleId id, std::string_view wanted_name,
                                    RulePlan plan, bool on) {
  CX_TRY(demand(grant, Permission::kManageData));
  CX_TRY(const std::string name, checked_name(wanted_name));
  const Instant now = parts_.clock.now();
  CX_TRY(admit(grant, plan, now));
  const std::string spec = to_json(plan);
  CX_TRY(const std::uint64_t mark, newest());
  CX_TRY(parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& row =
        tx.sql("SELECT name, spec, state FROM complaint_rules WHERE id = $1").bind(1, id);
    CX_TRY(const bool there, row.step());
    if (!there) return fail(Code::kNotFound, "rule {}", id.str());
    const bool was_on = row.i64(2) == 0;
    const bool same = row.text(1) == spec && was_on == on;
    if (same && row.text(0) == name) return {};
    ledger::Statement& other =
        tx.sql("SELECT id FROM complaint_rules WHERE name = $1 AND id <> $2").bind(1, name).bind(2, id);
    CX_TRY(const bool taken, other.step());
    if (taken) return fail(Code::kKeyReused, "rule {}", other.u64(0));
    // A new name alone loses no event; anything else begins with what arrives from now on.
    CX_TRY(tx.sql("UPDATE complaint_rules SET name = $2, spec = $3, state = $4, mark = CASE WHEN $5 = 1 THEN "
                  "mark ELSE $6 END, actor = $7, changed = $8 WHERE id = $1")
               .bind(1, id)
               .bind(2, name)
               .bind(3, spec)
               .bind(4, on ? std::int64_t{0} : std::int64_t{1})
               .bind(5, same)
               .bind(6, mark)
               .bind(7, grant.user)
               .bind(8, now)
               .run());
    const std::string_view what = was_on == on ? "changed" : on ? "on" : "off";
    return record(tx, grant, fmt::format("complaint_rule_{}", what), id, name);
  }));
  if (!on) note(id, {});
  CX_TRY(auto found, read("WHERE id = $1", id.value));
  if (found.empty()) return fail(Code::kNotFound, "rule {}", id.str());
  return std::move(found.front());
}

Result<void> ComplaintRules::remove(const Grant& grant, RuleId id) {
  CX_TRY(demand(grant, Permission::kManageData));
  CX_TRY(parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& row = tx.sql("SELECT name FROM complaint_rules WHERE id = $1").bind(1, id);
    CX_TRY(const bool there, row.step());
    if (!there) return fail(Code::kNotFound, "rule {}", id.str());
    const std::string name(row.text(0));
    CX_TRY(tx.sql("DELETE FROM complaint_rules WHERE id = $1").bind(1, id).run());
    return record(tx, grant, "complaint_rule_removed", id, name);
  }));
  note(id, {});
  return {};
}

}  // namespace zhike::desk
