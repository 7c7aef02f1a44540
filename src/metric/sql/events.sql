-- metric/sql/events.sql: how many interactions there were.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; zone; grain (none, day, week, month);
-- by (none, channel, touchpoint, stage, unit); touchpoints Array(String), empty: all.
-- Reads events by the key prefix (unit, day).
-- Counted by the number of the kind first, so that names are looked up once for each.
SELECT bucket,
       multiIf({by:String} = 'channel', dictGet('kind_of', 'channel', place),
               {by:String} = 'touchpoint', dictGet('kind_of', 'touchpoint', place),
               {by:String} = 'stage', dictGet('kind_of', 'stage', place),
               {by:String} = 'unit', unit_name, '') AS grp,
       sum(events_of_place) AS n
FROM
(
    SELECT if({grain:String} = 'day', toDate(occurred_at, {zone:String}),
              if({grain:String} = 'week', toStartOfWeek(occurred_at, 1, {zone:String}),
              if({grain:String} = 'month', toStartOfMonth(occurred_at, {zone:String}), toDate(0)))) AS bucket,
           if({by:String} IN ('channel', 'touchpoint', 'stage'), toUInt64(kind), toUInt64(0)) AS place,
           if({by:String} = 'unit', toString(unit), '') AS unit_name,
           count() AS events_of_place
    FROM events
    WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
      AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
      AND (empty({touchpoints:Array(String)})
           OR kind IN (SELECT kind FROM kinds FINAL WHERE has({touchpoints:Array(String)}, touchpoint))) /*filter*/
    GROUP BY bucket, place, unit_name
)
GROUP BY bucket, grp
ORDER BY bucket, grp
