#include "external/externals.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/ascii.h"
#include "base/mix.h"
#include "external/customer_lists.h"
#include "external/personas.h"
#include "external/sql.h"
#include "external/traits.h"
#include "govern/mask.h"
#include "query/where.h"

namespace zhike::external {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kBatch = 20'000;         // rows looked up at once
constexpr std::size_t kMadeMax = 200;          // answers kept for the next question
constexpr std::size_t kGroupBytesMax = 200;    // of a value that an answer is divided by
constexpr std::size_t kDifferentMax = 10'000;  // values of a column that can divide an answer
constexpr std::chrono::seconds kCoolDown{5};
constexpr std::string_view kTrait = "trait.";

Result<void> need(const Grant& grant, Permission permission) {
  if (!grant.may(permission)) return fail(Code::kPermissionMissing, "{}", to_string(permission));
  return {};
}

Permission viewing(const Grant& grant) {
  return grant.may(Permission::kViewMetrics) ? Permission::kViewMetrics : Permission::kViewCustomers;
}

bool may_use(const Grant& grant, const Source& source) {
  return source.unit.empty() || grant.all_units ||
         std::ranges::find(grant.units, source.unit) != grant.units.end();
}

Deadline deadline_of(const Source& source) {
  return steady_clock::now() + std::chrono::milliseconds(source.time_max.value);
}

/// Names of columns that usually hold what must be masked; a proposal that people confirm.
bool looks_sensitive(std::string_view name) {
  const std::string small = ascii::lower(name);
  constexpr std::array<std::string_view, 22> kWords{
      "phone",   "mobile", "tel",      "mail", "name",  "address", "addr", "passport",
      "id_card", "idcard", "national", "ssn",  "birth", "card",    "iban", "account",
      "手机",    "电话",   "邮箱",     "姓名", "地址",  "证件"};
  return std::ranges::any_of(kWords, [&](std::string_view word) { return small.find(word) != small.npos; });
}

/// A text that names the question, for the next one like it.
std::string name_of(const Source& source, const query::OutsideQuestion& question, bool grouped) {
  std::string out = fmt::format("{}/{}/{}", source.id.value, source.changed.ms, grouped);
  for (const auto& column : question.columns) out += "\n" + column.name;
  for (const auto& condition : question.conditions) {
    out += fmt::format("\n{}\t{}", condition.column.name, to_string(condition.op));
    for (const std::string& value : condition.values) out += fmt::format("\t{}:{}", value.size(), value);
  }
  return out;
}

/// Looks keys up in batches and sends the subjects found on, each once per group.
class Joiner {
 public:
  Joiner(identity::Graph& graph, warehouse::Client& client, IdentifierKind kind, std::uint64_t set)
      : graph_(graph), client_(client), kind_(kind), set_(set) {}

  Result<void> add(std::string_view key, std::string_view group) {
    ++match.rows;
    keys_.push_back({.kind = kind_, .value = std::string(key)});
    groups_.emplace_back(group);
    return keys_.size() < kBatch ? Result<void>{} : send();
  }

  Result<void> send() {
    if (keys_.empty()) return {};
    CX_TRY(const auto subjects, graph_.find_subjects(keys_));
    warehouse::RowWriter rows;
    std::size_t count = 0;
    for (std::size_t i = 0; i < subjects.size(); ++i) {
      if (!subjects[i].is_set()) continue;
      ++count;
      rows.u64(set_);
      rows.u64(subjects[i].value);
      rows.text(groups_[i]);
    }
    match.matched += count;
    keys_.clear();
    groups_.clear();
    if (count == 0) return {};
    return client_.insert({.table = "customer_sets", .columns = "set_id, subject, grp"}, rows.bytes());
  }

  Match match;

