-- journey/sql/channel_volume.sql: of each channel its events, customers and orders; the customers who looked around in it, and
-- those of them who ordered in it too.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; orders and looks Array(String): touchpoints.
-- Reads events by the key prefix (unit, day).
SELECT channel, sum(seen) AS events, count() AS customers,
       uniqExactArray(cases) AS orders,
       countIf(looked) AS lookers, countIf(looked AND ordered) AS buyers
FROM
(
    SELECT dictGet('kind_of', 'channel', toUInt64(kind)) AS channel,
           dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id) AS customer,
           count() AS seen,
           groupUniqArrayIf(if(case_id = '', sipHash64(event_id), sipHash64(case_id)), is_order) AS cases,
           countIf(kind IN (SELECT kind FROM kinds FINAL WHERE has({looks:Array(String)}, touchpoint))) > 0 AS looked,
           countIf(kind IN (SELECT kind FROM kinds FINAL WHERE has({orders:Array(String)}, touchpoint)) AS is_order) > 0 AS ordered
    FROM events
    WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
      AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
      AND kind IN (SELECT kind FROM kinds FINAL WHERE channel != '') /*filter*/
    GROUP BY channel, customer
)
GROUP BY channel
ORDER BY events DESC, channel
