-- query/sql/stored.sql: how many events there are, and of what times.
-- In: all_units UInt8 and units Array(String), from the Grant. Times come as milliseconds of the epoch.
-- Reads events by the key prefix (unit); three columns in full.
SELECT count() AS events,
       if(events = 0, 0, toUnixTimestamp64Milli(min(occurred_at))) AS oldest,
       if(events = 0, 0, toUnixTimestamp64Milli(max(occurred_at))) AS newest,
       if(events = 0, 0, toUnixTimestamp64Milli(max(received_at))) AS received
FROM events
WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
