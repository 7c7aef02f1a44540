-- journey/sql/friction.sql: what goes wrong in journeys, where, and how satisfied customers were after it: for every friction (the
-- empty one: all journeys), stratum of journeys that are alike and group of customers, what stats/matched.h needs; and with an
-- empty stratum the whole of the friction.
-- Frictions: loop (the 4th visit of a place), back_and_forth (A B A B), rage (the same event 4 times in 10 seconds), dead_end (a
-- failure after which nothing more happens), all within a visit, which a pause of 30 minutes ends; channel_bounce (3 changes of
-- channel in 3 days); repeated_contact (a second contact with service); wait (longer than the fence of friction_waits.sql);
-- abandoned (the journey is over and never reached one of `ends`; without `ends`: a checkout without an order).
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; pause_ms Int64; stages, starts, ends Array(String);
-- instrument: whose answers count, the last of a journey; currency: of what customers paid; wait_pairs Array(UInt64): kind * 2^32 +
-- next kind, wait_fences Array(Int64): milliseconds. Both need an element; since_ms,
-- until_ms Int64: the range again.
-- Reads events by the key prefix (unit, day).
WITH
/*include frictions*/,
spending AS
(
    SELECT dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id) AS customer,
           sumIf(amount_minor, kind IN (SELECT kind FROM kinds FINAL WHERE touchpoint = 'order')) AS ordered,
           toFloat64(if(ordered != 0, ordered, sum(amount_minor))) AS spent
    FROM events
    WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
      AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
      AND currency = {currency:String} AND currency != '' AND instrument = ''
      AND kind IN (SELECT kind FROM kinds FINAL WHERE touchpoint IN ('order', 'payment'))
    GROUP BY customer
),
judged AS
(
    SELECT customer, is_complete,
           cityHash64(customer) AS hash,
           tupleElement(steps[1], 1) AS began,
           tupleElement(steps[-1], 1) AS ended,
           arrayLast(x -> x.6 > -1e29, every) AS last_answer,
           arrayExists(x -> x.6 > -1e29, every) AS has_answer,
           if(has_answer, toFloat64(last_answer.6), 0) AS answer,
           concat(tupleElement(steps[1], 5), '|', arrayStringConcat(arraySort(arrayDistinct(arrayMap(s -> dictGet('kind_of', 'stage', toUInt64(s.2)), steps))), '+'), '|',
                  toString(intDiv(4 * (began - {since_ms:Int64}),
                                  greatest({until_ms:Int64} - {since_ms:Int64}, 1)))) AS alike,
           arrayJoin(arrayPushFront(frictions, ('', '', '', toInt64(0)))) AS friction
    FROM found
)
SELECT friction.1 AS detector, friction.2 AS place, friction.3 AS other, alike, toUInt8(hash % 20) AS hash_group, grouping(alike) AS is_whole,
       count() AS journeys, countIf(is_complete) AS complete, toInt64(quantileDeterministic(0.5)(ended - began, hash)) AS median_ms,
       countIf(has_answer) AS answers, sumIf(answer, has_answer) AS total, sumIf(answer * answer, has_answer) AS squares,
       countIf(has_answer AND last_answer.1 > friction.4) AS later, sumIf(answer, has_answer AND last_answer.1 > friction.4) AS later_total,
       sumIf(answer * answer, has_answer AND last_answer.1 > friction.4) AS later_squares,
       uniqExact(customer) AS customers,
       arraySum(pair -> pair.2, groupUniqArray((customer, spent))) AS value,
       if(is_whole = 1, arrayMap(e -> [toString(e.2), toString(e.3), toString(e.4)], groupArraySorted(5)((cityHash64(customer, began), customer, began, friction.4))), []) AS examples
FROM judged LEFT JOIN spending USING (customer)
GROUP BY GROUPING SETS ((detector, place, other, alike, hash_group), (detector, place, other))
ORDER BY is_whole DESC, detector, place, other, alike, hash_group
