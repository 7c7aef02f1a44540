-- journey/sql/parts/runs.sql: the events of a kind of journey, cut into cases. The table `cases`: one row a case, with `every`,
-- its events in order as tuples: 1 ms, 2 event_id, 3 kind, 4 matter (hash of the case_id, 0: none), 5 is_answer, 6 answer
-- (below -1e29: none), 7 is_start, 8 is_end, 9 is_failure. Answers to questions belong to a case, but are no steps of it.
-- A case ends with a step at one of `ends`, and where nothing follows within the pause, unless an order, ticket or application
-- (case_id) goes on over it. It begins with a step at one of `starts`; what comes before is left out.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; pause_ms Int64; stages, starts, ends Array(String) (empty:
-- all stages; any step; the pause alone); instrument: whose answers count.
runs AS
(
    SELECT customer, arraySort(groupArray((ms, event_id, kind, matter, is_answer, answer, is_start, is_end, is_failure))) AS whole
    FROM
    (
        SELECT *, countIf(is_new) OVER (PARTITION BY customer ORDER BY ms, event_id) AS run
        FROM
        (
            SELECT *, row_number() OVER (PARTITION BY customer ORDER BY ms, event_id) = 1
                   OR ms - max(reach) OVER (PARTITION BY customer ORDER BY ms, event_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) > {pause_ms:Int64} AS is_new
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
                                WHERE match(lowerUTF8(name), 'fail|error|declin|reject|not found|no result|timeout|timed out|失败|错误|超时|拒绝|无结果')) AS is_failure,
                       if(matter = 0, ms, max(ms) OVER (PARTITION BY customer, matter)) AS reach
                FROM events
                WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
                  AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
                  AND (instrument != '' OR kind IN (SELECT kind FROM kinds FINAL
                           WHERE touchpoint != '' AND (empty({stages:Array(String)}) OR has({stages:Array(String)}, stage)))) /*filter*/
            )
        )
    )
    GROUP BY customer, run
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