 private:
  identity::Graph& graph_;
  warehouse::Client& client_;
  const IdentifierKind kind_;
  const std::uint64_t set_;
  std::vector<Identifier> keys_;
  std::vector<std::string> groups_;
};

std::uint64_t random_set() {
  std::uint64_t out = 0;
  crypto::random_bytes({reinterpret_cast<unsigned char*>(&out), sizeof out});
  return out;
}

/// The values that a set divides its customers by, most customers first.
Result<Groups> groups_of(warehouse::Client& client, std::uint64_t set) {
  warehouse::Params params;
  params.set("set", set).set("rows", std::uint64_t{Externals::kGroupsMax} + 1);
  CX_TRY(const auto table, client.select({.sql = sql::kGroups, .params = params}));
  Groups out{.set = set, .values = {}, .more = table.rows.size() > Externals::kGroupsMax};
  for (const auto& row : table.rows)
    if (out.values.size() < Externals::kGroupsMax)
      out.values.push_back({.value = warehouse::as_text(row[0]), .customers = warehouse::as_u64(row[1])});
  return out;
}

/// Fills a set with who satisfies a condition on a trait; grouped: by its value, which must not be sensitive.
/// A customer is named by its smallest subject, so that the set holds whoever it becomes part of later.
Result<void> put_trait(const Externals::Parts& parts, std::uint64_t set, const query::Condition& condition,
                       bool grouped) {
  warehouse::RowWriter rows;
  std::size_t count = 0;
  std::set<std::string, std::less<>> different;
  const auto send = [&]() -> Result<void> {
    if (count == 0) return {};
    count = 0;
    return parts.client.insert({.table = "customer_sets", .columns = "set_id, subject, grp"}, rows.take());
  };
  const auto rules = parts.graph.rules();
  CX_TRY(with_trait(
      parts.identity_db, *rules, condition,
      [&](CustomerId customer, const identity::Trait& trait) -> Result<void> {
        if (grouped && trait.sensitive)
          return fail(Code::kBadFilter, "trait.{} is sensitive: nothing is divided by it", condition.name);
        const std::string_view group = grouped ? std::string_view(trait.value).substr(0, kGroupBytesMax) : "";
        if (grouped && group.empty()) return {};
        if (!different.contains(group)) different.emplace(group);
        if (different.size() > kDifferentMax)
          return fail(Code::kBadFilter, "trait.{} has more than {} values", condition.name, kDifferentMax);
        rows.u64(set);
        rows.u64(customer.value);
        rows.text(group);
        return ++count < kBatch ? Result<void>{} : send();
      }));
  return send();
}

Result<Groups> trait_groups(const Externals::Parts& parts, std::string_view key) {
  const query::Condition everybody{.field = query::Field::kTrait,
                                   .op = query::Op::kExists,
                                   .values = {},
                                   .number = 0,
                                   .name = std::string(key)};
  const std::uint64_t set = random_set();
  CX_TRY(put_trait(parts, set, everybody, true));
  return groups_of(parts.client, set);
}

/// The set of a kept list. Its number follows from the list and the half hour, so that further questions find
/// it: sets last two hours. It goes in one insert, so that nobody finds a part of it.
Result<std::uint64_t> set_of_list(const Externals::Parts& parts, const Grant& grant, std::string_view name) {
  constexpr std::int64_t kGoodMs = 30 * 60'000;
  const Instant now = parts.clock.now();
  CX_TRY(const CustomerList list, find_list(parts.ledger, grant, name, now));
  const std::uint64_t set = mix(mix(list.id.value) + static_cast<std::uint64_t>(now.ms / kGoodMs));
  warehouse::Params params;
  params.set("set", set);
  CX_TRY(const auto there, parts.client.select({.sql = sql::kMatched, .params = params}));
  if (!there.rows.empty() && warehouse::as_u64(there.rows[0][0]) > 0) return set;
  CX_TRY(const auto subjects, subjects_of(parts.ledger, list));
  warehouse::RowWriter rows;
  for (const SubjectId subject : subjects) {
    rows.u64(set);
    rows.u64(subject.value);
    rows.text("");
  }
  CX_TRY(parts.client.insert({.table = "customer_sets", .columns = "set_id, subject, grp"}, rows.bytes()));
  return set;
}

Result<query::Expr> among_lists(const Externals::Parts& parts, const Grant& grant,
                                const query::Condition& condition) {
  std::vector<query::Expr> sets;
  for (const std::string& name : condition.values) {
    CX_TRY(const std::uint64_t set, set_of_list(parts, grant, name));
    sets.push_back(query::among(set));
  }
  query::Expr out = query::any(std::move(sets));
  if (condition.op == query::Op::kIn) return out;
  if (condition.op == query::Op::kNotIn) return query::negate(std::move(out));
  return fail(Code::kUnknownOperator, "{} on {}", to_string(condition.op), condition.name);
}

/// The conditions of the personas named, not looked up yet.
Result<query::Expr> of_personas(const Externals::Parts& parts, const Grant& grant,
                                const query::Condition& condition) {
  std::vector<query::Expr> any_of;
  for (const std::string& name : condition.values) {
    CX_TRY(any_of.emplace_back(), persona_filter(parts.ledger, grant, name));
  }
  query::Expr out = query::any(std::move(any_of));
  if (condition.op == query::Op::kIn) return out;
  if (condition.op == query::Op::kNotIn) return query::negate(std::move(out));
  return fail(Code::kUnknownOperator, "{} on {}", to_string(condition.op), condition.name);
}

/// A mainland or North American number (E.164 without the plus) as it is usually written.
void spell_phone(const std::string& normal, std::set<std::string>& out) {
  out.insert("+" + normal);
  out.insert("00" + normal);
  const bool mainland = normal.size() == 13 && normal.starts_with("86");
  const bool american = normal.size() == 11 && normal.starts_with('1');
  if (!mainland && !american) return;
  const std::string code = mainland ? "86" : "1", national = normal.substr(code.size());
  const std::size_t first = 3, second = mainland ? 4 : 3;
  for (const char* gap : {"", " ", "-"}) {
    const std::string grouped = national.substr(0, first) + gap + national.substr(first, second) + gap +
                                national.substr(first + second);
    out.insert(grouped);
    for (const char* before : {" ", "-", ""}) {
      out.insert("+" + code + before + grouped);
      out.insert(code + before + grouped);
    }
  }
}

/// A phone, an e-mail address, a card as other systems write it.
std::vector<std::string> spellings(IdentifierKind kind, const std::string& value) {
  std::set<std::string> out{value};
  const std::string normal = identity::normalize({.kind = kind, .value = value});
  if (!normal.empty()) out.insert(normal);
  if (kind == IdentifierKind::kEmail) out.insert(ascii::lower(value));
  if (kind == IdentifierKind::kPhone && !normal.empty()) spell_phone(normal, out);
  return {out.begin(), out.end()};
}

std::optional<std::string> masked(const Source& source, const Column& column, const Cell& cell,
                                  const Scrub& scrub) {
  constexpr std::size_t kShown = 2'000;
  if (!cell) return std::nullopt;
  if (column.is.name == source.key_column) return govern::mask(source.key_kind, *cell);
  if (column.sensitive) return govern::mask_text(*cell);
  return scrub.scrub(cell->substr(0, kShown));
}

}  // namespace

