-- journey/sql/funnel_unordered_customers.sql: customers who reached a step of a funnel and not the next; newest first (see
-- parts/funnel_unordered.sql).
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; places, names Array(String); window_ms Int64; by (none,
-- channel, unit); reached UInt64: the step, from 1; count UInt64: answered.
-- Reads events in their order by instrument and kind.
WITH
/*include funnel_unordered*/
/*include funnel_dropped*/
