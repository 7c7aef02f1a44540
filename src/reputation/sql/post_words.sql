-- reputation/sql/post_words.sql: the words of posts, at most `rows` of them, by the hash of their event, so that a sample
-- is the same on every call.
-- In: reading UInt32; all_units UInt8, units Array(String) (from the Grant); from, to; rows UInt64.
-- Reads readings by the key prefix (unit, day).
SELECT event_id, words
FROM readings
WHERE reading = {reading:UInt32} AND ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
  AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')} /*filter*/
ORDER BY cityHash64(event_id), event_id
LIMIT {rows:UInt64}
