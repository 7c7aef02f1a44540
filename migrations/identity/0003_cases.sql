-- Why: a profile names the conversations and tickets that are open.
-- Cost: nothing is read or rewritten. Lock: none worth naming.
-- Way back: none needed; the version before ignores the table.

-- Conversations and tickets as events tell of them, under the subject that each event named: a customer's are those of
-- its subjects, so joins and splits take them along. kind: of the newest event. opened_at and closed_at: of the newest
-- event that opened or closed it; 0: none yet.
CREATE TABLE cases (
  subject BIGINT NOT NULL,
  case_id TEXT NOT NULL,
  kind BIGINT NOT NULL,
  opened_at BIGINT NOT NULL,
  closed_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  PRIMARY KEY (subject, case_id)
) /*sqlite WITHOUT ROWID*/;
