-- Joins that can be taken back, decisions of people, verified identifiers, and what each source says of a trait.
-- Why: a merge is undone by marking its joins, never by deleting them; the map gets new versions.
-- Cost: columns are added in place; traits are copied once (about 2 s per million). Lock: the start waits.
-- Way back: none needed; what is new is ignored by the version before, but for traits.

-- The owner proved that it is theirs (email_verified ...). apart: some other subject must not be joined to it.
ALTER TABLE subjects ADD COLUMN verified BIGINT NOT NULL DEFAULT 0;
ALTER TABLE subjects ADD COLUMN apart BIGINT NOT NULL DEFAULT 0;

-- evidence: 1 a claim of an event, 2 a person, 3 a reviewed pair, 4 a scored pair. undone: the version of the
-- decision that took the join back; none: it holds. The joins that hold are edges over the subjects, and the
-- connected parts are the customers. Those of events alone form a forest; one between subjects that only people
-- had made one (survivor = absorbed) counts when what people said is taken back.
ALTER TABLE joins ADD COLUMN evidence BIGINT NOT NULL DEFAULT 1;
ALTER TABLE joins ADD COLUMN undone BIGINT;
CREATE INDEX joins_by_people ON joins (left_subject) WHERE evidence <> 1;
CREATE INDEX joins_undone_left ON joins (left_subject) WHERE undone IS NOT NULL;
CREATE INDEX joins_undone_right ON joins (right_subject) WHERE undone IS NOT NULL;

-- Everything that changed the map beside the claims of events, in the order of the versions it shares with
-- joins. kind: 1 merge, 2 split, 3 unlink (an event took a link back), 4 shared (the identifier turned out to
-- be shared), 5 verified (its verified owner claimed it). actor: a user; 0: an event of `source` was the cause.
CREATE TABLE decisions (
  version BIGINT PRIMARY KEY,
  kind BIGINT NOT NULL,
  actor BIGINT NOT NULL,
  source BIGINT NOT NULL,
  at BIGINT NOT NULL,
  left_subject BIGINT NOT NULL,
  right_subject BIGINT NOT NULL,
  reason TEXT NOT NULL
);

-- Pairs that a person has separated: no claim joins their customers. Both directions are kept. lifted: the
-- version of the merge that a person made later.
CREATE TABLE apart (
  subject BIGINT NOT NULL,
  other BIGINT NOT NULL,
  version BIGINT NOT NULL,
  lifted BIGINT,
  PRIMARY KEY (subject, other)
) /*sqlite WITHOUT ROWID*/;

-- version: of the map when the join was refused; reason also 3 kept apart, 4 not verified, 5 shared. held: a
-- customer was together by people then, so that it might not have been refused without them.
ALTER TABLE conflicts ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE conflicts ADD COLUMN held BIGINT NOT NULL DEFAULT 0;
CREATE INDEX conflicts_by_other ON conflicts (other);

-- One row per source, so that the most trusted or the most frequent value can be chosen.
CREATE TABLE traits_by_source (
  subject BIGINT NOT NULL,
  key TEXT NOT NULL,
  source BIGINT NOT NULL,
  sealed BYTEA,
  clear TEXT,
  at BIGINT NOT NULL,
  PRIMARY KEY (subject, key, source)
) /*sqlite WITHOUT ROWID*/;
INSERT INTO traits_by_source (subject, key, source, sealed, clear, at)
  SELECT subject, key, source, sealed, clear, at FROM traits;
DROP TABLE traits;
ALTER TABLE traits_by_source RENAME TO traits;
