#include "identity/rules.h"

#include <algorithm>
#include <boost/json.hpp>

#include "identity/embedded.h"
#include "identity/graph.h"

namespace zhike::identity {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 3> kExclusive{"no", "per_source", "everywhere"};
constexpr std::array<std::string_view, 3> kJoins{"always", "verified", "never"};
constexpr std::array<std::string_view, 3> kSurvivors{"latest", "most_trusted", "most_frequent"};
constexpr std::int64_t kLimitMax = 1'000'000;
constexpr std::size_t kBlockedMax = 10'000, kConsentMax = 60, kTraitsMax = 500;

template <class Enum, std::size_t N>
Result<Enum> one_of(const json::object& in, std::string_view key,
                    const std::array<std::string_view, N>& names) {
  const json::value* value = in.if_contains(key);
  if (value != nullptr && value->is_string()) {
    const auto at = std::ranges::find(names, std::string_view(value->get_string()));
    if (at != names.end()) return static_cast<Enum>(at - names.begin());
  }
  return fail(Code::kBadField, "\"{}\" is not one of its values", key);
}

Result<std::uint32_t> count(const json::object& in, std::string_view key, std::int64_t least) {
  const json::value* value = in.if_contains(key);
  if (value == nullptr || !value->is_int64() || value->get_int64() < least || value->get_int64() > kLimitMax)
    return fail(Code::kBadField, "\"{}\" is not a number from {} to {}", key, least, kLimitMax);
  return static_cast<std::uint32_t>(value->get_int64());
}

Result<IdentifierKind> kind_of(const json::value& entry) {
  const json::object* in = entry.if_object();
  const json::value* name = in == nullptr ? nullptr : in->if_contains("kind");
  if (name == nullptr || !name->is_string()) return fail(Code::kBadField, "an entry without kind");
  const auto kind = parse_identifier_kind(std::string_view(name->get_string()));
  if (!kind)
    return fail(Code::kBadField, "unknown kind \"{}\"", std::string_view(name->get_string()).substr(0, 40));
  return *kind;
}

Result<KindRule> rule_of(const json::object& in, std::uint32_t rank) {
  KindRule rule{.rank = rank};
  CX_TRY(rule.limit, count(in, "limit", 1));
  CX_TRY(rule.exclusive, one_of<Exclusive>(in, "exclusive", kExclusive));
  CX_TRY(rule.joins, one_of<Joins>(in, "joins", kJoins));
  CX_TRY(rule.shared_after, count(in, "shared_after", 0));
  return rule;
}

Result<void> read_kinds(const json::object& root, Rules& out) {
  const json::value* list = root.if_contains("kinds");
  if (list == nullptr || !list->is_array()) return fail(Code::kBadField, "\"kinds\" is not a list");
  std::uint32_t rank = 0;
  for (const json::value& entry : list->get_array()) {
    CX_TRY(const IdentifierKind kind, kind_of(entry));
    KindRule& rule = out.kinds[static_cast<std::size_t>(kind) - 1];
    if (rule.rank != 0) return fail(Code::kBadField, "{}: appears twice", to_string(kind));
    auto read = rule_of(entry.get_object(), ++rank);
    if (!read) return fail(Code::kBadField, "{}: {}", to_string(kind), read.error().detail);
    rule = *read;
  }
  if (rank != kIdentifierKindCount)
    return fail(Code::kBadField, "{} kinds, and all {} are needed", rank, kIdentifierKindCount);
  return {};
}

Result<void> read_blocked(const json::object& root, Rules& out) {
  const json::value* list = root.if_contains("blocked");
  if (list == nullptr) return {};
  if (!list->is_array() || list->get_array().size() > kBlockedMax)
    return fail(Code::kBadField, "\"blocked\" is not a list of at most {}", kBlockedMax);
  for (const json::value& entry : list->get_array()) {
    CX_TRY(const IdentifierKind kind, kind_of(entry));
    const json::value* value = entry.get_object().if_contains("value");
    if (value == nullptr || !value->is_string())
      return fail(Code::kBadField, "a blocked {} without a value", to_string(kind));
    Identifier blocked{kind, std::string(value->get_string())};
    std::string normal = normalize(blocked);
    if (normal.empty()) continue;  // it identifies nobody as it is
    blocked.value = std::move(normal);
    if (std::ranges::find(out.blocked, blocked) == out.blocked.end())
      out.blocked.push_back(std::move(blocked));
  }
  return {};
}

Result<void> read_traits(const json::object& root, Rules& out) {
  if (const json::value* list = root.if_contains("traits"); list != nullptr) {
    if (!list->is_array() || list->get_array().size() > kTraitsMax)
      return fail(Code::kBadField, "\"traits\" is not a list of at most {}", kTraitsMax);
    for (const json::value& entry : list->get_array()) {
      const json::object* in = entry.if_object();
      const json::value* key = in == nullptr ? nullptr : in->if_contains("key");
      if (key == nullptr || !key->is_string() || key->get_string().size() > EventLimits::kKeyMax)
        return fail(Code::kBadField, "a rule of traits without a key");
      CX_TRY(const auto rule, one_of<Survivor>(*in, "rule", kSurvivors));
      out.traits.push_back({std::string(key->get_string()), rule});
    }
  }
  if (const json::value* list = root.if_contains("trusted_sources"); list != nullptr) {
    if (!list->is_array() || list->get_array().size() > kTraitsMax)
      return fail(Code::kBadField, "\"trusted_sources\" is not a list of at most {}", kTraitsMax);
    for (const json::value& entry : list->get_array()) {
      if (!entry.is_string()) return fail(Code::kBadField, "a trusted source that is no id");
      CX_TRY(const auto source, parse_id<SourceId>(std::string_view(entry.get_string())));
      out.trusted.push_back(source);
    }
  }
  return {};
}

}  // namespace

