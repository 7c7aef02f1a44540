// Reads a mapping from TOML. Every key is known or an error, so that a typing mistake cannot pass silently.
#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <cctype>
#include <initializer_list>
#include <sstream>

#include "base/toml.h"
#include "ingest/file_format.h"
#include "ingest/mapping.h"

namespace zhike::ingest {
namespace {

// Walks one table. The first mistake is kept; later reads answer defaults.
class TableReader {
 public:
  TableReader(const toml::table& table, std::string where, std::initializer_list<std::string_view> known)
      : table_(table), where_(std::move(where)) {
    for (const auto& [key, value] : table)
      if (std::ranges::find(known, key.str()) == known.end())
        mistake(value, fmt::format("unknown key \"{}\"; known are {}", key.str(), fmt::join(known, ", ")));
  }

  std::string text(std::string_view key, std::string fallback = {}) {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return fallback;
    if (!node->is_string()) return mistake(*node, fmt::format("\"{}\" must be a text", key)), fallback;
    return node->ref<std::string>();
  }
  double number(std::string_view key, double fallback) {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return fallback;
    const auto value = node->value<double>();
    if (!node->is_number() || !value)
      return mistake(*node, fmt::format("\"{}\" must be a number", key)), fallback;
    return *value;
  }
  Template pattern(std::string_view key) { return as_template(table_.get(key), key); }
  std::optional<Template> optional_pattern(std::string_view key) {
    if (table_.get(key) == nullptr) return std::nullopt;
    return pattern(key);
  }
  std::vector<std::string> texts(std::string_view key) {
    std::vector<std::string> out;
    each(key, [&](const toml::node& node) {
      if (node.is_string())
        out.push_back(node.ref<std::string>());
      else
        mistake(node, fmt::format("\"{}\" must hold texts", key));
    });
    return out;
  }
  std::vector<Template> patterns(std::string_view key) {
    std::vector<Template> out;
    each(key, [&](const toml::node& node) { out.push_back(as_template(&node, key)); });
    return out;
  }
  // The tables of an array, or the table itself.
  template <class Use>
  void tables(std::string_view key, Use use) {
    each(key, [&](const toml::node& node) {
      if (const toml::table* table = node.as_table())
        use(*table);
      else
        mistake(node, fmt::format("\"{}\" must hold tables", key));
    });
  }
  [[nodiscard]] const toml::node* node(std::string_view key) const { return table_.get(key); }
  [[nodiscard]] bool has(std::string_view key) const { return table_.contains(key); }

  void mistake(const toml::node& node, std::string what) {
    if (error_) return;
    error_ = Error{Code::kBadMapping, fmt::format("{} line {}: {}", where_, node.source().begin.line, what)};
  }
  void mistake(std::string what) { mistake(table_, std::move(what)); }
  void adopt(const std::optional<Error>& other) {
    if (!error_ && other) error_ = other;
  }
  template <class T>
  void adopt(const Result<T>& result, std::string_view key) {
    if (!result && !error_)
      error_ = Error{result.error().code, fmt::format("{} {}: {}", where_, key, result.error().detail)};
  }
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }
  [[nodiscard]] const std::string& where() const { return where_; }

 private:
  template <class Use>
  void each(std::string_view key, Use use) {
    const toml::node* found = table_.get(key);
    if (found == nullptr) return;
    if (const toml::array* array = found->as_array())
      for (const toml::node& item : *array) use(item);
    else
      use(*found);
  }
  Template as_template(const toml::node* node, std::string_view key) {
    if (node == nullptr) return {};
    std::string text;
    if (node->is_string())
      text = node->ref<std::string>();
    else if (node->is_integer())
      text = std::to_string(node->ref<std::int64_t>());
    else
      return mistake(*node, fmt::format("\"{}\" must be a text", key)), Template{};
    auto parsed = Template::parse(text);
    if (!parsed) return mistake(*node, fmt::format("\"{}\": {}", key, parsed.error().detail)), Template{};
    return *std::move(parsed);
  }

