-- app/sql/units.sql: the branches and brands that have events.
-- In: all_units UInt8 and units Array(String), from the Grant.
-- Reads one column of events by the key prefix (unit).
SELECT DISTINCT unit
FROM events
WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit)) AND unit != ''
ORDER BY unit