/// A place among those who wait for other systems.
class Externals::Turn {
 public:
  static Result<std::unique_ptr<Turn>> take(std::atomic<int>& running) {
    if (running.fetch_add(1) >= kAtOnce) {
      running.fetch_sub(1);
      return fail(Code::kVirtualBusy, "{} at a time", kAtOnce);
    }
    return std::unique_ptr<Turn>(new Turn(running));
  }
  ~Turn() { running_.fetch_sub(1); }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  explicit Turn(std::atomic<int>& running) : running_(running) {}
  std::atomic<int>& running_;
};

Result<std::unique_ptr<Externals>> Externals::open(Parts parts) {
  std::unique_ptr<Externals> out(new Externals(std::move(parts)));
  CX_TRY(out->store_, Store::open(out->parts_.ledger, out->parts_.sealing, out->parts_.clock));
  return out;
}

// ---- what is kept -----------------------------------------------------------------------------------------

std::vector<Store::Entry> Externals::list(const Grant& grant) const {
  auto out = store_->list();
  std::erase_if(out, [&](const Entry& s) { return !may_use(grant, *s); });
  return out;
}

Result<Store::Entry> Externals::find(const Grant& grant, std::string_view key) const {
  CX_TRY(auto found, store_->find(key));
  if (!may_use(grant, *found)) return fail(Code::kUnknownVirtualSource, "{}", key.substr(0, 60));
  return found;
}

Result<Store::Entry> Externals::make(const Grant& grant, Source source) {
  CX_TRY(need(grant, Permission::kManageData));
  if (!may_use(grant, source)) return fail(Code::kPermissionMissing, "unit {}", source.unit);
  return store_->make(std::move(source));
}

Result<Store::Entry> Externals::replace(const Grant& grant, SourceId id, Source source) {
  CX_TRY(need(grant, Permission::kManageData));
  CX_TRY(find(grant, id.str()));
  if (!may_use(grant, source)) return fail(Code::kPermissionMissing, "unit {}", source.unit);
  return store_->replace(id, std::move(source));
}

Result<void> Externals::remove(const Grant& grant, SourceId id) {
  CX_TRY(need(grant, Permission::kManageData));
  CX_TRY(find(grant, id.str()));
  return store_->remove(id);
}

