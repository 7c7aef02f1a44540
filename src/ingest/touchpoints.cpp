#include "ingest/touchpoints.h"

#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "base/ascii.h"
#include "ingest/embedded.h"
#include "ingest/mapping.h"

namespace zhike::ingest {
namespace {

namespace json = boost::json;

using ascii::lower;

std::string text_of(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

template <class Use>
bool each_object(const json::object& root, std::string_view key, Use use) {
  const json::value* list = root.if_contains(key);
  if (list == nullptr || !list->is_array()) return false;
  for (const json::value& item : list->get_array()) {
    if (!item.is_object()) return false;
    use(item.get_object());
  }
  return true;
}

bool is_key(std::string_view text) {
  if (text.empty() || text.size() > 60 || text[0] < 'a' || text[0] > 'z') return false;
  return std::ranges::all_of(
      text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

Result<std::set<std::string_view>> keys_of(const std::vector<Term>& terms, std::string_view what) {
  std::set<std::string_view> keys;
  for (const Term& term : terms) {
    if (!is_key(term.key))
      return fail(Code::kBadCatalogue, "{} key \"{}\" is not snake_case", what, term.key.substr(0, 80));
    if (!keys.insert(term.key).second)
      return fail(Code::kBadCatalogue, "{} \"{}\" appears twice", what, term.key);
    if (term.name_en.empty() || term.name_zh.empty())
      return fail(Code::kBadCatalogue, "{} \"{}\" lacks a name", what, term.key);
  }
  return keys;
}

json::array terms_json(const std::vector<Term>& terms) {
  json::array out;
  for (const Term& t : terms) out.push_back({{"key", t.key}, {"name_en", t.name_en}, {"name_zh", t.name_zh}});
  return out;
}

std::string_view default_catalogue() {
  for (const Embedded& file : kEmbedded)
    if (file.name == "touchpoints/default.json") return file.text;
  return "{}";
}

}  // namespace

Result<Catalogue> Catalogue::parse(std::string_view text) {
  boost::system::error_code wrong;
  const json::value root = json::parse(json::string_view(text.data(), text.size()), wrong);
  if (wrong || !root.is_object()) return fail(Code::kBadCatalogue, "not a JSON object");
  const json::object& object = root.get_object();
  Catalogue c;
  const auto terms = [&](std::string_view key, std::vector<Term>& out) {
    return each_object(object, key, [&](const json::object& o) {
      out.push_back({text_of(o, "key"), text_of(o, "name_en"), text_of(o, "name_zh")});
    });
  };
  const bool complete = terms("channels", c.channels) && terms("stages", c.stages) &&
                        terms("touchpoints", c.touchpoints) &&
                        each_object(object, "rules", [&](const json::object& o) {
                          c.rules.push_back({text_of(o, "type"), text_of(o, "name"), text_of(o, "source"),
                                             text_of(o, "channel"), text_of(o, "set_channel"),
                                             text_of(o, "touchpoint"), text_of(o, "stage")});
                        });
  if (!complete)
    return fail(Code::kBadCatalogue, "channels, stages, touchpoints and rules must be lists of objects");
  if (const json::value* version = object.if_contains("version"); version != nullptr && version->is_number())
    c.version = version->is_uint64() ? version->get_uint64()
                                     : static_cast<std::uint64_t>(version->to_number<double>());
  if (const json::value* aliases = object.if_contains("channel_aliases");
      aliases != nullptr && aliases->is_object())
    for (const auto& [key, names] : aliases->get_object())
      if (names.is_array())
        for (const json::value& name : names.get_array())
          if (name.is_string())
            c.aliases.emplace(lower(std::string_view(name.get_string())), std::string(key));
  CX_TRY(c.check());
  return c;
}

std::string Catalogue::to_json() const {
  json::array rule_list;
  for (const TouchpointRule& r : rules)
    rule_list.push_back({{"type", r.type},
                         {"name", r.name},
                         {"source", r.source},
                         {"channel", r.channel},
                         {"set_channel", r.set_channel},
                         {"touchpoint", r.touchpoint},
                         {"stage", r.stage}});
  json::object alias_lists;
  for (const Term& channel : channels) {
    json::array names;
    for (const auto& [name, key] : aliases)
      if (key == channel.key) names.emplace_back(name);
    std::ranges::sort(names, {}, [](const json::value& v) { return std::string_view(v.get_string()); });
    if (!names.empty()) alias_lists[channel.key] = std::move(names);
  }
  return json::serialize(json::object{{"version", version},
                                      {"channels", terms_json(channels)},
                                      {"stages", terms_json(stages)},
                                      {"touchpoints", terms_json(touchpoints)},
                                      {"channel_aliases", std::move(alias_lists)},
                                      {"rules", std::move(rule_list)}});
}

Result<void> Catalogue::check() const {
  constexpr std::size_t kRulesMax = 2000, kTermsMax = 500;
  if (rules.size() > kRulesMax || channels.size() > kTermsMax || stages.size() > kTermsMax ||
      touchpoints.size() > kTermsMax)
    return fail(Code::kBadCatalogue, "more than {} rules or {} names", kRulesMax, kTermsMax);
  CX_TRY(const auto channel_keys, keys_of(channels, "channel"));
  CX_TRY(const auto stage_keys, keys_of(stages, "stage"));
  CX_TRY(const auto touchpoint_keys, keys_of(touchpoints, "touchpoint"));
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const TouchpointRule& r = rules[i];
    if (!r.type.empty() && !parse_event_type(r.type))
      return fail(Code::kBadCatalogue, "rule {}: unknown type \"{}\"", i + 1, r.type.substr(0, 80));
    if (!r.set_channel.empty() && !channel_keys.contains(r.set_channel))
      return fail(Code::kBadCatalogue, "rule {}: unknown channel \"{}\"", i + 1, r.set_channel.substr(0, 80));
    if (!r.touchpoint.empty() && !touchpoint_keys.contains(r.touchpoint))
      return fail(Code::kBadCatalogue, "rule {}: unknown touchpoint \"{}\"", i + 1,
                  r.touchpoint.substr(0, 80));
    if (!r.stage.empty() && !stage_keys.contains(r.stage))
      return fail(Code::kBadCatalogue, "rule {}: unknown stage \"{}\"", i + 1, r.stage.substr(0, 80));
  }
  return {};
}

std::string Catalogue::channel_key(std::string_view arrived) const {
  std::string key = lower(trim(arrived));
  if (const auto alias = aliases.find(key); alias != aliases.end()) return alias->second;
  std::ranges::replace_if(key, [](char c) { return c == ' ' || c == '-'; }, '_');
  const auto alias = aliases.find(key);
  return alias == aliases.end() ? key : alias->second;
}

Placement Catalogue::place(EventType type, std::string_view name, std::string_view channel,
                           std::string_view source) const {
  Placement out{channel_key(channel), {}, {}};
  // A page without a channel was seen in a browser, a screen in an app.
  if (out.channel.empty() && type == EventType::kPage) out.channel = "web";
  if (out.channel.empty() && type == EventType::kScreen) out.channel = "app";
  for (const TouchpointRule& r : rules) {
    if (!r.type.empty() && r.type != to_string(type)) continue;
    if (!r.channel.empty() && r.channel != out.channel && !matches(r.channel, channel)) continue;
    if (!r.source.empty() && !matches(r.source, source)) continue;
    if (!r.name.empty() && !matches(r.name, name)) continue;
    if (!r.set_channel.empty()) out.channel = r.set_channel;
    out.touchpoint = r.touchpoint;
    out.stage = r.stage;
    break;
  }
  return out;
}

Result<std::unique_ptr<Touchpoints>> Touchpoints::open(ledger::Db& ledger) {
  std::unique_ptr<Touchpoints> touchpoints(new Touchpoints(ledger));
  std::string stored;
  CX_TRY(ledger.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& s = tx.sql("SELECT body FROM touchpoint_catalogue ORDER BY version DESC LIMIT 1");
    CX_TRY(const bool found, s.step());
    if (found) stored = std::string(s.text(0));
    return {};
  }));
  CX_TRY(Catalogue catalogue,
         Catalogue::parse(stored.empty() ? default_catalogue() : std::string_view(stored)));
  touchpoints->current_ = std::make_shared<const Catalogue>(std::move(catalogue));
  return touchpoints;
}

std::shared_ptr<const Catalogue> Touchpoints::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

Result<void> Touchpoints::replace(Catalogue next) {
  CX_TRY(next.check());
  const auto before = current();
  if (next.version != before->version)
    return fail(Code::kLedgerConflict, "the catalogue is at version {}, not {}", before->version,
                next.version);
  if (next.aliases.empty()) next.aliases = before->aliases;
  ++next.version;
  const std::string body = next.to_json();
  CX_TRY(ledger_.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("INSERT INTO touchpoint_catalogue (version, body) VALUES ($1, $2)")
               .bind(1, next.version)
               .bind(2, body)
               .run());
    return {};
  }));
  const std::lock_guard lock(mutex_);
  current_ = std::make_shared<const Catalogue>(std::move(next));
  return {};
}

}  // namespace zhike::ingest
