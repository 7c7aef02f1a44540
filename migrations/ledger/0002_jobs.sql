-- Durable timers and retries.
-- Why: what shall happen later must survive a restart. Cost: none, the table is new. Lock: none.
-- Way back: drop the table.

-- state: 1 waiting, 2 failed for good. lease: until when a worker has it; 0: nobody. every: milliseconds between
-- the runs of a recurring job; 0: runs once. name: unique among recurring jobs, else the id.
CREATE TABLE jobs (
  id BIGINT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  payload TEXT NOT NULL,
  run_at BIGINT NOT NULL,
  every BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  attempts_max BIGINT NOT NULL,
  lease_until BIGINT NOT NULL,
  state BIGINT NOT NULL,
  error TEXT NOT NULL
);
CREATE INDEX jobs_by_time ON jobs (state, run_at, id);
