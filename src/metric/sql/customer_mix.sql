-- metric/sql/customer_mix.sql: the active customers of customers.sql by day or week and by channel, in one reading, for the
-- overview. Slot 0 to 63: the customers of a day or week, counted from `first`; 64 to 127: those of a channel, with its name;
-- 128: all.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; zone; first Date: start of the first day or week;
-- step UInt16: its length in days. At most 64 of them and 64 channels; further ones fall on the last.
-- Reads events by the key prefix (unit, day).
-- Sets are bits, gathered by subject first: an event costs one step in a hash table, a subject the look-up of its customer.
WITH (SELECT arraySort(groupUniqArray(channel)) FROM kinds FINAL WHERE channel != '') AS names,
     (SELECT groupArrayInsertAt(toUInt64(0))(bit, kind)
      FROM (SELECT kind, bitShiftLeft(toUInt64(channel != ''), greatest(least(indexOf(names, channel), 64), 1) - 1) AS bit
            FROM kinds FINAL)) AS bits
SELECT slot, if(slot BETWEEN 64 AND 127, names[slot - 63], '') AS channel, count() AS n
FROM
(
    SELECT arrayJoin(arrayConcat([toUInt64(128)], bitPositionsToArray(groupBitOr(subject_times)),
                                 arrayMap(bit -> bit + 64, bitPositionsToArray(groupBitOr(subject_used))))) AS slot
    FROM
    (
        SELECT subject_id,
               groupBitOr(bits[kind + 1]) AS subject_used,
               groupBitOr(bitShiftLeft(toUInt64(1), toUInt8(least(intDiv(toUInt16(toDate(occurred_at, {zone:String})) - toUInt16({first:Date}), {step:UInt16}), 63)))) AS subject_times
        FROM events
        WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
          AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')} /*filter*/
        GROUP BY subject_id
    )
    GROUP BY dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id)
)
GROUP BY slot
ORDER BY slot
