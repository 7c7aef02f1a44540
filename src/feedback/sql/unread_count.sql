-- feedback/sql/unread_count.sql: how many events with a text lie above one.
-- In: all_units UInt8, units Array(String) (from the Grant); after, upto UInt64: ids in (after, upto].
-- Reads the granules whose index by_event lies in the range; of the texts only where they are.
SELECT count() AS n
FROM events
WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
  AND event_id > {after:UInt64} AND event_id <= {upto:UInt64} AND notEmpty(text)
