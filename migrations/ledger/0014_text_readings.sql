-- How far comments have been read, and with what.
-- Why: reading goes on where it stopped, and begins anew when models or aspects change.
-- Cost: none, the table is new. Lock: none. Way back: drop the table; comments are read again.

-- version: of models, words and code. mark: every event up to this id has been read. state: 0 being made, 1 in use.
-- comments: read so far.
CREATE TABLE text_readings
(
    id BIGINT PRIMARY KEY,
    version TEXT NOT NULL,
    mark BIGINT NOT NULL,
    comments BIGINT NOT NULL,
    state BIGINT NOT NULL,
    begun BIGINT NOT NULL
);
