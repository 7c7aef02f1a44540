#include "ingest/sources.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/time.h"
#include "clean/phone.h"

namespace zhike::ingest {
namespace {

constexpr std::array<std::string_view, 4> kSourceKinds{"http", "file", "connector", "form"};

constexpr std::size_t kNameMax = 100;
constexpr std::string_view kSealContext = "write_key";

std::string bytes_of(const crypto::Hash128& hash) {
  std::string out(16, '\0');
  std::memcpy(out.data(), &hash.high, 8);
  std::memcpy(out.data() + 8, &hash.low, 8);
  return out;
}

crypto::Hash128 hash_from(std::string_view bytes) {
  crypto::Hash128 hash;
  if (bytes.size() != 16) return hash;
  std::memcpy(&hash.high, bytes.data(), 8);
  std::memcpy(&hash.low, bytes.data() + 8, 8);
  return hash;
}

Result<std::uint64_t> next_id(ledger::Tx& tx, std::string_view sql) {
  ledger::Statement& s = tx.sql(sql);
  CX_TRY(const bool found, s.step());
  return found ? s.u64(0) + 1 : 1;
}

Result<void> check(const Source& source) {
  if (auto zone = Zone::find(source.zone); !zone) return std::unexpected(zone.error());
  if (!source.region.empty() && !clean::is_region(source.region))
    return fail(Code::kBadRegion, "{}", source.region);
  if (source.owner.size() > kNameMax) return fail(Code::kBadSource, "an owner of at most {} bytes", kNameMax);
  return {};
}

}  // namespace

Sources::Sources(ledger::Db& ledger, const govern::Keys& keys, const Clock& clock)
    : ledger_(ledger),
      clock_(clock),
      hashing_(crypto::derive(keys.write_keys(), "hash")),
      sealing_(crypto::derive(keys.write_keys(), "seal")) {}

Result<std::unique_ptr<Sources>> Sources::open(ledger::Db& ledger, const govern::Keys& keys,
                                               const Clock& clock) {
  std::unique_ptr<Sources> sources(new Sources(ledger, keys, clock));
  CX_TRY(sources->load());
  return sources;
}

Result<void> Sources::load() {
  return ledger_.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& s =
        tx.sql("SELECT id, name, kind, channel, unit, zone, created, region, owner FROM sources ORDER BY id");
    for (;;) {
      CX_TRY(const bool found, s.step());
      if (!found) break;
      sources_.push_back({{s.u64(0)},
                          std::string(s.text(1)),
                          std::string(s.text(2)),
                          std::string(s.text(3)),
                          std::string(s.text(4)),
                          std::string(s.text(5)),
                          {s.i64(6)},
                          std::string(s.text(7)),
                          std::string(s.text(8))});
    }
    ledger::Statement& k = tx.sql(
        "SELECT id, source, hash, prefix, created, last_used FROM write_keys WHERE ended IS NULL ORDER BY "
        "id");
    for (;;) {
      CX_TRY(const bool found, k.step());
      if (!found) return {};
      keys_.push_back({k.u64(0), {k.u64(1)}, std::string(k.text(3)), {k.i64(4)}});
      const std::int64_t used = k.is_null(5) ? 0 : k.i64(5);
      by_hash_.emplace(hash_from(k.blob(2)), Known{{k.u64(1)}, k.u64(0), used, used});
    }
  });
}

std::vector<Source> Sources::list() const {
  const std::lock_guard lock(mutex_);
  return sources_;
}

Result<Source> Sources::find(SourceId id) const {
  const std::lock_guard lock(mutex_);
  const auto at = std::ranges::find(sources_, id, &Source::id);
  if (at == sources_.end()) return fail(Code::kUnknownSource, "{}", id.value);
  return *at;
}

std::optional<Source> Sources::find(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const auto at = std::ranges::find(sources_, name, &Source::name);
  if (at == sources_.end()) return std::nullopt;
  return *at;
}

std::string Sources::name_of(SourceId id) const {
  const std::lock_guard lock(mutex_);
  const auto at = std::ranges::find(sources_, id, &Source::id);
  return at == sources_.end() ? std::string() : at->name;
}

Result<Source> Sources::make(Source source) {
  const std::lock_guard lock(making_);
  return keep(std::move(source));
}

/// Under making_.
Result<Source> Sources::keep(Source source) {
  if (source.name.empty() || source.name.size() > kNameMax)
    return fail(Code::kBadSource, "a name of 1 to {} bytes is needed", kNameMax);
  if (std::ranges::find(kSourceKinds, source.kind) == kSourceKinds.end())
    return fail(Code::kBadSource, "kind {}", source.kind);
  CX_TRY(check(source));
  if (find(source.name)) return fail(Code::kBadSource, "there is a source named {}", source.name);
  source.created = clock_.now();
  CX_TRY(ledger_.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(source.id.value, next_id(tx, "SELECT COALESCE(MAX(id), 0) FROM sources"));
    CX_TRY(tx.sql("INSERT INTO sources (id, name, kind, channel, unit, zone, created, region, owner) VALUES "
                  "($1, $2, $3, $4, $5, $6, $7, $8, $9)")
               .bind(1, source.id)
               .bind(2, source.name)
               .bind(3, source.kind)
               .bind(4, source.channel)
               .bind(5, source.unit)
               .bind(6, source.zone)
               .bind(7, source.created)
               .bind(8, source.region)
               .bind(9, source.owner)
               .run());
    return {};
  }));
  const std::lock_guard lock(mutex_);
  sources_.push_back(source);
  return source;
}

