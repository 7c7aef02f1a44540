-- journey/sql/variants.sql: how many journeys are which sequence of nodes, repeats kept; the most frequent first. With each how
-- many journeys and different sequences there are in all. Journeys that are too long share the empty sequence.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; level (stage, touchpoint, channel): what a node is;
-- pause_ms Int64: the pause that ends a journey, unless a case goes on over it;
-- steps UInt64: of the longest journey; variants UInt64: answered.
-- Reads events by the key prefix (unit, day).
WITH
/*include steps*/
SELECT sequence, count() AS n, toUInt64(sum(n) OVER ()) AS journeys, toUInt64(count() OVER ()) AS variants
FROM
(
    SELECT if(count() > {steps:UInt64}, [],
              arrayMap(step -> step.3, arraySort(step -> (step.1, step.2), groupArray((ms, event_id, node))))) AS sequence
    FROM steps
    GROUP BY customer, journey
)
GROUP BY sequence
ORDER BY n DESC, sequence
LIMIT {variants:UInt64}
