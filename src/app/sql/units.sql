-- app/sql/units.sql: the branches and brands that have events, and how many.
-- In: all_units UInt8 and units Array(String), from the Grant.
-- Reads the counts that the projection by_unit keeps, not the events.
SELECT unit, count() AS events
FROM events
WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit)) AND unit != ''
GROUP BY unit
ORDER BY unit
