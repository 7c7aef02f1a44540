#include "text/routes.h"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/error.h"
#include "text/comment.h"
#include "text/embedded.h"

namespace zhike::text {
namespace {

namespace json = boost::json;

constexpr std::size_t kEntriesMax = 64;
constexpr std::string_view kFile = "routes/default.json";
constexpr std::array<std::string_view, 6> kFields{"key", "name_en", "name_zh", "team_en", "team_zh", "when"};
constexpr std::array<std::string_view, 6> kConditions{"intents", "emotions",          "flags",
                                                      "aspects", "aspect_sentiments", "sentiments"};

template <std::size_t Count>
Result<void> no_others(const json::object& in, const std::array<std::string_view, Count>& known,
                       std::string_view of) {
  for (const auto& field : in)
    if (std::ranges::find(known, std::string_view(field.key())) == known.end())
      return fail(Code::kBadCatalogue, "{}: there is no field {}", of, std::string_view(field.key()));
  return {};
}

Result<std::string> text_of(const json::object& in, std::string_view name, bool may_miss) {
  const json::value* const at = in.if_contains(name);
  if (at == nullptr && may_miss) return std::string();
  if (at == nullptr || !at->is_string() || (at->get_string().empty() && !may_miss) ||
      at->get_string().size() > Routes::kNameBytesMax)
    return fail(Code::kBadCatalogue, "routes: {} is missing, or longer than {} bytes", name,
                Routes::kNameBytesMax);
  return std::string(at->get_string());
}

Result<std::vector<std::string>> list_of(const json::object& in, std::string_view name,
                                         std::string_view route) {
  std::vector<std::string> out;
  const json::value* const at = in.if_contains(name);
  if (at == nullptr) return out;
  if (!at->is_array() || at->get_array().size() > kEntriesMax)
    return fail(Code::kBadCatalogue, "route {}: {} is no list of at most {}", route, name, kEntriesMax);
  for (const json::value& entry : at->get_array()) {
    if (!entry.is_string() || entry.get_string().empty() || entry.get_string().size() > Routes::kNameBytesMax)
      return fail(Code::kBadCatalogue, "route {}: an entry of {} is no text", route, name);
    out.emplace_back(entry.get_string());
  }
  return out;
}

Result<std::vector<std::string>> labels_of(const json::object& in, std::string_view name,
                                           std::string_view group, std::string_view route) {
  CX_TRY(std::vector<std::string> out, list_of(in, name, route));
  for (const std::string& key : out) {
    const bool known = std::ranges::any_of(Intents::shipped().labels(), [&](const IntentLabel& label) {
      return label.group == group && label.key == key;
    });
    if (!known) return fail(Code::kBadCatalogue, "route {}: {} has no {}", route, name, key);
  }
  return out;
}

Result<std::vector<Polarity>> polarities_of(const json::object& in, std::string_view name,
                                            std::string_view route) {
  CX_TRY(const std::vector<std::string> names, list_of(in, name, route));
  std::vector<Polarity> out;
  for (const std::string& one : names) {
    const auto parsed = parse_polarity(one);
    if (!parsed)
      return fail(Code::kBadCatalogue, "route {}: {} is negative, neutral or positive, not {}", route, name,
                  one);
    out.push_back(*parsed);
  }
  return out;
}

bool is_key(std::string_view key) {
  return !key.empty() && key.size() <= Routes::kKeyBytesMax && std::ranges::all_of(key, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

Result<Route> parse_route(const json::value& value) {
  if (!value.is_object()) return fail(Code::kBadCatalogue, "routes: an entry is no object");
  const json::object& in = value.get_object();
  Route out;
  CX_TRY(out.key, text_of(in, "key", false));
  if (!is_key(out.key))
    return fail(Code::kBadCatalogue, "route {}: a key is of a-z, 0-9 and _, at most {} of them", out.key,
                Routes::kKeyBytesMax);
  CX_TRY(no_others(in, kFields, out.key));
  CX_TRY(out.name_en, text_of(in, "name_en", false));
  CX_TRY(out.name_zh, text_of(in, "name_zh", false));
  CX_TRY(out.team_en, text_of(in, "team_en", true));
  CX_TRY(out.team_zh, text_of(in, "team_zh", true));
  const json::value* const when = in.if_contains("when");
  if (when == nullptr || !when->is_object())
    return fail(Code::kBadCatalogue, "route {}: when is missing", out.key);
  const json::object& conditions = when->get_object();
  CX_TRY(no_others(conditions, kConditions, out.key));
  CX_TRY(out.intents, labels_of(conditions, "intents", "intent", out.key));
  CX_TRY(out.emotions, labels_of(conditions, "emotions", "emotion", out.key));
  CX_TRY(out.flags, labels_of(conditions, "flags", "flag", out.key));
  CX_TRY(out.aspects, list_of(conditions, "aspects", out.key));
  CX_TRY(out.aspect_sentiments, polarities_of(conditions, "aspect_sentiments", out.key));
  CX_TRY(out.sentiments, polarities_of(conditions, "sentiments", out.key));
  if (out.intents.empty() && out.emotions.empty() && out.flags.empty() && out.aspects.empty() &&
      out.aspect_sentiments.empty() && out.sentiments.empty())
    return fail(Code::kBadCatalogue, "route {}: a rule needs a condition", out.key);
  return out;
}

std::uint32_t bits_of(std::string_view group, const std::vector<std::string>& keys) {
  const std::vector<IntentLabel>& labels = Intents::shipped().labels();
  std::uint32_t out = 0;
  for (std::size_t l = 0; l < labels.size(); ++l)
    if (labels[l].group == group && std::ranges::find(keys, labels[l].key) != keys.end())
      out |= std::uint32_t{1} << l;
  return out;
}

std::uint8_t bits_of(const std::vector<Polarity>& polarities) {
  unsigned out = 0;
  for (const Polarity at : polarities) out |= 1U << static_cast<unsigned>(at);
  return static_cast<std::uint8_t>(out);
}

bool has(std::uint8_t bits, Polarity at) { return (bits >> static_cast<unsigned>(at) & 1U) != 0; }

}  // namespace

const Route* Routes::find(std::string_view key) const {
  const auto at = std::ranges::find(rules, key, &Route::key);
  return at == rules.end() ? nullptr : &*at;
}

Result<Routes> parse_routes(std::string_view text) {
  boost::system::error_code wrong;
  const json::value root = json::parse(json::string_view(text.data(), text.size()), wrong);
  const json::value* const list =
      wrong || !root.is_object() ? nullptr : root.get_object().if_contains("routes");
  if (list == nullptr || !list->is_array() || list->get_array().size() > Routes::kRoutesMax)
    return fail(Code::kBadCatalogue, "routes: a JSON object with a list of at most {} is needed",
                Routes::kRoutesMax);
  Routes out;
  for (const json::value& entry : list->get_array()) {
    CX_TRY(Route route, parse_route(entry));
    if (out.find(route.key) != nullptr)
      return fail(Code::kBadCatalogue, "route {} is there twice", route.key);
    out.rules.push_back(std::move(route));
  }
  return out;
}

std::string_view shipped_routes_text() {
  for (const Embedded& file : kEmbedded)
    if (file.name == kFile) return file.text;
  return {};
}

const Routes& shipped_routes() {
  static const Routes routes = [] {
    auto parsed = parse_routes(shipped_routes_text());
    cx_check(parsed.has_value(), "catalog/routes");
    return std::move(*parsed);
  }();
  return routes;
}

Router::Router(const Routes& routes, const AspectCatalogue& aspects) {
  for (const Route& route : routes.rules) {
    Rule rule{.intents = bits_of("intent", route.intents),
              .emotions = bits_of("emotion", route.emotions),
              .flags = bits_of("flag", route.flags),
              .aspects = 0,
              .asks_aspects = !route.aspects.empty() || !route.aspect_sentiments.empty(),
              .never = false,
              .aspect_sentiments = bits_of(route.aspect_sentiments),
              .sentiments = bits_of(route.sentiments)};
    for (std::size_t a = 0; a < aspects.aspects.size(); ++a)
      if (route.aspects.empty() ||
          std::ranges::find(route.aspects, aspects.aspects[a].key) != route.aspects.end())
        rule.aspects |= std::uint32_t{1} << a;
    rule.never = rule.asks_aspects && rule.aspects == 0;
    rules_.push_back(rule);
  }
}

void Router::find(const CommentReading& reading, std::vector<std::uint32_t>& out) const {
  out.clear();
  std::uint32_t labels = 0;
  for (const std::uint32_t label : reading.labels) labels |= std::uint32_t{1} << label;
  const auto lacks = [&](std::uint32_t wanted) { return wanted != 0 && (wanted & labels) == 0; };
  for (std::uint32_t r = 0; r < rules_.size(); ++r) {
    const Rule& rule = rules_[r];
    if (rule.never || lacks(rule.intents) || lacks(rule.emotions) || lacks(rule.flags)) continue;
    if (rule.sentiments != 0 && (!reading.sentiment || !has(rule.sentiments, *reading.sentiment))) continue;
    const bool spoken =
        !rule.asks_aspects || std::ranges::any_of(reading.aspects, [&](const CommentAspect& at) {
          return (rule.aspects >> at.aspect & 1U) != 0 &&
                 (rule.aspect_sentiments == 0 || has(rule.aspect_sentiments, at.polarity));
        });
    if (spoken) out.push_back(r);
  }
}

}  // namespace zhike::text
