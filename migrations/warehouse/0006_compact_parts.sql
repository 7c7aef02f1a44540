-- A block of the mover becomes a part in one file of data instead of one for each column and projection column.
-- Why: while events come in, half of what an insert costs was making those files, and the merges opened them again; a
-- part of more than three blocks is written column by column, as before, so that a scan of one column stays short.
-- Cost: none; parts that are there stay as they are until they are merged. Lock: none. Way back: ALTER TABLE events RESET
-- SETTING min_bytes_for_wide_part.

ALTER TABLE events MODIFY SETTING min_bytes_for_wide_part = 134217728;
