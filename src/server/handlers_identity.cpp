// What makes customers one: their making, merge and split with previews, and the rules of identity.
#include <algorithm>

#include "profile/unify.h"
#include "server/api.h"

namespace zhike::server {
namespace {

json::value text_or_null(const std::string& text) {
  return text.empty() ? json::value(nullptr) : json::value(text);
}

json::object known_json(const profile::KnownIdentifier& known) {
  json::object out = identifier_json(known.shown);
  out["subject"] = known.subject.str();
  out["source"] = known.source.str();
  out["shared"] = known.shared;
  return out;
}

json::object decision_json(const identity::DecisionRow& row) {
  return {{"version", std::to_string(row.version)},
          {"kind", to_string(row.kind)},
          {"actor", user_or_null(row.actor)},
          {"at", time_text(row.at)},
          {"reason", row.reason}};
}

json::object join_json(const identity::JoinView& join, const std::vector<identity::DecisionRow>& decisions) {
  const auto decision = [&](std::uint64_t version) {
    return std::ranges::find(decisions, version, &identity::DecisionRow::version);
  };
  const auto made = decision(join.version);
  const bool by_people = made != decisions.end();
  json::object out{{"version", std::to_string(join.version)},
                   {"left", join.left.str()},
                   {"right", join.right.str()},
                   {"evidence", to_string(join.evidence)},
                   {"source", join.source.str()},
                   {"at", time_text(join.at)},
                   {"actor", by_people ? user_or_null(made->actor) : json::value(nullptr)},
                   {"reason", by_people ? made->reason : std::string()},
                   {"undone", nullptr}};
  if (join.undone)
    if (const auto by = decision(*join.undone); by != decisions.end()) out["undone"] = decision_json(*by);
  return out;
}

Result<Response> get_identity(Call& call) {
  CX_TRY(const auto id, call.id<CustomerId>("id"));
  CX_TRY(const auto making, call.app.unify().making(call.grant, id));
  json::array identifiers, others, joins, conflicts;
  for (const auto& known : making.identifiers) identifiers.push_back(known_json(known));
  for (const auto& known : making.others) others.push_back(known_json(known));
  for (const auto& join : making.history.joins) joins.push_back(join_json(join, making.history.decisions));
  for (const auto& c : making.history.conflicts)
    conflicts.push_back(json::object{{"suspect", c.suspect.str()},
                                     {"other", c.other.str()},
                                     {"reason", to_string(c.reason)},
                                     {"source", c.source.str()},
                                     {"at", time_text(c.at)}});
  return answer(json::object{{"id", making.customer.str()},
                             {"identifiers", std::move(identifiers)},
                             {"others", std::move(others)},
                             {"joins", std::move(joins)},
                             {"conflicts", std::move(conflicts)}});
}

Result<Response> decided(const identity::Decided& done) {
  json::array customers;
  for (const CustomerId customer : done.customers) customers.push_back(json::string(customer.str()));
  return answer(json::object{
      {"version", done.version == 0 ? json::value(nullptr) : json::value(std::to_string(done.version))},
      {"customers", std::move(customers)},
      {"obstacle", text_or_null(done.obstacle)}});
}

Result<Response> preview_merge(Call& call) {
  CX_TRY(const auto id, call.id<CustomerId>("id"));
  CX_TRY(const auto other, parse_id<CustomerId>(call.param("with")));
  CX_TRY(const auto preview, call.app.unify().preview_merge(call.grant, id, other));
  json::array before;
  for (const auto& person : preview.before) before.push_back(person_json(person));
  return answer(json::object{{"before", std::move(before)},
                             {"after", person_json(preview.after)},
                             {"obstacle", text_or_null(preview.obstacle)}});
}

Result<Response> merge(Call& call) {
  profile::MergeWish wish;
  CX_TRY(wish.left, call.id<CustomerId>("id"));
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  CX_TRY(const auto with, fields.text("with", 20));
  CX_TRY(wish.right, parse_id<CustomerId>(with));
  CX_TRY(wish.reason, fields.text("reason", 800));
  CX_TRY(const auto evidence, fields.text_or("evidence", "manual", 20));
  wish.evidence = evidence == "manual"     ? identity::Evidence::kManual
                  : evidence == "reviewed" ? identity::Evidence::kReviewed
                                           : identity::Evidence::kClaim;  // which is refused
  CX_TRY(wish.force, fields.flag_or("force", false));
  CX_TRY(const auto done, call.app.unify().merge(call.grant, wish));
  return decided(done);
}

Result<std::vector<std::uint64_t>> versions(const std::vector<std::string>& texts) {
  std::vector<std::uint64_t> out;
  for (const std::string& text : texts) {
    CX_TRY(const auto version, parse_id<CustomerId>(text));
    out.push_back(version.value);
  }
  return out;
}

Result<Response> preview_split(Call& call) {
  CX_TRY(const auto id, call.id<CustomerId>("id"));
  std::vector<std::string> texts;
  std::string_view rest = call.param("joins");
  while (!rest.empty() && texts.size() <= profile::Unify::kJoinsMax) {
    const auto end = std::min(rest.find(','), rest.size());
    texts.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  CX_TRY(const auto joins, versions(texts));
  CX_TRY(const auto left, call.app.unify().preview_split(call.grant, id, joins));
  json::array customers;
  for (const auto& person : left) customers.push_back(person_json(person));
  return answer(json::object{{"customers", std::move(customers)}});
}

Result<Response> split(Call& call) {
  CX_TRY(const auto id, call.id<CustomerId>("id"));
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  CX_TRY(const auto texts, fields.list_or_empty("joins", profile::Unify::kJoinsMax));
  CX_TRY(auto joins, versions(texts));
  CX_TRY(auto reason, fields.text("reason", 800));
  CX_TRY(const auto done, call.app.unify().split(call.grant, id, std::move(joins), std::move(reason)));
  return decided(done);
}

Result<Response> get_rules(Call& call) { return answer(json::parse(call.app.identity_rules()->to_json())); }

Result<Response> put_rules(Call& call) {
  CX_TRY(auto rules, identity::Rules::parse(call.request.body));
  CX_TRY(call.app.put_identity_rules(call.grant.user, std::move(rules)));
  return get_rules(call);
}

}  // namespace

json::object person_json(const profile::Person& person) {
  json::array identifiers;
  for (const auto& one : person.identifiers) identifiers.push_back(identifier_json(one));
  return {{"id", person.customer.str()},
          {"name", person.name},
          {"identifiers", std::move(identifiers)},
          {"events", person.events},
          {"orders", person.orders},
          {"spend", money_or_null(person.spent.minor, person.spent.currency.str())},
          {"first_seen", time_or_null(person.first_seen)},
          {"last_seen", time_or_null(person.last_seen)}};
}

void add_identity_handlers(Handlers& handlers) {
  handlers["getCustomerIdentity"] = get_identity;
  handlers["previewMerge"] = preview_merge;
  handlers["mergeCustomers"] = merge;
  handlers["previewSplit"] = preview_split;
  handlers["splitCustomer"] = split;
  handlers["getIdentityRules"] = get_rules;
  handlers["putIdentityRules"] = put_rules;
}

}  // namespace zhike::server
