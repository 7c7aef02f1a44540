-- journey/sql/stages.sql: volume, customers, journeys and waiting times of each node; the row with an empty name counts all.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; level (stage, touchpoint, channel): what a node is;
-- pause_ms Int64: the pause that ends a journey, unless a case goes on over it.
-- Reads events by the key prefix (unit, day).
WITH
/*include steps*/,
/*include ordered*/
SELECT node,
       count() AS events,
       uniqExact(customer) AS customers,
       if(node = '', countIf(position = 1), countIf(is_first)) AS journeys,
       countIf(position = length) AS ended,
       countIf(is_first AND position > 1) AS waits,
       if(waits = 0, 0, quantileExactInclusiveIf(0.5)(ms - ms_before, is_first AND position > 1)) AS wait_median_ms,
       if(waits = 0, 0, quantileExactInclusiveIf(0.9)(ms - ms_before, is_first AND position > 1)) AS wait_p90_ms
FROM ordered
GROUP BY GROUPING SETS ((node), ())
ORDER BY node
