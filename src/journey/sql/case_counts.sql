-- journey/sql/case_counts.sql: how many cases a kind of journey comes to, of how many customers, how many reached one of its ends, the
-- median time from first to last step (ms, about), and the steps of all.
-- In: as parts/runs.sql.
-- Reads events by the key prefix (unit, day).
WITH
/*include runs*/,
stepped AS
(
    SELECT customer, arrayFilter(x -> NOT x.5, every) AS steps, arrayExists(x -> x.8, every) AS is_complete
    FROM cases
    WHERE arrayExists(x -> NOT x.5, every)
)
SELECT count() AS journeys, uniqExact(customer) AS customers, countIf(is_complete) AS complete,
       toInt64(ifNotFinite(quantileDeterministic(0.5)(tupleElement(steps[-1], 1) - tupleElement(steps[1], 1), cityHash64(customer)), 0)) AS median_ms,
       toUInt64(sum(length(steps))) AS events
FROM stepped
