#include "ingest/fix.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <optional>

#include "base/ascii.h"
#include "event/codec.h"
#include "ingest/csv.h"

namespace zhike::ingest {
namespace {

namespace json = boost::json;
using Kind = FixRule::Kind;

constexpr std::array<std::string_view, 6> kKinds{"rename", "default", "convert", "time", "drop", "map"};

/// Rejected input taken apart: its parts by path.
class Parts {
 public:
  virtual ~Parts() = default;
  [[nodiscard]] virtual std::optional<Value> get(std::string_view path) const = 0;  ///< nothing: no such part
  virtual void set(std::string_view path, const Value& value) = 0;
  virtual void drop(std::string_view path) = 0;
  [[nodiscard]] virtual std::string take() = 0;  ///< the input again
};

Value plain(const json::value& v) {
  if (v.is_string()) return std::string(v.as_string());
  if (v.is_bool()) return v.as_bool();
  if (v.is_int64()) return v.as_int64();
  if (v.is_uint64()) return static_cast<double>(v.as_uint64());
  if (v.is_double()) return v.as_double();
  if (v.is_null()) return {};
  return json::serialize(v);
}

json::value as_json(const Value& value) {
  struct Printer {
    json::value operator()(std::monostate) const { return nullptr; }
    json::value operator()(bool b) const { return b; }
    json::value operator()(std::int64_t n) const { return n; }
    json::value operator()(double d) const { return d; }
    json::value operator()(const std::string& s) const { return json::string(s); }
  };
  return std::visit(Printer{}, value);
}

class JsonParts final : public Parts {
 public:
  explicit JsonParts(json::object object) : object_(std::move(object)) {}

  std::optional<Value> get(std::string_view path) const override {
    const json::object* at = &object_;
    for (;;) {
      if (const auto* whole = at->if_contains(path)) return plain(*whole);
      const std::size_t dot = path.find('.');
      if (dot == path.npos) return std::nullopt;
      const auto* next = at->if_contains(path.substr(0, dot));
      if (next == nullptr || !next->is_object()) return std::nullopt;
      at = &next->as_object();
      path.remove_prefix(dot + 1);
    }
  }
  void set(std::string_view path, const Value& value) override {
    json::object* at = &object_;
    for (;;) {
      const std::size_t dot = at->contains(path) ? path.npos : path.find('.');
      if (dot == path.npos) {
        (*at)[path] = as_json(value);
        return;
      }
      json::value& next = (*at)[path.substr(0, dot)];
      if (!next.is_object()) next = json::object();
      at = &next.as_object();
      path.remove_prefix(dot + 1);
    }
  }
  void drop(std::string_view path) override {
    json::object* at = &object_;
    for (;;) {
      if (at->stable_erase(path) > 0) return;
      const std::size_t dot = path.find('.');
      auto* next = dot == path.npos ? nullptr : at->if_contains(path.substr(0, dot));
      if (next == nullptr || !next->is_object()) return;
      at = &next->as_object();
      path.remove_prefix(dot + 1);
    }
  }
  std::string take() override { return json::serialize(object_); }

 private:
  json::object object_;
};

class RowParts final : public Parts {
 public:
  RowParts(std::vector<std::string> header, std::vector<std::string> cells, char delimiter)
      : header_(std::move(header)), cells_(std::move(cells)), delimiter_(delimiter) {}

  std::optional<Value> get(std::string_view path) const override {
    const auto at = std::ranges::find(header_, path);
    if (at == header_.end()) return std::nullopt;
    return cells_[static_cast<std::size_t>(at - header_.begin())];
  }
  void set(std::string_view path, const Value& value) override {
    const auto at = std::ranges::find(header_, path);
    if (at != header_.end()) {
      cells_[static_cast<std::size_t>(at - header_.begin())] = zhike::to_string(value);
      return;
    }
    header_.emplace_back(path);
    cells_.push_back(zhike::to_string(value));
  }
  void drop(std::string_view path) override {
    const auto at = std::ranges::find(header_, path);
    if (at != header_.end()) cells_[static_cast<std::size_t>(at - header_.begin())].clear();
  }
  std::string take() override { return line(header_) + "\n" + line(cells_) + "\n"; }

 private:
  [[nodiscard]] std::string line(const std::vector<std::string>& cells) const {
    std::string out;
    for (const std::string& cell : cells) {
      if (&cell != &cells.front()) out.push_back(delimiter_);
      out.push_back('"');
      for (const char c : cell) out.append(c == '"' ? 2 : 1, c);
      out.push_back('"');
    }
    return out;
  }
  std::vector<std::string> header_, cells_;
  char delimiter_;
};

class EventParts final : public Parts {
 public:
  explicit EventParts(std::vector<RawEvent> events) : events_(std::move(events)) {}

