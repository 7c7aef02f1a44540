-- app/sql/outgoing_newest.sql: the newest event above one, 0 when there is none.
-- In: all_units UInt8 and units Array(String), from the Grant; after UInt64.
-- Reads the parts whose index by_event reaches above it.
SELECT max(event_id) AS newest
FROM events
WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit)) AND event_id > {after:UInt64}
