// Customers: list, 360, timeline, reveal; and the events behind a number.
#include <cmath>

#include "identity/set_once.h"
#include "metric/metric.h"
#include "profile/profile.h"
#include "server/api.h"

namespace zhike::server {
namespace {

/// Scores below 0 mean none.
json::value score_or_null(float score) {
  if (score < 0) return nullptr;
  return std::round(static_cast<double>(score) * 1000) / 1000;
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const auto end = std::min(text.find(','), text.size());
    if (end != 0) out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

json::object summary(const profile::Profile& p) {
  return {{"id", p.hot.customer.str()},
          {"name", p.name},
          {"first_seen", time_text(p.hot.first_seen)},
          {"last_seen", time_text(p.hot.last_seen)},
          {"events", p.hot.events},
          {"orders", p.hot.orders},
          {"spend", money_or_null(p.hot.spent().minor, p.hot.spent().currency.str())},
          {"channels", texts(p.hot.channels)},
          {"units", texts(p.hot.units)}};
}

json::array traits_json(const std::vector<profile::ShownTrait>& traits) {
  json::array out;
  for (const auto& trait : traits)
    out.push_back(json::object{{"key", trait.key},
                               {"value", trait.value},
                               {"source", trait.source.str()},
                               {"at", time_text(identity::stated_at(trait.at))}});
  return out;
}

json::value amount_json(const ledger::Interaction& what, const ledger::HotProfile& whose) {
  const Currency currency = what.currency.is_set() ? what.currency : whose.spent().currency;
  return money_or_null(what.amount_minor, currency.str());
}

/// What is going on with the customer.
void add_now(json::object& out, const profile::Profile& p) {
  json::array labels, open;
  for (const profile::Label* label : p.labels)
    labels.push_back(json::object{{"key", label->key},
                                  {"group", label->group},
                                  {"name_en", label->name_en},
                                  {"name_zh", label->name_zh}});
  for (const auto& one : p.open)
    open.push_back(json::object{{"case_id", one.id},
                                {"channel", one.kind.channel},
                                {"touchpoint", one.kind.touchpoint},
                                {"last_event", one.kind.name},
                                {"opened_at", time_text(one.opened_at)},
                                {"last_at", time_text(one.last_at)}});
  out["journey"] = p.journey ? json::value(json::object{{"since", time_text(p.journey->since)},
                                                        {"interactions", p.journey->interactions},
                                                        {"whole", p.journey->is_whole}})
                             : json::value(nullptr);
  out["labels"] = std::move(labels);
  out["open_conversations"] = std::move(open);
}

Result<Response> list_customers(Call& call) {
  json::array items;
  std::optional<query::Cursor> next;
  const auto add = [&](const profile::Profile& p) {
    json::object entry = summary(p);
    entry["nps"] = score_or_null(p.hot.nps);
    items.push_back(std::move(entry));
  };
  if (const auto text = call.param("q"); !text.empty()) {
    if (text.size() > 256) return fail(Code::kBadField, "'q' is longer than 256 bytes");
    if (!call.param("where").empty() || !call.param("persona").empty())
      return fail(Code::kBadField, "'q' goes neither with 'where' nor with 'persona'");
    CX_TRY(const auto found, call.app.profiles().search(call.grant, text));
    for (const auto& p : found) add(p);
  } else if (!call.param("where").empty() || !call.param("persona").empty()) {
    static constexpr std::string_view kOwn[] = {"cursor", "limit", "q"};
    CX_TRY(auto filter, call.filter(kOwn));
    // Whoever it is true of at any time; a range is only looked at when one is given.
    if (call.param("from").empty() && call.param("to").empty()) filter.range = {{0}, {7'258'118'400'000}};
    CX_TRY(const auto before, call.cursor());
    CX_TRY(const auto count, call.limit());
    CX_TRY(const auto page, call.app.profiles().list(call.grant, filter, before, count));
    for (const auto& p : page.items) add(p);
    next = page.next;
  } else {
    CX_TRY(const auto before, call.cursor());
    CX_TRY(const auto count, call.limit());
    const auto units = split_list(call.param("units"));
    CX_TRY(const auto page, call.app.profiles().list(call.grant, units, before, count));
    for (const auto& p : page.items) add(p);
    next = page.next;
  }
  return answer(json::object{{"items", std::move(items)}, {"next_cursor", next_cursor(next)}});
}

Result<Response> get_customer(Call& call) {
  CX_TRY(const auto id, call.id<CustomerId>("id"));
  CX_TRY(const auto p, call.app.profiles().find(call.grant, id));
  json::array identifiers, recent;
  for (const auto& one : p.identifiers) identifiers.push_back(identifier_json(one));
  for (const auto& entry : p.recent)
    recent.push_back(json::object{
        {"at", time_text(entry.what.at)},
        {"event_id", std::to_string(entry.what.event_id)},
        {"name", entry.kind.name},
        {"channel", entry.kind.channel},
        {"touchpoint", entry.kind.touchpoint},
        {"stage", entry.kind.stage},
        {"amount", entry.what.amount_minor == 0 ? json::value(nullptr) : amount_json(entry.what, p.hot)},
        {"score", score_or_null(entry.what.score)}});
  json::object out = summary(p);
  out["traits"] = traits_json(p.traits);
  out["consent"] = traits_json(p.consent);
  out["stage"] = p.stage;
  add_now(out, p);
  const auto orders = static_cast<std::int64_t>(p.hot.orders);
  out["average_order"] =
      orders == 0 ? json::value(nullptr)
                  : money_or_null((p.hot.spent().minor + orders / 2) / orders, p.hot.spent().currency.str());
  out["identifiers"] = std::move(identifiers);
  out["recent"] = std::move(recent);
  out["scores"] = json::object{{"nps", score_or_null(p.hot.nps)},
                               {"csat", score_or_null(p.hot.csat)},
                               {"ces", score_or_null(p.hot.ces)}};
  return answer(out);
}

json::object page_json(const profile::EventPage& page) {
  json::array items;
  for (const auto& e : page.items) {
    json::object properties;
    for (const auto& [key, value] : e.properties) properties[key] = value;
    items.push_back(json::object{{"at", time_text(e.at)},
                                 {"event_id", std::to_string(e.event_id)},
                                 {"customer_id", e.customer.str()},
                                 {"type", e.type},
                                 {"name", e.name},
                                 {"channel", e.channel},
                                 {"touchpoint", e.touchpoint},
                                 {"stage", e.stage},
                                 {"source", e.source.str()},
                                 {"unit", e.unit},
                                 {"case_id", e.case_id},
                                 {"amount", money_or_null(e.amount_minor, e.currency)},
                                 {"instrument", e.instrument},
                                 {"score", number_or_null(e.score)},
                                 {"text", e.text},
                                 {"properties", std::move(properties)}});
  }
  return {{"items", std::move(items)}, {"next_cursor", next_cursor(page.next)}};
}

Result<Response> get_timeline(Call& call) {
  CX_TRY(const auto id, call.id<CustomerId>("id"));
  CX_TRY(const auto before, call.cursor());
  CX_TRY(const auto count, call.limit());
  const auto channels = split_list(call.param("channel"));
  CX_TRY(const auto page, call.app.profiles().timeline(call.grant, id, channels, before, count));
  return answer(page_json(page));
}

Result<Response> list_events(Call& call) {
  static constexpr std::string_view kOwn[] = {"cursor", "limit", "metric", "customer", "count"};
  CX_TRY(auto filter, call.filter(kOwn));
  CX_TRY(const auto before, call.cursor());
  CX_TRY(const auto count, call.limit());
  if (const auto key = call.param("metric"); !key.empty()) {
    CX_TRY(const auto* found, metric::find(key));
    filter.where = query::all({std::move(filter.where), found->events});
  }
  std::optional<CustomerId> customer;
  if (const auto text = call.param("customer"); !text.empty()) {
    CX_TRY(customer, parse_id<CustomerId>(text));
  }
  CX_TRY(const auto page, call.app.profiles().events(call.grant, filter, customer, before, count));
  json::object out = page_json(page);
  if (call.param("count") == "true") {
    CX_TRY(const auto behind, call.app.profiles().behind(call.grant, filter, customer));
    out["total"] = json::object{{"events", behind.events}, {"customers", behind.customers}};
  }
  return answer(out);
}

Result<Response> reveal_customer(Call& call) {
  CX_TRY(const auto id, call.id<CustomerId>("id"));
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  CX_TRY(const auto reason, fields.text("reason", 400));
  CX_TRY(const auto revealed, call.app.profiles().reveal(call.grant, id, reason));
  json::array identifiers, traits;
  for (const auto& known : revealed.identifiers)
    identifiers.push_back(json::object{{"kind", to_string(known.kind)},
                                       {"value", known.value},
                                       {"first_seen", time_text(known.first_seen)}});
  for (const auto& [key, value] : revealed.traits)
    traits.push_back(json::object{{"key", key}, {"value", value}});
  return answer(json::object{{"identifiers", std::move(identifiers)}, {"traits", std::move(traits)}});
}

}  // namespace

json::object identifier_json(const profile::MaskedIdentifier& one) {
  return {{"kind", to_string(one.kind)},
          {"value", one.value},
          {"first_seen", time_text(one.first_seen)},
          {"verified", one.verified}};
}

void add_customer_handlers(Handlers& handlers) {
  handlers["listCustomers"] = list_customers;
  handlers["getCustomer"] = get_customer;
  handlers["getTimeline"] = get_timeline;
  handlers["listEvents"] = list_events;
  handlers["revealCustomer"] = reveal_customer;
}

}  // namespace zhike::server
