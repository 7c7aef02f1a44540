-- journey/sql/friction_waits.sql: how long the steps of one case (order, ticket, application) usually wait for the next one, and
-- the fence beyond which a wait is abnormal: Tukey's upper one, the third quartile plus one and a half times the distance of the
-- quartiles (1977, Exploratory Data Analysis, 2D), of the logarithms, since waits are skewed. Pairs of events that few cases have
-- are left out, and fences below a minute.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; least UInt64: waits; pairs UInt64: answered, most frequent first.
-- Reads events by the key prefix (unit, day).
SELECT toUInt64(one.2) * 4294967296 + next.2 AS pair,
       greatest(toInt64(exp(quantile_high + 1.5 * (quantile_high - quantile_low))), 60000) AS fence,
       count() AS waits,
       quantileExactInclusive(0.25)(log(greatest(next.1 - one.1, 1000))) AS quantile_low,
       quantileExactInclusive(0.75)(log(greatest(next.1 - one.1, 1000))) AS quantile_high
FROM
(
    SELECT arraySort(groupArray((toUnixTimestamp64Milli(occurred_at), kind, event_id))) AS whole,
           arrayJoin(arrayZip(arrayPopBack(whole), arrayPopFront(whole))) AS both, both.1 AS one, both.2 AS next
    FROM events
    WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
      AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
      AND case_id != '' AND instrument = '' AND kind IN (SELECT kind FROM kinds FINAL WHERE touchpoint != '') /*filter*/
    GROUP BY dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id), case_id
)
GROUP BY pair
HAVING waits >= {least:UInt64}
ORDER BY waits DESC, pair
LIMIT {pairs:UInt64}
