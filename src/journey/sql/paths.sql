-- journey/sql/paths.sql: how many journeys take which path; repeats of a node in a row are one step.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; level (stage, touchpoint, channel): what a node is;
-- pause_ms Int64: the pause that ends a journey, unless a case goes on over it;
-- steps UInt64: steps of a path that are looked at; paths UInt64: answered, most frequent first.
-- Reads events by the key prefix (unit, day).
WITH
/*include steps*/
SELECT path, is_longer, count() AS journeys
FROM
(
    SELECT arrayCompact(arrayMap(step -> step.3, arraySort(step -> (step.1, step.2), groupArray((ms, event_id, node))))) AS whole,
           arraySlice(whole, 1, {steps:UInt64}) AS path,
           length(whole) > {steps:UInt64} AS is_longer
    FROM steps
    GROUP BY customer, journey
)
GROUP BY path, is_longer
ORDER BY journeys DESC, path, is_longer
LIMIT {paths:UInt64}
