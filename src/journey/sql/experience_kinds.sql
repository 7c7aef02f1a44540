-- journey/sql/experience_kinds.sql: every kind of event, as the catalogue has it now.
-- In: nothing. Reads the table of kinds, which has a row for each different event.
SELECT kind, type, name, channel, touchpoint
FROM kinds FINAL
ORDER BY kind
