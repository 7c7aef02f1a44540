-- journey/sql/channel_retention.sql: of the customers whom a channel served in the range, those who were active again, in any
-- channel: more than a day and at most again_ms after they first came to it. Whoever came too late for that to be seen is
-- young and does not count.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; until DateTime64: `to` and again_ms; again_ms Int64;
-- horizon_ms Int64: the newest event stored; passive Array(String): touchpoints where we act, not the customer.
-- Reads events by the key prefix (unit, day), twice.
WITH
served AS
(
    SELECT dictGet('kind_of', 'channel', toUInt64(kind)) AS channel,
           dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id) AS customer,
           min(toUnixTimestamp64Milli(occurred_at)) AS first_ms
    FROM events
    WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
      AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
      AND kind IN (SELECT kind FROM kinds FINAL WHERE channel != '') /*filter*/
    GROUP BY channel, customer
),
acts AS
(
    SELECT dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id) AS customer,
           groupArray(toUnixTimestamp64Milli(occurred_at)) AS times
    FROM events
    WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
      AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {until:DateTime64(3, 'UTC')}
      AND kind NOT IN (SELECT kind FROM kinds FINAL WHERE has({passive:Array(String)}, touchpoint))
    GROUP BY customer
)
SELECT channel, countIf(is_old) AS old,
       countIf(is_old AND arrayExists(ms -> ms - first_ms > 86400000 AND ms - first_ms <= {again_ms:Int64}, times)) AS back,
       countIf(NOT is_old) AS young
FROM
(
    SELECT served.channel AS channel, served.first_ms AS first_ms, acts.times AS times,
           served.first_ms + {again_ms:Int64} <= {horizon_ms:Int64} AS is_old
    FROM served LEFT JOIN acts ON served.customer = acts.customer
)
GROUP BY channel
ORDER BY channel
