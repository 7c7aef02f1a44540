#include "profile/unify.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "govern/mask.h"
#include "ledger/hot_codec.h"
#include "profile/scope.h"
#include "profile/sql.h"
#include "query/prepare.h"

namespace zhike::profile {
namespace {

constexpr std::size_t kReasonMin = 3, kReasonMax = 800;
constexpr std::size_t kOfKind = 50;

Result<void> check_reason(std::string_view reason) {
  if (reason.size() < kReasonMin || reason.size() > kReasonMax) return fail(Code::kReasonMissing);
  return {};
}

KnownIdentifier shown(const identity::Graph::Known& known) {
  return {.subject = known.subject,
          .shown = {known.kind, govern::mask(known.kind, known.value), known.first_seen, known.verified},
          .source = known.source,
          .shared = known.shared};
}

/// The ends of joins and conflicts that are somebody else's by now.
std::set<SubjectId> strangers(const Making& making) {
  std::set<SubjectId> out;
  for (const identity::JoinView& join : making.history.joins) out.insert({join.left, join.right});
  for (const identity::Conflict& c : making.history.conflicts) out.insert({c.suspect, c.other});
  for (const KnownIdentifier& own : making.identifiers) out.erase(own.subject);
  return out;
}

}  // namespace

Result<Making> Unify::making(const Grant& grant, CustomerId customer) const {
  CX_TRY(need(grant, Permission::kViewCustomers));
  CX_TRY(const ledger::HotProfile record, look_up(parts_.hot, parts_.graph, grant, customer));
  Making out{.customer = record.customer, .identifiers = {}, .others = {}, .history = {}};
  CX_TRY(const auto known, parts_.graph.identifiers_of(out.customer, kMakingMax, identity::Graph::kAllKinds));
  for (const auto& one : known) out.identifiers.push_back(shown(one));
  CX_TRY(parts_.identity_db.read([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(out.history, identity::history(tx, out.customer, kMakingMax));
    return {};
  }));
  for (const SubjectId subject : strangers(out)) {
    const auto other = parts_.graph.identifier(subject);
    if (other) out.others.push_back(shown(*other));
    if (!other && other.error().code != Code::kNotFound) return std::unexpected(other.error());
  }
  return out;
}

Result<std::vector<MaskedIdentifier>> Unify::identifiers(CustomerId customer) const {
  CX_TRY(const auto known, parts_.graph.identifiers_of(customer, kOfKind, identity::Graph::kAllKinds));
  std::vector<MaskedIdentifier> out;
  for (const auto& one : known) out.push_back(shown(one).shown);
  return out;
}

Result<Person> Unify::person(const ledger::HotProfile& record, std::span<const CustomerId> named,
                             std::vector<MaskedIdentifier> known) const {
  CX_TRY(std::string name, parts_.names.of(named));
  return Person{.customer = record.customer,
                .name = std::move(name),
                .identifiers = std::move(known),
                .events = record.events,
                .orders = record.orders,
                .first_seen = record.first_seen,
                .last_seen = record.last_seen,
                .spent = record.spent()};
}

Result<MergePreview> Unify::preview_merge(const Grant& grant, CustomerId a, CustomerId b) const {
  CX_TRY(need(grant, Permission::kManageData));
  CX_TRY(const ledger::HotProfile left, look_up(parts_.hot, parts_.graph, grant, a));
  CX_TRY(const ledger::HotProfile right, look_up(parts_.hot, parts_.graph, grant, b));
  MergePreview out;
  const auto& [survivor, absorbed] =
      std::minmax(left, right, [](const auto& x, const auto& y) { return x.customer < y.customer; });
  CX_TRY(auto of_survivor, identifiers(survivor.customer));
  const CustomerId both[] = {survivor.customer, absorbed.customer};
  CX_TRY(out.before.emplace_back(), person(survivor, std::span(both).first(1), of_survivor));
  out.after = out.before.front();
  if (survivor.customer == absorbed.customer) return out;
  CX_TRY(auto of_absorbed, identifiers(absorbed.customer));
  CX_TRY(out.before.emplace_back(), person(absorbed, std::span(both).last(1), of_absorbed));
  ledger::HotProfile together = survivor;
  ledger::add_profile(together, absorbed);
  of_survivor.insert(of_survivor.end(), of_absorbed.begin(), of_absorbed.end());
  std::ranges::sort(of_survivor, {}, [](const MaskedIdentifier& one) {
    return std::tuple(one.kind, one.first_seen, std::string_view(one.value));
  });
  CX_TRY(out.after, person(together, both, std::move(of_survivor)));
  CX_TRY(parts_.identity_db.read([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(const auto reason,
           identity::preview_merge(tx, *parts_.graph.rules(), survivor.customer, absorbed.customer));
    if (reason) out.obstacle = to_string(*reason);
    return {};
  }));
  return out;
}

Result<identity::Decided> Unify::merge(const Grant& grant, const MergeWish& wish) const {
  CX_TRY(need(grant, Permission::kManageData));
  CX_TRY(check_reason(wish.reason));
  if (wish.evidence != identity::Evidence::kManual && wish.evidence != identity::Evidence::kReviewed)
    return fail(Code::kBadField, "'evidence' is neither manual nor reviewed");
  CX_TRY(const ledger::HotProfile left, look_up(parts_.hot, parts_.graph, grant, wish.left));
  CX_TRY(const ledger::HotProfile right, look_up(parts_.hot, parts_.graph, grant, wish.right));
  return parts_.decider.decide({.act = identity::Decision::Act::kMerge,
                                .left = {left.customer.value},
                                .right = {right.customer.value},
                                .joins = {},
                                .evidence = wish.evidence,
                                .force = wish.force,
                                .actor = grant.user,
                                .at = parts_.clock.now(),
                                .reason = wish.reason});
}

Result<std::vector<Person>> Unify::preview_split(const Grant& grant, CustomerId customer,
                                                 std::span<const std::uint64_t> joins) const {
  CX_TRY(need(grant, Permission::kManageData));
  CX_TRY(const ledger::HotProfile record, look_up(parts_.hot, parts_.graph, grant, customer));
  std::vector<std::vector<SubjectId>> trees;
  CX_TRY(parts_.identity_db.read([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(trees, identity::preview_split(tx, record.customer, joins));
    return {};
  }));
  std::map<SubjectId, Person*> of_subject;
  std::vector<Person> out(trees.size());
  std::vector<std::uint64_t> subjects;
  for (std::size_t i = 0; i < trees.size(); ++i) {
    out[i].customer = {trees[i].front().value};
    CX_TRY(out[i].name, parts_.names.of(trees[i]));
    for (const SubjectId subject : trees[i]) {
      of_subject[subject] = &out[i];
      subjects.push_back(subject.value);
    }
  }
  CX_TRY(const auto known,
         parts_.graph.identifiers_of(record.customer, kMakingMax, identity::Graph::kAllKinds));
  for (const auto& one : known)
    if (const auto at = of_subject.find(one.subject); at != of_subject.end())
      at->second->identifiers.push_back(shown(one).shown);
  CX_TRY(query::Prepared prepared, query::prepare(grant, Permission::kManageData, sql::kBySubject));
  prepared.params.set("subjects", subjects);
  CX_TRY(const warehouse::Table table, parts_.client.select(prepared.query()));
  for (const auto& row : table.rows) {
    Person& person = *of_subject.at({warehouse::as_u64(row[0])});
    const Instant first{warehouse::as_i64(row[3])}, last{warehouse::as_i64(row[4])};
    person.events += warehouse::as_u64(row[1]);
    person.orders += warehouse::as_u64(row[2]);
    person.first_seen = std::min(person.first_seen.value_or(first), first);
    person.last_seen = std::max(person.last_seen.value_or(last), last);
  }
  return out;
}

Result<identity::Decided> Unify::split(const Grant& grant, CustomerId customer,
                                       std::vector<std::uint64_t> joins, std::string reason) const {
  CX_TRY(need(grant, Permission::kManageData));
  CX_TRY(check_reason(reason));
  if (joins.empty() || joins.size() > kJoinsMax) return fail(Code::kBadField, "1 to {} joins", kJoinsMax);
  CX_TRY(const ledger::HotProfile record, look_up(parts_.hot, parts_.graph, grant, customer));
  CX_TRY(parts_.identity_db.read([&](ledger::Tx& tx) -> Result<void> {  // none of another customer
    CX_TRY(identity::preview_split(tx, record.customer, joins));
    return {};
  }));
  return parts_.decider.decide({.act = identity::Decision::Act::kSplit,
                                .left = {},
                                .right = {},
                                .joins = std::move(joins),
                                .actor = grant.user,
                                .at = parts_.clock.now(),
                                .reason = std::move(reason)});
}

}  // namespace zhike::profile
