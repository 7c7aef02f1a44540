-- metric/sql/new_customers.sql: customers by the moment of their first event, where it lies in the range. With a filter: the
-- first event that satisfies it.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; zone; grain (none, day, week, month);
-- by (none, channel, touchpoint, stage, unit).
-- Reads events by the key prefix (unit): the whole history before `to`.
-- multiIf rather than nested ifs: the engine (26.7) loses columns of a subquery when it folds those.
SELECT if({grain:String} = 'day', toDate(first_at, {zone:String}),
          if({grain:String} = 'week', toStartOfWeek(first_at, 1, {zone:String}),
          if({grain:String} = 'month', toStartOfMonth(first_at, {zone:String}), toDate(0)))) AS bucket,
       multiIf({by:String} = 'channel', dictGet('kind_of', 'channel', toUInt64(first_kind)),
               {by:String} = 'touchpoint', dictGet('kind_of', 'touchpoint', toUInt64(first_kind)),
               {by:String} = 'stage', dictGet('kind_of', 'stage', toUInt64(first_kind)),
               {by:String} = 'unit', toString(first_unit), '') AS grp,
       count() AS n
FROM
(
    SELECT dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id) AS customer,
           min(occurred_at) AS first_at,
           argMin(kind, occurred_at) AS first_kind,
           argMin(if({by:String} = 'unit', toString(unit), ''), occurred_at) AS first_unit
    FROM events
    WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
      AND occurred_at < {to:DateTime64(3, 'UTC')} /*filter*/
    GROUP BY customer
    HAVING first_at >= {from:DateTime64(3, 'UTC')}
)
GROUP BY bucket, grp
ORDER BY bucket, grp
