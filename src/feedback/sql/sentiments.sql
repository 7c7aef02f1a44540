-- feedback/sql/sentiments.sql: comments by sentiment, time or group.
-- In: as parts/of_comments; zone; grain (none, day, week, month); by (none, channel, touchpoint, stage, unit, language).
-- Reads readings by the key prefix (unit, day).
SELECT if({grain:String} = 'day', toDate(occurred_at, {zone:String}),
          if({grain:String} = 'week', toStartOfWeek(occurred_at, 1, {zone:String}),
          if({grain:String} = 'month', toStartOfMonth(occurred_at, {zone:String}), toDate(0)))) AS bucket,
       multiIf({by:String} = 'channel', dictGet('kind_of', 'channel', toUInt64(kind)),
               {by:String} = 'touchpoint', dictGet('kind_of', 'touchpoint', toUInt64(kind)),
               {by:String} = 'stage', dictGet('kind_of', 'stage', toUInt64(kind)),
               {by:String} = 'unit', toString(unit),
               {by:String} = 'language', toString(language), '') AS grp,
       countIf(sentiment = 'negative') AS negatives,
       countIf(sentiment = 'neutral') AS neutrals,
       countIf(sentiment = 'positive') AS positives,
       countIf(sentiment = '') AS unknowns
FROM readings
/*include of_comments*/
GROUP BY bucket, grp
ORDER BY bucket, grp
