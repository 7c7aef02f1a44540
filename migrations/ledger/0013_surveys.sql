-- Surveys: documents by version, links that lead to them, answers on their way, and counts of quotas.
-- Why: a half-filled answer outlives a restart, a link of one person takes one answer, and an answer that was
-- accepted reaches the journal although the service dies in between. Cost: none, the tables are new. Lock: none.
-- Way back: drop the five tables; what was answered stays in the warehouse as events.

-- state: 0 draft, 1 open, 2 closed. version: the newest. unit: branch or brand of its answers; empty: none.
CREATE TABLE surveys
(
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    state BIGINT NOT NULL,
    version BIGINT NOT NULL,
    title_zh TEXT NOT NULL,
    title_en TEXT NOT NULL,
    unit TEXT NOT NULL,
    created BIGINT NOT NULL,
    changed BIGINT NOT NULL
);
CREATE UNIQUE INDEX surveys_by_name ON surveys (name);

CREATE TABLE survey_versions
(
    survey BIGINT NOT NULL,
    version BIGINT NOT NULL,
    document TEXT NOT NULL,
    actor BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (survey, version)
);

-- kind: 0 public, 1 single-use, 2 personal. token: keyed hash of what the address holds. sealed: the token of a
-- public link and the person of a personal one, encrypted. expires: 0 is never. opened: how often the page was asked
-- for.
CREATE TABLE survey_links
(
    id BIGINT PRIMARY KEY,
    survey BIGINT NOT NULL,
    kind BIGINT NOT NULL,
    token BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    channel TEXT NOT NULL,
    expires BIGINT NOT NULL,
    opened BIGINT NOT NULL,
    actor BIGINT NOT NULL,
    created BIGINT NOT NULL
);
CREATE UNIQUE INDEX survey_links_by_token ON survey_links (token);
CREATE INDEX survey_links_by_survey ON survey_links (survey, kind, id);

-- id: keyed hash of what the respondent's address holds, in hexadecimal digits. state: 0 being filled in,
-- 1 accepted and on its way to the journal, 2 in the journal, 3 turned away because a quota was full. answers: JSON,
-- encrypted; emptied once they are in the journal.
CREATE TABLE survey_responses
(
    id TEXT PRIMARY KEY,
    survey BIGINT NOT NULL,
    version BIGINT NOT NULL,
    link BIGINT NOT NULL,
    state BIGINT NOT NULL,
    answers BYTEA NOT NULL,
    started BIGINT NOT NULL,
    changed BIGINT NOT NULL
);
CREATE INDEX survey_responses_by_survey ON survey_responses (survey, state);
CREATE INDEX survey_responses_by_state ON survey_responses (state, changed);

CREATE TABLE survey_quotas
(
    survey BIGINT NOT NULL,
    name TEXT NOT NULL,
    taken BIGINT NOT NULL,
    PRIMARY KEY (survey, name)
);
