-- journey/sql/channel_paths.sql: which touches led to how many conversions: paths of customers with how often they converted and how
-- often not, most frequent first; with each the sums over all paths.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; since DateTime64: `from` less window_ms; window_ms Int64;
-- conversion String: name of the event (empty: any at the touchpoints of orders), of a case only the first; orders and passive
-- Array(String): touchpoints; property String: names the touch (empty: the channel does); each UInt8: 0: touches of one name in a
-- row are one; length UInt64: last touches kept; paths UInt64: answered.
-- A path ends with each conversion and holds what came within the window before it, the conversion's own touch last; what comes
-- after the last one is a path that did not convert, and its window is before its last touch. Nothing at a passive touchpoint
-- is a touch.
-- Reads events by the key prefix (unit, day).
WITH
named AS
(
    SELECT dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id) AS customer,
           toUnixTimestamp64Milli(occurred_at) AS ms, event_id, case_id, occurred_at, toString(unit) AS place_unit,
           if({property:String} = '', dictGet('kind_of', 'channel', toUInt64(kind)), properties[{property:String}]) AS place,
           kind IN (SELECT kind FROM kinds FINAL WHERE has({passive:Array(String)}, touchpoint)) AS is_passive,
           kind IN (SELECT kind FROM kinds FINAL
                    WHERE if({conversion:String} = '', has({orders:Array(String)}, touchpoint), name = {conversion:String})) AS is_named
    FROM events
    WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
      AND occurred_at >= {since:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')} /*filter*/
),
touches AS
(
    SELECT customer, ms, event_id, occurred_at, place_unit, is_conversion,
           if(is_passive AND NOT is_conversion OR is_named AND NOT is_conversion, '', place) AS node,
           countIf(is_conversion) OVER (PARTITION BY customer ORDER BY ms, event_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS number
    FROM
    (
        SELECT *, is_named AND (case_id = '' OR row_number() OVER (PARTITION BY customer, case_id, is_named ORDER BY ms, event_id) = 1) AS is_conversion
        FROM named
    )
)
SELECT path, countIf(converted) AS conversions, countIf(NOT converted) AS lost,
       toUInt64(sum(conversions) OVER ()) AS all_conversions, toUInt64(sum(count()) OVER ()) AS all_journeys, toUInt64(count() OVER ()) AS all_paths
FROM
(
    SELECT countIf(is_conversion) > 0 AS converted,
           if(converted, maxIf(ms, is_conversion), maxIf(ms, node != '')) AS ended_ms,
           if(converted, maxIf(occurred_at, is_conversion), maxIf(occurred_at, node != '')) AS ended_at,
           if(converted, argMaxIf(place_unit, ms, is_conversion), argMaxIf(place_unit, ms, node != '')) AS ended_unit,
           arrayMap(touch -> touch.3, arrayFilter(touch -> touch.1 >= ended_ms - {window_ms:Int64},
               arraySort(touch -> (touch.1, touch.2), groupArrayIf((ms, event_id, node), node != '')))) AS whole,
           arraySlice(if({each:UInt8} = 1, whole, arrayCompact(whole)), -toInt64({length:UInt64})) AS path
    FROM touches
    GROUP BY customer, number
    HAVING notEmpty(path) AND ended_at >= {from:DateTime64(3, 'UTC')}
)
GROUP BY path
ORDER BY conversions + lost DESC, path
LIMIT {paths:UInt64}
