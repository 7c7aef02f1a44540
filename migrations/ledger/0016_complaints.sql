-- Complaints: what was said, who answers for it, every step of the recovery, what was approved, what was changed.
-- Why: a complaint lives longer than the event that brought it, is worked on by several people and has to reach the
-- journal although the service dies in between. Cost: none, the tables are new. Lock: none.
-- Way back: drop the seven tables; what happened stays in the warehouse as events.

-- number: what people quote. client: retry key of who opened it. state: 0 new, 1 accepted, 2 in recovery, 3 resolved,
-- 4 closed, 5 reopened. severity: 0 low to 3 critical. chosen: 1 when a person chose the category. first_owner: of
-- first contact; owner: today; 0 is none. Times of 0: not yet. reopened: how often. cause_class: 0 not said, 1 value,
-- 2 system, 3 people. subject: 0 not known yet. wrapped: the key of person and text under the master's; destroying it
-- destroys both.
CREATE TABLE complaints
(
    id BIGINT PRIMARY KEY,
    number TEXT NOT NULL,
    client TEXT NOT NULL,
    channel TEXT NOT NULL,
    source TEXT NOT NULL,
    unit TEXT NOT NULL,
    category TEXT NOT NULL,
    suggested TEXT NOT NULL,
    confidence DOUBLE PRECISION NOT NULL,
    chosen BIGINT NOT NULL,
    severity BIGINT NOT NULL,
    state BIGINT NOT NULL,
    first_owner BIGINT NOT NULL,
    owner BIGINT NOT NULL,
    opened BIGINT NOT NULL,
    accept_due BIGINT NOT NULL,
    due BIGINT NOT NULL,
    accepted BIGINT NOT NULL,
    resolved BIGINT NOT NULL,
    closed BIGINT NOT NULL,
    reopened BIGINT NOT NULL,
    cause_class BIGINT NOT NULL,
    cause TEXT NOT NULL,
    subject BIGINT NOT NULL,
    anonymous BIGINT NOT NULL,
    wrapped BYTEA NOT NULL,
    person BYTEA NOT NULL,
    said BYTEA NOT NULL
);
CREATE UNIQUE INDEX complaints_by_client ON complaints (client);
CREATE UNIQUE INDEX complaints_by_number ON complaints (number);
CREATE INDEX complaints_by_state ON complaints (state, due);
CREATE INDEX complaints_by_opened ON complaints (opened);
CREATE INDEX complaints_by_subject ON complaints (subject);

-- Never changed but for state: 0 done, 1 waits for approval, 2 approved, 3 refused. note: sealed under the complaint's
-- key. cost: minor units of the currency. client: retry key; empty: none.
CREATE TABLE complaint_steps
(
    id BIGINT PRIMARY KEY,
    complaint BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor BIGINT NOT NULL,
    kind TEXT NOT NULL,
    detail TEXT NOT NULL,
    note BYTEA NOT NULL,
    cost BIGINT NOT NULL,
    currency TEXT NOT NULL,
    state BIGINT NOT NULL,
    client TEXT NOT NULL
);
CREATE INDEX complaint_steps_by_complaint ON complaint_steps (complaint, id);
CREATE INDEX complaint_steps_by_actor ON complaint_steps (actor, at);

-- Of a step that needed one. why: what limit it passed. decided_at 0: it waits.
CREATE TABLE complaint_approvals
(
    step BIGINT PRIMARY KEY,
    complaint BIGINT NOT NULL,
    why TEXT NOT NULL,
    approved BIGINT NOT NULL,
    decided_by BIGINT NOT NULL,
    decided_at BIGINT NOT NULL,
    note BYTEA NOT NULL
);
CREATE INDEX complaint_approvals_by_decider ON complaint_approvals (decided_by, decided_at);

-- What a role may give without asking, in place of the catalogue's; minor units.
CREATE TABLE complaint_limits
(
    role TEXT NOT NULL,
    currency TEXT NOT NULL,
    complaint BIGINT NOT NULL,
    day BIGINT NOT NULL,
    PRIMARY KEY (role, currency)
);

-- What was changed because of complaints, and the message to those who complained.
CREATE TABLE complaint_improvements
(
    id BIGINT PRIMARY KEY,
    client TEXT NOT NULL,
    title TEXT NOT NULL,
    message TEXT NOT NULL,
    actor BIGINT NOT NULL,
    at BIGINT NOT NULL
);
CREATE UNIQUE INDEX complaint_improvements_by_client ON complaint_improvements (client);

-- step: of the message back; 0: another complaint of the same customer carries it.
CREATE TABLE complaint_improved
(
    improvement BIGINT NOT NULL,
    complaint BIGINT NOT NULL,
    step BIGINT NOT NULL,
    PRIMARY KEY (improvement, complaint)
);

-- Events that are on their way to the journal, by the step that they tell of; gone once they are there.
CREATE TABLE complaint_outbox
(
    step BIGINT PRIMARY KEY,
    complaint BIGINT NOT NULL,
    name TEXT NOT NULL,
    at BIGINT NOT NULL,
    properties TEXT NOT NULL
);