// ---- looking ----------------------------------------------------------------------------------------------

/// What could not be reached just now is not tried again at once: its waiting would pile up.
Result<std::unique_ptr<Reader>> Externals::connect(const Source& source, Deadline deadline) {
  if (!source.enabled) return fail(Code::kBadVirtualSource, "{} is switched off", source.key);
  const std::uint64_t name = source.id.value * 1'000'003 + static_cast<std::uint64_t>(source.changed.ms);
  if (source.id.is_set()) {
    const std::lock_guard lock(mutex_);
    const auto at = down_.find(name);
    if (at != down_.end() && steady_clock::now() < at->second.until) return std::unexpected(at->second.error);
    if (at != down_.end()) down_.erase(at);
  }
  auto reader = open_reader(source, parts_.reach, deadline);
  if (!reader && reader.error().code == Code::kVirtualUnreachable && source.id.is_set()) {
    const std::lock_guard lock(mutex_);
    down_.insert_or_assign(name, Down{reader.error(), steady_clock::now() + kCoolDown});
  }
  return reader;
}

Result<std::vector<Column>> Externals::describe(const Grant& grant, Source source) {
  CX_TRY(need(grant, Permission::kManageData));
  if (const auto kept = store_->find(source.key); kept && may_use(grant, **kept)) {
    const auto same = [&](std::string_view key) { return source.setting(key) == (*kept)->setting(key); };
    if (source.kind == (*kept)->kind && same("host") && same("port") && same("url") && same("tls"))
      for (const auto& [key, secret] : (*kept)->secrets) source.secrets.try_emplace(key, secret);
  }
  CX_TRY(const auto turn, Turn::take(running_));
  const Deadline deadline = deadline_of(source);
  CX_TRY(const auto reader, connect(source, deadline));
  CX_TRY(const auto found, reader->describe(deadline));
  std::vector<Column> out;
  for (const query::OutsideColumn& column : found) {
    const Column* before = source.column(column.name);
    out.push_back({.is = column,
                   .meaning = before == nullptr ? "" : before->meaning,
                   .sensitive = before == nullptr ? looks_sensitive(column.name) : before->sensitive});
  }
  return out;
}

Result<Rows> Externals::shown(const Grant& grant, const Source& source, query::OutsideQuestion question,
                              std::size_t count) {
  (void)grant;
  Rows out{.columns = source.columns, .rows = {}, .more = false};
  question.dialect = source.kind->dialect;
  question.rows_max = count + 1;
  for (const Column& column : source.columns) question.columns.push_back(column.is);
  CX_TRY(const auto turn, Turn::take(running_));
  const Deadline deadline = deadline_of(source);
  CX_TRY(const auto reader, connect(source, deadline));
  CX_TRY(question.relation, reader->relation());
  CX_TRY(const auto sql, query::outside(question));
  CX_TRY(reader->read(sql, deadline, [&](std::span<const Cell> cells) -> Result<bool> {
    if (out.rows.size() == count) {
      out.more = true;
      return false;
    }
    auto& row = out.rows.emplace_back();
    for (std::size_t i = 0; i < cells.size() && i < source.columns.size(); ++i)
      row.push_back(masked(source, source.columns[i], cells[i], parts_.scrub));
    return true;
  }));
  return out;
}

Result<Rows> Externals::preview(const Grant& grant, std::string_view key, std::size_t count) {
  CX_TRY(need(grant, Permission::kManageData));
  CX_TRY(const Entry source, find(grant, key));
  return shown(grant, *source, {}, std::min(count, kPreviewMax));
}

Result<Rows> Externals::rows_of(const Grant& grant, std::string_view key, CustomerId customer,
                                std::size_t count) {
  CX_TRY(need(grant, Permission::kViewCustomers));
  CX_TRY(const Entry source, find(grant, key));
  CX_TRY(const CustomerId today, parts_.graph.customer_of(SubjectId{customer.value}));
  CX_TRY(const auto known, parts_.graph.identifiers_of(today));
  query::OutsideQuestion question;
  query::OutsideCondition is{.column = source->identifying().is};
  for (const auto& identifier : known)
    if (identifier.kind == source->key_kind)
      for (std::string& text : spellings(identifier.kind, identifier.value))
        if (is.column.type != query::OutsideType::kNumber || ascii::parse_number<double>(text))
          is.values.push_back(std::move(text));
  if (is.values.empty()) return Rows{.columns = source->columns, .rows = {}, .more = false};
  question.conditions.push_back(std::move(is));
  return shown(grant, *source, std::move(question), std::min(count, kPreviewMax));
}

