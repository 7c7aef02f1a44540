-- feedback/sql/topic_rows.sql: comments of which topics are found: when, how, and their words. At most `rows` of them,
-- by the hash of their event, so that a sample is the same on every call.
-- In: as parts/of_comments; zone; grain (day, week, month); rows UInt64.
-- Reads readings by the key prefix (unit, day).
SELECT event_id,
       if({grain:String} = 'day', toDate(occurred_at, {zone:String}),
          if({grain:String} = 'week', toStartOfWeek(occurred_at, 1, {zone:String}),
             toStartOfMonth(occurred_at, {zone:String}))) AS bucket,
       toString(sentiment) AS way, words
FROM readings
/*include of_comments*/
ORDER BY cityHash64(event_id), event_id
LIMIT {rows:UInt64}
