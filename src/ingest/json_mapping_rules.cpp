#include "ingest/json_mapping_rules.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "base/result.h"

namespace zhike::ingest::mapped {
namespace {

namespace json = boost::json;

constexpr std::size_t kRulesMax = 50, kListMax = 100, kTextMax = 2000, kPiecesMax = 40;

Result<Ref> ref_of(std::string_view text, std::string_view where) {
  Ref ref;
  if (text.starts_with('^')) {
    ref.scope = Scope::kBody;
    text.remove_prefix(1);
  } else if (text.starts_with('$')) {
    ref.scope = Scope::kTransport;
    text.remove_prefix(1);
    if (text.empty()) return fail(Code::kBadMapping, "{}: a name is missing behind the $", where);
  }
  if (ref.scope != Scope::kTransport && !text.empty() && text.front() != '/')
    return fail(Code::kBadMapping, "{}: a JSON pointer begins with /", where);
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == '~' && (i + 1 == text.size() || (text[i + 1] != '0' && text[i + 1] != '1')))
      return fail(Code::kBadMapping, "{}: behind a ~ stands 0 or 1", where);
  ref.path = std::string(text);
  return ref;
}

bool is_ref(std::string_view text) {
  return text.starts_with('/') || text.starts_with("^/") || (text.starts_with('$') && text.size() > 1) ||
         text == "^";
}

Result<Text> text_of(std::string_view text, std::string_view where) {
  if (text.size() > kTextMax) return fail(Code::kBadMapping, "{}: longer than {} bytes", where, kTextMax);
  Text out;
  if (is_ref(text)) {
    CX_TRY(auto ref, ref_of(text, where));
    out.push_back({{}, std::move(ref)});
    return out;
  }
  std::string literal;
  const auto flush = [&] {
    if (!literal.empty()) out.push_back({std::move(literal), std::nullopt});
    literal.clear();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '{' || text.substr(i, 2) == "{{") {
      literal.push_back(text[i]);
      i += text[i] == '{' ? 1 : 0;
      continue;
    }
    const auto close = text.find('}', i);
    if (close == text.npos) return fail(Code::kBadMapping, "{}: a brace that is not closed", where);
    const auto inside = text.substr(i + 1, close - i - 1);
    if (!is_ref(inside))
      return fail(Code::kBadMapping, "{}: in braces stands a pointer such as {{/id}}", where);
    flush();
    CX_TRY(auto ref, ref_of(inside, where));
    out.push_back({{}, std::move(ref)});
    i = close;
  }
  flush();
  if (out.size() > kPiecesMax) return fail(Code::kBadMapping, "{}: more than {} parts", where, kPiecesMax);
  return out;
}

Result<Choice> choice_of(const json::value& value, std::string_view where) {
  Choice out;
  if (const auto* list = value.if_array()) {
    if (list->size() > kListMax) return fail(Code::kBadMapping, "{}: more than {} values", where, kListMax);
    for (const json::value& one : *list) {
      if (!one.is_string()) return fail(Code::kBadMapping, "{}: a list of texts is needed", where);
      CX_TRY(auto text, text_of(one.as_string(), where));
      out.push_back(std::move(text));
    }
    return out;
  }
  if (!value.is_string()) return fail(Code::kBadMapping, "{}: a text is needed", where);
  CX_TRY(auto text, text_of(value.as_string(), where));
  if (!text.empty()) out.push_back(std::move(text));
  return out;
}

/// Reads the keys of one object, and knows which it has not been asked for.
class Reader {
 public:
  static Result<Reader> of(const json::value& value, std::string where) {
    const auto* object = value.if_object();
    if (object == nullptr) return fail(Code::kBadMapping, "{}: an object is needed", where);
    return Reader(*object, std::move(where));
  }

