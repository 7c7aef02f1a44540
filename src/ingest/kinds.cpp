#include "ingest/kinds.h"

#include "base/log.h"
#include "ingest/detect.h"

namespace zhike::ingest {

Result<std::unique_ptr<Kinds>> Kinds::open(ledger::Db& ledger, const Touchpoints& touchpoints,
                                           const Sources& sources, Limits limits) {
  std::unique_ptr<Kinds> kinds(new Kinds(ledger, touchpoints, sources, limits));
  CX_TRY(kinds->load());
  if (kinds->kinds_.empty()) {
    kinds->kinds_.push_back({.source = {},
                             .type = EventType::kTrack,
                             .name = "(other)",
                             .arrived = "",
                             .placement = {"other", "", ""}});
    kinds->unsaved_ = 1;
    kinds->unpushed_ = true;
    CX_TRY(kinds->save());
  }
  return kinds;
}

Result<void> Kinds::load() {
  return ledger_.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& s = tx.sql(
        "SELECT kind, source, type, name, arrived, channel, touchpoint, stage, version, pushed FROM kinds "
        "ORDER BY kind");
    for (;;) {
      CX_TRY(const bool found, s.step());
      if (!found) return {};
      cx_check(s.u64(0) == kinds_.size() + 1, "kinds are numbered without gaps");
      Kind k{{s.u64(1)},
             static_cast<EventType>(s.i64(2)),
             std::string(s.text(3)),
             std::string(s.text(4)),
             {std::string(s.text(5)), std::string(s.text(6)), std::string(s.text(7))},
             s.u64(8),
             s.u64(9),
             true};
      std::string key;
      make_key(key, k.source, k.type, k.name, k.arrived);
      numbers_.emplace(std::move(key), static_cast<std::uint32_t>(s.u64(0)));
      if (k.pushed < k.version) unpushed_ = true;
      ++by_source_[k.source];
      kinds_.push_back(std::move(k));
    }
  });
}

void Kinds::make_key(std::string& key, SourceId source, EventType type, std::string_view name,
                     std::string_view arrived) {
  key.clear();
  key.append(reinterpret_cast<const char*>(&source.value), sizeof source.value);
  key.push_back(static_cast<char>(type));
  key.append(name).push_back('\0');
  key.append(arrived);
}

std::uint32_t Kinds::number(SourceId source, EventType type, std::string_view name,
                            std::string_view channel) {
  const std::lock_guard lock(mutex_);
  make_key(scratch_, source, type, name, channel);
  if (const auto at = numbers_.find(std::string_view(scratch_)); at != numbers_.end()) return at->second;
  const std::string clean = scrub(name), arrived = scrub(channel);
  make_key(scratch_, source, type, clean, arrived);
  if (const auto at = numbers_.find(std::string_view(scratch_)); at != numbers_.end()) return at->second;
  std::size_t& of_source = by_source_[source];
  if (kinds_.size() >= limits_.all || of_source >= limits_.source) {
    if (beyond_limit_++ == 0)
      log::warn("too_many_kinds_of_events", {{"source", source.value}, {"kinds", of_source}});
    return kOther;
  }
  ++of_source;
  const Placement placement = touchpoints_.current()->place(type, clean, arrived, sources_.name_of(source));
  kinds_.push_back({source, type, clean, arrived, placement});
  const auto number = static_cast<std::uint32_t>(kinds_.size());
  numbers_.emplace(scratch_, number);
  ++unsaved_;
  unpushed_ = true;
  return number;
}

Result<void> Kinds::save() {
  const std::lock_guard lock(mutex_);
  if (unsaved_ == 0) return {};
  CX_TRY(ledger_.write([&](ledger::Tx& tx) -> Result<void> {
    for (std::size_t i = 0; i < kinds_.size(); ++i) {
      const Kind& k = kinds_[i];
      if (k.saved) continue;
      CX_TRY(tx.sql("INSERT INTO kinds (kind, source, type, name, arrived, channel, touchpoint, stage, "
                    "version, pushed) "
                    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0)")
                 .bind(1, static_cast<std::uint64_t>(i + 1))
                 .bind(2, k.source)
                 .bind(3, static_cast<std::int64_t>(k.type))
                 .bind(4, k.name)
                 .bind(5, k.arrived)
                 .bind(6, k.placement.channel)
                 .bind(7, k.placement.touchpoint)
                 .bind(8, k.placement.stage)
                 .bind(9, k.version)
                 .run());
    }
    return {};
  }));
  for (Kind& k : kinds_) k.saved = true;
  unsaved_ = 0;
  return {};
}

