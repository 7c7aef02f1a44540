-- Rounds of surveys: who was asked, when and by which channel, and the messages that tell them.
-- Why: a round is drawn once whatever is repeated, the quarantine knows everybody who was asked by any survey, and a
-- message that was due is sent although the service ended in between. Cost: none for the tables, which are new; the
-- indexes read links and responses once. Lock: both while that lasts. Way back: drop the three tables and two indexes;
-- the links stay, and take answers as before.

-- key: names the round within its survey; a repeat of it makes nothing. spec: what was wanted, JSON. outcome: how many
-- were left out and why, JSON. connector: 0 is none, somebody else sends the links. reminders: at most so many, each
-- remind_after (ms) after the message before. told: when the links were shown; 0: not yet.
CREATE TABLE survey_rounds
(
    id BIGINT PRIMARY KEY,
    survey BIGINT NOT NULL,
    key TEXT NOT NULL,
    spec TEXT NOT NULL,
    outcome TEXT NOT NULL,
    channel TEXT NOT NULL,
    connector BIGINT NOT NULL,
    reminders BIGINT NOT NULL,
    remind_after BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    told BIGINT NOT NULL,
    actor BIGINT NOT NULL,
    created BIGINT NOT NULL
);
CREATE UNIQUE INDEX survey_rounds_by_key ON survey_rounds (survey, key);

-- One customer asked by one link. subject: the customer as it was then; who it is today the identity graph tells.
-- round: 0 is none. sealed: what the messages need (token, address), encrypted; emptied once nothing is to be sent.
CREATE TABLE survey_asks
(
    link BIGINT PRIMARY KEY,
    round BIGINT NOT NULL,
    survey BIGINT NOT NULL,
    subject BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX survey_asks_by_round ON survey_asks (round, link);
CREATE INDEX survey_asks_by_time ON survey_asks (at);

-- step: 0 the invitation, then the reminders. state: 0 waits until due, 1 sent, 2 given up, 3 not needed any more.
CREATE TABLE survey_messages
(
    link BIGINT NOT NULL,
    step BIGINT NOT NULL,
    round BIGINT NOT NULL,
    due BIGINT NOT NULL,
    state BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    error TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (link, step)
);
CREATE INDEX survey_messages_by_due ON survey_messages (state, due);
CREATE INDEX survey_messages_by_round ON survey_messages (round, state);

CREATE INDEX survey_links_by_created ON survey_links (kind, created);
CREATE INDEX survey_responses_by_link ON survey_responses (link);
