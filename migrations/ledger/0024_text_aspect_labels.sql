-- What people say an aspect of a comment is, against what was read; kept as text_labels are.
-- Why: an aspect is corrected by itself, in figures at once, and its labels are learned from. Cost: none, the table is
-- new. Lock: none. Way back: drop the table, and in text_in_use and text_versions the rows whose part is aspect_model;
-- figures keep what was corrected until all comments are read anew.

-- label, heard: 0 negative, 1 neutral, 2 positive, 3 the comment does not speak of it. heard: what was read when the label
-- was given. pending: 1: it is not sure that the warehouse has it. wrapped: the key of the text under the master's.
CREATE TABLE text_aspect_labels
(
    event BIGINT NOT NULL,
    aspect TEXT NOT NULL,
    subject BIGINT NOT NULL,
    unit TEXT NOT NULL,
    label BIGINT NOT NULL,
    heard BIGINT NOT NULL,
    actor BIGINT NOT NULL,
    at BIGINT NOT NULL,
    pending BIGINT NOT NULL,
    wrapped BYTEA NOT NULL,
    said BYTEA NOT NULL,
    PRIMARY KEY (event, aspect)
);
CREATE INDEX text_aspect_labels_by_subject ON text_aspect_labels (subject);
CREATE INDEX text_aspect_labels_by_at ON text_aspect_labels (at, event);
