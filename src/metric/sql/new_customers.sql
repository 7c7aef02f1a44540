-- metric/sql/new_customers.sql: customers by the moment of their first event, where it lies in the range. With a filter: the
-- first event that satisfies it.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; zone; grain (none, day, week, month);
-- by (none, channel, touchpoint, stage, unit).
-- Reads events by the key prefix (unit): the whole history before `to`.
-- One number holds a first event: its milliseconds since 1900, where DateTime64 begins, above 20 bits for its kind (the
-- dictionary of kinds holds a million) or unit. The lowest is the first; three states for each subject cost three times as much.
-- multiIf rather than nested ifs: the engine (26.7) loses columns of a subquery when it folds those.
WITH (SELECT groupUniqArray(toString(unit)) FROM events
      WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))) AS unit_names
SELECT if({grain:String} = 'day', toDate(first_at, {zone:String}),
          if({grain:String} = 'week', toStartOfWeek(first_at, 1, {zone:String}),
          if({grain:String} = 'month', toStartOfMonth(first_at, {zone:String}), toDate(0)))) AS bucket,
       multiIf({by:String} = 'channel', dictGet('kind_of', 'channel', place),
               {by:String} = 'touchpoint', dictGet('kind_of', 'touchpoint', place),
               {by:String} = 'stage', dictGet('kind_of', 'stage', place),
               {by:String} = 'unit', unit_names[place], '') AS grp,
       count() AS n
FROM
(
    SELECT min(subject_first) AS first,
           fromUnixTimestamp64Milli(toInt64(bitShiftRight(first, 20)) - 2208988800000) AS first_at,
           bitAnd(first, 1048575) AS place,
           '' /*zones: || argMin(subject_unit, subject_first)*/ AS first_unit
    FROM
    (
        SELECT subject_id,
               min(bitShiftLeft(toUInt64(toUnixTimestamp64Milli(occurred_at) + 2208988800000), 20)
                   + if({by:String} = 'unit', indexOf(unit_names, toString(unit)), toUInt64(kind))) AS subject_first
               /*zones: , argMin(toString(unit), occurred_at) AS subject_unit*/
        FROM events
        WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
          AND occurred_at < {to:DateTime64(3, 'UTC')} /*filter*/
        GROUP BY subject_id
    )
    GROUP BY dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id)
    HAVING first_at >= {from:DateTime64(3, 'UTC')}
)
GROUP BY bucket, grp
ORDER BY bucket, grp
