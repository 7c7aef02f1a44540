-- reputation/sql/post_views.sql: posts as they are shown.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; ids Array(UInt64).
-- Reads events by the key prefix (unit, day) and the index by_event. Times come as milliseconds of the epoch.
SELECT event_id, toUnixTimestamp64Milli(occurred_at) AS at,
       dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id) AS customer,
       properties['platform'] AS platform, properties['author'] AS author, properties['url'] AS url,
       toFloat64OrZero(properties['followers']) AS followers, toFloat64OrZero(properties['likes']) AS likes,
       toFloat64OrZero(properties['comments']) AS comments, toFloat64OrZero(properties['shares']) AS shares, text
FROM events
WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
  AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
  AND event_id IN {ids:Array(UInt64)} /*filter*/
