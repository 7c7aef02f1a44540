#include "ingest/json_mapping.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/ascii.h"
#include "base/crypto.h"
#include "base/encoding.h"
#include "clean/currency.h"
#include "ingest/admit.h"
#include "ingest/json_fields.h"
#include "ingest/json_mapping_rules.h"
#include "ingest/notes.h"
#include "ingest/template.h"

namespace zhike::ingest {
namespace {

namespace dom = simdjson::dom;
using namespace mapped;

/// Where the values of one item come from.
struct Scene {
  dom::element item, body;
  bool has_body = true;
  Transport transport;
  std::size_t place = 0;  // of the item in its message

  [[nodiscard]] std::optional<Value> value(const Ref& ref) const {
    if (ref.scope == Scope::kTransport) {
      const auto at = std::ranges::find(transport, ref.path, &std::pair<std::string, std::string>::first);
      if (at == transport.end()) return std::nullopt;
      return Value(at->second);
    }
    const auto found = element(ref);
    return found ? std::optional(value_of(*found)) : std::nullopt;
  }
  [[nodiscard]] std::optional<dom::element> element(const Ref& ref) const {
    if (ref.scope == Scope::kTransport || (ref.scope == Scope::kBody && !has_body)) return std::nullopt;
    const dom::element& from = ref.scope == Scope::kBody ? body : item;
    if (ref.path.empty()) return from;
    dom::element found;
    if (from.at_pointer(ref.path).get(found) != simdjson::SUCCESS) return std::nullopt;
    return found;
  }
  [[nodiscard]] std::string text(const Ref& ref) const {
    const auto found = value(ref);
    return found ? std::string(trim(zhike::to_string(*found))) : std::string();
  }
};

/// `whole`: empty as soon as one of its parts is.
std::string render(const Text& text, const Scene& scene, bool whole) {
  std::string out;
  for (const Piece& piece : text) {
    if (!piece.ref) {
      out += piece.literal;
      continue;
    }
    const std::string part = scene.text(*piece.ref);
    if (part.empty() && whole) return {};
    out += part;
  }
  return out;
}

std::string render(const Choice& choice, const Scene& scene, bool whole = true) {
  for (const Text& text : choice)
    if (std::string out = render(text, scene, whole); !out.empty()) return out;
  return {};
}

/// A single pointer keeps its JSON type.
std::optional<Value> value_of_choice(const Choice& choice, const Scene& scene) {
  for (const Text& text : choice) {
    if (text.size() == 1 && text[0].ref) {
      if (auto value = scene.value(*text[0].ref); value && !std::holds_alternative<std::monostate>(*value))
        return value;
    } else if (std::string out = render(text, scene, true); !out.empty()) {
      return Value(std::move(out));
    }
  }
  return std::nullopt;
}

bool holds(const When& when, const Scene& scene) {
  const std::string text = scene.text(when.at);
  if (when.one_of.empty()) return text.empty() != when.present;
  return (std::ranges::find(when.one_of, text) != when.one_of.end()) == when.present;
}

void put(Properties& out, Property property) {
  const auto same = std::ranges::find(out, property.key, &Property::key);
  if (same != out.end())
    same->value = std::move(property.value);
  else
    out.push_back(std::move(property));
}

std::optional<Refusal> too_many() {
  return Refusal{Reason::kTooLarge, fmt::format("more than {} properties", EventLimits::kPropertiesMax)};
}

std::optional<Refusal> put_object(const std::string& key, dom::object object, Properties& out) {
  Properties inner;
  if (!flatten(object, inner)) return too_many();
  for (Property& p : inner)
    put(out, {key.empty() ? std::move(p.key) : key + "." + p.key, std::move(p.value)});
  return std::nullopt;
}

std::optional<Refusal> read_named(const std::vector<Named>& fields, const Scene& scene, Properties& out) {
  for (const Named& field : fields) {
    bool is_object = false;
    for (const Text& text : field.value) {
      if (text.size() != 1 || !text[0].ref) continue;
      dom::object object;
      const auto found = scene.element(*text[0].ref);
      if (!found || found->get(object) != simdjson::SUCCESS) continue;
      if (auto refusal = put_object(field.key == "*" ? "" : field.key, object, out)) return refusal;
      is_object = true;
      break;
    }
    if (is_object || field.key == "*") continue;
    if (auto value = value_of_choice(field.value, scene)) put(out, {field.key, std::move(*value)});
    if (out.size() > EventLimits::kPropertiesMax) return too_many();
  }
  return std::nullopt;
}

Result<Instant> time_of(const std::string& text, const Rule& rule, const Zone& zone) {
  if (!rule.time_format.empty()) return parse_time_as(text, rule.time_format, zone);
  constexpr std::int64_t kMillisFrom = 100'000'000'000, kLast = 7'258'118'400'000;
  if (const auto number = ascii::parse_number<double>(text)) {  // seconds may have a fraction
    const double ms = *number < static_cast<double>(kMillisFrom) ? *number * 1000 : *number;
    if (ms >= 0 && ms < static_cast<double>(kLast)) return Instant{static_cast<std::int64_t>(ms)};
    return fail(Code::kBadTime);
  }
  return parse_time(text, zone);
}

class Mapper final : public JsonMapping {
 public:
  explicit Mapper(Rules rules) : rules_(std::move(rules)) {}