std::string_view to_string(Survivor rule) noexcept { return kSurvivors[static_cast<std::size_t>(rule)]; }
std::string_view to_string(Exclusive exclusive) noexcept {
  return kExclusive[static_cast<std::size_t>(exclusive)];
}
std::string_view to_string(Joins joins) noexcept { return kJoins[static_cast<std::size_t>(joins)]; }

Result<Rules> Rules::parse(std::string_view text) {
  boost::system::error_code wrong;
  const json::value parsed = json::parse(text, wrong);
  const json::object* root = wrong ? nullptr : parsed.if_object();
  if (root == nullptr) return fail(Code::kBadField, "not a JSON object");
  Rules out;
  CX_TRY(out.version, count(*root, "version", 1));
  CX_TRY(read_kinds(*root, out));
  const json::value* release = root->if_contains("release_shared");
  if (release == nullptr || !release->is_bool())
    return fail(Code::kBadField, "\"release_shared\" is neither true nor false");
  out.release_shared = release->get_bool();
  if (const json::value* consent = root->if_contains("consent"); consent != nullptr && !consent->is_null()) {
    if (!consent->is_string() || consent->get_string().size() > kConsentMax)
      return fail(Code::kBadField, "\"consent\" is not a text of at most {} bytes", kConsentMax);
    out.consent = std::string(consent->get_string());
  }
  CX_TRY(read_blocked(*root, out));
  CX_TRY(read_traits(*root, out));
  return out;
}

std::string Rules::to_json() const {
  std::vector<IdentifierKind> order;
  for (std::size_t i = 1; i <= kIdentifierKindCount; ++i) order.push_back(static_cast<IdentifierKind>(i));
  std::ranges::sort(order, {}, [&](IdentifierKind kind) { return of(kind).rank; });
  json::array list, values;
  for (const IdentifierKind kind : order) {
    const KindRule& rule = of(kind);
    list.push_back(json::object{{"kind", zhike::to_string(kind)},
                                {"limit", rule.limit},
                                {"exclusive", to_string(rule.exclusive)},
                                {"joins", to_string(rule.joins)},
                                {"shared_after", rule.shared_after}});
  }
  for (const Identifier& value : blocked)
    values.push_back(json::object{{"kind", zhike::to_string(value.kind)}, {"value", value.value}});
  json::array survivors, sources;
  for (const TraitRule& rule : traits)
    survivors.push_back(json::object{{"key", rule.key}, {"rule", to_string(rule.rule)}});
  for (const SourceId source : trusted) sources.emplace_back(source.str());
  return json::serialize(json::object{{"version", version},
                                      {"release_shared", release_shared},
                                      {"consent", consent},
                                      {"kinds", std::move(list)},
                                      {"blocked", std::move(values)},
                                      {"traits", std::move(survivors)},
                                      {"trusted_sources", std::move(sources)}});
}

const Rules& Rules::defaults() {
  static const Rules rules = [] {
    auto parsed = parse(kEmbedded.front().text);
    cx_check(parsed.has_value(), "catalog/identity/default.json obeys its own rules");
    return *std::move(parsed);
  }();
  return rules;
}

Result<std::unique_ptr<RuleBook>> RuleBook::open(ledger::Db& ledger, const govern::Audit& audit,
                                                 const Clock& clock) {
  std::unique_ptr<RuleBook> book(new RuleBook(ledger, audit, clock));
  std::string body;
  CX_TRY(ledger.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& row = tx.sql("SELECT body FROM identity_rules ORDER BY version DESC LIMIT 1");
    CX_TRY(const bool found, row.step());
    if (found) body = row.text(0);
    return {};
  }));
  if (body.empty()) {
    book->current_ = std::make_shared<const Rules>(Rules::defaults());
    return book;
  }
  CX_TRY(Rules rules, Rules::parse(body));
  book->current_ = std::make_shared<const Rules>(std::move(rules));
  return book;
}

std::shared_ptr<const Rules> RuleBook::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

Result<void> RuleBook::replace(UserId actor, Rules next) {
  const std::lock_guard lock(mutex_);
  if (next.version != current_->version)
    return fail(Code::kLedgerConflict, "the rules are at version {}, not {}", current_->version,
                next.version);
  ++next.version;
  CX_TRY(ledger_.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("INSERT INTO identity_rules (version, at, actor, body) VALUES ($1, $2, $3, $4)")
               .bind(1, next.version)
               .bind(2, clock_.now())
               .bind(3, actor)
               .bind(4, next.to_json())
               .run());
    return audit_.append(tx, {.seq = 0,
                              .at = clock_.now(),
                              .actor = actor,
                              .action = "identity_rules_changed",
                              .target = "identity_rules",
                              .detail = fmt::format("version {}", next.version)});
  }));
  current_ = std::make_shared<const Rules>(std::move(next));
  return {};
}

}  // namespace zhike::identity
