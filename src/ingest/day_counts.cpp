#include "ingest/day_counts.h"

namespace zhike::ingest {

std::int64_t day_of(Instant at, const Zone& zone) {
  constexpr std::int64_t kDay = 86'400'000;
  const std::int64_t local = zone.to_local_ms(at);
  return local >= 0 ? local / kDay : -((-local + kDay - 1) / kDay);
}

void DayCounts::add(const std::vector<Entry>& entries) {
  const std::lock_guard lock(mutex_);
  for (const Entry& e : entries)
    if (e.value != 0) waiting_[{e.source.value, e.day, static_cast<std::uint32_t>(e.mark)}] += e.value;
}

void DayCounts::add(SourceId source, std::int64_t day, const clean::Tally& tally) {
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < clean::kRuleCount; ++i)
    if (tally.by_rule[i] != 0)
      waiting_[{source.value, day, static_cast<std::uint32_t>(mark_of(static_cast<clean::Rule>(i)))}] +=
          tally.by_rule[i];
}

Result<void> DayCounts::save() {
  const std::lock_guard one_at_a_time(saving_);
  std::map<Key, std::uint64_t> taken;
  {
    const std::lock_guard lock(mutex_);
    taken = waiting_;
  }
  if (taken.empty()) return {};
  CX_TRY(ledger_.write([&](ledger::Tx& tx) -> Result<void> {
    for (const auto& [key, value] : taken) {
      const auto& [source, day, mark] = key;
      CX_TRY(tx.sql("INSERT INTO source_days (source, day, mark, value) VALUES ($1, $2, $3, $4) ON CONFLICT "
                    "(source, day, mark) DO UPDATE SET value = source_days.value + excluded.value")
                 .bind(1, source)
                 .bind(2, day)
                 .bind(3, static_cast<std::uint64_t>(mark))
                 .bind(4, value)
                 .run());
    }
    return {};
  }));
  const std::lock_guard lock(mutex_);
  for (const auto& [key, value] : taken)
    if (const auto at = waiting_.find(key); (at->second -= value) == 0) waiting_.erase(at);
  return {};
}

Result<std::map<std::int64_t, std::map<Mark, std::uint64_t>>> DayCounts::read(SourceId source,
                                                                              std::int64_t first,
                                                                              std::int64_t last) {
  std::map<std::int64_t, std::map<Mark, std::uint64_t>> out;
  const std::lock_guard no_save_between(saving_);
  CX_TRY(ledger_.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& s =
        tx.sql("SELECT day, mark, value FROM source_days WHERE source = $1 AND day >= $2 AND day <= $3");
    s.bind(1, source).bind(2, first).bind(3, last);
    for (;;) {
      CX_TRY(const bool found, s.step());
      if (!found) return {};
      out[s.i64(0)][static_cast<Mark>(s.u64(1))] = s.u64(2);
    }
  }));
  const std::lock_guard lock(mutex_);
  for (auto at = waiting_.lower_bound({source.value, first, 0});
       at != waiting_.end() && std::get<0>(at->first) == source.value && std::get<1>(at->first) <= last; ++at)
    out[std::get<1>(at->first)][static_cast<Mark>(std::get<2>(at->first))] += at->second;
  return out;
}

}  // namespace zhike::ingest