  Result<Outcome> apply(std::string_view body, Transport transport, Instant now,
                        std::string_view name) const override {
    static thread_local JsonParser parser;
    dom::element root;
    if (const auto wrong = parser.parse(body, root); wrong)
      return fail(Code::kBadJson, "{}", simdjson::error_message(wrong));
    dom::element items = root;
    if (!rules_.each.empty() && root.at_pointer(rules_.each).get(items) != simdjson::SUCCESS)
      return fail(Code::kBadJson, "there is nothing at {}", rules_.each);
    std::vector<dom::element> all;
    dom::array list;
    if (items.get(list) == simdjson::SUCCESS)
      for (const dom::element one : list) all.push_back(one);
    else if (items.is_object())
      all.push_back(items);
    else
      return fail(Code::kBadJson, "neither an object nor a list of objects");
    if (all.size() > kItemsMax) return fail(Code::kBatchTooLarge, "more than {} items", kItemsMax);
    Outcome out;
    for (std::size_t i = 0; i < all.size(); ++i) take({all[i], root, true, transport, i}, now, name, out);
    return out;
  }

  Result<Parsed> again(const Reject& reject) const override {
    JsonParser parser;
    dom::element root, item, body;
    if (parser.parse(reject.raw, root) || root.at_pointer("/item").get(item))
      return fail(Code::kNotReplayable, "the input is no JSON");
    Scene scene{.item = item, .body = item, .has_body = false, .transport = {}};
    if (root.at_pointer("/body").get(body) == simdjson::SUCCESS) scene.body = body, scene.has_body = true;
    std::vector<std::pair<std::string, std::string>> transport;
    dom::object told;
    if (root.at_pointer("/transport").get(told) == simdjson::SUCCESS)
      for (const auto& [key, value] : told)
        if (value.is_string()) transport.emplace_back(key, value.get_string().value_unsafe());
    scene.transport = transport;
    std::uint64_t place = 0;
    if (root.at_pointer("/place").get(place) == simdjson::SUCCESS) scene.place = place;
    Outcome out;
    if (auto refusal = read(scene, reject.received_at, out))
      return fail(Code::kNotReplayable, "{}", refusal->detail);
    return std::move(out.parsed);
  }

