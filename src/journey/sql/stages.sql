-- journey/sql/stages.sql: volume, customers, journeys and waiting times of each node; the row with an empty name counts all.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; level (stage, touchpoint, channel): what a node is;
-- pause_ms Int64: the pause that ends a journey, unless a case goes on over it.
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
),
ordered AS
(
    SELECT customer, journey, node, ms,
           row_number() OVER w AS position,
           count() OVER (PARTITION BY customer, journey) AS length,
           row_number() OVER (PARTITION BY customer, journey, node ORDER BY ms, event_id) = 1 AS is_first,
           lagInFrame(node) OVER w AS node_before,
           lagInFrame(ms) OVER w AS ms_before
    FROM steps
    WINDOW w AS (PARTITION BY customer, journey ORDER BY ms, event_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
)
SELECT node,
       count() AS events,
       uniqExact(customer) AS customers,
       if(node = '', countIf(position = 1), countIf(is_first)) AS journeys,
       countIf(position = length) AS ended,
       countIf(is_first AND position > 1) AS waits,
       if(waits = 0, 0, quantileExactInclusiveIf(0.5)(ms - ms_before, is_first AND position > 1)) AS wait_median_ms,
       if(waits = 0, 0, quantileExactInclusiveIf(0.9)(ms - ms_before, is_first AND position > 1)) AS wait_p90_ms
FROM ordered
GROUP BY GROUPING SETS ((node), ())
ORDER BY node
