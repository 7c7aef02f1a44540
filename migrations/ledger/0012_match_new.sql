-- Why: a run of matching may compare only what is new.
-- Cost: nothing is read or rewritten. Lock: none worth naming.
-- Way back: none needed; the version before ignores the column.

-- Records that were new or changed, of a run that compared those alone; none: it compared all.
ALTER TABLE match_runs ADD COLUMN new_records BIGINT;
