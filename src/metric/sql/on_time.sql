-- metric/sql/on_time.sql: of the completions whose promise is known, those in time.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; zone; grain (none, day, week, month);
-- by (none, channel, touchpoint, stage, unit); touchpoints Array(String); promise String: the
-- property that says true or false.
-- Reads events by the key prefix (unit, day).
SELECT if({grain:String} = 'day', toDate(occurred_at, {zone:String}),
          if({grain:String} = 'week', toStartOfWeek(occurred_at, 1, {zone:String}),
          if({grain:String} = 'month', toStartOfMonth(occurred_at, {zone:String}), toDate(0)))) AS bucket,
       if({by:String} = 'channel', dictGet('kind_of', 'channel', toUInt64(kind)),
          if({by:String} = 'touchpoint', dictGet('kind_of', 'touchpoint', toUInt64(kind)),
          if({by:String} = 'stage', dictGet('kind_of', 'stage', toUInt64(kind)),
          if({by:String} = 'unit', toString(unit), '')))) AS grp,
       countIf(lower(properties[{promise:String}]) IN ('true', '1', 'yes')) AS hits,
       count() AS n
FROM events
WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
  AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
  AND kind IN (SELECT kind FROM kinds FINAL WHERE has({touchpoints:Array(String)}, touchpoint))
  AND properties[{promise:String}] != '' /*filter*/
GROUP BY bucket, grp
ORDER BY bucket, grp
