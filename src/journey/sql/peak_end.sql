-- journey/sql/peak_end.sql: journeys with an overall answer, and what was felt on the way to it: customer, began, the answer (the last
-- of the instrument) and, in order of time, each answer and comment before it as tuples: ms, event_id, stage, value. What was said with
-- the answer itself does not count, nor does what has no scale. With each row how many journeys have an answer in all.
-- In: as parts/felt.sql; instrument: whose answers are the overall ones; rows UInt64: answered, drawn by hash.
-- Reads events by the key prefix (unit, day), answers in their order by instrument, readings by the key prefix.
WITH
/*include felt*/
SELECT customer, began, overall, arraySort(groupArrayIf((ms, event_id, stage, value), is_before)) AS moments, count() OVER () AS journeys
FROM
(
    SELECT customer, began, ms, event_id, stage, value,
           argMaxIf(score, (ms, event_id), source = {instrument:String}) OVER w AS overall,
           maxIf(ms, source = {instrument:String}) OVER w AS asked_at,
           argMaxIf(event_id, (ms, event_id), source = {instrument:String}) OVER w AS asked_event,
           countIf(source = {instrument:String}) OVER w AS answers,
           ms <= asked_at AND event_id != asked_event AND value > -1e29 AS is_before
    FROM felt
    WINDOW w AS (PARTITION BY customer, began)
)
WHERE answers > 0
GROUP BY customer, began, overall
ORDER BY cityHash64(customer, began), customer, began
LIMIT {rows:UInt64}
