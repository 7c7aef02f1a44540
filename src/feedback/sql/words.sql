-- feedback/sql/words.sql: words that comments of one sentiment have more often than the others: log-likelihood ratio of
-- having the word and having the sentiment (Dunning 1993, Computational Linguistics 19(1):61-74). Only words in at least
-- `least` comments of the sentiment; the most typical first.
-- In: as parts/of_comments; of (negative, neutral, positive): the sentiment; inside_all, outside_all UInt64: comments of it,
-- and of the others; least UInt64; rows UInt64.
-- Reads readings by the key prefix (unit, day).
WITH (o, e) -> if(o = 0, 0., o * log(o / e)) AS part
SELECT found, inside, outside,
       2 * (part(inside, n1 * c1 / n) + part(outside, n2 * c1 / n)
            + part(n1 - inside, n1 * c2 / n) + part(n2 - outside, n2 * c2 / n)) AS score
FROM
(
    SELECT found, countIf(sentiment = {of:String}) AS inside, countIf(sentiment NOT IN ('', {of:String})) AS outside,
           toFloat64({inside_all:UInt64}) AS n1, toFloat64({outside_all:UInt64}) AS n2, n1 + n2 AS n,
           toFloat64(inside + outside) AS c1, n - c1 AS c2
    FROM readings
    ARRAY JOIN words AS found
    /*include of_comments*/
    GROUP BY found
    HAVING inside >= {least:UInt64} AND inside * n2 > outside * n1
)
ORDER BY score DESC, found
LIMIT {rows:UInt64}
