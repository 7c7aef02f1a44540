-- metric/sql/case_amounts.sql: amounts of cases (orders) in minor units, each currency apart; an event without a case is one
-- of its own. A case belongs to the day and group of its first event with an amount.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; zone; grain (none, day, week, month);
-- by (none, channel, touchpoint, stage, unit);
-- touchpoints Array(String): whose amounts add up; otherwise Array(String): whose add up where the first name none.
-- Reads events by the key prefix (unit, day).
-- multiIf rather than nested ifs: the engine (26.7) loses columns of a subquery when it folds those.
SELECT if({grain:String} = 'day', toDate(first_at, {zone:String}),
          if({grain:String} = 'week', toStartOfWeek(first_at, 1, {zone:String}),
          if({grain:String} = 'month', toStartOfMonth(first_at, {zone:String}), toDate(0)))) AS bucket,
       multiIf({by:String} = 'channel', dictGet('kind_of', 'channel', toUInt64(first_kind)),
               {by:String} = 'touchpoint', dictGet('kind_of', 'touchpoint', toUInt64(first_kind)),
               {by:String} = 'stage', dictGet('kind_of', 'stage', toUInt64(first_kind)),
               {by:String} = 'unit', toString(first_unit), '') AS grp,
       currency,
       count() AS n,
       sum(toFloat64(amount)) AS total,
       sum(pow(toFloat64(amount), 2)) AS squares
FROM
(
    SELECT if(case_id = '', sipHash64(event_id), sipHash64(case_id)) AS one,
           currency,
           if(max(kind IN (SELECT kind FROM kinds FINAL WHERE has({touchpoints:Array(String)}, touchpoint))), sumIf(amount_minor, kind IN (SELECT kind FROM kinds FINAL WHERE has({touchpoints:Array(String)}, touchpoint))), sum(amount_minor)) AS amount,
           min(occurred_at) AS first_at,
           argMin(kind, occurred_at) AS first_kind,
           argMin(if({by:String} = 'unit' /*zones: OR 1*/, toString(unit), ''), occurred_at) AS first_unit
    FROM events
    WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
      AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
      AND kind IN (SELECT kind FROM kinds FINAL
                 WHERE has({touchpoints:Array(String)}, touchpoint) OR has({otherwise:Array(String)}, touchpoint))
      AND currency != '' /*filter*/
    GROUP BY one, currency
)
GROUP BY bucket, grp, currency
ORDER BY bucket, grp, currency
