#include "ingest/observe.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/ascii.h"
#include "ingest/classify.h"
#include "ingest/detect.h"
#include "ingest/observe_json.h"
#include "ingest/quality.h"

namespace zhike::ingest {
namespace {

/// Of the n-th event of a name, from 1: how many it stands for when it is looked at; 0: it is not.
std::uint64_t weight_of(std::uint64_t n) {
  constexpr std::uint64_t kAll = 1'000, kSome = 10'000;
  if (n <= kAll) return 1;
  const std::uint64_t step = n <= kSome ? 8 : 64;
  return n % step == 0 ? step : 0;
}

bool is_of_value(Fault fault) {
  return fault != Fault::kUnplanned && fault != Fault::kMissing && fault != Fault::kAdditional;
}

bool is_filled(const Property& p) {
  const auto* text = std::get_if<std::string>(&p.value);
  return !std::holds_alternative<std::monostate>(p.value) && (text == nullptr || !text->empty());
}

/// Values that may be listed: of keys and forms that say nothing about a person.
bool may_be_listed(std::string_view key, bool is_trait, const std::string& value) {
  const KeyClass is = classify_key(key, is_trait);
  return (is == KeyClass::kPlain || is == KeyClass::kOrderly) && value.size() <= Observer::kValueBytesMax &&
         !may_be_sensitive(value);
}

}  // namespace

ValueType SeenProperty::main_type() const {
  return static_cast<ValueType>(std::ranges::max_element(types) - types.begin());
}

double SeenProperty::type_share(ValueType type) const {
  return count == 0 ? 0
                    : static_cast<double>(types[static_cast<std::size_t>(type)]) / static_cast<double>(count);
}

Result<std::unique_ptr<Observer>> Observer::open(ledger::Db& ledger, const Plans& plans,
                                                 const Sources& sources, DayCounts& days) {
  std::unique_ptr<Observer> observer(new Observer(ledger, plans, sources, days));
  CX_TRY(observer->load());
  return observer;
}

Result<void> Observer::load() {
  return ledger_.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& s = tx.sql("SELECT source, type, name, body FROM observed");
    for (;;) {
      CX_TRY(const bool found, s.step());
      if (!found) return {};
      OfSource& source = source_of({s.u64(0)});
      if (s.i64(1) < 0) {
        observed::read_source(s.text(3), source.first, source.names_beyond);
        continue;
      }
      auto known = std::make_unique<Known>();
      known->event.type = static_cast<EventType>(s.i64(1));
      known->event.name = std::string(s.text(2));
      observed::read_event(s.text(3), known->event);
      source.events[{known->event.type, known->event.name}] = std::move(known);
    }
  });
}

Observer::OfSource& Observer::source_of(SourceId id) {
  const auto [at, is_new] = by_source_.try_emplace(id);
  if (is_new)
    if (const auto source = sources_.find(id)) {
      at->second.kind = source->kind;
      if (auto zone = Zone::find(source->zone)) at->second.zone = *zone;
    }
  return at->second;
}

Observer::Way& Observer::way_of(std::uint32_t kind, const RawEvent& event) {
  if (kind >= ways_.size()) ways_.resize(kind + 1);
  Way& way = ways_[kind];
  if (way.is_set && kind != Kinds::kOther) return way;  // "other" holds events of every source
  OfSource& source = source_of(event.source);
  if (source.first.ms == 0) source.first = event.received_at;
  const std::string name = scrub(event.name);
  auto at = source.events.find({event.type, name});
  if (at == source.events.end() && source.events.size() < kNamesMax) {
    auto known = std::make_unique<Known>();
    known->event.type = event.type;
    known->event.name = name;
    known->event.first = event.received_at;
    at = source.events.emplace(std::pair{event.type, name}, std::move(known)).first;
    source.is_dirty = true;
  }
  way = {&source, at == source.events.end() ? nullptr : at->second.get(), true};
  return way;
}

