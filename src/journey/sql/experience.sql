-- journey/sql/experience.sql: what the digital-experience score is counted from, customer by customer in order of time: a row for each
-- step of a case (what: 1, +2 the first, +4 one of `ends`), each answer of `instruments` (8: value its score, word the instrument) and
-- each signal (0): an event of `kinds`, value the seconds of a load (-1: none), word the sort of what was shown or chosen. A step that
-- is a signal too has both rows, the step first.
-- In: as parts/runs.sql; instruments Array(String); kinds Array(UInt64); load_kinds, load_masks Array(UInt64): of each kind the
-- properties that may say how long, bit i for number i of load_properties Array(String), with load_milliseconds Array(UInt64) (1: in
-- ms); tastes Array(String): properties, the first that there is says of what sort.
-- Reads events by the key prefix (unit, day); answers and signals in a second pass over it.
WITH
/*include runs*/,
lined AS
(
    SELECT customer, arrayFilter(x -> NOT x.5, every) AS steps
    FROM cases
    WHERE arrayExists(x -> NOT x.5, every)
)
SELECT customer, what, ms, kind, value, word
FROM
(
    SELECT customer, tupleElement(step, 1) AS ms, tupleElement(step, 2) AS event_id, toUInt8(tupleElement(step, 4)) AS what, toUInt32(tupleElement(step, 3)) AS kind,
           toFloat64(-1) AS value, '' AS word
    FROM
    (
        SELECT customer, arrayJoin(arrayMap((x, nth) -> (x.1, x.2, x.3, 1 + if(nth = 1, 2, 0) + if(x.8, 4, 0)), steps, arrayEnumerate(steps))) AS step
        FROM lined
    )
    UNION ALL
    SELECT dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id) AS customer,
           toUnixTimestamp64Milli(occurred_at) AS ms, event_id,
           toUInt8(if(has({instruments:Array(String)}, instrument) AND isNotNull(score), 8, 0)) AS what, kind,
           if(what = 8, toFloat64(assumeNotNull(score)),
              ifNull(arrayFirstOrNull(v -> v >= 0, arrayMap((p, milli, i) -> if(bitTest(transform(toUInt64(kind), {load_kinds:Array(UInt64)}, {load_masks:Array(UInt64)}, toUInt64(0)), i),
                                                                               ifNull(toFloat64OrNull(properties[p]), -1) / if(milli = 1, 1000, 1), -1),
                                                            {load_properties:Array(String)}, {load_milliseconds:Array(UInt64)}, range(length({load_properties:Array(String)})))), -1)) AS value,
           if(what = 8, toString(instrument), arrayFirst(w -> w != '', arrayMap(p -> properties[p], {tastes:Array(String)}))) AS word
    FROM events
    WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
      AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
      AND (has({instruments:Array(String)}, instrument) OR has({kinds:Array(UInt64)}, toUInt64(kind))) /*filter*/
)
ORDER BY customer, ms, event_id, what DESC
