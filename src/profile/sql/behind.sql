-- profile/sql/behind.sql: how many events stand behind a number, and of how many customers.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; subjects Array(UInt64), empty: all.
-- Reads events by the key prefix (unit, day); with subjects by the index on subject_id.
SELECT count() AS events,
       uniqExact(dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id)) AS customers
FROM events
WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
  AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
  AND (empty({subjects:Array(UInt64)}) OR subject_id IN {subjects:Array(UInt64)}) /*filter*/