  std::string at(std::string_view key) const { return fmt::format("{}.{}", where_, key); }
  const json::value* get(std::string_view key) {
    asked_.push_back(key);
    return object_->if_contains(key);
  }
  Result<void> choice(std::string_view key, Choice& out) {
    const json::value* value = get(key);
    if (value == nullptr) return {};
    CX_TRY(out, choice_of(*value, at(key)));
    return {};
  }
  Result<void> flag(std::string_view key, bool& out) {
    const json::value* value = get(key);
    if (value == nullptr) return {};
    if (!value->is_bool()) return fail(Code::kBadMapping, "{}: true or false is needed", at(key));
    out = value->as_bool();
    return {};
  }
  Result<void> text(std::string_view key, std::string& out) {
    const json::value* value = get(key);
    if (value == nullptr) return {};
    if (!value->is_string() || value->as_string().size() > kTextMax)
      return fail(Code::kBadMapping, "{}: a text is needed", at(key));
    out = std::string(value->as_string());
    return {};
  }
  Result<void> number(std::string_view key, double& out) {
    const json::value* value = get(key);
    if (value == nullptr) return {};
    if (!value->is_number()) return fail(Code::kBadMapping, "{}: a number is needed", at(key));
    out = value->to_number<double>();
    return {};
  }
  Result<const json::array*> list(std::string_view key, std::size_t most) {
    const json::value* value = get(key);
    if (value == nullptr) return nullptr;
    const auto* array = value->if_array();
    if (array == nullptr || array->size() > most)
      return fail(Code::kBadMapping, "{}: a list of at most {} is needed", at(key), most);
    return array;
  }
  /// Unknown keys are mistakes.
  Result<void> finish() const {
    for (const auto& [key, value] : *object_)
      if (std::ranges::find(asked_, std::string_view(key)) == asked_.end())
        return fail(Code::kBadMapping, "{}: the key is unknown", at(key));
    return {};
  }
  const json::object& object() const { return *object_; }

 private:
  Reader(const json::object& object, std::string where) : object_(&object), where_(std::move(where)) {}
  const json::object* object_;
  std::string where_;
  std::vector<std::string_view> asked_;
};

Result<When> when_of(const json::value& value, std::string where) {
  CX_TRY(auto in, Reader::of(value, std::move(where)));
  When out;
  std::string at;
  CX_TRY(in.text("at", at));
  if (!is_ref(at)) return fail(Code::kBadMapping, "{}: a pointer is needed", in.at("at"));
  CX_TRY(out.at, ref_of(at, in.at("at")));
  CX_TRY(in.flag("present", out.present));
  CX_TRY(const json::array* list, in.list("one_of", kListMax));
  if (list != nullptr)
    for (const json::value& one : *list) {
      if (!one.is_string()) return fail(Code::kBadMapping, "{}: a list of texts is needed", in.at("one_of"));
      out.one_of.emplace_back(one.as_string());
    }
  CX_TRY(in.finish());
  return out;
}

Result<void> read_named(Reader& in, std::string_view key, std::vector<Named>& out) {
  const json::value* value = in.get(key);
  if (value == nullptr) return {};
  if (value->is_string()) {  // all of that object
    CX_TRY(auto all, choice_of(*value, in.at(key)));
    out.push_back({"*", std::move(all)});
  } else {
    CX_TRY(auto fields, Reader::of(*value, in.at(key)));
    if (fields.object().size() > kListMax)
      return fail(Code::kBadMapping, "{}: more than {} keys", in.at(key), kListMax);
    for (const auto& [name, source] : fields.object()) {
      CX_TRY(auto choice, choice_of(source, fields.at(name)));
      out.push_back({std::string(name), std::move(choice)});
    }
  }
  for (const Named& one : out)
    if (one.key == "*")
      for (const Text& text : one.value)
        if (text.size() != 1 || !text[0].ref)
          return fail(Code::kBadMapping, "{}: * stands for a single pointer", in.at(key));
  return {};
}

Result<void> read_identifiers(Reader& in, Rule& rule) {
  CX_TRY(const json::array* list, in.list("identifiers", kListMax));
  if (list == nullptr) return {};
  for (const json::value& one : *list) {
    CX_TRY(auto id, Reader::of(one, in.at("identifiers")));
    std::string kind;
    CX_TRY(id.text("kind", kind));
    const auto known = parse_identifier_kind(kind);
    if (!known) return fail(Code::kBadMapping, "{}: unknown", id.at("kind"));
    Choice value;
    CX_TRY(id.choice("value", value));
    if (value.empty()) return fail(Code::kBadMapping, "{}: a value is needed", id.at("value"));
    CX_TRY(id.finish());
    rule.identifiers.push_back({*known, std::move(value)});
  }
  return {};
}

