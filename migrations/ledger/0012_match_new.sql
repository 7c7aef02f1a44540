-- Way back: none needed; the version before ignores the column.

-- Records that were new or changed, of a run that compared those alone; none: it compared all.
ALTER TABLE match_runs ADD COLUMN new_records BIGINT;
