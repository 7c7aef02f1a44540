-- journey/sql/funnel.sql: how many customers reach each step of a funnel, and how long they take (see parts/funnel.sql).
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; places, names Array(String); window_ms Int64; strict UInt8; by (none,
-- channel, unit).
-- Reads events in their order by instrument and kind.
WITH
/*include funnel*/
SELECT grp, step, count() AS customers, toInt64(quantileExactInclusive(0.5)(time)) AS median_ms, toInt64(quantileExactInclusive(0.9)(time)) AS p90_ms
FROM
(
    SELECT grp, arrayJoin(arrayEnumerate(took)) AS step, took[step] AS time
    FROM climbed
)
GROUP BY grp, step
ORDER BY grp, step
