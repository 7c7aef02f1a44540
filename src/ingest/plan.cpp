#include "ingest/plan.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <mutex>

#include "base/ascii.h"
#include "base/encoding.h"
#include "ingest/detect.h"

namespace zhike::ingest {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, kValueTypeCount> kTypes{"null",   "boolean", "integer",
                                                               "number", "string",  "array"};
constexpr std::array<std::string_view, kFaultCount> kFaults{"unplanned", "missing", "type",   "enum",
                                                            "pattern",   "range",   "length", "additional"};
constexpr std::array<std::string_view, kFaultCount> kFaultTexts{"the plan does not name this event",
                                                                "required and missing",
                                                                "not of the planned type",
                                                                "not one of the planned values",
                                                                "does not match its pattern",
                                                                "outside its range",
                                                                "too short or too long",
                                                                "the plan does not name it"};
constexpr std::array<std::string_view, 6> kNotes{"title",   "description", "examples",
                                                 "default", "$schema",     "$id"};

bool is_note(std::string_view word) { return std::ranges::find(kNotes, word) != kNotes.end(); }
std::uint8_t bit(ValueType type) { return static_cast<std::uint8_t>(1U << static_cast<unsigned>(type)); }

std::unexpected<Error> bad(std::string_view where, std::string_view what) {
  return fail(Code::kBadPlan, "{}: {}", where, what);
}

/// Fields that an event keeps apart from its properties, under the names by which they arrive.
struct Kept {
  std::string_view key;
  Value (*value)(const RawEvent&);
};
Value text_or_null(const std::string& text) { return text.empty() ? Value{} : Value{text}; }
Value amount(const RawEvent& e) {
  if (!e.amount) return {};
  const auto number = ascii::parse_number<double>(format_amount(*e.amount));
  return number ? Value{*number} : Value{};
}
Value currency(const RawEvent& e) {
  return e.amount ? Value{std::string(e.amount->currency.str())} : Value{};
}
Value case_id(const RawEvent& e) { return text_or_null(e.case_id); }
Value unit(const RawEvent& e) { return text_or_null(e.unit); }
Value session(const RawEvent& e) { return text_or_null(e.session_id); }
Value score(const RawEvent& e) { return e.score ? Value{static_cast<double>(*e.score)} : Value{}; }
Value instrument(const RawEvent& e) { return text_or_null(e.instrument); }
Value said(const RawEvent& e) { return text_or_null(e.text); }
Value channel(const RawEvent& e) { return text_or_null(e.channel); }
constexpr std::array kKept{Kept{"amount", amount},
                           Kept{"revenue", amount},
                           Kept{"total", amount},
                           Kept{"value", amount},
                           Kept{"price", amount},
                           Kept{"currency", currency},
                           Kept{"currency_code", currency},
                           Kept{"case_id", case_id},
                           Kept{"caseId", case_id},
                           Kept{"order_id", case_id},
                           Kept{"orderId", case_id},
                           Kept{"ticket_id", case_id},
                           Kept{"ticketId", case_id},
                           Kept{"application_id", case_id},
                           Kept{"unit", unit},
                           Kept{"store", unit},
                           Kept{"store_id", unit},
                           Kept{"branch", unit},
                           Kept{"branch_id", unit},
                           Kept{"session_id", session},
                           Kept{"sessionId", session},
                           Kept{"score", score},
                           Kept{"rating", score},
                           Kept{"instrument", instrument},
                           Kept{"survey_type", instrument},
                           Kept{"comment", said},
                           Kept{"feedback", said},
                           Kept{"verbatim", said},
                           Kept{"text", said},
                           Kept{"channel", channel}};

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80; }));
}

std::optional<double> as_number(const Value& value) {
  if (const auto* i = std::get_if<std::int64_t>(&value)) return static_cast<double>(*i);
  if (const auto* d = std::get_if<double>(&value)) return *d;
  if (const auto* s = std::get_if<std::string>(&value)) return ascii::parse_number<double>(*s);
  return std::nullopt;
}

bool has_type(std::uint8_t types, const Value& value, bool from_file) {
  if (types == 0) return true;
  ValueType is = type_of(value, from_file);
  if ((types & bit(is)) != 0) return true;
  if (is == ValueType::kInteger && (types & bit(ValueType::kNumber)) != 0) return true;
  // A list is kept as its text; of a file a text stays one, whatever it reads as.
  return (types & bit(ValueType::kString)) != 0 && std::holds_alternative<std::string>(value);
}