void Observer::see(std::span<const Stored> events) {
  const std::lock_guard lock(mutex_);
  block_.clear();
  for (const Stored& stored : events) {
    const Way& way = way_of(stored.kind, *stored.event);
    if (way.known == nullptr) {
      ++way.source->names_beyond;
      way.source->is_dirty = true;
      continue;
    }
    if (const std::uint64_t weight = weight_of(++way.known->event.count))
      look(*way.source, *way.known, *stored.event, weight);
  }
  std::vector<DayCounts::Entry> entries;
  for (const auto& [key, q] : block_) {
    const auto& [source, day] = key;
    for (const auto& [mark, value] :
         {std::pair{Mark::kLooked, q.looked}, std::pair{Mark::kExpected, q.expected},
          std::pair{Mark::kFilled, q.filled}, std::pair{Mark::kValues, q.values},
          std::pair{Mark::kInvalid, q.invalid}, std::pair{Mark::kTimed, q.timed},
          std::pair{Mark::kLate, q.late}, std::pair{Mark::kTyped, q.typed},
          std::pair{Mark::kMistyped, q.mistyped}, std::pair{mark_of(clean::Rule::kTextScrubbed), q.scrubbed}})
      entries.push_back({source, day, mark, value});
  }
  days_.add(entries);
}

void Observer::look(OfSource& source, Known& known, const RawEvent& event, std::uint64_t weight) {
  constexpr std::uint64_t kUsualAfter = 100;  // events before a property can be said to be usual
  constexpr double kUsual = 0.9;
  SeenEvent& seen = known.event;
  known.is_dirty = true;
  now_ = &block_[{event.source, day_of(event.received_at, source.zone)}];
  const bool of_traits = event.type == EventType::kIdentify || event.type == EventType::kGroup;
  const Properties& properties = of_traits ? event.traits : event.properties;
  seen.last = std::max(seen.last, event.received_at);
  count_quality(source, event, weight);

  const auto plan = plans_.of(event.source);
  const EventPlan* const planned = plan ? plan->find(event.type, event.name) : nullptr;
  if (const std::uint64_t version = plan ? plan->version : 0; seen.plan != version) {
    seen.violations.clear();
    seen.plan = version;
  }
  if (may_be_sensitive(event.text)) now_->scrubbed += find_sensitive(event.text).size() * weight;
  violations_.clear();
  if (plan) plan->check(event, source.kind == "file", kViolationsMax, violations_);
  std::uint64_t missing = 0;
  for (const Violation& v : violations_) {
    if (v.fault == Fault::kMissing) ++missing;
    if (is_of_value(v.fault)) now_->invalid += weight;
    auto at = seen.violations.find({v.fault, v.path});
    if (at == seen.violations.end()) {
      if (seen.violations.size() >= kViolationsMax) continue;
      at = seen.violations.emplace(std::pair{v.fault, v.path}, SeenViolation{0, event.received_at, {}}).first;
    }
    at->second.count += weight;
    at->second.last = event.received_at;
  }
  if (planned != nullptr) {
    const auto required =
        static_cast<std::uint64_t>(std::ranges::count(planned->properties, true, &PropertyRule::required));
    now_->expected += required * weight;
    now_->filled += (required - std::min(missing, required)) * weight;
  } else {
    for (const auto& [key, p] : seen.properties) {
      const std::uint64_t since = seen.looked - p.before;
      if (since < kUsualAfter || static_cast<double>(p.count) < kUsual * static_cast<double>(since)) continue;
      now_->expected += weight;
      const auto at = std::ranges::find(properties, key, &Property::key);
      if (at != properties.end() && is_filled(*at)) now_->filled += weight;
    }
  }
  for (const Property& p : properties)
    if (is_filled(p)) look_at(source, seen, p, of_traits, event.received_at, weight);
  seen.looked += weight;
}

