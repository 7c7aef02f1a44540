-- feedback/sql/responses.sql: the numbers that each response of a survey has, and whose it is, newest first.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; keys Array(String): properties, such as
-- answer.QUESTION; rows UInt64: at most so many; zone; grain (none, day, week, month); by (none, channel,
-- touchpoint, stage, unit). The filter names the survey's source.
-- A long response lies in several events, all of one subject and one time. No number: null.
SELECT toUnixTimestamp64Milli(occurred_at) AS at,
       max(toUInt32OrZero(properties['survey_version'])) AS version,
       maxForEach(arrayMap(k -> toFloat64OrNull(properties[k]), {keys:Array(String)})) AS answers,
       dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id) AS customer,
       toInt32(min(if({grain:String} = 'day', toDate(occurred_at, {zone:String}),
                   if({grain:String} = 'week', toStartOfWeek(occurred_at, 1, {zone:String}),
                   if({grain:String} = 'month', toStartOfMonth(occurred_at, {zone:String}), toDate(0)))))) AS bucket,
       min(if({by:String} = 'channel', dictGet('kind_of', 'channel', toUInt64(kind)),
           if({by:String} = 'touchpoint', dictGet('kind_of', 'touchpoint', toUInt64(kind)),
           if({by:String} = 'stage', dictGet('kind_of', 'stage', toUInt64(kind)),
           if({by:String} = 'unit', toString(unit), ''))))) AS grp
FROM events
WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
  AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
  AND dictGet('kind_of', 'name', toUInt64(kind)) IN ('Survey Completed', 'Survey Answers Continued') /*filter*/
GROUP BY occurred_at, subject_id
ORDER BY occurred_at DESC, subject_id
LIMIT {rows:UInt64}
