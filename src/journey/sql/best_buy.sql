-- journey/sql/best_buy.sql: visits to a channel in which a customer looked around, and whether they ordered in it: histories of
-- customers (parts/histories.sql). A visit ends where nothing of the customer follows in the channel within the pause.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; looks and orders Array(String): touchpoints; pause_ms Int64;
-- passive Array(String); customer, parts UInt64.
-- Reads events by the key prefix (unit, day), twice.
WITH
trials AS
(
    SELECT customer, channel, max(is_order) AS hit
    FROM
    (
        SELECT customer, channel, is_look, is_order, countIf(is_new) OVER (PARTITION BY customer, channel ORDER BY ms, event_id) AS visit
        FROM
        (
            SELECT *, row_number() OVER w = 1 OR ms - lagInFrame(ms) OVER w > {pause_ms:Int64} AS is_new
            FROM
            (
                SELECT dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id) AS customer,
                       dictGet('kind_of', 'channel', toUInt64(kind)) AS channel,
                       toUnixTimestamp64Milli(occurred_at) AS ms, event_id,
                       kind IN (SELECT kind FROM kinds FINAL WHERE has({looks:Array(String)}, touchpoint)) AS is_look,
                       kind IN (SELECT kind FROM kinds FINAL WHERE has({orders:Array(String)}, touchpoint)) AS is_order
                FROM events
                WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
                  AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
                  AND kind IN (SELECT kind FROM kinds FINAL WHERE channel != '' AND (has({looks:Array(String)}, touchpoint) OR has({orders:Array(String)}, touchpoint))) /*filter*/
            )
            WINDOW w AS (PARTITION BY customer, channel ORDER BY ms, event_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
        )
    )
    GROUP BY customer, channel, visit
    HAVING max(is_look)
),
/*include histories*/
