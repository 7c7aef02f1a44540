-- metric/sql/case_lag.sql: seconds from the first event at one touchpoint of a case to the first at another. A case counts in
-- the range in which it got there; one that got there before it began is not counted.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; zone; grain (none, day, week, month);
-- by (none, channel, touchpoint, stage, unit);
-- base and goal Array(String) of touchpoints, base_names and goal_names Array(String) of LIKE patterns of event names
-- (empty: all). grid: 201 equally spaced quantiles.
-- Reads events by the key prefix (unit): the whole history before `to`.
-- multiIf rather than nested ifs: the engine (26.7) loses columns of a subquery when it folds those.
SELECT if({grain:String} = 'day', toDate(done_at, {zone:String}),
          if({grain:String} = 'week', toStartOfWeek(done_at, 1, {zone:String}),
          if({grain:String} = 'month', toStartOfMonth(done_at, {zone:String}), toDate(0)))) AS bucket,
       multiIf({by:String} = 'channel', dictGet('kind_of', 'channel', toUInt64(done_kind)),
               {by:String} = 'touchpoint', dictGet('kind_of', 'touchpoint', toUInt64(done_kind)),
               {by:String} = 'stage', dictGet('kind_of', 'stage', toUInt64(done_kind)),
               {by:String} = 'unit', toString(done_unit), '') AS grp,
       count() AS n,
       quantilesExactInclusive(0, 0.005, 0.01, 0.015, 0.02, 0.025, 0.03, 0.035, 0.04, 0.045, 0.05, 0.055, 0.06, 0.065,
           0.07, 0.075, 0.08, 0.085, 0.09, 0.095, 0.1, 0.105, 0.11, 0.115, 0.12, 0.125, 0.13, 0.135,
           0.14, 0.145, 0.15, 0.155, 0.16, 0.165, 0.17, 0.175, 0.18, 0.185, 0.19, 0.195, 0.2, 0.205,
           0.21, 0.215, 0.22, 0.225, 0.23, 0.235, 0.24, 0.245, 0.25, 0.255, 0.26, 0.265, 0.27,
           0.275, 0.28, 0.285, 0.29, 0.295, 0.3, 0.305, 0.31, 0.315, 0.32, 0.325, 0.33, 0.335, 0.34,
           0.345, 0.35, 0.355, 0.36, 0.365, 0.37, 0.375, 0.38, 0.385, 0.39, 0.395, 0.4, 0.405, 0.41,
           0.415, 0.42, 0.425, 0.43, 0.435, 0.44, 0.445, 0.45, 0.455, 0.46, 0.465, 0.47, 0.475,
           0.48, 0.485, 0.49, 0.495, 0.5, 0.505, 0.51, 0.515, 0.52, 0.525, 0.53, 0.535, 0.54, 0.545,
           0.55, 0.555, 0.56, 0.565, 0.57, 0.575, 0.58, 0.585, 0.59, 0.595, 0.6, 0.605, 0.61, 0.615,
           0.62, 0.625, 0.63, 0.635, 0.64, 0.645, 0.65, 0.655, 0.66, 0.665, 0.67, 0.675, 0.68,
           0.685, 0.69, 0.695, 0.7, 0.705, 0.71, 0.715, 0.72, 0.725, 0.73, 0.735, 0.74, 0.745, 0.75,
           0.755, 0.76, 0.765, 0.77, 0.775, 0.78, 0.785, 0.79, 0.795, 0.8, 0.805, 0.81, 0.815, 0.82,
           0.825, 0.83, 0.835, 0.84, 0.845, 0.85, 0.855, 0.86, 0.865, 0.87, 0.875, 0.88, 0.885,
           0.89, 0.895, 0.9, 0.905, 0.91, 0.915, 0.92, 0.925, 0.93, 0.935, 0.94, 0.945, 0.95, 0.955,
           0.96, 0.965, 0.97, 0.975, 0.98, 0.985, 0.99, 0.995, 1)(seconds) AS grid
FROM
(
    SELECT done_at, done_kind, done_unit,
           (toUnixTimestamp64Milli(done_at) - toUnixTimestamp64Milli(base_at)) / 1000 AS seconds
    FROM
    (
        SELECT case_id,
               countIf(is_base) AS bases,
               minIf(occurred_at, is_base) AS base_at,
               countIf(is_goal) AS goals,
               minIf(occurred_at, is_goal) AS done_at,
               argMinIf(kind, occurred_at, is_goal) AS done_kind,
               argMinIf(toString(unit), occurred_at, is_goal) AS done_unit
        FROM
        (
            SELECT case_id, kind, unit, occurred_at,
                   kind IN (SELECT kind FROM kinds FINAL WHERE has({base:Array(String)}, touchpoint)
                              AND (empty({base_names:Array(String)}) OR arrayExists(pattern -> name LIKE pattern, {base_names:Array(String)}))) AS is_base,
                   kind IN (SELECT kind FROM kinds FINAL WHERE has({goal:Array(String)}, touchpoint)
                              AND (empty({goal_names:Array(String)}) OR arrayExists(pattern -> name LIKE pattern, {goal_names:Array(String)}))) AS is_goal
            FROM events
            WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
              AND occurred_at < {to:DateTime64(3, 'UTC')}
              AND case_id != ''
              AND kind IN (SELECT kind FROM kinds FINAL
                         WHERE has({base:Array(String)}, touchpoint) OR has({goal:Array(String)}, touchpoint)) /*filter*/
        )
        GROUP BY case_id
        HAVING goals > 0 AND done_at >= {from:DateTime64(3, 'UTC')} AND bases > 0 AND done_at >= base_at
    )
)
GROUP BY bucket, grp
ORDER BY bucket, grp