std::optional<Fault> fault_of(const PropertyRule& rule, const Value& value, bool from_file) {
  if (!has_type(rule.types, value, from_file)) return Fault::kType;
  if (!rule.one_of.empty() && std::ranges::find(rule.one_of, zhike::to_string(value)) == rule.one_of.end())
    return Fault::kEnum;
  if (rule.least || rule.most)
    if (const auto number = as_number(value))
      if ((rule.least && *number < *rule.least) || (rule.most && *number > *rule.most)) return Fault::kRange;
  if (const auto* text = std::get_if<std::string>(&value)) {
    if (rule.length_min && characters(*text) < *rule.length_min) return Fault::kLength;
    if (rule.length_max && characters(*text) > *rule.length_max) return Fault::kLength;
    if (rule.pattern && !RE2::PartialMatch(*text, *rule.pattern)) return Fault::kPattern;
  }
  return std::nullopt;
}

bool is_empty(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return std::holds_alternative<std::monostate>(value) || (text != nullptr && text->empty());
}

/// Reads one schema; its properties go to `out` under dotted names.
class SchemaReader {
 public:
  explicit SchemaReader(EventPlan& out) : out_(out) {}

  Result<void> object(const json::object& schema, const std::string& prefix, bool required,
                      std::size_t depth) {
    const std::string where = prefix.empty() ? out_.name : prefix;
    if (depth > Plan::kDepthMax) return bad(where, "nested too deeply");
    for (const auto& [word, value] : schema)
      if (word != "type" && word != "properties" && word != "required" && word != "additionalProperties" &&
          !is_note(word))
        return bad(where, fmt::format("'{}' is no word of an object's schema", std::string_view(word)));
    if (const auto* more = schema.if_contains("additionalProperties")) {
      if (!more->is_bool()) return bad(where, "'additionalProperties' is true or false");
      if (prefix.empty()) out_.additional = more->as_bool();
    }
    std::vector<std::string> needed;
    CX_TRY(read_texts(schema, "required", where, needed));
    const auto* all = schema.if_contains("properties");
    if (all != nullptr && !all->is_object()) return bad(where, "'properties' is an object");
    for (const std::string& key : needed)
      if (all == nullptr || !all->as_object().contains(key))
        return bad(where, fmt::format("'required' names {}, 'properties' does not", key));
    if (all == nullptr) return {};
    for (const auto& [key, value] : all->as_object()) {
      const std::string path = prefix.empty() ? std::string(key) : prefix + "." + std::string(key);
      if (key.empty() || path.size() > EventLimits::kKeyMax)
        return bad(where, "a name of 1 to 120 bytes is needed");
      if (!value.is_object()) return bad(path, "a schema is an object");
      const bool is_needed = required && std::ranges::find(needed, std::string_view(key)) != needed.end();
      CX_TRY(property(value.as_object(), path, is_needed, depth));
    }
    return {};
  }

 private:
  Result<void> property(const json::object& schema, const std::string& path, bool required,
                        std::size_t depth) {
    const auto* type = schema.if_contains("type");
    if (schema.contains("properties") || (type != nullptr && *type == "object"))
      return object(schema, path, required, depth + 1);
    if (out_.properties.size() == Plan::kPropertiesMax) return bad(path, "too many properties");
    PropertyRule rule;
    rule.key = path;
    rule.required = required;
    for (const auto& [word, value] : schema) {
      if (is_note(word)) continue;
      CX_TRY(read(word, value, schema, path, rule));
    }
    if (rule.least && rule.most && *rule.least > *rule.most) return bad(path, "'minimum' is above 'maximum'");
    out_.properties.push_back(std::move(rule));
    return {};
  }

  Result<void> read(std::string_view word, const json::value& value, const json::object& schema,
                    const std::string& path, PropertyRule& rule) {
    if (word == "type") return read_types(value, path, rule);
    if (word == "enum") return read_enum(value, path, rule);
    if (word == "pattern") return read_pattern(value, path, rule);
    if (word == "minimum") return read_number(value, path, word, rule.least);
    if (word == "maximum") return read_number(value, path, word, rule.most);
    if (word == "minLength") return read_length(value, path, word, rule.length_min);
    if (word == "maxLength") return read_length(value, path, word, rule.length_max);
    if (word == "items" && schema.contains("type")) return {};  // lists are kept as text: not looked into
    return bad(path, fmt::format("'{}' is no word that a plan knows", word));
  }

