-- metric/sql/answers.sql: answers of a satisfaction instrument, by class and as moments.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; zone; grain (none, day, week, month);
-- by (none, channel, touchpoint, stage, unit);
-- instruments Array(String); hit_from and hit_to Float64: the scores, both included, that `hits` counts.
-- Reads events by the key prefix (unit, day).
SELECT if({grain:String} = 'day', toDate(occurred_at, {zone:String}),
          if({grain:String} = 'week', toStartOfWeek(occurred_at, 1, {zone:String}),
          if({grain:String} = 'month', toStartOfMonth(occurred_at, {zone:String}), toDate(0)))) AS bucket,
       if({by:String} = 'channel', dictGet('kind_of', 'channel', toUInt64(kind)),
          if({by:String} = 'touchpoint', dictGet('kind_of', 'touchpoint', toUInt64(kind)),
          if({by:String} = 'stage', dictGet('kind_of', 'stage', toUInt64(kind)),
          if({by:String} = 'unit', toString(unit), '')))) AS grp,
       count() AS n,
       countIf(score >= 9) AS promoters,
       countIf(score <= 6) AS detractors,
       countIf(score >= {hit_from:Float64} AND score <= {hit_to:Float64}) AS hits,
       sum(toFloat64(assumeNotNull(score))) AS total,
       sum(pow(toFloat64(assumeNotNull(score)), 2)) AS squares
FROM events
WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
  AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
  AND instrument IN {instruments:Array(String)}
  AND isNotNull(score) /*filter*/
GROUP BY bucket, grp
ORDER BY bucket, grp
