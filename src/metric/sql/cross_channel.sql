-- metric/sql/cross_channel.sql: of the active customers, those who used two channels or more. By unit; no other groups.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; zone; grain (none, day, week, month);
-- by (none, unit; others as none).
-- Reads events by the key prefix (unit, day).
-- Channels are numbered: two or more were used exactly when the lowest number is not the highest.
WITH (SELECT groupArrayInsertAt(toUInt32(0))(number, kind)
      FROM (SELECT kind, toUInt32(dense_rank() OVER (ORDER BY channel)) AS number FROM kinds FINAL)) AS numbers
SELECT bucket, grp, countIf(lowest < highest) AS hits, count() AS n
FROM
(
    SELECT if({grain:String} = 'day', toDate(occurred_at, {zone:String}),
              if({grain:String} = 'week', toStartOfWeek(occurred_at, 1, {zone:String}),
              if({grain:String} = 'month', toStartOfMonth(occurred_at, {zone:String}), toDate(0)))) AS bucket,
           if({by:String} = 'unit', toString(unit), '') AS grp,
           dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id) AS customer,
           min(numbers[kind + 1]) AS lowest,
           max(numbers[kind + 1]) AS highest
    FROM events
    WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
      AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
      AND kind IN (SELECT kind FROM kinds FINAL WHERE channel != '') /*filter*/
    GROUP BY bucket, grp, customer
)
GROUP BY bucket, grp
ORDER BY bucket, grp
