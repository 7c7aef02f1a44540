-- desk/sql/event_text.sql: what one event said, and whose it is.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; event UInt64.
-- Reads events by the index by_event.
SELECT dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id) AS customer,
       dictGet('kind_of', 'channel', toUInt64(kind)) AS channel,
       unit, text
FROM events
WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
  AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
  AND event_id = {event:UInt64} AND text != ''
LIMIT 1
