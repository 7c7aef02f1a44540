-- feedback/sql/comment_texts.sql: the texts of a page of comments.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; ids Array(UInt64).
-- Reads events by the key prefix (unit, day) and the index by_event.
SELECT event_id, text
FROM events
WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
  AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
  AND event_id IN {ids:Array(UInt64)}
