-- feedback/sql/labels.sql: how many comments have each emotion, intent or flag, and of these how many are negative.
-- In: as parts/of_comments.
-- Reads readings by the key prefix (unit, day).
SELECT toString(found) AS name, count() AS comments, countIf(sentiment = 'negative') AS negatives
FROM readings
ARRAY JOIN labels AS found
/*include of_comments*/
GROUP BY name
ORDER BY comments DESC, name
