-- feedback/sql/unread.sql: events with a text above one, in order of their ids, with what readings keep of them.
-- In: all_units UInt8, units Array(String) (from the Grant); after, upto UInt64: ids in (after, upto]; rows UInt64.
-- Reads the granules whose index by_event lies in the range. Asked for in RowBinary.
SELECT event_id, toUnixTimestamp64Milli(occurred_at) AS at, source_id, kind, subject_id, toString(unit) AS of_unit, case_id,
       toString(instrument) AS of_instrument, score, text
FROM events
WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
  AND event_id > {after:UInt64} AND event_id <= {upto:UInt64} AND notEmpty(text)
ORDER BY event_id
LIMIT {rows:UInt64}
