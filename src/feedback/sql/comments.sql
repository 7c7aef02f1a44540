-- feedback/sql/comments.sql: comments as they were read, newest first, before a cursor; without their texts.
-- In: as parts/of_comments; before_at, before_id UInt64: strictly before this pair; rows UInt64.
-- Reads readings by the key prefix (unit, day). Times come as milliseconds of the epoch.
SELECT event_id,
       toUnixTimestamp64Milli(occurred_at) AS at,
       dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id) AS customer,
       dictGet('kind_of', 'channel', toUInt64(kind)) AS channel,
       dictGet('kind_of', 'touchpoint', toUInt64(kind)) AS touchpoint,
       toString(unit) AS of_unit, toString(instrument) AS of_instrument, toFloat64(score) AS answer,
       toString(language) AS of_language, toString(sentiment) AS way, negative, positive,
       aspects, aspect_sentiments, aspect_positives, labels
FROM readings
/*include of_comments*/
  AND (occurred_at, event_id) < ({before_at:DateTime64(3, 'UTC')}, {before_id:UInt64})
ORDER BY occurred_at DESC, event_id DESC
LIMIT {rows:UInt64}
