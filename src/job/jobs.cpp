#include "job/jobs.h"

#include <algorithm>

namespace zhike::job {
namespace {

constexpr int kWaiting = 1, kFailed = 2;
constexpr unsigned kDoublingsMax = 12;
constexpr Millis kWaitMax = hours(1);
constexpr std::size_t kErrorMax = 500;

/// $1: waiting, $2: now, $3: now and a lease. A repeated job or a lease that lies further ahead than it can
/// was dated by a clock ahead of its time, and would wait until that time comes.
constexpr std::string_view kIsDue =
    "state = $1 AND (run_at <= $2 OR (every > 0 AND run_at > $2 + every)) AND (lease_until <= $2 OR "
    "lease_until > "
    "$3)";

Millis wait_after(unsigned attempts) {
  return std::min(Millis{1000LL << std::min(attempts == 0 ? 0 : attempts - 1, kDoublingsMax)}, kWaitMax);
}

/// The first time after now on the grid of run_at and every.
Instant next_time(const Job& job, Instant now) {
  const std::int64_t ahead = (job.run_at - now).value;
  if (ahead > 0) return now + Millis{(ahead - 1) % job.every.value + 1};
  return job.run_at + Millis{((now - job.run_at).value / job.every.value + 1) * job.every.value};
}

/// Columns: id, kind, payload, run_at, every, attempts, attempts_max, error.
Job job_of(const ledger::Statement& row) {
  return {.id = row.u64(0),
          .kind = std::string(row.text(1)),
          .payload = std::string(row.text(2)),
          .run_at = {row.i64(3)},
          .every = {row.i64(4)},
          .attempts = static_cast<unsigned>(row.i64(5)),
          .attempts_max = static_cast<unsigned>(row.i64(6)),
          .error = std::string(row.text(7))};
}

/// Grows with time, so that an id is not used again after its job is gone.
Result<std::uint64_t> next_id(ledger::Tx& tx, Instant now) {
  ledger::Statement& row = tx.sql("SELECT coalesce(max(id), 0) FROM jobs");
  CX_TRY(const bool there, row.step());
  const std::uint64_t last = there ? row.u64(0) : 0;
  return std::max(last + 1, static_cast<std::uint64_t>(std::max<std::int64_t>(now.ms, 0)) << 20);
}

/// Back to waiting, if the caller still has the lease: its attempt is the last one.
Result<void> reschedule(ledger::Tx& tx, const Job& job, Instant run_at, unsigned attempts, int state,
                        std::string_view error) {
  ledger::Statement& update = tx.sql(
      "UPDATE jobs SET run_at = $3, attempts = $4, state = $5, error = $6, lease_until = 0 "
      "WHERE id = $1 AND attempts = $2");
  update.bind(1, job.id).bind(2, static_cast<std::uint64_t>(job.attempts)).bind(3, run_at);
  update.bind(4, static_cast<std::uint64_t>(attempts)).bind(5, state).bind(6, error);
  CX_TRY(update.run());
  return {};
}

}  // namespace

Result<std::uint64_t> Jobs::enqueue(ledger::Tx& tx, const NewJob& job) {
  CX_TRY(const std::uint64_t id, next_id(tx, clock_.now()));
  ledger::Statement& insert = tx.sql(
      "INSERT INTO jobs (id, name, kind, payload, run_at, every, attempts, attempts_max, lease_until, state, "
      "error) "
      "VALUES ($1, $2, $3, $4, $5, 0, 0, $6, 0, $7, '')");
  insert.bind(1, id)
      .bind(2, "#" + std::to_string(id))
      .bind(3, job.kind)
      .bind(4, job.payload)
      .bind(5, job.run_at);
  CX_TRY(insert.bind(6, static_cast<std::uint64_t>(std::max(job.attempts_max, 1U))).bind(7, kWaiting).run());
  return id;
}

Result<std::uint64_t> Jobs::enqueue(const NewJob& job) {
  std::uint64_t id = 0;
  CX_TRY(db_.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(id, enqueue(tx, job));
    return {};
  }));
  return id;
}

Result<void> Jobs::repeat(std::string_view name, const NewJob& job, Millis every) {
  if (every < seconds(1) || name.empty() || name[0] == '#') return zhike::fail(Code::kBadJob, "{}", name);
  return db_.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(const std::uint64_t id, next_id(tx, clock_.now()));
    ledger::Statement& put = tx.sql(
        "INSERT INTO jobs (id, name, kind, payload, run_at, every, attempts, attempts_max, lease_until, "
        "state, error) "
        "VALUES ($1, $2, $3, $4, $5, $6, 0, $7, 0, $8, '') "
        "ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, payload = excluded.payload, every = "
        "excluded.every, "
        "run_at = excluded.run_at, attempts_max = excluded.attempts_max "
        "WHERE jobs.kind <> excluded.kind OR jobs.payload <> excluded.payload OR jobs.every <> "
        "excluded.every");
    put.bind(1, id)
        .bind(2, name)
        .bind(3, job.kind)
        .bind(4, job.payload)
        .bind(5, job.run_at)
        .bind(6, every.value);
    CX_TRY(put.bind(7, static_cast<std::uint64_t>(std::max(job.attempts_max, 1U))).bind(8, kWaiting).run());
    return {};
  });
}

