-- journey/sql/map_feelings.sql: what customers felt in each stage, by source (an instrument, 'comment'; empty: all on one scale), each
-- customer counting once: how many, the sum of their means and of the squares; answers and comments, those below and above the
-- middle of the scale; emotions of comments with how many have them; and the worst and the best comments.
-- In: as parts/felt.sql.
-- Reads events by the key prefix (unit, day), answers in their order by instrument, readings by the key prefix.
WITH
/*include felt*/
SELECT stage, of_source, count() AS customers, sum(mean) AS total, sum(mean * mean) AS squares,
       sum(n) AS marks, sum(below) AS negatives, sum(above) AS positives,
       sumMap(emotion_names, arrayMap(e -> toUInt64(1), emotion_names)) AS emotion_counts,
       arrayMap(e -> toString(e.2), groupArraySortedArray(3)(worst)) AS worst_comments,
       arrayMap(e -> toString(e.2), groupArraySortedArray(3)(best)) AS best_comments
FROM
(
    SELECT customer, stage, source AS of_source, avg(value) AS mean, count() AS n, countIf(value < 0) AS below, countIf(value > 0) AS above,
           groupArrayArray(emotions) AS emotion_names,
           groupArraySortedIf(3)((value, event_id), source = 'comment' AND value < 0) AS worst,
           groupArraySortedIf(3)((-value, event_id), source = 'comment' AND value > 0) AS best
    FROM felt
    WHERE value > -1e29
    GROUP BY GROUPING SETS ((customer, stage, source), (customer, stage))
)
GROUP BY stage, of_source
ORDER BY stage, of_source
