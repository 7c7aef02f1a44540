-- Rules that open complaints from events, and messages about bursts of talk about brands.
-- Why: an event opens its complaint once although the service ends in between, and nobody is written to twice about the
-- same burst. Cost: none, the tables are new. Lock: none. Way back: drop the four tables; complaints that rules opened
-- stay, and no burst is told of any more.

-- spec: which events, and what becomes of them, JSON. state: 0 on, 1 off. mark: event_id up to which events were looked
-- at. matched: events that fit; opened, joined: what they came to.
CREATE TABLE complaint_rules
(
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    spec TEXT NOT NULL,
    state BIGINT NOT NULL,
    mark BIGINT NOT NULL,
    matched BIGINT NOT NULL,
    opened BIGINT NOT NULL,
    joined BIGINT NOT NULL,
    actor BIGINT NOT NULL,
    created BIGINT NOT NULL,
    changed BIGINT NOT NULL
);
CREATE UNIQUE INDEX complaint_rules_by_name ON complaint_rules (name);

-- Events that rules took up, each once whatever the number of rules. joined: 1: the complaint was open already.
CREATE TABLE complaint_rule_events
(
    event BIGINT PRIMARY KEY,
    rule BIGINT NOT NULL,
    complaint BIGINT NOT NULL,
    joined BIGINT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX complaint_rule_events_by_complaint ON complaint_rule_events (complaint);

-- Who is written to about bursts; at most one row. connector: its id; recipient: as the connector wants it.
-- negative_only: 1: not about bursts of all posts.
CREATE TABLE burst_recipients
(
    id BIGINT PRIMARY KEY,
    connector BIGINT NOT NULL,
    recipient TEXT NOT NULL,
    language TEXT NOT NULL,
    negative_only BIGINT NOT NULL,
    since BIGINT NOT NULL
);

-- One row a burst and brand. begins, ends: grow with the burst. state: 0 waits, 1 sent, 2 given up, 3 nobody to tell.
CREATE TABLE burst_messages
(
    id BIGINT PRIMARY KEY,
    brand TEXT NOT NULL,
    negative BIGINT NOT NULL,
    begins BIGINT NOT NULL,
    ends BIGINT NOT NULL,
    noticed BIGINT NOT NULL,
    mentions BIGINT NOT NULL,
    expected DOUBLE PRECISION NOT NULL,
    state BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    due BIGINT NOT NULL,
    error TEXT NOT NULL,
    sent BIGINT NOT NULL
);
CREATE INDEX burst_messages_by_brand ON burst_messages (brand, negative, begins);
CREATE INDEX burst_messages_by_due ON burst_messages (state, due);
