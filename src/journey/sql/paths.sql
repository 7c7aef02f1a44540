-- journey/sql/paths.sql: how many journeys take which path; repeats of a node in a row are one step.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; level (stage, touchpoint, channel): what a node is;
-- pause_ms Int64: the pause that ends a journey, unless a case goes on over it;
-- steps UInt64: steps of a path that are looked at; paths UInt64: answered, most frequent first.
-- Reads events by the key prefix (unit, day).
WITH steps AS
(
    SELECT customer, ms, event_id, node, countIf(is_new) OVER (PARTITION BY customer ORDER BY ms, event_id) AS journey
    FROM
    (
        SELECT *, max(reach) OVER (PARTITION BY customer ORDER BY ms, event_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached,
               row_number() OVER (PARTITION BY customer ORDER BY ms, event_id) = 1 OR ms - reached > {pause_ms:Int64} AS is_new
        FROM
        (
            SELECT dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id) AS customer,
                   toUnixTimestamp64Milli(occurred_at) AS ms, event_id,
                   if({level:String} = 'stage', dictGet('kind_of', 'stage', toUInt64(kind)),
                      if({level:String} = 'channel', dictGet('kind_of', 'channel', toUInt64(kind)),
                         dictGet('kind_of', 'touchpoint', toUInt64(kind)))) AS node,
                   if(case_id = '', ms, max(ms) OVER (PARTITION BY customer, case_id)) AS reach
            FROM events
            WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
              AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
              AND kind IN (SELECT kind FROM kinds FINAL
                           WHERE multiIf({level:String} = 'stage', stage, {level:String} = 'channel', channel, touchpoint) != '') /*filter*/
        )
    )
)
SELECT path, is_longer, count() AS journeys
FROM
(
    SELECT arrayCompact(arrayMap(step -> step.3, arraySort(step -> (step.1, step.2), groupArray((ms, event_id, node))))) AS whole,
           arraySlice(whole, 1, {steps:UInt64}) AS path,
           length(whole) > {steps:UInt64} AS is_longer
    FROM steps
    GROUP BY customer, journey
)
GROUP BY path, is_longer
ORDER BY journeys DESC, path, is_longer
LIMIT {paths:UInt64}