  static Result<void> read_types(const json::value& value, const std::string& path, PropertyRule& rule) {
    std::vector<std::string> names;
    if (value.is_string())
      names.emplace_back(value.as_string());
    else
      CX_TRY(read_texts(json::object{{"type", value}}, "type", path, names));
    for (const std::string& name : names) {
      const auto* at = std::ranges::find(kTypes, name);
      if (at == kTypes.end()) return bad(path, fmt::format("'{}' is no type", name));
      rule.types |= bit(static_cast<ValueType>(at - kTypes.begin()));
    }
    return {};
  }

  static Result<void> read_enum(const json::value& value, const std::string& path, PropertyRule& rule) {
    if (!value.is_array() || value.as_array().empty() || value.as_array().size() > Plan::kOneOfMax)
      return bad(path, fmt::format("'enum' is a list of 1 to {} values", Plan::kOneOfMax));
    for (const json::value& one : value.as_array()) {
      if (one.is_object() || one.is_array()) return bad(path, "'enum' holds texts, numbers, true and false");
      Value plain;
      if (one.is_string()) plain = std::string(one.as_string());
      if (one.is_bool()) plain = one.as_bool();
      if (one.is_int64()) plain = one.as_int64();
      if (one.is_double()) plain = one.as_double();
      rule.one_of.push_back(zhike::to_string(plain));
    }
    return {};
  }

  static Result<void> read_pattern(const json::value& value, const std::string& path, PropertyRule& rule) {
    if (!value.is_string() || value.as_string().size() > Plan::kPatternMax)
      return bad(path, fmt::format("'pattern' is a text of at most {} bytes", Plan::kPatternMax));
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(1 << 20);
    auto pattern = std::make_shared<RE2>(std::string(value.as_string()), options);
    if (!pattern->ok()) return bad(path, fmt::format("'pattern': {}", pattern->error()));
    rule.pattern = std::move(pattern);
    return {};
  }

  static Result<void> read_number(const json::value& value, const std::string& path, std::string_view word,
                                  std::optional<double>& out) {
    if (!value.is_number()) return bad(path, fmt::format("'{}' is a number", word));
    out = value.to_number<double>();
    return {};
  }

  static Result<void> read_length(const json::value& value, const std::string& path, std::string_view word,
                                  std::optional<std::size_t>& out) {
    if (!value.is_int64() || value.as_int64() < 0) return bad(path, fmt::format("'{}' is a count", word));
    out = static_cast<std::size_t>(value.as_int64());
    return {};
  }

  static Result<void> read_texts(const json::object& from, std::string_view word, const std::string& where,
                                 std::vector<std::string>& out) {
    const auto* list = from.if_contains(word);
    if (list == nullptr) return {};
    if (!list->is_array() || list->as_array().size() > Plan::kPropertiesMax)
      return bad(where, fmt::format("'{}' is a list of texts", word));
    for (const json::value& one : list->as_array()) {
      if (!one.is_string()) return bad(where, fmt::format("'{}' is a list of texts", word));
      out.emplace_back(one.as_string());
    }
    return {};
  }

  EventPlan& out_;
};

std::string place_key(EventType type, std::string_view name) {
  return std::string(1, static_cast<char>('0' + static_cast<int>(type))).append(name);
}

Result<std::string> choice(const json::object& from, std::string_view word, std::string_view one,
                           std::string_view other) {
  const auto* value = from.if_contains(word);
  if (value == nullptr) return std::string(one);
  if (value->is_string() && (value->as_string() == one || value->as_string() == other))
    return std::string(value->as_string());
  return bad(word, fmt::format("'{}' or '{}'", one, other));
}

Result<EventPlan> read_event(const json::value& value, std::size_t at) {
  const std::string where = fmt::format("events[{}]", at);
  if (!value.is_object()) return bad(where, "an event is an object");
  const json::object& from = value.as_object();
  for (const auto& [word, ignored] : from)
    if (word != "type" && word != "name" && word != "schema" && word != "description")
      return bad(where, fmt::format("'{}' is no word of an event", std::string_view(word)));
  EventPlan out;
  const auto* name = from.if_contains("name");
  if (name == nullptr || !name->is_string() || name->as_string().size() > EventLimits::kNameMax)
    return bad(where, "'name' is a text of at most 200 bytes");
  out.name = std::string(name->as_string());
  const auto* type = from.if_contains("type");
  const auto parsed = type == nullptr     ? std::optional{EventType::kTrack}
                      : type->is_string() ? parse_event_type(type->as_string())
                                          : std::nullopt;
  if (!parsed) return bad(where, "'type' is track, identify, page, screen, group or alias");
  out.type = *parsed;
  if (out.type == EventType::kTrack && out.name.empty()) return bad(where, "a track event has a name");
  if (const auto* schema = from.if_contains("schema")) {
    if (!schema->is_object()) return bad(where, "'schema' is an object");
    CX_TRY(SchemaReader(out).object(schema->as_object(), {}, true, 0));
  }
  std::ranges::sort(out.properties, {}, &PropertyRule::key);
  const auto twice = std::ranges::adjacent_find(out.properties, {}, &PropertyRule::key);
  if (twice != out.properties.end()) return bad(where, fmt::format("'{}' twice", twice->key));
  return out;
}

}  // namespace

