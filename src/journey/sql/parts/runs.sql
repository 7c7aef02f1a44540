-- journey/sql/parts/runs.sql: the events of a kind of journey, cut into cases. The table `cases`: one row a case, with `every`,
-- its events in order as tuples: 1 ms, 2 event_id, 3 kind, 4 matter (hash of the case_id, 0: none), 5 is_answer, 6 answer
-- (below -1e29: none), 7 is_start, 8 is_end, 9 is_failure. Answers to questions belong to a case, but are no steps of it.
-- A case ends with a step at one of `ends`, and where nothing follows within the pause, unless an order, ticket or application
-- (case_id) goes on over it. It begins with a step at one of `starts`; what comes before is left out.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; pause_ms Int64; stages, starts, ends Array(String) (empty:
-- all stages; any step; the pause alone); instrument: whose answers count.
-- A run ends where no event, and no order from its first event to its last, reaches over: each opens a point and closes one a
-- pause later (4 ms + 0 an event, 1 an order, 2 the end of either), and an event that opens the only one begins a run.
customers AS
(
    SELECT customer, arraySort(groupArrayArray(some)) AS listed, groupArrayIf((first_ms, last_ms), matter != 0 AND last_ms > first_ms) AS spans
    FROM
    (
        SELECT customer, matter, groupArray((ms, event_id, kind, matter, is_answer, answer, is_start, is_end, is_failure)) AS some,
               min(ms) AS first_ms, max(ms) AS last_ms
        FROM
        (
            SELECT dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id) AS customer,
                   toUnixTimestamp64Milli(occurred_at) AS ms, event_id, kind,
                   if(case_id = '', 0, bitOr(cityHash64(case_id), 1)) AS matter,
                   instrument != '' AS is_answer,
                   if(instrument = {instrument:String} AND is_answer AND isNotNull(score), assumeNotNull(score), toFloat32(-1e30)) AS answer,
                   NOT is_answer AND kind IN (SELECT kind FROM kinds FINAL WHERE has({starts:Array(String)}, touchpoint)) AS is_start,
                   NOT is_answer AND kind IN (SELECT kind FROM kinds FINAL WHERE has({ends:Array(String)}, touchpoint)) AS is_end,
                   kind IN (SELECT kind FROM kinds FINAL
                            WHERE match(lowerUTF8(name), 'fail|error|declin|reject|not found|no result|timeout|timed out|失败|错误|超时|拒绝|无结果')) AS is_failure
            FROM events
            WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
              AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
              AND (instrument != '' OR kind IN (SELECT kind FROM kinds FINAL
                       WHERE touchpoint != '' AND (empty({stages:Array(String)}) OR has({stages:Array(String)}, stage)))) /*filter*/
        )
        GROUP BY customer, matter
    )
    GROUP BY customer
),
runs AS
(
    SELECT customer,
           arraySort(arrayConcat(arrayMap(x -> 4 * x.1, listed), arrayMap(x -> 4 * (x.1 + {pause_ms:Int64}) + 2, listed),
                                 arrayMap(span -> 4 * span.1 + 1, spans), arrayMap(span -> 4 * (span.2 + {pause_ms:Int64}) + 2, spans))) AS points,
           arrayCumSum(point -> if(bitAnd(point, 3) = 2, -1, 1), points) AS open,
           arrayJoin(arraySplit((x, depth) -> depth = 1, listed, arrayFilter((depth, point) -> bitAnd(point, 3) = 0, open, points))) AS whole
    FROM customers
),
cut AS
(
    SELECT customer,
           arrayFill((n, x) -> NOT x.5, arrayMap((done, x) -> toInt64(done) - toInt64(x.8), arrayCumSum(x -> x.8, whole), whole), whole) AS number,
           arrayJoin(arraySplit((x, step) -> step != 0, whole, arrayDifference(number))) AS piece,
           if(empty({starts:Array(String)}), 1, arrayFirstIndex(x -> x.7, piece)) AS first
    FROM runs
),
cases AS
(
    SELECT customer, arraySlice(piece, first) AS every
    FROM cut
    WHERE first > 0
)
