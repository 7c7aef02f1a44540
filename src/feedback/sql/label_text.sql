-- feedback/sql/label_text.sql: what one event said, whose it is and where, for a label.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; event UInt64.
-- Reads events by the index by_event.
SELECT subject_id, toString(unit) AS of_unit, text
FROM events
WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
  AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
  AND event_id = {event:UInt64} AND text != ''
LIMIT 1