void Observer::look_at(OfSource& source, SeenEvent& seen, const Property& property, bool is_trait, Instant at,
                       std::uint64_t weight) {
  auto found = seen.properties.find(property.key);
  if (found == seen.properties.end()) {
    if (seen.properties.size() >= kPropertiesMax) {
      seen.properties_beyond += weight;
      return;
    }
    found = seen.properties.emplace(property.key, SeenProperty{}).first;
    found->second.first = at;
    found->second.before = seen.looked;
  }
  SeenProperty& p = found->second;
  const ValueType type = type_of(property.value, source.kind == "file");
  const auto index = static_cast<std::size_t>(type);
  const ValueType usual = p.main_type();
  const auto is_numeric = [](ValueType t) { return t == ValueType::kInteger || t == ValueType::kNumber; };
  now_->values += weight;
  if (p.count > 0) {
    now_->typed += weight;
    if (type != usual && !(is_numeric(type) && is_numeric(usual))) now_->mistyped += weight;
  }
  p.count += weight;
  if (p.types[index] == 0) p.type_first[index] = at;
  p.types[index] += weight;
  p.last = std::max(p.last, at);
  if (is_numeric(type)) {
    const auto number = ascii::parse_number<double>(zhike::to_string(property.value));
    if (number && (!p.least || *number < *p.least)) p.least = number;
    if (number && (!p.most || *number > *p.most)) p.most = number;
  } else if (p.has_few_values) {
    std::string value = zhike::to_string(property.value);
    if (std::ranges::find(p.values, value) != p.values.end()) return;
    if (p.values.size() < kValuesMax && may_be_listed(property.key, is_trait, value)) {
      p.values.push_back(std::move(value));
    } else {
      p.has_few_values = false;
      p.values = {};
    }
  }
}

void Observer::count_quality(const OfSource& source, const RawEvent& event, std::uint64_t weight) {
  now_->looked += weight;
  if (source.kind == "file") return;  // a file brings history: its age says nothing
  now_->timed += weight;
  if (event.received_at - event.occurred_at > kLateAfter) now_->late += weight;
}

SeenSource Observer::of(SourceId source) const {
  SeenSource out;
  const std::lock_guard lock(mutex_);
  const auto at = by_source_.find(source);
  if (at == by_source_.end()) return out;
  out.first = at->second.first;
  out.names_beyond = at->second.names_beyond;
  for (const auto& [key, known] : at->second.events) out.events.push_back(known->event);
  return out;
}

Result<void> Observer::forget(SourceId source) {
  const std::lock_guard one_at_a_time(saving_);
  CX_TRY(ledger_.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("DELETE FROM observed WHERE source = $1").bind(1, source).run());
    return {};
  }));
  const std::lock_guard lock(mutex_);
  ways_.clear();
  by_source_.erase(source);
  return {};
}

Result<void> Observer::save() {
  struct Entry {
    SourceId source;
    std::int64_t type;
    std::string name, body;
  };
  const std::lock_guard one_at_a_time(saving_);
  std::vector<Entry> entries;
  {
    const std::lock_guard lock(mutex_);
    for (auto& [id, source] : by_source_) {
      bool any = std::exchange(source.is_dirty, false);
      for (auto& [key, known] : source.events) {
        if (!std::exchange(known->is_dirty, false)) continue;
        any = true;
        entries.push_back(
            {id, static_cast<std::int64_t>(key.first), key.second, observed::write_event(known->event)});
      }
      if (any) entries.push_back({id, -1, {}, observed::write_source(source.first, source.names_beyond)});
    }
  }
  if (entries.empty()) return {};
  const auto written = ledger_.write([&](ledger::Tx& tx) -> Result<void> {
    for (const Entry& e : entries)
      CX_TRY(tx.sql("INSERT INTO observed (source, type, name, body) VALUES ($1, $2, $3, $4) ON CONFLICT "
                    "(source, type, name) DO UPDATE SET body = excluded.body")
                 .bind(1, e.source)
                 .bind(2, e.type)
                 .bind(3, e.name)
                 .bind(4, e.body)
                 .run());
    return {};
  });
  if (written) return {};
  const std::lock_guard lock(mutex_);  // to be written next time
  for (const Entry& e : entries)
    if (auto at = by_source_.find(e.source); at != by_source_.end()) {
      at->second.is_dirty = true;
      if (e.type >= 0)
        if (auto known = at->second.events.find({static_cast<EventType>(e.type), e.name});
            known != at->second.events.end())
          known->second->is_dirty = true;
    }
  return written;
}

}  // namespace zhike::ingest