// ---- joining ----------------------------------------------------------------------------------------------

Result<Externals::Made> Externals::fetch(const Source& source, const query::OutsideQuestion& asked,
                                         bool grouped) {
  const auto started = steady_clock::now();
  const Deadline deadline = deadline_of(source);
  CX_TRY(const auto reader, connect(source, deadline));
  query::OutsideQuestion question = asked;
  question.dialect = source.kind->dialect;
  CX_TRY(question.relation, reader->relation());
  question.rows_max = source.rows_max + 1;
  CX_TRY(const auto sql, query::outside(question));
  Made out{.set = random_set(), .match = {}, .groups = {}, .more = false, .good_until = {}};
  Joiner joiner(parts_.graph, parts_.client, source.key_kind, out.set);
  std::set<std::string, std::less<>> different;
  CX_TRY(reader->read(sql, deadline, [&](std::span<const Cell> cells) -> Result<bool> {
    if (joiner.match.rows == source.rows_max)
      return fail(Code::kVirtualTooLarge, "{}: {} rows", source.key, source.rows_max);
    if (!cells.front()) return true;
    std::string_view group;
    if (grouped) {
      group = cells.back().value_or("").substr(0, kGroupBytesMax);
      if (group.empty()) return true;
      if (!different.contains(group)) different.emplace(group);
      if (different.size() > kDifferentMax)
        return fail(Code::kBadFilter, "{}: the column has more than {} values", source.key, kDifferentMax);
    }
    CX_TRY(joiner.add(*cells.front(), group));
    return true;
  }));
  CX_TRY(joiner.send());
  out.match = joiner.match;
  warehouse::Params params;
  params.set("set", out.set);
  if (grouped) {
    CX_TRY(Groups found, groups_of(parts_.client, out.set));
    out.groups = std::move(found.values);
    out.more = found.more;
  } else {
    CX_TRY(const auto table, parts_.client.select({.sql = sql::kMatched, .params = params}));
    if (!table.rows.empty()) out.match.customers = warehouse::as_u64(table.rows[0][0]);
  }
  out.match.took =
      Millis{std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - started).count()};
  out.good_until = steady_clock::now() + std::chrono::milliseconds(source.refresh.value);
  return out;
}

/// One like it from a moment ago, or a fresh one. Equal questions wait for the first of them.
Result<std::shared_ptr<const Externals::Made>> Externals::set_of(const Source& source,
                                                                 const query::OutsideQuestion& question,
                                                                 bool grouped) {
  const std::string name = name_of(source, question, grouped);
  const auto kept = [&]() -> std::shared_ptr<const Made> {
    const std::lock_guard lock(mutex_);
    const auto at = made_.find(name);
    return at != made_.end() && steady_clock::now() < at->second->good_until ? at->second : nullptr;
  };
  if (auto found = kept()) return found;
  CX_TRY(const auto turn, Turn::take(running_));  // who waits for an equal question holds a thread too
  std::shared_ptr<std::timed_mutex> making;
  {
    const std::lock_guard lock(mutex_);
    auto& entry = making_[name];
    if (!entry) entry = std::make_shared<std::timed_mutex>();
    making = entry;
  }
  const std::unique_lock own(*making, std::chrono::milliseconds(source.time_max.value));
  if (!own.owns_lock()) return fail(Code::kVirtualBusy, "{}", source.key);
  if (auto found = kept()) return found;
  auto fresh = fetch(source, question, grouped);
  const std::lock_guard lock(mutex_);
  if (making.use_count() <= 2) making_.erase(name);
  if (!fresh) return std::unexpected(std::move(fresh.error()));
  auto out = std::make_shared<const Made>(std::move(*fresh));
  if (made_.size() >= kMadeMax)
    std::erase_if(made_, [](const auto& entry) { return steady_clock::now() >= entry.second->good_until; });
  if (made_.size() < kMadeMax) made_.insert_or_assign(name, out);
  return out;
}

Result<Match> Externals::match(const Grant& grant, std::string_view key) {
  CX_TRY(need(grant, Permission::kManageData));
  CX_TRY(const Entry source, find(grant, key));
  query::OutsideQuestion question{.relation = {}, .columns = {source->identifying().is}};
  CX_TRY(const auto made, set_of(*source, question, false));
  return made->match;
}

