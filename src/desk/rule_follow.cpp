// Rules at work: what fits of the events that have arrived.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <cmath>

#include "base/log.h"
#include "base/thread.h"
#include "desk/rules.h"
#include "desk/sql.h"
#include "query/prepare.h"

namespace zhike::desk {
namespace {

// Each page is one transaction, which the rest of the service waits for.
constexpr std::uint64_t kPage = 200;
constexpr Millis kLookBack = days(30);  // of conditions on what the customer did
constexpr std::string_view kOwnSource = "complaints";

std::string text_or_empty(const boost::json::value& cell) {
  return cell.is_null() ? std::string() : warehouse::as_text(cell);
}

}  // namespace

void ComplaintRules::start() {
  thread_ = std::thread([this] { loop(); });
}

void ComplaintRules::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

/// False: it is time to stop.
bool ComplaintRules::pause(Millis longest) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, std::chrono::milliseconds(longest.value), [&] { return stopping_; });
}

void ComplaintRules::loop() {
  name_thread("complaints");
  do {
    if (const auto done = follow(); !done) log::error("complaint_rules_not_followed", done.error());
  } while (pause(kRest));
}

Result<query::Prepared> ComplaintRules::prepared(const Grant& grant, const RulePlan& plan, query::Range range,
                                                 std::uint32_t reading) {
  CX_TRY(query::Filter filter, parts_.filter_of(grant, plan.filter));
  filter.range = range;
  filter.by_wall_clock = false;
  CX_TRY(query::Prepared out, query::prepare(grant, Permission::kManageData, filter, sql::kRuleEvents));
  std::vector<std::string> keys, wanted;
  for (const auto& [key, values] : plan.properties) {
    boost::json::array list;
    for (const std::string& one : values) list.emplace_back(one);
    keys.push_back(key);
    wanted.push_back(boost::json::serialize(list));
  }
  const auto own = parts_.sources.find(kOwnSource);
  out.params.set("keys", keys)
      .set("wanted", wanted)
      .set("own", own ? own->id.value : std::uint64_t{0})
      .set("reading", std::uint64_t{reading})
      .set("labels", plan.labels)
      .set("tone_max", plan.tone_max.value_or(1))
      .set("aspect", plan.aspect)
      .set("aspect_tone", plan.aspect_tone);
  return out;
}

std::vector<ComplaintRules::Hit> ComplaintRules::hits_of(const RulePlan& plan,
                                                         const warehouse::Table& table) {
  std::vector<Hit> out;
  for (const auto& row : table.rows) {
    EventSaid said{.name = warehouse::as_text(row[6]),
                   .text = warehouse::as_text(row[7]),
                   .instrument = warehouse::as_text(row[8]),
                   .score = {},
                   .properties = {}};
    if (!row[9].is_null()) said.score = warehouse::as_double(row[9]);
    const auto& values = row[10].as_array();
    std::size_t place = 0;
    for (const auto& [key, wanted] : plan.properties) {
      if (place < values.size()) said.properties.emplace_back(key, text_or_empty(values[place]));
      ++place;
    }
    out.push_back({.event = warehouse::as_u64(row[0]),
                   .subject = {warehouse::as_u64(row[1])},
                   .customer = {warehouse::as_u64(row[2])},
                   .at = {warehouse::as_i64(row[3])},
                   .channel = warehouse::as_text(row[4]),
                   .unit = warehouse::as_text(row[5]),
                   .words = words_of(said, Complaints::kTextBytesMax)});
  }
  return out;
}

Result<std::uint64_t> ComplaintRules::follow() {
  const std::lock_guard turn(following_);
  Read stored, read;
  CX_TRY(stored.upto, newest());
  CX_TRY(const auto rules, this->read("WHERE state = 0 AND mark < $1", stored.upto));
  if (std::ranges::any_of(rules, [](const Rule& one) { return one.plan.reads(); })) {
    CX_TRY(read, parts_.read());
    read.upto = std::min(read.upto, stored.upto);
  }
  std::uint64_t out = 0;
  for (const Rule& rule : rules) {
    if (rule.plan.reads() && read.reading == 0) continue;
    std::uint64_t mark = 0;
    CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
      ledger::Statement& row = tx.sql("SELECT mark FROM complaint_rules WHERE id = $1").bind(1, rule.id);
      CX_TRY(const bool there, row.step());
      mark = there ? row.u64(0) : stored.upto;
      return {};
    }));
    const auto found = look(rule, mark, rule.plan.reads() ? read : stored);
    if (found) out += *found;
    // One that cannot be looked at now is looked at later, and holds up no other.
    note(rule.id, found ? std::string() : to_string(found.error()));
    if (!found)
      log::warn("complaint_rule_not_followed",
                {{"rule", rule.id.str()}, {"error", to_string(found.error())}});
  }
  return out;
}