Result<Source> Sources::find_or_make(Source source) {
  if (auto found = find(source.name)) return *found;
  const std::lock_guard lock(making_);
  if (auto found = find(source.name)) return *found;
  return keep(std::move(source));
}

Result<Source> Sources::change(const Source& wanted) {
  CX_TRY(check(wanted));
  CX_TRY(Source source, find(wanted.id));
  source.channel = wanted.channel;
  source.unit = wanted.unit;
  source.zone = wanted.zone;
  source.region = wanted.region;
  source.owner = wanted.owner;
  CX_TRY(ledger_.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(
        tx.sql("UPDATE sources SET channel = $2, unit = $3, zone = $4, region = $5, owner = $6 WHERE id = $1")
            .bind(1, source.id)
            .bind(2, source.channel)
            .bind(3, source.unit)
            .bind(4, source.zone)
            .bind(5, source.region)
            .bind(6, source.owner)
            .run());
    return {};
  }));
  const std::lock_guard lock(mutex_);
  if (const auto at = std::ranges::find(sources_, source.id, &Source::id); at != sources_.end()) *at = source;
  return source;
}

crypto::Hash128 Sources::hash_of(std::string_view write_key) const {
  return crypto::keyed_hash(hashing_, write_key);
}

Result<std::pair<WriteKey, std::string>> Sources::make_key(SourceId source) {
  const std::string secret = "zk_" + crypto::random_token(24);
  CX_TRY(const WriteKey key, keep_key(source, secret));
  return std::pair(key, secret);
}

Result<void> Sources::add_key(SourceId source, const std::string& secret) {
  if (secret.size() < 12 || secret.size() > 200) return fail(Code::kBadWriteKey, "use 12 to 200 bytes");
  if (const auto known = authenticate(secret)) {
    if (known->id == source) return {};
    return fail(Code::kBadWriteKey, "the key belongs to the source '{}'", known->name);
  }
  CX_TRY(keep_key(source, secret));
  return {};
}

Result<WriteKey> Sources::keep_key(SourceId source, const std::string& secret) {
  CX_TRY(find(source));
  const crypto::Hash128 hash = hash_of(secret);
  WriteKey key{0, source, secret.substr(0, 8), clock_.now()};
  CX_TRY(ledger_.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(key.id, next_id(tx, "SELECT COALESCE(MAX(id), 0) FROM write_keys"));
    const std::string hash_bytes = bytes_of(hash), sealed = crypto::seal(sealing_, secret, kSealContext);
    CX_TRY(tx.sql("INSERT INTO write_keys (id, source, hash, sealed, prefix, created) VALUES ($1, $2, $3, "
                  "$4, $5, $6)")
               .bind(1, key.id)
               .bind(2, source)
               .bind(3, ledger::Blob{hash_bytes})
               .bind(4, ledger::Blob{sealed})
               .bind(5, key.prefix)
               .bind(6, key.created)
               .run());
    return {};
  }));
  const std::lock_guard lock(mutex_);
  keys_.push_back(key);
  by_hash_.emplace(hash, Known{source, key.id});
  return key;
}

std::vector<WriteKey> Sources::keys(SourceId source) const {
  const std::lock_guard lock(mutex_);
  std::vector<WriteKey> out;
  std::ranges::copy_if(keys_, std::back_inserter(out), [&](const WriteKey& k) { return k.source == source; });
  for (const auto& [hash, known] : by_hash_) {
    const auto at = std::ranges::find(out, known.key, &WriteKey::id);
    if (at != out.end() && known.used != 0) at->last_used = Instant{known.used};
  }
  return out;
}

Result<std::string> Sources::reveal_key(std::uint64_t key) {
  std::string sealed;
  CX_TRY(ledger_.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& s =
        tx.sql("SELECT sealed FROM write_keys WHERE id = $1 AND ended IS NULL").bind(1, key);
    CX_TRY(const bool found, s.step());
    if (!found) return fail(Code::kBadWriteKey, "no key {}", key);
    sealed = std::string(s.blob(0));
    return {};
  }));
  return crypto::open(sealing_, sealed, kSealContext);
}

Result<void> Sources::end_key(SourceId source, std::uint64_t key) {
  crypto::Hash128 hash;
  CX_TRY(ledger_.write([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& s =
        tx.sql("SELECT hash FROM write_keys WHERE id = $1 AND source = $2 AND ended IS NULL")
            .bind(1, key)
            .bind(2, source);
    CX_TRY(const bool found, s.step());
    if (!found) return fail(Code::kBadWriteKey, "no key {}", key);
    hash = hash_from(s.blob(0));
    CX_TRY(tx.sql("UPDATE write_keys SET ended = $2 WHERE id = $1").bind(1, key).bind(2, clock_.now()).run());
    return {};
  }));
  const std::lock_guard lock(mutex_);
  std::erase_if(keys_, [&](const WriteKey& k) { return k.id == key; });
  by_hash_.erase(hash);
  return {};
}