Result<void> Jobs::cancel(std::uint64_t id) {
  return db_.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("DELETE FROM jobs WHERE id = $1").bind(1, id).run());
    return {};
  });
}

Result<void> Jobs::cancel_repeat(std::string_view name) {
  return db_.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("DELETE FROM jobs WHERE name = $1").bind(1, name).run());
    return {};
  });
}

Result<std::optional<Job>> Jobs::claim(Millis lease) {
  const Instant now = clock_.now();
  std::optional<Job> out;
  bool due = false;
  // Looking first costs no write.
  CX_TRY(db_.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& row = tx.sql(fmt::format("SELECT 1 FROM jobs WHERE {} LIMIT 1", kIsDue));
    CX_TRY(due, row.bind(1, kWaiting).bind(2, now).bind(3, now + lease).step());
    return {};
  }));
  if (!due) return out;
  CX_TRY(db_.write([&](ledger::Tx& tx) -> Result<void> {
    // Those that took their worker with them each time.
    ledger::Statement& give_up = tx.sql(
        "UPDATE jobs SET state = $1, lease_until = 0, error = 'its worker ended before it did' "
        "WHERE state = $2 AND lease_until > 0 AND lease_until <= $3 AND attempts >= attempts_max AND every = "
        "0");
    CX_TRY(give_up.bind(1, kFailed).bind(2, kWaiting).bind(3, now).run());
    ledger::Statement& row = tx.sql(fmt::format(
        "UPDATE jobs SET lease_until = $3, attempts = attempts + 1 WHERE id = (SELECT id FROM jobs WHERE {} "
        "ORDER BY run_at, id LIMIT 1) RETURNING id, kind, payload, run_at, every, attempts, attempts_max, "
        "error",
        kIsDue));
    CX_TRY(const bool there, row.bind(1, kWaiting).bind(2, now).bind(3, now + lease).step());
    if (there) out = job_of(row);
    return {};
  }));
  return out;
}

Result<void> Jobs::complete(const Job& job) {
  return db_.write([&](ledger::Tx& tx) -> Result<void> {
    if (job.every.value > 0) return reschedule(tx, job, next_time(job, clock_.now()), 0, kWaiting, "");
    ledger::Statement& done = tx.sql("DELETE FROM jobs WHERE id = $1 AND attempts = $2");
    CX_TRY(done.bind(1, job.id).bind(2, static_cast<std::uint64_t>(job.attempts)).run());
    return {};
  });
}

Result<void> Jobs::fail(const Job& job, const Error& why) {
  const std::string error = to_string(why).substr(0, kErrorMax);
  const Instant now = clock_.now();
  return db_.write([&](ledger::Tx& tx) -> Result<void> {
    if (job.attempts < job.attempts_max)
      return reschedule(tx, job, now + wait_after(job.attempts), job.attempts, kWaiting, error);
    if (job.every.value > 0) return reschedule(tx, job, next_time(job, now), 0, kWaiting, error);
    return reschedule(tx, job, job.run_at, job.attempts, kFailed, error);
  });
}

Result<std::optional<Instant>> Jobs::next_due() {
  std::optional<Instant> out;
  CX_TRY(db_.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& row = tx.sql(
        "SELECT min(CASE WHEN run_at > lease_until THEN run_at ELSE lease_until END) FROM jobs WHERE state = "
        "$1");
    CX_TRY(const bool there, row.bind(1, kWaiting).step());
    if (there && !row.is_null(0)) out = Instant{row.i64(0)};
    return {};
  }));
  return out;
}

Result<std::vector<Job>> Jobs::failed(std::size_t count_max) {
  std::vector<Job> out;
  CX_TRY(db_.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& row = tx.sql(
        "SELECT id, kind, payload, run_at, every, attempts, attempts_max, error FROM jobs WHERE state = $1 "
        "ORDER BY run_at DESC, id DESC LIMIT $2");
    row.bind(1, kFailed).bind(2, static_cast<std::uint64_t>(count_max));
    for (;;) {
      CX_TRY(const bool more, row.step());
      if (!more) return {};
      out.push_back(job_of(row));
    }
  }));
  return out;
}

Result<void> Jobs::retry(std::uint64_t id) {
  return db_.write([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& update = tx.sql(
        "UPDATE jobs SET state = $3, attempts = 0, run_at = $4, lease_until = 0 WHERE id = $1 AND state = "
        "$2");
    CX_TRY(const auto n, update.bind(1, id).bind(2, kFailed).bind(3, kWaiting).bind(4, clock_.now()).run());
    return n == 0 ? zhike::fail(Code::kNotFound, "job {}", id) : Result<void>{};
  });
}

}  // namespace zhike::job
