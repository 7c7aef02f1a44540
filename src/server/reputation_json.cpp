#include "server/reputation_json.h"

#include <algorithm>
#include <cmath>

#include "server/text_json.h"

namespace zhike::server {
namespace {

constexpr double kDayHours = 24;

json::object net_json(const reputation::NetSentiment& net) {
  return {{"value", number_or_null(net.value)},
          {"low", number_or_null(net.low)},
          {"high", number_or_null(net.high)}};
}

json::value rate_json(const reputation::BrandFigures& of) {
  if (!of.change) return nullptr;
  const auto& limits = of.change->interval;
  return json::object{{"ratio", of.change->ratio},
                      {"low", limits ? json::value(limits->low) : json::value(nullptr)},
                      {"high", limits ? json::value(limits->high) : json::value(nullptr)},
                      {"dispersion", of.change->dispersion},
                      {"significant", of.change_holds}};
}

json::object weights_json(const reputation::Weights& weights) {
  return {{"followers", weights.followers},
          {"likes", weights.likes},
          {"comments", weights.comments},
          {"shares", weights.shares}};
}

json::object brand_json(const reputation::Brand& brand) {
  return {{"key", brand.key},         {"own", brand.is_own},         {"name_en", brand.name_en},
          {"name_zh", brand.name_zh}, {"names", texts(brand.names)}, {"exclusions", texts(brand.exclusions)}};
}

json::object figures_json(const reputation::BrandBook& book, const reputation::BrandFigures& of) {
  const reputation::Brand& brand = book.brands()[of.brand];
  json::array platforms;
  for (const auto& one : of.platforms) {
    json::object entry{{"platform", one.platform}, {"mentions", one.mentions}, {"net", net_json(one.net)}};
    put_sentiments(entry, one.sentiments);
    platforms.push_back(std::move(entry));
  }
  json::object out{{"key", brand.key},
                   {"own", brand.is_own},
                   {"name_en", brand.name_en},
                   {"name_zh", brand.name_zh},
                   {"mentions", of.mentions},
                   {"before", of.before},
                   {"change", rate_json(of)},
                   {"share", portion_json(of.share)},
                   {"share_change", change_json(of.share_change)},
                   {"net", net_json(of.net)},
                   {"net_change", change_json(of.net_change)},
                   {"reach", of.reach},
                   {"series", json::array(of.series.begin(), of.series.end())},
                   {"negatives", json::array(of.negatives.begin(), of.negatives.end())},
                   {"platforms", std::move(platforms)}};
  put_sentiments(out, of.sentiments);
  return out;
}

json::array keys_json(const reputation::BrandBook& book, std::uint64_t brands) {
  json::array out;
  for (std::size_t b = 0; b < book.brands().size(); ++b)
    if ((brands >> b & 1U) != 0) out.push_back(json::value(book.brands()[b].key));
  return out;
}

/// The text in pieces, each with the brand that it names.
json::array pieces_json(const reputation::BrandBook& book, const reputation::PostView& view) {
  json::array out;
  std::size_t at = 0;
  const auto put = [&](std::size_t end, json::value brand) {
    if (end > at)
      out.push_back(json::object{{"text", view.text.substr(at, end - at)}, {"brand", std::move(brand)}});
    at = end;
  };
  for (const text::NameMention& mention : view.mentions) {
    put(mention.begin, nullptr);
    put(mention.end, json::value(book.brands()[mention.owner].key));
  }
  put(view.text.size(), nullptr);
  return out;
}

json::object view_json(const reputation::BrandBook& book, const reputation::PostView& view) {
  return {{"event_id", std::to_string(view.event)},
          {"at", time_text(view.at)},
          {"customer_id", view.customer.str()},
          {"platform", view.platform},
          {"author", view.author},
          {"url", view.url},
          {"followers", view.followers},
          {"likes", view.likes},
          {"comments", view.comments},
          {"shares", view.shares},
          {"pieces", pieces_json(book, view)}};
}

json::object spread_json(const reputation::BrandBook& book, const reputation::Spread& one) {
  return {{"event_id", std::to_string(one.event)},
          {"strongest", std::to_string(one.strongest)},
          {"posts", one.posts},
          {"reach", one.reach},
          {"first", time_text(one.first)},
          {"last", time_text(one.last)},
          {"brands", keys_json(book, one.brands)},
          {"negative", one.tones[0]},
          {"neutral", one.tones[1]},
          {"positive", one.tones[2]},
          {"unknown", one.tones[reputation::kUnknownTone]}};
}

json::object reason_json(const reputation::BrandBook& book, const reputation::BurstReason& reason) {
  json::array words, typical, influential;
  for (const auto& word : reason.words)
    words.push_back(json::object{{"word", word.word},
                                 {"n", word.rise.n},
                                 {"before", word.rise.before},
                                 {"share", word.rise.share},
                                 {"share_before", word.rise.share_before},
                                 {"score", word.rise.score},
                                 {"q_value", word.rise.q_value},
                                 {"negative", word.negative}});
  for (const std::uint64_t event : reason.typical) typical.push_back(json::value(std::to_string(event)));
  for (const auto& one : reason.influential) influential.push_back(spread_json(book, one));
  return {{"read", reason.read},
          {"before", reason.before},
          {"words", std::move(words)},
          {"typical", std::move(typical)},
          {"influential", std::move(influential)}};
}

json::object burst_json(const reputation::BurstAnswer& found, std::size_t number) {
  const reputation::BrandBurst& burst = found.list.bursts[number];
  json::value reason = nullptr;
  if (number < found.reasons.size()) reason = reason_json(*found.book, found.reasons[number]);
  return {{"brand", found.book->brands()[burst.brand].key},
          {"of", burst.of_negative ? "negative" : "all"},
          {"from", time_text(burst.from)},
          {"to", time_text(burst.to)},
          {"noticed", time_text(burst.noticed)},
          {"peak", time_text(burst.peak)},
          {"mentions", burst.mentions},
          {"expected", burst.expected},
          {"p_value", burst.p_value},
          {"negative", portion_json(burst.negative)},
          {"reason", std::move(reason)}};
}

}  // namespace

json::object reputation_json(const reputation::ReportAnswer& found, query::Grain grain) {
  json::array at, brands;
  for (const Instant when : found.report.at) at.push_back(json::value(time_text(when)));
  for (const auto& one : found.report.brands) brands.push_back(figures_json(*found.book, one));
  return {{"grain", query::to_string(grain)},  {"at", std::move(at)},
          {"posts", found.report.posts},       {"nameless", found.report.nameless},
          {"mentions", found.report.mentions}, {"mentions_before", found.report.mentions_before},
          {"brands", std::move(brands)},       {"weights", weights_json(found.book->weights())}};
}

json::object bursts_json(const reputation::BurstAnswer& found) {
  json::array items, hours, posts;
  for (std::size_t i = 0; i < found.list.bursts.size(); ++i) items.push_back(burst_json(found, i));
  for (const auto& one : found.list.hours) {
    json::array expected;
    for (const double value : one.expected)
      expected.push_back(std::isnan(value) ? json::value(nullptr) : json::value(value));
    hours.push_back(json::object{{"brand", found.book->brands()[one.brand].key},
                                 {"tested", one.tested},
                                 {"counts", json::array(one.counts.begin(), one.counts.end())},
                                 {"expected", std::move(expected)}});
  }
  for (const auto& view : found.views) posts.push_back(view_json(*found.book, view));
  const auto& options = found.list.options;
  return {{"begin", time_text(found.list.begin)},
          {"quiet_days", options.quiet_days},
          {"history_days", static_cast<double>(options.history) / kDayHours},
          {"least_days", static_cast<double>(options.history_least) / kDayHours},
          {"least", options.least},
          {"limit", found.list.limit},
          {"items", std::move(items)},
          {"hours", std::move(hours)},
          {"posts", std::move(posts)}};
}

json::object spreads_json(const reputation::PostAnswer& found) {
  json::array items;
  for (const auto& spread : found.spreads.items) {
    const auto view = std::ranges::find(found.views, spread.event, &reputation::PostView::event);
    if (view == found.views.end()) continue;  // forgotten meanwhile
    json::object entry = spread_json(*found.book, spread);
    entry["post"] = view_json(*found.book, *view);
    items.push_back(std::move(entry));
  }
  return {{"posts", found.spreads.posts},
          {"texts", found.spreads.texts},
          {"weights", weights_json(found.book->weights())},
          {"items", std::move(items)}};
}

json::object brands_json(const reputation::BrandBook& book) {
  json::array items;
  for (const auto& brand : book.brands()) items.push_back(brand_json(brand));
  return {
      {"version", book.version()}, {"items", std::move(items)}, {"weights", weights_json(book.weights())}};
}

namespace {

Result<reputation::Brand> read_brand(const json::value& value) {
  CX_TRY(const auto fields, Fields::of(value, "items"));
  reputation::Brand out;
  CX_TRY(out.key, fields.text("key", 1000));
  CX_TRY(out.is_own, fields.flag_or("own", false));
  CX_TRY(out.name_en, fields.text_or("name_en", "", 1000));
  CX_TRY(out.name_zh, fields.text_or("name_zh", "", 1000));
  CX_TRY(out.names, fields.list_or_empty("names", 1000));
  CX_TRY(out.exclusions, fields.list_or_empty("exclusions", 1000));
  return out;
}

Result<reputation::Weights> read_weights(const Fields& fields, reputation::Weights otherwise) {
  const json::value* given = fields.object().if_contains("weights");
  if (given == nullptr) return otherwise;
  CX_TRY(const auto of, Fields::of(*given, "weights"));
  for (const auto& [name, at] :
       {std::pair{"followers", &otherwise.followers}, std::pair{"likes", &otherwise.likes},
        std::pair{"comments", &otherwise.comments}, std::pair{"shares", &otherwise.shares}}) {
    const json::value* value = of.object().if_contains(name);
    if (value == nullptr) continue;
    if (!value->is_number()) return fail(Code::kBadField, "'{}' is not a number", name);
    *at = value->to_number<double>();
  }
  return otherwise;
}

}  // namespace

Result<BrandsWanted> brands_wanted(const Fields& fields, const reputation::BrandBook& now) {
  BrandsWanted out;
  const json::value* items = fields.object().if_contains("items");
  if (items == nullptr || !items->is_array()) return fail(Code::kBadField, "'items' is not a list");
  for (const json::value& item : items->get_array()) {
    CX_TRY(out.brands.emplace_back(), read_brand(item));
  }
  CX_TRY(out.weights, read_weights(fields, now.weights()));
  return out;
}

Result<json::object> burst_messages_json(reputation::BurstMessages& messages, const Grant& grant) {
  CX_TRY(const auto to, messages.recipient(grant));
  CX_TRY(const auto told, messages.list(grant));
  json::array items;
  for (const auto& one : told)
    items.push_back(json::object{{"id", std::to_string(one.id)},
                                 {"brand", one.brand},
                                 {"of", one.of_negative ? "negative" : "all"},
                                 {"from", time_text(one.from)},
                                 {"to", time_text(one.to)},
                                 {"noticed", time_text(one.noticed)},
                                 {"mentions", one.mentions},
                                 {"expected", one.expected},
                                 {"state", reputation::to_string(one.state)},
                                 {"attempts", one.attempts},
                                 {"error", one.error},
                                 {"sent", time_or_null(one.sent)}});
  json::value recipient;
  if (to)
    recipient = json::object{{"connector", std::to_string(to->connector)},
                             {"to", to->to},
                             {"language", to->language},
                             {"negative_only", to->negative_only}};
  return json::object{{"recipient", std::move(recipient)}, {"items", std::move(items)}};
}

}  // namespace zhike::server
