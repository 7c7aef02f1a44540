-- query/sql/stored.sql: how many events there are, and of what times.
-- In: all_units UInt8 and units Array(String), from the Grant. Times come as milliseconds of the epoch; 0: none.
-- What only says who somebody is (identify, group, alias) often bears the time of its import: it counts, but
-- does not stretch the range of what happened.
-- Reads events by the key prefix (unit); four columns in full, and the small table of kinds.
WITH kind NOT IN (SELECT kind FROM kinds WHERE type IN ('identify', 'group', 'alias')) AS happened
SELECT count() AS events,
       if(countIf(happened) = 0, 0, toUnixTimestamp64Milli(minIf(occurred_at, happened))) AS oldest,
       if(countIf(happened) = 0, 0, toUnixTimestamp64Milli(maxIf(occurred_at, happened))) AS newest,
       if(events = 0, 0, toUnixTimestamp64Milli(max(received_at))) AS received
FROM events
WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