Result<std::uint64_t> ComplaintRules::look(const Rule& rule, std::uint64_t mark, const Read& read) {
  std::uint64_t opened = 0;
  while (mark < read.upto) {
    const Instant now = parts_.clock.now();
    // Conditions on what the customer did look back further than the rule does.
    const Millis fresh = days(rule.plan.within_days);
    CX_TRY(auto prepared,
           this->prepared(grant_of(rule), rule.plan, {now - std::max(kLookBack, fresh), now + days(1)},
                          rule.plan.reads() ? read.reading : 0));
    prepared.params.set("after", mark).set("upto", read.upto).set("rows", kPage);
    CX_TRY(const auto table, parts_.client.select(prepared.query({.result_rows_max = kPage})));
    const std::uint64_t from = mark;
    mark = table.rows.size() < kPage ? read.upto : warehouse::as_u64(table.rows.back()[0]);
    std::vector<Hit> hits = hits_of(rule.plan, table);
    std::erase_if(hits, [&](const Hit& hit) { return hit.at < now - fresh; });
    CX_TRY(const bool is_ours, take(rule, from, mark, hits, opened));
    if (!is_ours || !pause(Millis{0})) break;
  }
  return opened;
}

/// What fits is opened in the transaction that moves the mark. False: the rule was changed meanwhile, and
/// these events are none of its.
Result<bool> ComplaintRules::take(const Rule& rule, std::uint64_t from, std::uint64_t to,
                                  const std::vector<Hit>& hits, std::uint64_t& opened) {
  Complaints& complaints = parts_.complaints;
  std::vector<Complaints::FromRule> wanted;
  std::vector<Complaints::Drafted> drafted;
  for (const Hit& hit : hits) {
    Complaints::FromRule one{.event = hit.event,
                             .at = hit.at,
                             .subject = hit.subject,
                             .customer = {},
                             .words = hit.words,
                             .channel = hit.channel,
                             .unit = rule.plan.unit.empty() ? hit.unit : rule.plan.unit,
                             .category = rule.plan.category,
                             .severity = rule.plan.severity,
                             .owner = rule.plan.owner,
                             .quiet = days(rule.plan.quiet_days),
                             .rule = rule.id.value};
    const auto customer = parts_.graph.customer_of(hit.subject);
    if (!customer && customer.error().code != Code::kNotFound) return std::unexpected(customer.error());
    if (customer) one.customer = *customer;
    CX_TRY(drafted.emplace_back(), complaints.draft(one));
    wanted.push_back(std::move(one));
  }
  bool is_ours = false;
  std::uint64_t made = 0;
  CX_TRY(parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    made = 0;
    ledger::Statement& row =
        tx.sql("SELECT 1 FROM complaint_rules WHERE id = $1 AND mark = $2 AND state = 0 AND spec = $3")
            .bind(1, rule.id)
            .bind(2, from)
            .bind(3, to_json(rule.plan));
    CX_TRY(is_ours, row.step());
    if (!is_ours) return {};
    std::uint64_t joined = 0;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      CX_TRY(const auto taken, complaints.take(tx, drafted[i], wanted[i]));
      made += taken == Complaints::Taken::kOpened ? 1 : 0;
      joined += taken == Complaints::Taken::kJoined ? 1 : 0;
    }
    CX_TRY(tx.sql("UPDATE complaint_rules SET mark = $2, matched = matched + $3, opened = opened + $4, "
                  "joined = joined + $5 WHERE id = $1")
               .bind(1, rule.id)
               .bind(2, to)
               .bind(3, std::uint64_t{wanted.size()})
               .bind(4, made)
               .bind(5, joined)
               .run());
    return {};
  }));
  opened += made;
  if (made > 0) complaints.send_now();
  return is_ours;
}

}  // namespace zhike::desk
