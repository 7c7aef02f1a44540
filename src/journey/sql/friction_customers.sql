-- journey/sql/friction_customers.sql: customers whom a friction befell, each with the latest journey in which it did; newest first.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; pause_ms Int64; stages, starts, ends Array(String); instrument;
-- wait_pairs Array(UInt64), wait_fences Array(Int64); until_ms Int64; detector, place, other: which friction; count UInt64: answered.
-- Reads events by the key prefix (unit, day).
WITH
/*include frictions*/
SELECT customer, argMax(began, at) AS latest_began, max(at) AS latest_at, count() AS journeys
FROM
(
    SELECT customer, tupleElement(steps[1], 1) AS began,
           arrayFirst(f -> f.1 = {detector:String} AND f.2 = {place:String} AND f.3 = {other:String}, frictions).4 AS at
    FROM found
    WHERE arrayExists(f -> f.1 = {detector:String} AND f.2 = {place:String} AND f.3 = {other:String}, frictions)
)
GROUP BY customer
ORDER BY latest_at DESC, customer
LIMIT {count:UInt64}
