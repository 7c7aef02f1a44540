-- journey/sql/graph.sql: how often one node directly follows another in a journey, and after how long (median). The edges
-- from "start" and to "end" count journeys.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; level (stage, touchpoint, channel): what a node is;
-- pause_ms Int64: the pause that ends a journey, unless a case goes on over it.
-- Reads events by the key prefix (unit, day).
WITH
/*include steps*/,
/*include ordered*/
SELECT if(position = 1, 'start', node_before) AS source, node AS target, count() AS n,
       toInt64(quantileExactInclusive(0.5)(if(position = 1, 0, ms - ms_before))) AS median_ms
FROM ordered
GROUP BY source, target
UNION ALL
SELECT node AS source, 'end' AS target, count() AS n, toInt64(0) AS median_ms
FROM ordered
WHERE position = length
GROUP BY source
