#include <fmt/format.h>
#include <algorithm>
#include <cmath>

#include "base/ascii.h"
#include "base/crypto.h"
#include "clean/currency.h"
#include "ingest/lookup.h"
#include "ingest/mapping.h"
#include "ingest/notes.h"

namespace zhike::ingest {
namespace {

std::string column_of(const Template& value) {
  return value.is_literal() ? "\"" + value.literal() + "\"" : value.text();
}

// A product in minor units, from texts: a price may have more digits than its currency.
Result<Money> multiply_money(std::string_view price, std::string_view times, Currency currency,
                             char decimal) {
  std::string plain;
  for (const char c : price) {
    if (c == decimal)
      plain += '.';
    else if (c != ',' && c != '.' && c != '\'' && c != ' ')
      plain += c;
  }
  const auto a = ascii::parse_number<double>(plain), b = ascii::parse_number<double>(times);
  if (!a || !b) return fail(Code::kBadAmount, "");
  return to_money(*a * *b, currency);
}

// "1:02:03", "02:03" (minutes first) or plain seconds, as seconds.
std::optional<std::int64_t> parse_duration(std::string_view text) {
  std::int64_t total = 0;
  for (std::size_t parts = 1;; ++parts) {
    const std::string_view part = text.substr(0, text.find(':'));
    const auto number = ascii::parse_number<std::int64_t>(part);
    if (!number || *number < 0 || *number > 100'000'000 || parts > 3 || (parts > 1 && *number > 59))
      return std::nullopt;
    total = total * 60 + *number;
    if (part.size() == text.size()) return total;
    text.remove_prefix(part.size() + 1);
  }
}

Value compare(Computed::What what, Instant a, Instant b) {
  if (what == Computed::What::kNotAfter) return a <= b;
  const double ms = static_cast<double>((b - a).value);
  return std::round(what == Computed::What::kDays ? ms / 864'000.0 : ms / 10.0) / 100;
}

class Mapper final : public RowMapper {
 public:
  Mapper(const Mapping& mapping, const FileRule& rule) : mapping_(mapping), rule_(rule) {}

  Result<void> open(const std::vector<std::string>& header, const std::filesystem::path& folder) {
    Columns columns(unmarked(header));
    own_columns_ = header.size();
    for (const std::string& name : rule_.optional)
      if (std::ranges::find(header, name) == header.end()) columns.add(name);
    bind_place(columns);
    for (LookupRule& lookup : rule_.lookups) {
      lookup.by.bind(columns);
      // A row that is read again brings what it found; the files of today might answer otherwise.
      if (std::ranges::any_of(header, [&](const auto& name) { return name.starts_with(mark_of(lookup)); })) {
        columns.allow(lookup.name + ".");
        continue;
      }
      const auto file = find_file(folder, lookup.pattern);
      if (!file) {
        lookups_missing_.push_back(lookup.pattern);
        columns.allow(lookup.name + ".");
        joins_.push_back({nullptr, &lookup, 0});
        continue;
      }
      const auto rule = mapping_.rule_for(*file);
      CX_TRY(auto loaded, Lookup::load(*file, lookup.key, rule ? **rule : FileRule{}));
      const std::size_t at = columns.names().size();
      for (const std::string& name : loaded->columns()) columns.add(lookup.name + "." + name);
      joins_.push_back({std::move(loaded), &lookup, at});
    }
    for (RecodeRule& recode : rule_.recodes) {
      recode.value.bind(columns);
      recode.otherwise.bind(columns);
      recodes_.push_back({&recode, columns.names().size()});
      columns.add(recode.name);
    }
    recoded_.resize(recodes_.size());
    for (const std::string& name : rule_.required) required_.push_back(columns.find(name));
    for (EventRule& event : rule_.events) bind(event, columns);
    if (!columns.missing().empty())
      return fail(Code::kMappingColumns, "{}: {}; the file has {}", rule_.name,
                  fmt::join(columns.missing(), ", "), fmt::join(header, ", "));
    for (const Join& join : joins_)
      for (std::size_t i = 0; join.table != nullptr && i < join.table->columns().size(); ++i)
        if (columns.was_found(columns.names()[join.at + i])) looked_up_.push_back(join.at + i);
    names_ = columns.names();
    cells_.resize(columns.names().size());
    uses_place_ = columns.was_found("@file") || columns.was_found("@row");
    return {};
  }

  void place(std::string_view file, std::uint64_t row) override {
    if (file_at_ >= own_columns_ && file_.empty())
      file_ = file.ends_with(".gz") ? file.substr(0, file.size() - 3) : file;
    if (row_at_ >= own_columns_) row_ = std::to_string(row);
  }
  bool uses_place() const override { return uses_place_; }

  std::optional<Refusal> apply(Cells row, Instant now, std::vector<RawEvent>& events) override {
    std::copy(row.begin(), row.end(), cells_.begin());
    for (const int at : required_)
      if (trim(cells_[static_cast<std::size_t>(at)]).empty())
        return Refusal{Reason::kBadValue,
                       fmt::format("column {} is empty", names_.at(static_cast<std::size_t>(at)))};
    if (file_at_ >= own_columns_) cells_[file_at_] = file_;
    if (row_at_ >= own_columns_) cells_[row_at_] = row_;
    for (const Join& join : joins_) look_up(join);
    recode();
    const std::size_t before = events.size();
    for (std::size_t i = 0; i < rule_.events.size(); ++i) {
      const EventRule& rule = rule_.events[i];
      if (!holds(rule)) continue;
      RawEvent& event = events.emplace_back();
      auto refusal = build(rule, i, now, event);
      if (!refusal) refusal = admit(event);
      if (refusal) {
        events.resize(before);  // a row is stored as a whole or not at all
        return refusal;
      }
    }
    if (events.size() == before)
      return Refusal{Reason::kNoName, "no event of the mapping applies to the row"};
    return std::nullopt;
  }

  const std::vector<std::string>& lookups_missing() const override { return lookups_missing_; }
  void add_looked_up(std::vector<std::pair<std::string, std::string>>& cells) const override {
    for (const std::size_t at : looked_up_) cells.emplace_back("@" + names_[at], cells_[at]);
  }

 private:
  struct Join {
    std::unique_ptr<Lookup> table;
    const LookupRule* rule;
    std::size_t at;
  };

  struct Recode {
    const RecodeRule* rule;
    std::size_t at;
  };

  static std::string mark_of(const LookupRule& lookup) { return "@" + lookup.name + "."; }

  // The header, with columns that a row brings from lookups under their usual names; and which are the
  // file's.
  std::vector<std::string> unmarked(std::vector<std::string> header) {
    for (std::string& name : header) {
      is_own_.push_back(!name.starts_with('@'));
      if (std::ranges::any_of(rule_.lookups, [&](const auto& l) { return name.starts_with(mark_of(l)); }))
        name.erase(0, 1);
    }
    return header;
  }

  // A row that is read again brings its place as columns of its own.
  void bind_place(Columns& columns) {
    const auto bind = [&](const char* name, std::size_t& at) {
      const auto found = std::ranges::find(columns.names(), name);
      at = static_cast<std::size_t>(found - columns.names().begin());
      if (found == columns.names().end()) columns.add(name);
    };
    bind("@file", file_at_);
    bind("@row", row_at_);
  }

  void recode() {
    for (std::size_t i = 0; i < recodes_.size(); ++i) {
      const RecodeRule& rule = *recodes_[i].rule;
      recoded_[i] = rule.value.render(cells_);
      const auto found = rule.map.find(recoded_[i]);
      if (found != rule.map.end())
        recoded_[i] = found->second;
      else if (rule.otherwise.text() != rule.value.text())
        recoded_[i] = rule.otherwise.render(cells_);
      cells_[recodes_[i].at] = recoded_[i];
    }
  }

  static void bind(EventRule& e, Columns& columns) {
    for (Condition& c : e.when) c.at = columns.find(c.column);
    for (Template* t : {&e.name, &e.id, &e.channel, &e.unit, &e.session, &e.case_id, &e.instrument, &e.text})
      t->bind(columns);
    for (Template& t : e.time) t.bind(columns);
    for (IdentifierRule& i : e.identifiers) i.value.bind(columns);
    for (std::optional<Template>* t : {&e.amount, &e.amount_times, &e.amount_currency, &e.score})
      if (*t) (*t)->bind(columns);
    for (Field& f : e.properties) f.value.bind(columns);
    for (Field& f : e.traits) f.value.bind(columns);
    for (Computed& c : e.computed) c.first.bind(columns), c.second.bind(columns);
  }

  void look_up(const Join& join) {
    if (join.table == nullptr) return;  // its cells stay empty
    const std::size_t width = join.table->columns().size();
    const std::string_view* found =
        join.rule->by.render_whole(cells_, scratch_) ? join.table->find(scratch_) : nullptr;
    for (std::size_t i = 0; i < width; ++i)
      cells_[join.at + i] = found == nullptr ? std::string_view{} : found[i];
  }

  [[nodiscard]] bool holds(const EventRule& rule) const {
    return std::ranges::all_of(rule.when, [&](const Condition& c) {
      const std::string_view cell = trim(cells_[static_cast<std::size_t>(c.at)]);
      if (c.what == Condition::What::kFilled) return cell.empty() == c.negated;
      const bool starts = c.what == Condition::What::kStartsWith;
      const auto fits = [&](std::string_view text) { return starts ? cell.starts_with(text) : cell == text; };
      return std::ranges::any_of(c.texts, fits) != c.negated;
    });
  }

  std::optional<Refusal> read_time(const EventRule& rule, Instant now, RawEvent& event) {
    if (rule.time_is_now) {
      event.occurred_at = now;
      return std::nullopt;
    }
    for (const Template& t : rule.time) {
      if (!t.render_whole(cells_, scratch_)) continue;
      const Result<Instant> at = parse_time_as(scratch_, rule.time_format, mapping_.zone);
      if (!at) return Refusal{Reason::kBadTime, fmt::format("{} is not a time", column_of(t))};
      event.occurred_at = *at;
      return std::nullopt;
    }
    return Refusal{Reason::kBadTime, fmt::format("{} is empty", column_of(rule.time.front()))};
  }

  std::optional<Refusal> read_amount(const EventRule& rule, RawEvent& event) {
    if (!rule.amount || !rule.amount->render_whole(cells_, scratch_)) return std::nullopt;
    Currency currency = mapping_.currency;
    if (rule.amount_currency) {
      const std::string name = rule.amount_currency->render(cells_);
      const std::string_view code = clean::currency_code(name);
      const auto parsed = parse_currency(code);
      if (parsed && code != name) notes().add(clean::Rule::kCurrencyAlias);
      if (!name.empty() && !parsed)
        return Refusal{Reason::kBadValue,
                       fmt::format("{} is not a currency", column_of(*rule.amount_currency))};
      if (parsed) currency = *parsed;
    }
    if (!currency.is_set()) return Refusal{Reason::kBadValue, "an amount without a currency"};
    std::string times;
    if (rule.amount_times && !rule.amount_times->render_whole(cells_, times)) return std::nullopt;
    const auto money = rule.amount_times ? multiply_money(scratch_, times, currency, rule.decimal)
                                         : parse_money(scratch_, currency, rule.decimal);
    if (!money)
      return Refusal{Reason::kBadValue, fmt::format("{} is not an amount", column_of(*rule.amount))};
    event.amount = *money;
    return std::nullopt;
  }

  std::optional<Refusal> read_score(const EventRule& rule, RawEvent& event) {
    if (!rule.score || !rule.score->render_whole(cells_, scratch_)) return std::nullopt;
    const auto score = ascii::parse_number<double>(scratch_);
    if (!score || *score < rule.score_min || *score > rule.score_max)
      return Refusal{Reason::kBadValue, fmt::format("{} is not a score between {} and {}",
                                                    column_of(*rule.score), rule.score_min, rule.score_max)};
    event.score = static_cast<float>(*score);
    return std::nullopt;
  }

  std::optional<Refusal> compute(const EventRule& rule, RawEvent& event) {
    for (const Computed& c : rule.computed) {
      const std::string first = c.first.render(cells_), second = c.second.render(cells_);
      if (first.empty()) continue;
      if (c.what == Computed::What::kIs) {
        event.properties.push_back({c.key, first == second});
        continue;
      }
      if (c.what == Computed::What::kDuration) {
        const auto seconds = parse_duration(first);
        if (!seconds)
          return Refusal{Reason::kBadValue, fmt::format("{} is not a duration", column_of(c.first))};
        event.properties.push_back({c.key, *seconds});
        continue;
      }
      if (second.empty()) continue;
      const auto a = parse_time_as(first, rule.time_format, mapping_.zone);
      const auto b = parse_time_as(second, rule.time_format, mapping_.zone);
      if (!a || !b)
        return Refusal{Reason::kBadTime, fmt::format("{} is not a time", column_of(a ? c.second : c.first))};
      event.properties.push_back({c.key, compare(c.what, *a, *b)});
    }
    return std::nullopt;
  }

  void take_fields(const std::vector<Field>& fields, bool all, Properties& out) const {
    out.reserve(fields.size() + (all ? own_columns_ : 0));
    if (all)
      for (std::size_t i = 0; i < own_columns_; ++i)
        if (const auto cell = trim(cells_[i]); !cell.empty() && is_own_[i])
          out.push_back({names_[i], std::string(cell)});
    for (const Field& f : fields) {
      std::string value = f.value.render(cells_);
      if (!value.empty()) out.push_back({f.key, std::move(value)});
    }
  }

  // A row that comes again is the same message: its cells and the place of the rule name it.
  std::string row_id(std::size_t rule_at) const {
    std::string all = rule_.name;
    for (std::size_t i = 0; i < own_columns_; ++i)
      if (is_own_[i]) all.append(1, '\x1f').append(cells_[i]);
    const crypto::Hash128 hash = crypto::fingerprint(all);
    return fmt::format("row:{:016x}{:016x}:{}", hash.high, hash.low, rule_at);
  }

  std::optional<Refusal> build(const EventRule& rule, std::size_t at, Instant now, RawEvent& event) {
    event.type = rule.type;
    event.name = rule.name.render(cells_);
    if (auto refusal = read_time(rule, now, event)) return refusal;
    if (rule.id.is_empty())
      event.message_id = row_id(at);
    else if (!rule.id.render_whole(cells_, event.message_id))
      return Refusal{Reason::kBadValue, fmt::format("a column of the id {} is empty", rule.id.text())};
    event.identifiers.reserve(rule.identifiers.size());
    for (const IdentifierRule& i : rule.identifiers)
      if (i.value.render_whole(cells_, scratch_)) event.identifiers.push_back({i.kind, scratch_});
    event.channel = rule.channel.render(cells_);
    event.unit = rule.unit.render(cells_);
    event.session_id = rule.session.render(cells_);
    event.case_id = rule.case_id.render(cells_);
    event.text = std::string(trim(rule.text.render(cells_)));
    if (auto refusal = read_amount(rule, event)) return refusal;
    if (auto refusal = read_score(rule, event)) return refusal;
    if (event.score || !event.text.empty()) event.instrument = rule.instrument.render(cells_);
    take_fields(rule.properties, rule.all_properties, event.properties);
    take_fields(rule.traits, rule.all_traits, event.traits);
    return compute(rule, event);
  }

  const Mapping& mapping_;
  FileRule rule_;  // a copy: its templates are bound to this file
  std::size_t own_columns_ = 0;
  std::vector<std::string> names_;
  std::vector<bool> is_own_;  // of the file's header: not brought along by a row that is read again
  std::vector<int> required_;
  std::vector<Join> joins_;
  std::vector<std::size_t> looked_up_;  // columns of lookups that the rule uses
  std::vector<Recode> recodes_;
  std::vector<std::string> recoded_;
  std::size_t file_at_ = 0, row_at_ = 0;
  std::string file_, row_;
  bool uses_place_ = false;
  std::vector<std::string_view> cells_;
  std::vector<std::string> lookups_missing_;
  std::string scratch_;
};

}  // namespace

Result<std::unique_ptr<RowMapper>> RowMapper::bind(const Mapping& mapping, const FileRule& rule,
                                                   const std::vector<std::string>& header,
                                                   const std::filesystem::path& folder) {
  auto mapper = std::make_unique<Mapper>(mapping, rule);
  CX_TRY(mapper->open(header, folder));
  return mapper;
}

}  // namespace zhike::ingest
