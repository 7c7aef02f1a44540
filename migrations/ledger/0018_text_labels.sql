-- Labels that people gave comments, and versions of what comments are read with: models learned from the labels,
-- aspects, routes and words of one's own.
-- Why: a label has to outlive the event it was given to, so that a model can be learned and measured on it; a version is
-- never changed, so that one can go back to it.
-- Cost: none, the tables are new. Lock: none. Way back: drop the three tables; comments are read with what comes along.

-- label, heard: 0 negative, 1 neutral, 2 positive. heard: what the comment was read as when the label was given; 3: no
-- sentiment. wrapped: the key of the text under the master's; destroying it destroys the text.
CREATE TABLE text_labels
(
    event BIGINT PRIMARY KEY,
    subject BIGINT NOT NULL,
    unit TEXT NOT NULL,
    label BIGINT NOT NULL,
    heard BIGINT NOT NULL,
    actor BIGINT NOT NULL,
    at BIGINT NOT NULL,
    wrapped BYTEA NOT NULL,
    said BYTEA NOT NULL
);
CREATE INDEX text_labels_by_subject ON text_labels (subject);
CREATE INDEX text_labels_by_at ON text_labels (at, event);

-- part: model, aspects, routes or words. card: JSON, without texts of customers.
CREATE TABLE text_versions
(
    part TEXT NOT NULL,
    number BIGINT NOT NULL,
    made BIGINT NOT NULL,
    actor BIGINT NOT NULL,
    note TEXT NOT NULL,
    card TEXT NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (part, number)
);

-- A part without a row here is read with what comes along.
CREATE TABLE text_in_use
(
    part TEXT PRIMARY KEY,
    number BIGINT NOT NULL
);