std::string_view to_string(ValueType type) noexcept { return kTypes[static_cast<std::size_t>(type)]; }
std::string_view to_string(Fault fault) noexcept { return kFaults[static_cast<std::size_t>(fault)]; }

ValueType type_of(const Value& value, bool from_file) noexcept {
  if (std::holds_alternative<std::monostate>(value)) return ValueType::kNull;
  if (std::holds_alternative<bool>(value)) return ValueType::kBoolean;
  if (std::holds_alternative<std::int64_t>(value)) return ValueType::kInteger;
  if (std::holds_alternative<double>(value)) return ValueType::kNumber;
  const std::string& text = std::get<std::string>(value);
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']') return ValueType::kArray;
  if (!from_file) return ValueType::kString;
  if (ascii::parse_number<std::int64_t>(text)) return ValueType::kInteger;
  if (ascii::parse_number<double>(text)) return ValueType::kNumber;
  return text == "true" || text == "false" ? ValueType::kBoolean : ValueType::kString;
}

Reason reason_of(const Violation& violation) noexcept {
  return violation.fault == Fault::kUnplanned ? Reason::kUnplanned : Reason::kPlanViolation;
}

std::string detail_of(const Violation& violation, const RawEvent& event) {
  const std::string_view text = kFaultTexts[static_cast<std::size_t>(violation.fault)];
  if (violation.path.empty()) return std::string(text);
  const bool of_traits = event.type == EventType::kIdentify || event.type == EventType::kGroup;
  return fmt::format("{}.{}: {}", of_traits ? "traits" : "properties", scrub(violation.path), text);
}

Result<Plan> Plan::parse(std::string_view body) {
  if (body.size() > kBytesMax) return fail(Code::kBadPlan, "above {} bytes", kBytesMax);
  boost::system::error_code wrong;
  json::parse_options options;
  options.max_depth = 32;
  const json::value parsed = json::parse(body, wrong, {}, options);
  if (wrong || !parsed.is_object()) return fail(Code::kBadPlan, "not a JSON object");
  const json::object& from = parsed.as_object();
  for (const auto& [word, ignored] : from)
    if (word != "mode" && word != "unplanned" && word != "events")
      return bad("plan", fmt::format("'{}' is no word of a plan", std::string_view(word)));
  Plan out;
  CX_TRY(const std::string chosen, choice(from, "mode", "observe", "enforce"));
  out.mode = chosen == "enforce" ? PlanMode::kEnforce : PlanMode::kObserve;
  CX_TRY(const std::string unplanned, choice(from, "unplanned", "allow", "refuse"));
  out.allows_unplanned = unplanned == "allow";
  const auto* listed = from.if_contains("events");
  if (listed == nullptr || !listed->is_array()) return bad("events", "a list is needed");
  if (listed->as_array().size() > kEventsMax) return bad("events", fmt::format("at most {}", kEventsMax));
  for (const json::value& value : listed->as_array()) {
    CX_TRY(EventPlan event, read_event(value, out.events.size()));
    if (!out.places_.emplace(place_key(event.type, event.name), out.events.size()).second)
      return bad("events", fmt::format("'{}' twice", event.name));
    out.events.push_back(std::move(event));
  }
  out.body = json::serialize(parsed);
  return out;
}

const EventPlan* Plan::find(EventType type, std::string_view name) const {
  const auto own = places_.find(place_key(type, name));
  if (own != places_.end()) return &events[own->second];
  // Identify and group have no names of their own; a page without a plan of its own follows the nameless one.
  const auto any = places_.find(place_key(type, ""));
  return any == places_.end() || type == EventType::kTrack ? nullptr : &events[any->second];
}

