-- query/sql/stored.sql: how many events there are, and of what times.
-- In: all_units UInt8 and units Array(String), from the Grant. Times come as milliseconds of the epoch; 0: none.
-- What only says who somebody is (identify, group, alias) often bears the time of its import: it counts, but
-- does not stretch the range of what happened.
-- Reads the projection of events by unit and kind, and the small table of kinds.
SELECT sum(stored) AS events,
       if(countIf(happened) = 0, 0, toUnixTimestamp64Milli(minIf(first, happened))) AS oldest,
       if(countIf(happened) = 0, 0, toUnixTimestamp64Milli(maxIf(last, happened))) AS newest,
       if(events = 0, 0, toUnixTimestamp64Milli(max(arrived))) AS received
FROM
(
    SELECT kind, count() AS stored, min(occurred_at) AS first, max(occurred_at) AS last, max(received_at) AS arrived,
           kind NOT IN (SELECT kind FROM kinds WHERE type IN ('identify', 'group', 'alias')) AS happened
    FROM events
    WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
    GROUP BY kind
)