  const toml::table& table_;
  std::string where_;
  std::optional<Error> error_;
};

// What a condition may say of its column.
struct ConditionWord {
  std::string_view word;
  Condition::What what;
  bool negated;
};
constexpr std::array kConditionWords{
    ConditionWord{"equals", Condition::What::kOneOf, false},
    ConditionWord{"one_of", Condition::What::kOneOf, false},
    ConditionWord{"not_equals", Condition::What::kOneOf, true},
    ConditionWord{"not_one_of", Condition::What::kOneOf, true},
    ConditionWord{"starts_with", Condition::What::kStartsWith, false},
    ConditionWord{"not_starts_with", Condition::What::kStartsWith, true},
    ConditionWord{"not_empty", Condition::What::kFilled, false},
    ConditionWord{"empty", Condition::What::kFilled, true},
};

Condition read_condition(const toml::table& table, TableReader& parent) {
  TableReader t(table, parent.where(),
                {"column", "equals", "one_of", "not_equals", "not_one_of", "starts_with", "not_starts_with",
                 "not_empty", "empty"});
  Condition c;
  c.column = t.text("column");
  if (c.column.empty()) t.mistake("a condition needs \"column\"");
  std::size_t words = 0;
  for (const ConditionWord& word : kConditionWords) {
    if (!t.has(word.word)) continue;
    ++words;
    c.what = word.what;
    c.negated = word.negated;
    if (word.what != Condition::What::kFilled) c.texts = t.texts(word.word);
  }
  if (words != 1 || (c.what != Condition::What::kFilled && c.texts.empty()))
    t.mistake(
        "a condition needs one of equals, one_of, starts_with, not_equals, not_one_of, not_starts_with, "
        "not_empty, "
        "empty");
  parent.adopt(t.error());
  return c;
}

void read_fields(TableReader& t, std::string_view key, std::vector<Field>& fields, bool& all) {
  const toml::node* node = t.node(key);
  if (node == nullptr) return;
  if (node->is_string() && node->ref<std::string>() == "all") {
    all = true;
    return;
  }
  if (const toml::table* table = node->as_table()) {
    for (const auto& [name, value] : *table) {
      if (!value.is_string()) return t.mistake(value, fmt::format("\"{}\" must be a text", name.str()));
      auto parsed = Template::parse(value.ref<std::string>());
      if (!parsed) return t.adopt(parsed, name.str());
      fields.push_back({std::string(name.str()), *std::move(parsed)});
    }
    return;
  }
  for (const std::string& column : t.texts(key)) {
    auto parsed = Template::parse("{" + column + "}");
    if (!parsed) return t.adopt(parsed, key);
    fields.push_back({column, *std::move(parsed)});
  }
}

// What can be computed of a row, and of how many values.
struct ComputeWord {
  std::string_view word;
  Computed::What what;
  std::size_t values;
};
constexpr std::array kComputeWords{
    ComputeWord{"not_after", Computed::What::kNotAfter, 2},
    ComputeWord{"days", Computed::What::kDays, 2},
    ComputeWord{"seconds", Computed::What::kSeconds, 2},
    ComputeWord{"duration", Computed::What::kDuration, 1},
    ComputeWord{"is", Computed::What::kIs, 2},
};

Computed read_computed(const toml::table& table, TableReader& parent) {
  TableReader t(table, parent.where() + ".compute",
                {"key", "not_after", "days", "seconds", "duration", "is"});
  Computed c{Computed::What::kNotAfter, t.text("key"), {}, {}};
  std::size_t words = 0;
  for (const ComputeWord& word : kComputeWords) {
    if (!t.has(word.word)) continue;
    std::vector<Template> values = t.patterns(word.word);
    if (++words > 1 || values.size() != word.values) {
      t.mistake(fmt::format("\"{}\" needs {} values, and nothing beside it", word.word, word.values));
      break;
    }
    c.what = word.what;
    c.first = std::move(values[0]);
    if (values.size() > 1) c.second = std::move(values[1]);
  }
  if (c.key.empty() || words == 0)
    t.mistake("compute needs \"key\" and one of not_after, days, seconds, duration, is");
  parent.adopt(t.error());
  return c;
}

void read_identifiers(TableReader& t, EventRule& e) {
  t.tables("identifiers", [&](const toml::table& table) {
    TableReader i(table, t.where() + ".identifiers", {"kind", "value", "column"});
    const auto kind = parse_identifier_kind(i.text("kind"));
    if (!kind) {
      std::string all;
      for (std::uint8_t k = 1; k <= kIdentifierKindCount; ++k)
        all += fmt::format("{}{}", k > 1 ? ", " : "", to_string(static_cast<IdentifierKind>(k)));
      i.mistake(fmt::format("unknown kind of identifier; known are {}", all));
    }
    Template value = i.pattern("value");
    if (i.has("column")) {
      auto column = Template::parse("{" + i.text("column") + "}");
      i.adopt(column, "column");
      if (column) value = *std::move(column);
    }
    if (value.is_empty()) i.mistake("an identifier needs \"value\" or \"column\"");
    t.adopt(i.error());
    if (!i.error()) e.identifiers.push_back({*kind, std::move(value)});
  });
  if (e.identifiers.empty() && !t.error()) t.mistake("an event needs \"identifiers\"");
}

void read_numbers(TableReader& t, EventRule& e) {
  if (t.has("amount")) {
    t.tables("amount", [&](const toml::table& table) {
      TableReader a(table, t.where() + ".amount", {"value", "times", "currency", "decimal"});
      e.amount = a.pattern("value");
      e.amount_times = a.optional_pattern("times");
      e.amount_currency = a.optional_pattern("currency");
      const std::string decimal = a.text("decimal", ".");
      if (decimal != "." && decimal != ",") a.mistake("\"decimal\" must be \".\" or \",\"");
      if (e.amount->is_empty()) a.mistake("an amount needs \"value\"");
      e.decimal = decimal.empty() ? '.' : decimal[0];
      t.adopt(a.error());
    });
  }
  if (t.has("score")) {
    t.tables("score", [&](const toml::table& table) {
      TableReader s(table, t.where() + ".score", {"value", "min", "max"});
      e.score = s.pattern("value");
      e.score_min = s.number("min", -1e9);
      e.score_max = s.number("max", 1e9);
      if (e.score->is_empty()) s.mistake("a score needs \"value\"");
      t.adopt(s.error());
    });
  }
}

EventRule read_event(const toml::table& table, TableReader& parent) {
  TableReader t(
      table, parent.where() + ".event",
      {"type", "when", "name", "time", "time_format", "id", "identifiers", "channel", "unit", "session",
       "case", "amount", "instrument", "score", "text", "properties", "traits", "compute"});
  EventRule e;
  const auto type = parse_event_type(t.text("type", "track"));
  if (!type) t.mistake("\"type\" must be track, identify, page, screen, group or alias");
  e.type = type.value_or(EventType::kTrack);
  t.tables("when", [&](const toml::table& c) { e.when.push_back(read_condition(c, t)); });
  e.name = t.pattern("name");
  if (e.name.is_empty() && e.type == EventType::kTrack) t.mistake("a track event needs \"name\"");
  e.time = t.patterns("time");
  if (e.time.empty()) t.mistake("an event needs \"time\" (\"now\": the time of the import)");
  e.time_is_now = e.time.size() == 1 && e.time[0].is_literal() && e.time[0].literal() == "now";
  e.time_format = t.text("time_format");
  e.id = t.pattern("id");
  e.channel = t.pattern("channel");
  e.unit = t.pattern("unit");
  e.session = t.pattern("session");
  e.case_id = t.pattern("case");
  e.instrument = t.pattern("instrument");
  e.text = t.pattern("text");
  read_identifiers(t, e);
  read_numbers(t, e);
  read_fields(t, "properties", e.properties, e.all_properties);
  read_fields(t, "traits", e.traits, e.all_traits);
  t.tables("compute", [&](const toml::table& c) { e.computed.push_back(read_computed(c, t)); });
  parent.adopt(t.error());
  return e;
}

void read_lookup(const toml::table& table, TableReader& parent, FileRule& rule) {
  TableReader t(table, parent.where() + ".lookup", {"name", "pattern", "key", "by"});
  LookupRule lookup{t.text("name"), t.text("pattern"), t.text("key"), t.pattern("by")};
  if (lookup.name.empty() || lookup.pattern.empty() || lookup.key.empty() || lookup.by.is_empty())
    t.mistake("a lookup needs \"name\", \"pattern\", \"key\" and \"by\"");
  parent.adopt(t.error());
  rule.lookups.push_back(std::move(lookup));
}

void read_recode(const toml::table& table, TableReader& parent, FileRule& rule) {
  TableReader t(table, parent.where() + ".recode", {"name", "value", "map", "otherwise"});
  RecodeRule recode{t.text("name"), t.pattern("value"), {}, {}};
  recode.otherwise = t.has("otherwise") ? t.pattern("otherwise") : recode.value;
  if (const toml::node* node = t.node("map"); node != nullptr && node->is_table()) {
    for (const auto& [from, to] : *node->as_table()) {
      if (!to.is_string()) t.mistake(to, fmt::format("\"{}\" must be a text", from.str()));
      recode.map.emplace(from.str(), to.is_string() ? to.ref<std::string>() : std::string());
    }
  }
  if (recode.name.empty() || recode.value.is_empty() || recode.map.empty())
    t.mistake("a recode needs \"name\", \"value\" and \"map\"");
  parent.adopt(t.error());
  rule.recodes.push_back(std::move(recode));
}

void read_format(TableReader& t, FileRule& rule) {
  rule.format = t.text("format");
  if (!rule.format.empty() && find_format(rule.format) == nullptr) {
    std::vector<std::string_view> names;
    for (const FileFormat& format : file_formats()) names.push_back(format.name);
    t.mistake(fmt::format("unknown format; known are {}", fmt::join(names, ", ")));
  }
  rule.sheet = t.text("sheet");
  rule.records = t.text("records");
}

void read_file_body(TableReader& t, FileRule& rule) {
  rule.pattern = t.text("pattern", "*");
  const std::string delimiter = t.text("delimiter");
  if (delimiter.size() > 1) t.mistake("\"delimiter\" must be one character");
  if (!delimiter.empty()) rule.delimiter = delimiter[0];
  if (t.has("quote")) {
    const std::string quote = t.text("quote");
    if (quote.size() > 1 || quote == delimiter)
      t.mistake("\"quote\" must be one character, or empty for none");
    rule.quote = quote.empty() ? '\0' : quote[0];
  }
  if (t.has("encoding")) {
    const auto encoding = parse_encoding(t.text("encoding"));
    t.adopt(encoding, "encoding");
    if (encoding) rule.encoding = *encoding;
  }
  read_format(t, rule);
  rule.required = t.texts("required");
  rule.optional = t.texts("optional");
  t.tables("recode", [&](const toml::table& r) { read_recode(r, t, rule); });
  t.tables("lookup", [&](const toml::table& l) { read_lookup(l, t, rule); });
  t.tables("event", [&](const toml::table& e) { rule.events.push_back(read_event(e, t)); });
  if (const toml::node* node = t.node("reference")) {
    if (!node->is_boolean()) t.mistake(*node, "\"reference\" must be true or false");
    rule.reference = node->value_or(false);
  }
  if (rule.events.empty() && !rule.reference) t.mistake("there is no [[event]]");
}

}  // namespace