Result<void> read_amount_and_score(Reader& in, Rule& rule) {
  if (const json::value* amount = in.get("amount")) {
    CX_TRY(auto inner, Reader::of(*amount, in.at("amount")));
    CX_TRY(inner.choice("value", rule.amount));
    CX_TRY(inner.choice("currency", rule.amount_currency));
    CX_TRY(inner.flag("minor", rule.amount_minor));
    CX_TRY(inner.finish());
  }
  if (const json::value* score = in.get("score")) {
    if (!score->is_object()) {
      CX_TRY(rule.score, choice_of(*score, in.at("score")));
      return {};
    }
    CX_TRY(auto inner, Reader::of(*score, in.at("score")));
    CX_TRY(inner.choice("value", rule.score));
    CX_TRY(inner.number("min", rule.score_min));
    CX_TRY(inner.number("max", rule.score_max));
    CX_TRY(inner.finish());
  }
  return {};
}

Result<Rule> rule_of(const json::value& value, std::string where) {
  CX_TRY(auto in, Reader::of(value, std::move(where)));
  Rule rule;
  CX_TRY(const json::array* when, in.list("when", kListMax));
  if (when != nullptr)
    for (const json::value& one : *when) {
      CX_TRY(auto condition, when_of(one, in.at("when")));
      rule.when.push_back(std::move(condition));
    }
  CX_TRY(in.flag("ignore", rule.ignore));
  std::string type = "track";
  CX_TRY(in.text("type", type));
  const auto known = parse_event_type(type);
  if (!known)
    return fail(Code::kBadMapping, "{}: none of track, identify, page, screen, group, alias", in.at("type"));
  rule.type = *known;
  const std::pair<std::string_view, Choice*> kTexts[] = {
      {"name", &rule.name},       {"id", &rule.id},     {"time", &rule.time},
      {"channel", &rule.channel}, {"unit", &rule.unit}, {"session", &rule.session},
      {"case", &rule.case_id},    {"text", &rule.text}, {"instrument", &rule.instrument}};
  for (const auto& [key, field] : kTexts) CX_TRY(in.choice(key, *field));
  CX_TRY(in.text("time_format", rule.time_format));
  CX_TRY(read_identifiers(in, rule));
  CX_TRY(read_amount_and_score(in, rule));
  CX_TRY(read_named(in, "properties", rule.properties));
  CX_TRY(read_named(in, "traits", rule.traits));
  CX_TRY(read_named(in, "context", rule.context));
  CX_TRY(in.finish());
  if (rule.ignore) return rule;
  if (rule.identifiers.empty())
    return fail(Code::kBadMapping, "{}: an event needs identifiers", in.at("identifiers"));
  if (rule.type == EventType::kTrack && rule.name.empty())
    return fail(Code::kBadMapping, "{}: an event needs a name", in.at("name"));
  return rule;
}

}  // namespace

Result<Rules> read_rules(std::string_view text) {
  boost::system::error_code wrong;
  const json::value root = json::parse(text, wrong);
  if (wrong) return fail(Code::kBadMapping, "the mapping is not JSON: {}", wrong.message());
  CX_TRY(auto in, Reader::of(root, "mapping"));
  Rules out;
  std::string zone, currency;
  CX_TRY(in.text("each", out.each));
  if (!out.each.empty()) {
    CX_TRY(const Ref each, ref_of(out.each, in.at("each")));
    if (each.scope != Scope::kItem)
      return fail(Code::kBadMapping, "{}: a JSON pointer is needed", in.at("each"));
  }
  CX_TRY(in.text("zone", zone));
  if (!zone.empty()) {
    CX_TRY(out.zone, Zone::find(zone));
  }
  CX_TRY(in.text("currency", currency));
  if (!currency.empty()) {
    CX_TRY(out.currency, parse_currency(currency));
  }
  CX_TRY(const json::array* rules, in.list("rules", kRulesMax));
  if (rules == nullptr || rules->empty())
    return fail(Code::kBadMapping, "{}: at least one is needed", in.at("rules"));
  for (std::size_t i = 0; i < rules->size(); ++i) {
    CX_TRY(auto rule, rule_of((*rules)[i], fmt::format("rules[{}]", i)));
    out.all.push_back(std::move(rule));
  }
  CX_TRY(in.finish());
  return out;
}

}  // namespace zhike::ingest::mapped
