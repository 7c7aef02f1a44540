-- metric/sql/customer_share.sql: of the customers who passed one touchpoint, those who passed another in the same time and group.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; zone; grain (none, day, week, month);
-- by (none, channel, touchpoint, stage, unit);
-- base and goal Array(String) of touchpoints; base empty: any event.
-- Reads events by the key prefix (unit, day).
-- Who passed both, from who passed one, the other and any of them: sets cost less than a row for each customer.
SELECT bucket, grp, passed_goal + n - passed_any AS hits, if(empty({base:Array(String)}), passed_any, passed_base) AS n
FROM
(
    SELECT if({grain:String} = 'day', toDate(occurred_at, {zone:String}),
              if({grain:String} = 'week', toStartOfWeek(occurred_at, 1, {zone:String}),
              if({grain:String} = 'month', toStartOfMonth(occurred_at, {zone:String}), toDate(0)))) AS bucket,
           if({by:String} = 'channel', dictGet('kind_of', 'channel', toUInt64(kind)),
              if({by:String} = 'touchpoint', dictGet('kind_of', 'touchpoint', toUInt64(kind)),
              if({by:String} = 'stage', dictGet('kind_of', 'stage', toUInt64(kind)),
              if({by:String} = 'unit', toString(unit), '')))) AS grp,
           uniqExact(dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id) AS customer) AS passed_any,
           uniqExactIf(customer, kind IN (SELECT kind FROM kinds FINAL WHERE has({goal:Array(String)}, touchpoint))) AS passed_goal,
           uniqExactIf(customer, kind IN (SELECT kind FROM kinds FINAL WHERE has({base:Array(String)}, touchpoint))) AS passed_base
    FROM events
    WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
      AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
      AND (empty({base:Array(String)}) OR kind IN (SELECT kind FROM kinds FINAL
                      WHERE has({base:Array(String)}, touchpoint) OR has({goal:Array(String)}, touchpoint))) /*filter*/
    GROUP BY bucket, grp
)
WHERE n > 0
ORDER BY bucket, grp