Result<Mapping> Mapping::parse(std::string_view text, std::string_view where) {
  const toml::parse_result parsed = toml::parse(text, where);
  if (!parsed)
    return fail(Code::kBadMapping, "{} line {}: {}", where, parsed.error().source().begin.line,
                parsed.error().description());
  const toml::table& root = parsed.table();
  TableReader t(root, std::string(where),
                {"source", "zone", "currency", "file", "pattern", "format", "sheet", "records", "delimiter",
                 "quote", "encoding", "required", "optional", "lookup", "recode", "event"});
  Mapping mapping;
  mapping.text = std::string(text);
  mapping.source = t.text("source");
  if (mapping.source.empty()) t.mistake("\"source\" is missing: the name of the source");
  auto zone = Zone::find(t.text("zone", "UTC"));
  t.adopt(zone, "zone");
  if (zone) mapping.zone = *zone;
  if (t.has("currency")) {
    auto currency = parse_currency(t.text("currency"));
    t.adopt(currency, "currency");
    if (currency) mapping.currency = *currency;
  }
  if (t.has("event")) {
    FileRule rule;
    rule.name = mapping.source;
    read_file_body(t, rule);
    mapping.files.push_back(std::move(rule));
  }
  t.tables("file", [&](const toml::table& table) {
    TableReader f(table, std::string(where) + " file",
                  {"name", "pattern", "format", "sheet", "records", "delimiter", "encoding", "reference",
                   "required", "optional", "lookup", "recode", "event"});
    FileRule rule;
    rule.name = f.text("name");
    if (rule.name.empty()) f.mistake("a file needs \"name\"");
    read_file_body(f, rule);
    t.adopt(f.error());
    mapping.files.push_back(std::move(rule));
  });
  if (mapping.files.empty()) t.mistake("there is no [[event]] and no [[file]]");
  if (t.error()) return std::unexpected(*t.error());
  return mapping;
}

bool matches(std::string_view pattern, std::string_view name) {
  const auto same = [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
  };
  const auto glob = [&](std::string_view text) {
    std::size_t p = 0, n = 0, star = std::string_view::npos, mark = 0;
    while (n < text.size()) {
      if (p < pattern.size() && pattern[p] == '*')
        star = p++, mark = n;
      else if (p < pattern.size() && (pattern[p] == '?' || same(pattern[p], text[n])))
        ++p, ++n;
      else if (star != std::string_view::npos)
        p = star + 1, n = ++mark;
      else
        return false;
    }
    while (p < pattern.size() && pattern[p] == '*') ++p;
    return p == pattern.size();
  };
  return glob(name) || (name.ends_with(".gz") && glob(name.substr(0, name.size() - 3)));
}

Result<const FileRule*> Mapping::rule_for(const std::filesystem::path& file) const {
  const std::string name = file.filename().string();
  for (const FileRule& rule : files)
    if (matches(rule.pattern, name)) return &rule;
  std::vector<std::string_view> patterns;
  for (const FileRule& rule : files) patterns.push_back(rule.pattern);
  return fail(Code::kNoFileRule, "{}; patterns are {}", name, fmt::join(patterns, ", "));
}

}  // namespace zhike::ingest