  std::optional<Value> get(std::string_view path) const override {
    const RawEvent& e = events_.front();
    if (const std::string* field = text_of(const_cast<RawEvent&>(e), path))
      return field->empty() ? std::nullopt : std::optional<Value>(*field);
    if (path == "timestamp") return format_utc(e.occurred_at);
    if (const auto kind = kind_of(path)) {
      const auto at = std::ranges::find(e.identifiers, *kind, &Identifier::kind);
      return at == e.identifiers.end() ? std::nullopt : std::optional<Value>(at->value);
    }
    const auto [all, key] = properties_of(const_cast<RawEvent&>(e), path);
    if (all == nullptr) return std::nullopt;
    const Value* found = find(*all, key);
    return found == nullptr ? std::nullopt : std::optional(*found);
  }
  void set(std::string_view path, const Value& value) override {
    RawEvent& e = events_.front();
    if (std::string* field = text_of(e, path)) {
      *field = zhike::to_string(value);
    } else if (path == "timestamp") {
      if (const auto at = parse_time(zhike::to_string(value), Zone::utc())) e.occurred_at = *at;
    } else if (const auto kind = kind_of(path)) {
      std::erase_if(e.identifiers, [&](const Identifier& id) { return id.kind == *kind; });
      e.identifiers.insert(e.identifiers.begin(), {*kind, zhike::to_string(value)});
    } else if (const auto [all, key] = properties_of(e, path); all != nullptr) {
      const auto at = std::ranges::find(*all, key, &Property::key);
      if (at == all->end())
        all->push_back({std::string(key), value});
      else
        at->value = value;
    }
  }
  void drop(std::string_view path) override {
    RawEvent& e = events_.front();
    if (std::string* field = text_of(e, path)) {
      field->clear();
    } else if (const auto kind = kind_of(path)) {
      std::erase_if(e.identifiers, [&](const Identifier& id) { return id.kind == *kind; });
    } else if (const auto [all, key] = properties_of(e, path); all != nullptr) {
      std::erase_if(*all, [&](const Property& p) { return p.key == key; });
    }
  }
  std::string take() override { return encode(events_); }