Result<Source> Sources::authenticate(std::string_view write_key) const {
  const crypto::Hash128 hash = hash_of(write_key);
  const std::lock_guard lock(mutex_);
  const auto at = by_hash_.find(hash);
  if (at == by_hash_.end()) return fail(Code::kBadWriteKey);
  const auto source = std::ranges::find(sources_, at->second.source, &Source::id);
  if (source == sources_.end()) return fail(Code::kBadWriteKey);
  at->second.used = clock_.now().ms;
  return *source;
}

Result<void> Sources::note_uses(bool all) {
  std::vector<Known> uses;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [hash, known] : by_hash_)
      if (known.used > known.noted && (all || known.used - known.noted >= kUseStep.value))
        uses.push_back(known);
  }
  if (uses.empty()) return {};
  CX_TRY(ledger_.write([&](ledger::Tx& tx) -> Result<void> {
    for (const Known& known : uses) {
      CX_TRY(tx.sql("UPDATE write_keys SET last_used = $2 WHERE id = $1")
                 .bind(1, known.key)
                 .bind(2, known.used)
                 .run());
    }
    return {};
  }));
  const std::lock_guard lock(mutex_);
  for (const Known& written : uses)
    for (auto& [hash, known] : by_hash_)
      if (known.key == written.key) known.noted = written.used;
  return {};
}

Result<void> Sources::add_counts(ledger::Tx& tx, const std::vector<SourceCounts>& counts) {
  for (const SourceCounts& c : counts) {
    Minute sum;
    for (const auto& [reason, n] : c.by_reason) {
      sum.received += n;
      (reason == Reason::kNone        ? sum.stored
       : reason == Reason::kDuplicate ? sum.dropped
                                      : sum.quarantined) += n;
      CX_TRY(
          tx.sql(
                "INSERT INTO source_totals (source, reason, events, last_event) VALUES ($1, $2, $3, $4) "
                "ON CONFLICT (source, reason) DO UPDATE SET events = source_totals.events + excluded.events, "
                "last_event = excluded.last_event")
              .bind(1, c.source)
              .bind(2, static_cast<std::int64_t>(reason))
              .bind(3, n)
              .bind(4, c.minute)
              .run());
    }
    CX_TRY(tx.sql("INSERT INTO source_minutes (source, minute, received, stored, dropped, quarantined) "
                  "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (source, minute) DO UPDATE SET "
                  "received = source_minutes.received + excluded.received, stored = source_minutes.stored + "
                  "excluded.stored, "
                  "dropped = source_minutes.dropped + excluded.dropped, "
                  "quarantined = source_minutes.quarantined + excluded.quarantined")
               .bind(1, c.source)
               .bind(2, c.minute)
               .bind(3, sum.received)
               .bind(4, sum.stored)
               .bind(5, sum.dropped)
               .bind(6, sum.quarantined)
               .run());
  }
  return {};
}

Result<Minute> Sources::sum(SourceId source, Instant from, Instant to) {
  Minute out{.at = from};
  CX_TRY(ledger_.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& s = tx.sql(
        "SELECT COALESCE(SUM(received), 0), COALESCE(SUM(stored), 0), COALESCE(SUM(dropped), 0), "
        "COALESCE(SUM(quarantined), 0) FROM source_minutes WHERE source = $1 AND minute >= $2 AND minute < "
        "$3");
    s.bind(1, source).bind(2, from).bind(3, to);
    CX_TRY(s.step());
    out.received = s.u64(0);
    out.stored = s.u64(1);
    out.dropped = s.u64(2);
    out.quarantined = s.u64(3);
    return {};
  }));
  return out;
}

Result<SourceStats> Sources::stats(SourceId source, Instant since) {
  SourceStats out;
  CX_TRY(ledger_.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& t =
        tx.sql("SELECT reason, events, last_event FROM source_totals WHERE source = $1").bind(1, source);
    for (;;) {
      CX_TRY(const bool found, t.step());
      if (!found) break;
      if (t.i64(0) < 0 || t.u64(0) >= kReasonCount) continue;
      out.totals[static_cast<Reason>(t.i64(0))] = t.u64(1);
      if (!out.last_event || out.last_event->ms < t.i64(2)) out.last_event = Instant{t.i64(2)};
    }
    ledger::Statement& m = tx.sql(
                                 "SELECT minute, received, stored, dropped, quarantined FROM source_minutes "
                                 "WHERE source = $1 AND minute >= $2 ORDER BY minute")
                               .bind(1, source)
                               .bind(2, since);
    for (;;) {
      CX_TRY(const bool found, m.step());
      if (!found) return {};
      out.series.push_back({{m.i64(0)}, m.u64(1), m.u64(2), m.u64(3), m.u64(4)});
    }
  }));
  return out;
}

}  // namespace zhike::ingest
