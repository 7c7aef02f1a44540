-- journey/sql/felt_marks.sql: answers with a score, and comments that were read, in no order: event_id, source (the instrument, or
-- 'comment'), figure (the score; of a comment the probability that it is positive less that it is negative), and emotions (labels of a
-- comment, separated by commas). An answer with a comment makes two rows.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; reading UInt32: see readings.
-- Reads events in their order by instrument, readings by the key prefix (unit, day).
SELECT event_id, toString(instrument) AS source, toFloat64(assumeNotNull(score)) AS figure, '' AS emotions
FROM events
WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
  AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
  AND instrument != '' AND isNotNull(score)
UNION ALL
SELECT event_id, 'comment' AS source, round(toFloat64(positive) - negative, 6) AS figure,
       arrayStringConcat(arrayMap(l -> toString(l), arrayFilter(l -> startsWith(l, 'emotion.'), labels)), ',') AS emotions
FROM readings
WHERE reading = {reading:UInt32} AND sentiment != ''
  AND ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
  AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
