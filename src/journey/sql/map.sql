-- journey/sql/map.sql: what happens in the stages of a kind of journey. Rows by what they count: journey (all), complete (reached one
-- of `ends`), stage, end (the journey's last step is there), touchpoint, channel, action (an event's name), pain (a friction of
-- parts/frictions.sql, in the stage where it struck: detector, place, other) and wait (from the last step in the stage before the
-- journey first leaves it to the next step). With each: journeys, steps, the sum of their squares, customers; of waits the
-- quantiles from 0 to 1 by 0.005, in milliseconds. Steps without a stage count for the journey alone.
-- In: as parts/frictions.sql.
-- Reads events by the key prefix (unit, day).
WITH
/*include frictions*/,
staged AS
(
    SELECT customer, frictions, is_complete, length(steps) AS events,
           arrayMap(s -> s.1, steps) AS times,
           arrayMap(s -> dictGet('kind_of', 'stage', toUInt64(s.2)), steps) AS stages,
           arrayMap(s -> s.2, steps) AS kinds,
           arrayDistinct(kinds) AS different,
           arrayMap(k -> countEqual(kinds, k), different) AS counts,
           arrayMap(k -> (dictGet('kind_of', 'stage', toUInt64(k)), dictGet('kind_of', 'touchpoint', toUInt64(k))), different) AS places,
           arrayMap(k -> (dictGet('kind_of', 'stage', toUInt64(k)), dictGet('kind_of', 'channel', toUInt64(k))), different) AS ways,
           arrayMap(k -> (dictGet('kind_of', 'stage', toUInt64(k)), dictGet('kind_of', 'name', toUInt64(k))), different) AS names,
           arrayFilter(l -> l.1 != l.2, arrayZip(arrayPopBack(stages), arrayPopFront(stages), arrayPopFront(arrayDifference(times)))) AS leaves
    FROM found
),
counted AS
(
    SELECT customer,
           arrayJoin(arrayConcat(
               [('journey', '', '', '', '', toInt64(events))],
               if(is_complete, [('complete', '', '', '', '', toInt64(events))], []),
               arrayMap(g -> ('stage', g, '', '', '', toInt64(countEqual(stages, g))), arrayFilter(g -> g != '', arrayDistinct(stages))),
               if(stages[-1] = '', [], [('end', stages[-1], '', '', '', toInt64(1))]),
               arrayMap(p -> ('touchpoint', p.1, p.2, '', '', toInt64(arraySum((q, n) -> if(q = p, n, 0), places, counts))), arrayFilter(p -> p.1 != '', arrayDistinct(places))),
               arrayMap(p -> ('channel', p.1, p.2, '', '', toInt64(arraySum((q, n) -> if(q = p, n, 0), ways, counts))), arrayFilter(p -> p.1 != '' AND p.2 != '', arrayDistinct(ways))),
               arrayMap(p -> ('action', p.1, p.2, '', '', toInt64(arraySum((q, n) -> if(q = p, n, 0), names, counts))), arrayFilter(p -> p.1 != '', arrayDistinct(names))),
               arrayMap(f -> ('pain', stages[indexOf(times, f.4)], f.1, f.2, f.3, toInt64(1)), frictions),
               arrayMap(l -> ('wait', l.1, '', '', '', toInt64(l.3)), arrayFilter((l, nth) -> nth = 1 AND l.1 != '', leaves, arrayEnumerateUniq(arrayMap(l -> l.1, leaves))))
           )) AS one
    FROM staged
)
SELECT one.1 AS what, one.2 AS stage, one.3 AS name, one.4 AS place, one.5 AS other,
       count() AS journeys, sum(one.6) AS events, sum(toFloat64(one.6) * one.6) AS squares,
       uniqExactIf(customer, one.1 NOT IN ('end', 'action', 'wait')) AS customers,
       if(what = 'wait', arrayMap(x -> toInt64(x), quantilesExactInclusiveIf(
/*include grid*/
       )(one.6, one.1 = 'wait')), []) AS grid
FROM counted
GROUP BY what, stage, name, place, other
ORDER BY what, stage, journeys DESC, name, place, other
