-- Triggers of surveys: events that ask the customer they happened to; links taken back; answers whose respondent is known;
-- benchmarks.
-- Why: an event starts a survey once although the service ends in between, and what is due later is not forgotten.
-- Cost: none for the tables, which are new, and for the column, which has a constant; the indexes are of new tables.
-- Lock: none. Way back: drop the five tables and the column; links that were sent take
-- answers as before, and links that were taken back take answers again.

-- round: the standing round that carries its links, messages and funnel. spec: what was wanted, JSON. state: 0 on,
-- 1 paused, 2 ended. mark: event_id up to which events were looked at. matched: events that fit.
CREATE TABLE survey_triggers
(
    id BIGINT PRIMARY KEY,
    survey BIGINT NOT NULL,
    key TEXT NOT NULL,
    round BIGINT NOT NULL,
    spec TEXT NOT NULL,
    state BIGINT NOT NULL,
    mark BIGINT NOT NULL,
    matched BIGINT NOT NULL,
    actor BIGINT NOT NULL,
    created BIGINT NOT NULL,
    changed BIGINT NOT NULL
);
CREATE UNIQUE INDEX survey_triggers_by_key ON survey_triggers (survey, key);
CREATE UNIQUE INDEX survey_triggers_by_round ON survey_triggers (round);

-- Events that fit and are waited for, or that asked. link: 0 waits until due. subject: of the event.
CREATE TABLE survey_trigger_events
(
    trigger_id BIGINT NOT NULL,
    event BIGINT NOT NULL,
    subject BIGINT NOT NULL,
    due BIGINT NOT NULL,
    link BIGINT NOT NULL,
    PRIMARY KEY (trigger_id, event)
);
CREATE INDEX survey_trigger_events_by_due ON survey_trigger_events (link, due);

-- How many events fit and asked nobody, by reason.
CREATE TABLE survey_trigger_left
(
    trigger_id BIGINT NOT NULL,
    why TEXT NOT NULL,
    events BIGINT NOT NULL,
    PRIMARY KEY (trigger_id, why)
);

-- Answers of links that anybody may use, by a customer who named an address that is known.
CREATE TABLE survey_answered
(
    response TEXT PRIMARY KEY,
    survey BIGINT NOT NULL,
    subject BIGINT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX survey_answered_by_time ON survey_answered (at);

-- revoked: when the link was taken back; 0: it was not.
ALTER TABLE survey_links ADD COLUMN revoked BIGINT NOT NULL DEFAULT 0;

-- Figures of others, or targets, beside which one's own index is shown. period: as it was written; from_day, to_day:
-- what it means, days since 1970, the last one included. n: answers; 0: not known. spread: standard deviation of one
-- answer; below 0: not known.
CREATE TABLE benchmarks
(
    metric TEXT NOT NULL,
    period TEXT NOT NULL,
    source TEXT NOT NULL,
    from_day BIGINT NOT NULL,
    to_day BIGINT NOT NULL,
    value DOUBLE PRECISION NOT NULL,
    n BIGINT NOT NULL,
    spread DOUBLE PRECISION NOT NULL,
    actor BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (metric, period, source)
);
