#include "connector/activity.h"

#include <algorithm>

namespace zhike::connector {

void Activity::taken(std::uint64_t events) {
  const std::lock_guard lock(mutex_);
  counts_.taken += events;
  counts_.last = clock_.now();
  changed_ = true;
}

void Activity::sent(std::uint64_t events) {
  const std::lock_guard lock(mutex_);
  counts_.sent += events;
  counts_.last = clock_.now();
  changed_ = true;
}

void Activity::note(Level level, std::string_view what, std::string_view detail) {
  add({.seq = 0,
       .at = clock_.now(),
       .last = {},
       .level = level,
       .what = std::string(what),
       .error = {},
       .detail = std::string(detail.substr(0, kDetailMax))});
}

void Activity::failed(std::string_view what, const Error& why) {
  add({.seq = 0,
       .at = clock_.now(),
       .last = {},
       .level = Level::kError,
       .what = std::string(what),
       .error = std::string(info(why.code).id),
       .detail = why.detail.substr(0, kDetailMax)});
  const std::lock_guard lock(mutex_);
  ++counts_.failed;
  counts_.last = clock_.now();
}

void Activity::add(LogEntry entry) {
  const std::lock_guard lock(mutex_);
  changed_ = true;
  entry.last = entry.at;
  if (!log_.empty()) {
    LogEntry& newest = log_.back();
    if (newest.what == entry.what && newest.error == entry.error && newest.detail == entry.detail) {
      ++newest.times;
      newest.last = entry.at;
      written_ = std::min(written_, newest.seq);
      return;
    }
  }
  entry.seq = log_.empty() ? 1 : log_.back().seq + 1;
  log_.push_back(std::move(entry));
  if (log_.size() > kKept) log_.pop_front();
}

void Activity::set_state(std::string_view state) {
  const std::lock_guard lock(mutex_);
  state_ = state;
}

Counts Activity::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

std::string Activity::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

std::vector<LogEntry> Activity::log() const {
  const std::lock_guard lock(mutex_);
  return {log_.rbegin(), log_.rend()};
}

Result<std::shared_ptr<Activity>> Activities::of(ConnectorId id) {
  const std::lock_guard lock(mutex_);
  if (const auto at = all_.find(id); at != all_.end()) return at->second;
  CX_TRY(auto made, load(id));
  all_.emplace(id, made);
  return made;
}

void Activities::forget(ConnectorId id) {
  const std::lock_guard lock(mutex_);
  all_.erase(id);
}

Result<std::shared_ptr<Activity>> Activities::load(ConnectorId id) {
  auto out = std::make_shared<Activity>(id, clock_);
  CX_TRY(ledger_.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& counts =
        tx.sql("SELECT taken, sent, failed, last FROM connector_counts WHERE connector = $1");
    CX_TRY(const bool known, counts.bind(1, id).step());
    if (known) {
      out->counts_ = {counts.u64(0), counts.u64(1), counts.u64(2), std::nullopt};
      if (!counts.is_null(3)) out->counts_.last = Instant{counts.i64(3)};
    }
    ledger::Statement& row = tx.sql(
        "SELECT seq, at, last, level, what, error, detail, times FROM connector_log WHERE connector = $1 "
        "ORDER BY seq");
    row.bind(1, id);
    for (;;) {
      CX_TRY(const bool found, row.step());
      if (!found) return {};
      out->log_.push_back({.seq = row.u64(0),
                           .at = {row.i64(1)},
                           .last = {row.i64(2)},
                           .level = static_cast<Level>(row.i64(3)),
                           .what = std::string(row.text(4)),
                           .error = std::string(row.text(5)),
                           .detail = std::string(row.text(6)),
                           .times = row.u64(7)});
    }
  }));
  if (!out->log_.empty()) out->written_ = out->log_.back().seq + 1;
  return out;
}

Result<void> Activities::write_down() {
  std::vector<std::shared_ptr<Activity>> all;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, one] : all_) all.push_back(one);
  }
  for (const auto& one : all) {
    Counts counts;
    std::vector<LogEntry> fresh;
    std::uint64_t oldest = 0;
    {
      const std::lock_guard lock(one->mutex_);
      if (!one->changed_) continue;
      one->changed_ = false;
      counts = one->counts_;
      for (const LogEntry& entry : one->log_)
        if (entry.seq >= one->written_) fresh.push_back(entry);
      if (!one->log_.empty()) {
        one->written_ = one->log_.back().seq + 1;
        oldest = one->log_.front().seq;
      }
    }
    CX_TRY(ledger_.write([&](ledger::Tx& tx) -> Result<void> {
      ledger::Statement& c = tx.sql(
          "INSERT INTO connector_counts (connector, taken, sent, failed, last) VALUES ($1, $2, $3, $4, $5) "
          "ON CONFLICT (connector) DO UPDATE SET taken = excluded.taken, sent = excluded.sent, "
          "failed = excluded.failed, last = excluded.last");
      c.bind(1, one->id_).bind(2, counts.taken).bind(3, counts.sent).bind(4, counts.failed);
      if (counts.last) c.bind(5, *counts.last);
      CX_TRY(c.run());
      for (const LogEntry& entry : fresh)
        CX_TRY(
            tx.sql("INSERT INTO connector_log (connector, seq, at, last, level, what, error, detail, times) "
                   "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) "
                   "ON CONFLICT (connector, seq) DO UPDATE SET last = excluded.last, times = excluded.times")
                .bind(1, one->id_)
                .bind(2, entry.seq)
                .bind(3, entry.at)
                .bind(4, entry.last)
                .bind(5, static_cast<std::int64_t>(entry.level))
                .bind(6, entry.what)
                .bind(7, entry.error)
                .bind(8, entry.detail)
                .bind(9, entry.times)
                .run());
      CX_TRY(tx.sql("DELETE FROM connector_log WHERE connector = $1 AND seq < $2")
                 .bind(1, one->id_)
                 .bind(2, oldest)
                 .run());
      return {};
    }));
  }
  return {};
}

}  // namespace zhike::connector
