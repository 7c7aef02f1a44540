-- app/sql/units.sql: the branches and brands that have events, and how many; of more than 2,000, which only a sender
-- makes that puts an id in the place of a branch, those with the most.
-- In: all_units UInt8 and units Array(String), from the Grant.
-- Reads the counts that the projection by_unit keeps, not the events.
SELECT unit, events
FROM
(
    SELECT unit, count() AS events
    FROM events
    WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit)) AND unit != ''
    GROUP BY unit
    ORDER BY events DESC, unit
    LIMIT 2000
)
ORDER BY unit