 private:
  void take(const Scene& scene, Instant now, std::string_view name, Outcome& out) const {
    const std::size_t before = out.parsed.events.size();
    auto refusal = read(scene, now, out);
    if (!refusal) return;
    out.parsed.events.resize(before);  // an item is stored as a whole or not at all
    out.parsed.rejects.push_back({.reason = refusal->reason,
                                  .form = Form::kMapped,
                                  .detail = std::move(refusal->detail),
                                  .origin = fmt::format("item {}", scene.place + 1),
                                  .mapping = std::string(name),
                                  .raw = raw_of(scene),
                                  .source = {},
                                  .received_at = {},
                                  .place = scene.place});
  }

  /// All that a second reading needs.
  std::string raw_of(const Scene& scene) const {
    std::string out = "{\"item\":" + std::string(simdjson::minify(scene.item));
    if (needs_body()) out += ",\"body\":" + std::string(simdjson::minify(scene.body));
    out += ",\"transport\":{";
    for (std::size_t i = 0; i < scene.transport.size(); ++i)
      out += fmt::format("{}{}:{}", i == 0 ? "" : ",", quoted(scene.transport[i].first),
                         quoted(scene.transport[i].second));
    return out + fmt::format("}},\"place\":{}}}", scene.place);
  }

  static std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : to_valid_utf8(text)) {
      if (c == '"' || c == '\\') out.push_back('\\');
      if (static_cast<unsigned char>(c) < ' ')
        out += fmt::format("\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
      else
        out.push_back(c);
    }
    return out + '"';
  }

  bool needs_body() const {
    const auto uses = [](const Choice& choice) {
      return std::ranges::any_of(choice, [](const Text& text) {
        return std::ranges::any_of(text,
                                   [](const Piece& p) { return p.ref && p.ref->scope == Scope::kBody; });
      });
    };
    return std::ranges::any_of(rules_.all, [&](const Rule& r) {
      for (const Choice* c : {&r.name, &r.id, &r.time, &r.channel, &r.unit, &r.session, &r.case_id,
                              &r.instrument, &r.text, &r.amount, &r.amount_currency, &r.score})
        if (uses(*c)) return true;
      for (const auto* fields : {&r.properties, &r.traits, &r.context})
        if (std::ranges::any_of(*fields, [&](const Named& n) { return uses(n.value); })) return true;
      return std::ranges::any_of(r.identifiers, [&](const Id& id) { return uses(id.value); }) ||
             std::ranges::any_of(r.when, [](const When& w) { return w.at.scope == Scope::kBody; });
    });
  }

  std::optional<Refusal> read(const Scene& scene, Instant now, Outcome& out) const {
    const std::size_t before = out.parsed.events.size();
    if (!scene.item.is_object()) return Refusal{Reason::kUnreadable, "the item is not a JSON object"};
    bool any = false;
    for (const Rule& rule : rules_.all) {
      if (!std::ranges::all_of(rule.when, [&](const When& w) { return holds(w, scene); })) continue;
      any = true;
      if (rule.ignore) {
        ++out.ignored;
        return std::nullopt;
      }
      RawEvent event;
      if (auto refusal = read_event(rule, out.parsed.events.size() - before, scene, now, event))
        return refusal;
      out.parsed.events.push_back(std::move(event));
    }
    if (!any) return Refusal{Reason::kUnknownType, "no rule of the mapping fits the item"};
    return std::nullopt;
  }