Result<void> Kinds::push(warehouse::Client& client) {
  if (!unpushed_) return {};
  const std::lock_guard one_at_a_time(push_mutex_);
  warehouse::RowWriter rows;
  std::vector<std::pair<std::size_t, std::uint64_t>> sent;
  std::string token = "kinds";
  {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < kinds_.size(); ++i) {
      const Kind& k = kinds_[i];
      if (!k.saved || k.pushed >= k.version) continue;
      rows.u32(static_cast<std::uint32_t>(i + 1));
      rows.text(to_string(k.type));
      rows.text(k.name);
      rows.text(k.placement.channel);
      rows.text(k.placement.touchpoint);
      rows.text(k.placement.stage);
      rows.u64(k.version);
      sent.emplace_back(i, k.version);
    }
  }
  if (sent.empty()) return {};
  CX_TRY(client.insert({.table = "kinds", .columns = "kind, type, name, channel, touchpoint, stage, version"},
                       rows.bytes()));
  CX_TRY(client.execute({.sql = "SYSTEM RELOAD DICTIONARY kind_of"}));
  CX_TRY(ledger_.write([&](ledger::Tx& tx) -> Result<void> {
    for (const auto& [at, version] : sent)
      CX_TRY(tx.sql("UPDATE kinds SET pushed = $2 WHERE kind = $1")
                 .bind(1, static_cast<std::uint64_t>(at + 1))
                 .bind(2, version)
                 .run());
    return {};
  }));
  const std::lock_guard lock(mutex_);
  bool all = true;
  for (const auto& [at, version] : sent) kinds_[at].pushed = version;
  for (const Kind& k : kinds_) all = all && k.pushed >= k.version;
  unpushed_ = !all;
  return {};
}

Result<std::size_t> Kinds::remap(warehouse::Client& client) {
  const auto catalogue = touchpoints_.current();
  std::size_t changed = 0;
  {
    const std::lock_guard lock(mutex_);
    std::vector<std::pair<std::size_t, Placement>> moves;
    for (std::size_t i = kOther; i < kinds_.size(); ++i) {
      const Kind& k = kinds_[i];
      Placement placement = catalogue->place(k.type, k.name, k.arrived, sources_.name_of(k.source));
      if (!(placement == k.placement)) moves.emplace_back(i, std::move(placement));
    }
    CX_TRY(ledger_.write([&](ledger::Tx& tx) -> Result<void> {
      for (const auto& [at, p] : moves) {
        if (!kinds_[at].saved) continue;
        CX_TRY(
            tx.sql("UPDATE kinds SET channel = $2, touchpoint = $3, stage = $4, version = $5 WHERE kind = $1")
                .bind(1, static_cast<std::uint64_t>(at + 1))
                .bind(2, p.channel)
                .bind(3, p.touchpoint)
                .bind(4, p.stage)
                .bind(5, kinds_[at].version + 1)
                .run());
      }
      return {};
    }));
    for (auto& [at, placement] : moves) {
      kinds_[at].placement = std::move(placement);
      if (kinds_[at].saved) ++kinds_[at].version;
    }
    changed = moves.size();
    if (changed > 0) unpushed_ = true;
  }
  CX_TRY(push(client));
  return changed;
}

Placement Kinds::placement(std::uint32_t kind) const {
  const std::lock_guard lock(mutex_);
  return kind == 0 || kind > kinds_.size() ? Placement{} : kinds_[kind - 1].placement;
}

std::string Kinds::name(std::uint32_t kind) const {
  const std::lock_guard lock(mutex_);
  return kind == 0 || kind > kinds_.size() ? std::string() : kinds_[kind - 1].name;
}

Kinds::Room Kinds::room_of(SourceId source) const {
  const std::lock_guard lock(mutex_);
  const auto at = by_source_.find(source);
  const std::size_t used = at == by_source_.end() ? 0 : at->second;
  return {used, kinds_.size() >= limits_.all || used >= limits_.source};
}

std::size_t Kinds::count() const {
  const std::lock_guard lock(mutex_);
  return kinds_.size();
}

}  // namespace zhike::ingest