void Plan::check(const RawEvent& event, bool from_file, std::size_t most, std::vector<Violation>& out) const {
  const EventPlan* const planned = find(event.type, event.name);
  if (planned == nullptr) {
    if (!allows_unplanned) out.push_back({Fault::kUnplanned, {}});
    return;
  }
  const bool of_traits = event.type == EventType::kIdentify || event.type == EventType::kGroup;
  const Properties& properties = of_traits ? event.traits : event.properties;
  for (const PropertyRule& rule : planned->properties) {
    if (out.size() >= most) return;
    const Value* found = zhike::find(properties, rule.key);
    Value kept;
    if (found == nullptr || is_empty(*found))
      if (const auto* field = std::ranges::find(kKept, rule.key, &Kept::key); field != kKept.end())
        if (kept = field->value(event); !is_empty(kept)) found = &kept;
    const bool null_is_planned = (rule.types & bit(ValueType::kNull)) != 0;
    if (found == nullptr || (is_empty(*found) && !null_is_planned)) {
      if (rule.required) out.push_back({Fault::kMissing, rule.key});
      continue;
    }
    if (const auto fault = fault_of(rule, *found, from_file)) out.push_back({*fault, rule.key});
  }
  if (planned->additional) return;
  for (const Property& p : properties) {
    if (out.size() >= most) return;
    if (!std::ranges::binary_search(planned->properties, p.key, {}, &PropertyRule::key))
      out.push_back({Fault::kAdditional, p.key});
  }
}

Result<std::unique_ptr<Plans>> Plans::open(ledger::Db& ledger, const govern::Audit& audit,
                                           const Clock& clock) {
  std::unique_ptr<Plans> plans(new Plans(ledger, audit, clock));
  CX_TRY(ledger.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& s = tx.sql(
        "SELECT p.source, p.version, p.body, p.at, p.author FROM plans p JOIN (SELECT source, MAX(version) "
        "AS last "
        "FROM plans GROUP BY source) l ON p.source = l.source AND p.version = l.last");
    for (;;) {
      CX_TRY(const bool found, s.step());
      if (!found) return {};
      CX_TRY(Plan plan, Plan::parse(s.text(2)));
      plan.version = s.u64(1);
      plan.at = {s.i64(3)};
      plan.author = {s.u64(4)};
      plans->plans_[SourceId{s.u64(0)}] = std::make_shared<const Plan>(std::move(plan));
    }
  }));
  return plans;
}

std::shared_ptr<const Plan> Plans::of(SourceId source) const {
  const std::shared_lock lock(mutex_);
  const auto at = plans_.find(source);
  return at == plans_.end() ? nullptr : at->second;
}

Result<std::shared_ptr<const Plan>> Plans::set(UserId author, SourceId source, std::uint64_t based_on,
                                               std::string_view body) {
  CX_TRY(Plan plan, Plan::parse(body));
  plan.at = clock_.now();
  plan.author = author;
  CX_TRY(ledger_.write([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& last =
        tx.sql("SELECT COALESCE(MAX(version), 0) FROM plans WHERE source = $1").bind(1, source);
    CX_TRY(last.step());
    const std::uint64_t in_force = last.u64(0);
    if (in_force != based_on)
      return fail(Code::kPlanChanged, "version {} is in force, {} was edited", in_force, based_on);
    plan.version = in_force + 1;
    CX_TRY(tx.sql("INSERT INTO plans (source, version, body, at, author) VALUES ($1, $2, $3, $4, $5)")
               .bind(1, source)
               .bind(2, plan.version)
               .bind(3, plan.body)
               .bind(4, plan.at)
               .bind(5, author)
               .run());
    return audit_.append(tx, {.seq = 0,
                              .at = plan.at,
                              .actor = author,
                              .action = "plan_set",
                              .target = fmt::format("source/{}", source.value),
                              .detail = fmt::format("version {}, {}, {} events", plan.version,
                                                    plan.mode == PlanMode::kEnforce ? "enforce" : "observe",
                                                    plan.events.size())});
  }));
  auto made = std::make_shared<const Plan>(std::move(plan));
  const std::unique_lock lock(mutex_);
  plans_[source] = made;
  return made;
}

Result<std::vector<Plans::Version>> Plans::history(SourceId source, std::size_t count) {
  std::vector<Version> out;
  CX_TRY(ledger_.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& s = tx.sql(
        "SELECT version, at, author, body FROM plans WHERE source = $1 ORDER BY version DESC LIMIT $2");
    s.bind(1, source).bind(2, static_cast<std::uint64_t>(count));
    for (;;) {
      CX_TRY(const bool found, s.step());
      if (!found) return {};
      out.push_back({s.u64(0), {s.i64(1)}, {s.u64(2)}, std::string(s.text(3))});
    }
  }));
  return out;
}

}  // namespace zhike::ingest
