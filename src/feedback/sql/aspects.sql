-- feedback/sql/aspects.sql: of how many comments each aspect is spoken of, and how.
-- In: as parts/of_comments.
-- Reads readings by the key prefix (unit, day).
SELECT found, countIf(way = 'negative') AS negatives, countIf(way = 'neutral') AS neutrals, countIf(way = 'positive') AS positives
FROM
(
    SELECT toString(pair.1) AS found, toString(pair.2) AS way
    FROM readings
    ARRAY JOIN arrayZip(aspects, aspect_sentiments) AS pair
    /*include of_comments*/
)
GROUP BY found
ORDER BY found
