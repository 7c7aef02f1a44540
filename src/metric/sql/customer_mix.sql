-- metric/sql/customer_mix.sql: customers by the set of channels they used (bit i: the i-th of `channels`) and, among them,
-- by day or week: the active customers of customers.sql in one reading, for the overview.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; zone; first Date: start of the first day or week;
-- step UInt16: its length in days. At most 64 of them and 64 channels; further ones fall on the last.
-- Reads events by the key prefix (unit, day).
WITH (SELECT arraySort(groupUniqArray(channel)) FROM kinds FINAL WHERE channel != '') AS names,
     (SELECT groupArray(kind) FROM (SELECT kind FROM kinds FINAL ORDER BY kind)) AS numbers,
     (SELECT groupArray(channel) FROM (SELECT channel FROM kinds FINAL ORDER BY kind)) AS channel_of,
     arrayMap(name -> toUInt64(if(name = '', 0, bitShiftLeft(toUInt64(1), least(indexOf(names, name), 64) - 1))),
              channel_of) AS bits
SELECT used,
       names AS channels,
       count() AS n,
       [
        countIf(bitTest(times, 0)), countIf(bitTest(times, 1)), countIf(bitTest(times, 2)), countIf(bitTest(times, 3)),
        countIf(bitTest(times, 4)), countIf(bitTest(times, 5)), countIf(bitTest(times, 6)), countIf(bitTest(times, 7)),
        countIf(bitTest(times, 8)), countIf(bitTest(times, 9)), countIf(bitTest(times, 10)), countIf(bitTest(times, 11)),
        countIf(bitTest(times, 12)), countIf(bitTest(times, 13)), countIf(bitTest(times, 14)), countIf(bitTest(times, 15)),
        countIf(bitTest(times, 16)), countIf(bitTest(times, 17)), countIf(bitTest(times, 18)), countIf(bitTest(times, 19)),
        countIf(bitTest(times, 20)), countIf(bitTest(times, 21)), countIf(bitTest(times, 22)), countIf(bitTest(times, 23)),
        countIf(bitTest(times, 24)), countIf(bitTest(times, 25)), countIf(bitTest(times, 26)), countIf(bitTest(times, 27)),
        countIf(bitTest(times, 28)), countIf(bitTest(times, 29)), countIf(bitTest(times, 30)), countIf(bitTest(times, 31)),
        countIf(bitTest(times, 32)), countIf(bitTest(times, 33)), countIf(bitTest(times, 34)), countIf(bitTest(times, 35)),
        countIf(bitTest(times, 36)), countIf(bitTest(times, 37)), countIf(bitTest(times, 38)), countIf(bitTest(times, 39)),
        countIf(bitTest(times, 40)), countIf(bitTest(times, 41)), countIf(bitTest(times, 42)), countIf(bitTest(times, 43)),
        countIf(bitTest(times, 44)), countIf(bitTest(times, 45)), countIf(bitTest(times, 46)), countIf(bitTest(times, 47)),
        countIf(bitTest(times, 48)), countIf(bitTest(times, 49)), countIf(bitTest(times, 50)), countIf(bitTest(times, 51)),
        countIf(bitTest(times, 52)), countIf(bitTest(times, 53)), countIf(bitTest(times, 54)), countIf(bitTest(times, 55)),
        countIf(bitTest(times, 56)), countIf(bitTest(times, 57)), countIf(bitTest(times, 58)), countIf(bitTest(times, 59)),
        countIf(bitTest(times, 60)), countIf(bitTest(times, 61)), countIf(bitTest(times, 62)), countIf(bitTest(times, 63))
       ] AS by_time
FROM
(
    SELECT dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id) AS customer,
           groupBitOr(transform(kind, numbers, bits, toUInt64(0))) AS used,
           groupBitOr(bitShiftLeft(toUInt64(1),
                                   least(intDiv(toDate(occurred_at, {zone:String}) - {first:Date}, {step:UInt16}), 63))) AS times
    FROM events
    WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
      AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')} /*filter*/
    GROUP BY customer
)
GROUP BY used
ORDER BY used
