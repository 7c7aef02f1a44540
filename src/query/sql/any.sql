-- query/sql/any.sql: one row when anything happened in a range, none otherwise.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to.
-- Reads events by the key prefix (unit, day), up to the first.
SELECT 1
FROM events
WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
  AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
LIMIT 1
