-- journey/sql/parts/funnel_levels.sql: of the table `climbed` (parts/funnel.sql, parts/funnel_unordered.sql), how many customers
-- reached each step, and how long they took.
SELECT grp, step, count() AS customers, toInt64(quantileExactInclusive(0.5)(time)) AS median_ms, toInt64(quantileExactInclusive(0.9)(time)) AS p90_ms
FROM
(
    SELECT grp, arrayJoin(arrayEnumerate(took)) AS step, took[step] AS time
    FROM climbed
)
GROUP BY grp, step
ORDER BY grp, step
