-- journey/sql/parts/funnel_dropped.sql: of the table `climbed` (parts/funnel.sql, parts/funnel_unordered.sql), who reached a step
-- and not the next; newest first.
-- In: reached UInt64: the step, from 1; count UInt64: answered.
SELECT customer, latest
FROM climbed
WHERE level = {reached:UInt64}
ORDER BY latest DESC, customer
LIMIT {count:UInt64}
