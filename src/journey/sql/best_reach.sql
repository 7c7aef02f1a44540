-- journey/sql/best_reach.sql: messages that we sent by a channel, and those that were answered, opened or followed: histories of
-- customers (parts/histories.sql). A message counts as answered if the next event of the customer in the channel, of the same case
-- where it has one, at these touchpoints or with such a name, is an answer, and comes in time.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; until DateTime64: `to` and answer_ms; touchpoints
-- Array(String): of messages; answers Array(String): LIKE patterns of names; answer_ms Int64; horizon_ms Int64: the newest event
-- stored; passive Array(String); customer, parts UInt64.
-- Reads events by the key prefix (unit, day), twice.
WITH
trials AS
(
    SELECT customer, channel, is_next_answer AND next_ms - ms <= {answer_ms:Int64} AS hit
    FROM
    (
        SELECT customer, channel, ms, is_answer, occurred_at, unit,
               leadInFrame(is_answer, 1, 0) OVER w AS is_next_answer,
               leadInFrame(ms, 1, toInt64(0)) OVER w AS next_ms
        FROM
        (
            SELECT dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id) AS customer,
                   dictGet('kind_of', 'channel', toUInt64(kind)) AS channel, case_id, event_id, occurred_at, unit,
                   toUnixTimestamp64Milli(occurred_at) AS ms,
                   instrument != '' OR kind IN (SELECT kind FROM kinds FINAL WHERE arrayExists(pattern -> name LIKE pattern, {answers:Array(String)})) AS is_answer
            FROM events
            WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
              AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {until:DateTime64(3, 'UTC')}
              AND kind IN (SELECT kind FROM kinds FINAL WHERE channel != '' AND has({touchpoints:Array(String)}, touchpoint)) /*filter*/
        )
        WINDOW w AS (PARTITION BY customer, channel, case_id ORDER BY ms, event_id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
    )
    WHERE NOT is_answer AND occurred_at < {to:DateTime64(3, 'UTC')} AND ms + {answer_ms:Int64} <= {horizon_ms:Int64}
),
/*include histories*/
