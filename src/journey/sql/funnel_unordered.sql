-- journey/sql/funnel_unordered.sql: how many customers reach each step of a funnel, and how long they take (see parts/funnel_unordered.sql).
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; places, names Array(String); window_ms Int64; by (none,
-- channel, unit).
-- Reads events in their order by instrument and kind.
WITH
/*include funnel_unordered*/
/*include funnel_levels*/