 private:
  static std::string* text_of(RawEvent& e, std::string_view path) {
    if (path == "event" || path == "name") return &e.name;
    if (path == "channel") return &e.channel;
    if (path == "unit") return &e.unit;
    if (path == "session_id") return &e.session_id;
    if (path == "case_id" || path == "properties.case_id" || path == "properties.order_id") return &e.case_id;
    return nullptr;
  }
  static std::optional<IdentifierKind> kind_of(std::string_view path) {
    if (path == "userId") return IdentifierKind::kUserId;
    if (path == "anonymousId") return IdentifierKind::kAnonymousId;
    return parse_identifier_kind(path);
  }
  static std::pair<Properties*, std::string_view> properties_of(RawEvent& e, std::string_view path) {
    for (const auto& [prefix, all] : {std::pair<std::string_view, Properties*>{"properties.", &e.properties},
                                      {"traits.", &e.traits},
                                      {"context.", &e.context}})
      if (path.starts_with(prefix)) return {all, path.substr(prefix.size())};
    return {nullptr, {}};
  }
  std::vector<RawEvent> events_;
};

Result<std::unique_ptr<Parts>> take_apart(const Reject& reject) {
  switch (reject.form) {
    case Form::kEvent: {
      CX_TRY(auto events, decode(reject.raw));
      if (events.empty()) break;
      return std::make_unique<EventParts>(std::move(events));
    }
    case Form::kCsv: {
      CX_TRY(const auto csv, CsvReader::open(TextSource::of(reject.raw)));
      CX_TRY(const CsvReader::Next next, csv->next());
      if (next != CsvReader::Next::kRow) break;
      std::vector<std::string> cells(csv->cells().begin(), csv->cells().end());
      return std::make_unique<RowParts>(csv->header(), std::move(cells), csv->delimiter());
    }
    case Form::kSegment:
    case Form::kSensors:
    case Form::kMapped: {
      boost::system::error_code wrong;
      json::value parsed = json::parse(reject.raw, wrong);
      if (wrong || !parsed.is_object()) break;
      return std::make_unique<JsonParts>(std::move(parsed.as_object()));
    }
  }
  return fail(Code::kNotReplayable, "the input cannot be taken apart");
}

std::optional<Value> converted(const Value& value, ValueType type) {
  const std::string text = zhike::to_string(value);
  switch (type) {
    case ValueType::kString:
      return text;
    case ValueType::kInteger:
    case ValueType::kNumber: {
      std::string digits = text;
      std::erase_if(digits, [](char c) { return c == ',' || c == ' '; });  // of thousands
      if (const auto whole = ascii::parse_number<std::int64_t>(digits)) return *whole;
      const auto number = ascii::parse_number<double>(digits);
      if (!number || type == ValueType::kInteger) return std::nullopt;
      return *number;
    }
    case ValueType::kBoolean:
      if (text == "true" || text == "1" || text == "yes") return true;
      if (text == "false" || text == "0" || text == "no") return false;
      return std::nullopt;
    case ValueType::kNull:
    case ValueType::kArray:
      break;
  }
  return std::nullopt;
}

bool is_empty(const std::optional<Value>& value) { return !value || zhike::to_string(*value).empty(); }

void apply_rule(const FixRule& rule, Parts& parts) {
  const std::optional<Value> now = parts.get(rule.path);
  switch (rule.kind) {
    case Kind::kRename:
      if (!now) return;
      parts.drop(rule.path);
      return parts.set(rule.to, *now);
    case Kind::kDefault:
      if (is_empty(now)) parts.set(rule.path, rule.value);
      return;
    case Kind::kConvert:
      if (now)
        if (const auto value = converted(*now, rule.type)) parts.set(rule.path, *value);
      return;
    case Kind::kTime:
      if (now)
        if (const auto at = parse_time_as(zhike::to_string(*now), rule.format, rule.zone))
          parts.set(rule.path, format_utc(*at));
      return;
    case Kind::kDrop:
      return parts.drop(rule.path);
    case Kind::kMap:
      if (now && zhike::to_string(*now) == zhike::to_string(rule.from)) parts.set(rule.path, rule.value);
      return;
  }
}

std::unexpected<Error> bad(std::size_t at, std::string_view what) {
  return fail(Code::kBadFix, "rules[{}]: {}", at, what);
}

Result<std::string> text_of(const json::object& from, std::string_view key, std::size_t at) {
  const auto* value = from.if_contains(key);
  if (value == nullptr || !value->is_string() || value->as_string().empty() ||
      value->as_string().size() > Fix::kPathMax)
    return bad(at, fmt::format("'{}' is a text of 1 to {} bytes", key, Fix::kPathMax));
  return std::string(value->as_string());
}

Result<Value> value_of(const json::object& from, std::string_view key, std::size_t at) {
  const auto* value = from.if_contains(key);
  if (value == nullptr || value->is_object() || value->is_array() ||
      (value->is_string() && value->as_string().size() > Fix::kValueMax))
    return bad(at, fmt::format("'{}' is a text, a number, true, false or null", key));
  return plain(*value);
}

Result<FixRule> read_rule(const json::value& value, std::size_t at) {
  if (!value.is_object()) return bad(at, "a rule is an object");
  const json::object& from = value.as_object();
  CX_TRY(const std::string kind, text_of(from, "rule", at));
  const auto* known = std::ranges::find(kKinds, kind);
  if (known == kKinds.end()) return bad(at, "'rule' is rename, default, convert, time, drop or map");
  FixRule out;
  out.kind = static_cast<Kind>(known - kKinds.begin());
  CX_TRY(out.path, text_of(from, "path", at));
  switch (out.kind) {
    case Kind::kRename: {
      CX_TRY(out.to, text_of(from, "to", at));
      break;
    }
    case Kind::kConvert: {
      CX_TRY(const std::string type, text_of(from, "to", at));
      const auto types = {ValueType::kString, ValueType::kInteger, ValueType::kNumber, ValueType::kBoolean};
      const auto* found = std::ranges::find(types, type, [](ValueType t) { return to_string(t); });
      if (found == types.end()) return bad(at, "'to' is string, integer, number or boolean");
      out.type = *found;
      break;
    }
    case Kind::kTime: {
      CX_TRY(out.format, text_of(from, "format", at));
      if (from.contains("zone")) {
        CX_TRY(const std::string zone, text_of(from, "zone", at));
        CX_TRY(out.zone, Zone::find(zone));
      }
      break;
    }
    case Kind::kMap: {
      CX_TRY(out.from, value_of(from, "from", at));
      CX_TRY(out.value, value_of(from, "value", at));
      break;
    }
    case Kind::kDefault: {
      CX_TRY(out.value, value_of(from, "value", at));
      break;
    }
    case Kind::kDrop:
      break;
  }
  return out;
}

}  // namespace

Result<Fix> Fix::parse(std::string_view rules) {
  boost::system::error_code wrong;
  const json::value parsed = json::parse(rules, wrong);
  if (wrong || !parsed.is_array() || parsed.as_array().empty() || parsed.as_array().size() > kRulesMax)
    return fail(Code::kBadFix, "a list of 1 to {} rules is needed", kRulesMax);
  Fix out;
  for (std::size_t i = 0; i < parsed.as_array().size(); ++i) {
    CX_TRY(FixRule rule, read_rule(parsed.as_array()[i], i));
    out.rules_.push_back(std::move(rule));
  }
  out.body_ = json::serialize(parsed);
  return out;
}

Result<Reject> Fix::apply(Reject reject) const {
  CX_TRY(const std::unique_ptr<Parts> parts, take_apart(reject));
  for (const FixRule& rule : rules_) apply_rule(rule, *parts);
  reject.raw = parts->take();
  return reject;
}

}  // namespace zhike::ingest
