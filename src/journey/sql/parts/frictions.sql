-- journey/sql/parts/frictions.sql: the frictions of each case of parts/runs.sql. The table `found`: customer, every (as there),
-- steps (1 ms, 2 kind, 3 matter, 4 touchpoint, 5 channel, 6 is_failure), is_complete (reached one of `ends`), and frictions, each
-- place once: 1 detector, 2 place, 3 other place or event, 4 ms from when on it had happened.
-- In: as parts/runs.sql; wait_pairs, wait_fences, until_ms (see friction.sql).
/*include runs*/,
stepped AS
(
    SELECT customer, every,
           arrayMap(x -> (x.1, x.3, x.4, dictGet('kind_of', 'touchpoint', toUInt64(x.3)), dictGet('kind_of', 'channel', toUInt64(x.3)), x.9),
                    arrayFilter(x -> NOT x.5, every)) AS steps,
           arrayMap(s -> s.1, steps) AS times,
           arrayMap(s -> s.4, steps) AS places,
           arrayCumSum(d -> d > 1800000, arrayDifference(times)) AS visits
    FROM cases
    WHERE arrayExists(x -> NOT x.5, every)
),
turned AS
(
    SELECT *,
           arrayFilter((x, before, step) -> x.2 != before OR step != 0, arrayZip(times, places, visits), arrayPushFront(arrayPopBack(places), ''), arrayDifference(visits)) AS turns,
           arrayFilter(s -> s.5 NOT IN ('', 'logistics') AND s.4 NOT IN ('campaign', 'shipping', 'delivery'), steps) AS moves,
           arrayFilter((s, before) -> s.5 != before, moves, arrayPushFront(arrayPopBack(arrayMap(s -> s.5, moves)), '')) AS hops,
           arrayFilter((x, s) -> s.4 IN ('contact', 'ticket'), arrayZip(times, places, arrayMap((s, v) -> if(s.3 != 0, s.3, toUInt64(v)), steps, visits)), steps) AS talks,
           arrayFilter((x, nth) -> nth = 1, talks, arrayEnumerateUniq(arrayMap(x -> x.3, talks))) AS contacts,
           arraySort(s -> (s.3, s.1), arrayFilter(s -> s.3 != 0, steps)) AS worked,
           toUInt64(greatest(toInt64(length(steps)) - 3, 0)) AS step_quads,
           toUInt64(greatest(toInt64(length(turns)) - 3, 0)) AS turn_quads,
           toUInt64(greatest(toInt64(length(hops)) - 3, 0)) AS hop_quads,
           arrayExists(x -> x.8, every) AS is_complete,
           tupleElement(steps[-1], 1) + {pause_ms:Int64} <= {until_ms:Int64} AS is_over
    FROM stepped
),
found AS
(
    SELECT customer, every, steps, is_complete,
           arraySort(arrayConcat(
               arrayMap(x -> ('loop', x.2, '', x.1),
                        arrayFilter((x, nth) -> nth = 4, turns, arrayEnumerateUniq(arrayMap(x -> x.2, turns), arrayMap(x -> x.3, turns)))),
               arrayMap(q -> ('back_and_forth', least(q.1.2, q.2.2), greatest(q.1.2, q.2.2), q.4.1),
                        arrayFilter(q -> q.1.2 = q.3.2 AND q.2.2 = q.4.2 AND q.1.3 = q.4.3,
                                    arrayZip(arraySlice(turns, 1, turn_quads), arraySlice(turns, 2, turn_quads), arraySlice(turns, 3, turn_quads), arraySlice(turns, 4, turn_quads)))),
               arrayMap(q -> ('rage', q.4.4, dictGet('kind_of', 'name', toUInt64(q.4.2)), q.4.1),
                        arrayFilter(q -> q.1.2 = q.2.2 AND q.2.2 = q.3.2 AND q.3.2 = q.4.2 AND q.4.1 - q.1.1 <= 10000,
                                    arrayZip(arraySlice(steps, 1, step_quads), arraySlice(steps, 2, step_quads), arraySlice(steps, 3, step_quads), arraySlice(steps, 4, step_quads)))),
               arrayMap(s -> ('dead_end', s.4, dictGet('kind_of', 'name', toUInt64(s.2)), s.1),
                        arrayFilter((s, visit, next) -> s.6 AND visit != next AND s.1 + 1800000 <= {until_ms:Int64},
                                    steps, visits, arrayPushBack(arrayPopFront(visits), toUInt32(4294967295)))),
               arrayMap(q -> ('channel_bounce', least(q.1.5, q.2.5), greatest(q.1.5, q.2.5), q.4.1),
                        arrayFilter(q -> q.4.1 - q.1.1 <= 259200000,
                                    arrayZip(arraySlice(hops, 1, hop_quads), arraySlice(hops, 2, hop_quads), arraySlice(hops, 3, hop_quads), arraySlice(hops, 4, hop_quads)))),
               if(length(contacts) < 2, [], [('repeated_contact', tupleElement(contacts[1], 2), '', tupleElement(contacts[2], 1))]),
               arrayMap(q -> ('wait', dictGet('kind_of', 'name', toUInt64(q.1.2)), dictGet('kind_of', 'name', toUInt64(q.2.2)), q.2.1),
                        arrayFilter(q -> q.1.3 = q.2.3 AND q.2.1 - q.1.1 > transform(toUInt64(q.1.2) * 4294967296 + q.2.2, {wait_pairs:Array(UInt64)}, {wait_fences:Array(Int64)}, toInt64(4611686018427387904)),
                                    arrayZip(arrayPopBack(worked), arrayPopFront(worked)))),
               if(is_over AND if(empty({ends:Array(String)}), has(places, 'checkout') AND NOT hasAny(places, ['order', 'payment']), NOT is_complete),
                  [('abandoned', if(empty({ends:Array(String)}), 'checkout', tupleElement(steps[-1], 4)), '', tupleElement(steps[-1], 1))], [])
           )) AS raw,
           arrayFilter((f, nth) -> nth = 1, raw, arrayEnumerateUniq(arrayMap(f -> f.1, raw), arrayMap(f -> f.2, raw), arrayMap(f -> f.3, raw))) AS frictions
    FROM turned
)
