-- metric/sql/case_share.sql: of the cases that began at one touchpoint in the range, those that have passed another by now.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; zone; grain (none, day, week, month);
-- by (none, channel, touchpoint, stage, unit);
-- base and goal Array(String) of touchpoints, base_names and goal_names Array(String) of LIKE patterns of event names
-- (empty: all).
-- Reads events by the key prefix (unit, day), from `from` to today.
-- multiIf rather than nested ifs: the engine (26.7) loses columns of a subquery when it folds those.
SELECT if({grain:String} = 'day', toDate(base_at, {zone:String}),
          if({grain:String} = 'week', toStartOfWeek(base_at, 1, {zone:String}),
          if({grain:String} = 'month', toStartOfMonth(base_at, {zone:String}), toDate(0)))) AS bucket,
       multiIf({by:String} = 'channel', dictGet('kind_of', 'channel', toUInt64(base_kind)),
               {by:String} = 'touchpoint', dictGet('kind_of', 'touchpoint', toUInt64(base_kind)),
               {by:String} = 'stage', dictGet('kind_of', 'stage', toUInt64(base_kind)),
               {by:String} = 'unit', toString(base_unit), '') AS grp,
       countIf(is_hit) AS hits,
       count() AS n
FROM
(
    SELECT case_id,
           minIf(occurred_at, is_base_event) AS base_at,
           argMinIf(kind, occurred_at, is_base_event) AS base_kind,
           argMinIf(toString(unit), occurred_at, is_base_event) AS base_unit,
           max(is_base_event) AS is_base,
           max(is_goal_event) AS is_hit
    FROM
    (
        SELECT case_id, kind, unit, occurred_at,
               kind IN (SELECT kind FROM kinds FINAL WHERE has({base:Array(String)}, touchpoint)
                          AND (empty({base_names:Array(String)}) OR arrayExists(pattern -> name LIKE pattern, {base_names:Array(String)}))) AS is_base_event,
               kind IN (SELECT kind FROM kinds FINAL WHERE has({goal:Array(String)}, touchpoint)
                          AND (empty({goal_names:Array(String)}) OR arrayExists(pattern -> name LIKE pattern, {goal_names:Array(String)}))) AS is_goal_event
        FROM events
        WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
          AND occurred_at >= {from:DateTime64(3, 'UTC')}
          AND case_id != ''
          AND kind IN (SELECT kind FROM kinds FINAL
                     WHERE has({base:Array(String)}, touchpoint) OR has({goal:Array(String)}, touchpoint)) /*filter*/
    )
    GROUP BY case_id
    HAVING is_base AND base_at < {to:DateTime64(3, 'UTC')}
)
GROUP BY bucket, grp
ORDER BY bucket, grp