  std::optional<Refusal> read_event(const Rule& rule, std::size_t number, const Scene& scene, Instant now,
                                    RawEvent& e) const {
    e.type = rule.type;
    e.name = render(rule.name, scene, false);
    e.message_id = render(rule.id, scene);
    if (e.message_id.empty())
      if (std::string own = scene.text({Scope::kTransport, "message_id"}); !own.empty())
        e.message_id = fmt::format("{}:{}", own, scene.place);
    if (e.message_id.empty()) {
      const crypto::Hash128 hash = crypto::fingerprint(std::string(simdjson::minify(scene.item)));
      e.message_id = fmt::format("json:{:016x}{:016x}", hash.high, hash.low);
    }
    if (number != 0) e.message_id += fmt::format(":{}", number);  // several events of one item
    for (const Id& id : rule.identifiers)
      if (std::string value = render(id.value, scene); !value.empty())
        if (Identifier one{id.kind, std::move(value)};
            std::ranges::find(e.identifiers, one) == e.identifiers.end())
          e.identifiers.push_back(std::move(one));
    const std::pair<const Choice*, std::string*> kTexts[] = {{&rule.channel, &e.channel},
                                                             {&rule.unit, &e.unit},
                                                             {&rule.session, &e.session_id},
                                                             {&rule.case_id, &e.case_id},
                                                             {&rule.instrument, &e.instrument}};
    for (const auto& [choice, field] : kTexts) *field = render(*choice, scene);
    e.text = render(rule.text, scene, false);
    if (auto refusal = read_named(rule.properties, scene, e.properties)) return refusal;
    if (auto refusal = read_named(rule.traits, scene, e.traits)) return refusal;
    if (auto refusal = read_named(rule.context, scene, e.context)) return refusal;
    if (auto refusal = read_amount(rule, scene, e)) return refusal;
    if (auto refusal = read_score(rule, scene, e)) return refusal;
    Instant at = now;
    if (const std::string text = render(rule.time, scene); !text.empty()) {
      const auto stated = time_of(text, rule, rules_.zone);
      if (!stated) return Refusal{Reason::kBadTime, "time is not a time"};
      at = *stated;
    }
    if (auto refusal = place_in_time(e, at, std::nullopt, now)) return refusal;
    return admit(e);
  }

  std::optional<Refusal> read_amount(const Rule& rule, const Scene& scene, RawEvent& e) const {
    const std::string text = render(rule.amount, scene);
    if (text.empty()) return std::nullopt;
    Currency currency = rules_.currency;
    if (const std::string named = render(rule.amount_currency, scene); !named.empty()) {
      const std::string_view code = clean::currency_code(named);
      const auto parsed = parse_currency(code);
      if (!parsed) return Refusal{Reason::kBadValue, "amount.currency is not a currency"};
      if (code != named) notes().add(clean::Rule::kCurrencyAlias);
      currency = *parsed;
    }
    if (!currency.is_set()) return Refusal{Reason::kBadValue, "amount has no currency"};
    if (rule.amount_minor) {
      const auto minor = ascii::parse_number<std::int64_t>(text);
      if (!minor) return Refusal{Reason::kBadValue, "amount is not a whole number"};
      e.amount = Money{*minor, currency};
      return std::nullopt;
    }
    const auto money = parse_money(text, currency);
    if (!money) return Refusal{Reason::kBadValue, "amount is not an amount"};
    e.amount = *money;
    return std::nullopt;
  }

  static std::optional<Refusal> read_score(const Rule& rule, const Scene& scene, RawEvent& e) {
    const std::string text = render(rule.score, scene);
    if (text.empty()) return std::nullopt;
    const auto score = ascii::parse_number<double>(text);
    if (!score || *score < rule.score_min || *score > rule.score_max)
      return Refusal{Reason::kBadValue, "score is not a number within its limits"};
    if (std::abs(*score) < 1e6) e.score = static_cast<float>(*score);
    return std::nullopt;
  }

  const Rules rules_;
};

}  // namespace

Result<std::shared_ptr<const JsonMapping>> JsonMapping::parse(std::string_view text) {
  CX_TRY(auto rules, read_rules(text));
  return std::make_shared<const Mapper>(std::move(rules));
}

Reject unreadable_message(std::string_view body, std::string_view why, std::string_view name) {
  return {.reason = Reason::kUnreadable,
          .form = Form::kMapped,
          .detail = std::string(why),
          .origin = "message",
          .mapping = std::string(name),
          .raw = std::string(body.substr(0, kRawMax)),
          .source = {},
          .received_at = {}};
}

}  // namespace zhike::ingest