Result<Externals::Named> Externals::named(const Grant& grant, std::string_view name, bool with_column) const {
  CX_TRY(need(grant, viewing(grant)));
  const auto point = name.find('.');
  CX_TRY(Entry source, find(grant, name.substr(0, point)));
  Named out{.source = std::move(source)};
  if (!with_column && point == name.npos) return out;
  out.column = point == name.npos ? nullptr : out.source->column(name.substr(point + 1));
  if (out.column == nullptr) return fail(Code::kUnknownField, "{}", name.substr(0, 200));
  const bool is_sensitive = out.column->sensitive || out.column->is.name == out.source->key_column;
  if (is_sensitive && !grant.may(Permission::kRevealSensitive))
    return fail(Code::kPermissionMissing, "{} is sensitive", name.substr(0, 200));
  return out;
}

Result<void> Externals::resolve(const Grant& grant, query::Filter& filter) {
  return resolve(grant, filter.where);
}

Result<void> Externals::resolve(const Grant& grant, query::Expr& expr) {
  for (query::Expr& part : expr.parts) CX_TRY(resolve(grant, part));
  if (expr.kind != query::Expr::Kind::kCondition) return {};
  if (expr.condition.field == query::Field::kTrait) {
    CX_TRY(need(grant, viewing(grant)));
    CX_TRY(const std::uint64_t set, set_of_trait(expr.condition));
    expr = query::among(set);
  }
  if (expr.condition.field != query::Field::kVirtual) return {};
  if (expr.condition.name == query::kKeptLists && expr.condition.op != query::Op::kExists) {
    CX_TRY(expr, among_lists(parts_, grant, query::Condition(expr.condition)));
    return {};
  }
  if (expr.condition.name == query::kPersonas && expr.condition.op != query::Op::kExists) {
    // What it says of traits, lists and sources is looked up in its turn; it names no persona again.
    CX_TRY(expr, of_personas(parts_, grant, query::Condition(expr.condition)));
    return resolve(grant, expr);
  }
  CX_TRY(const Named asked, named(grant, expr.condition.name, expr.condition.op != query::Op::kExists));
  query::OutsideQuestion question{.relation = {}, .columns = {asked.source->identifying().is}};
  if (asked.column != nullptr)
    question.conditions.push_back(
        {.column = asked.column->is, .op = expr.condition.op, .values = expr.condition.values});
  CX_TRY(const auto made, set_of(*asked.source, question, false));
  expr = query::among(made->set);
  return {};
}

Result<std::uint64_t> Externals::set_of_trait(const query::Condition& condition) {
  constexpr std::chrono::seconds kGood{30};
  std::string name = fmt::format("trait/{}\n{}", condition.name, to_string(condition.op));
  for (const std::string& value : condition.values) name += fmt::format("\t{}:{}", value.size(), value);
  {
    const std::lock_guard lock(mutex_);
    const auto at = made_.find(name);
    if (at != made_.end() && steady_clock::now() < at->second->good_until) return at->second->set;
  }
  CX_TRY(const auto turn, Turn::take(running_));
  const std::uint64_t set = random_set();
  CX_TRY(put_trait(parts_, set, condition, false));
  const std::lock_guard lock(mutex_);
  if (made_.size() < kMadeMax)
    made_.insert_or_assign(name,
                           std::make_shared<const Made>(Made{.set = set,
                                                             .match = {},
                                                             .groups = {},
                                                             .more = false,
                                                             .good_until = steady_clock::now() + kGood}));
  return set;
}

Result<Groups> Externals::groups(const Grant& grant, std::string_view column) {
  if (column.starts_with(kTrait)) {
    CX_TRY(need(grant, viewing(grant)));
    CX_TRY(const auto turn, Turn::take(running_));
    return trait_groups(parts_, column.substr(kTrait.size()));
  }
  CX_TRY(const Named asked, named(grant, column, true));
  if (asked.column->is.name == asked.source->key_column)
    return fail(Code::kBadFilter, "{} names customers", column.substr(0, 200));
  query::OutsideQuestion question{.relation = {},
                                  .columns = {asked.source->identifying().is, asked.column->is}};
  CX_TRY(const auto made, set_of(*asked.source, question, true));
  return Groups{.set = made->set, .values = made->groups, .more = made->more};
}

}  // namespace zhike::external
