-- feedback/sql/word_counts.sql: in how many comments each word is, and in how many negative ones; the commonest first.
-- In: as parts/of_comments; least UInt64: comments that a word must be in; rows UInt64.
-- Reads readings by the key prefix (unit, day).
SELECT found, count() AS n, countIf(sentiment = 'negative') AS negatives
FROM readings
ARRAY JOIN words AS found
/*include of_comments*/
GROUP BY found
HAVING n >= {least:UInt64}
ORDER BY n DESC, found
LIMIT {rows:UInt64}
