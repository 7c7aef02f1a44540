-- journey/sql/parts/funnel_unordered.sql: how many of a funnel's steps customers take within the window, in any order. The table
-- `climbed` as in parts/funnel.sql: level counts different steps; took is from the first of them; grp is of the first event.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; places, names Array(String), equally long: what each step is,
-- a touchpoint or the name of an event, the other one empty; window_ms Int64: from the first step to the one reached;
-- by (none, channel, unit).
/*include funnel_marks*/,
climbed AS
(
    SELECT customer,
           arrayFill((at, m) -> at != 0, arrayMap(m -> if(m.2 = 1, m.1, 0), marks), marks) AS last1,
           arrayFill((at, m) -> at != 0, arrayMap(m -> if(m.2 = 2, m.1, 0), marks), marks) AS last2,
           arrayFill((at, m) -> at != 0, arrayMap(m -> if(m.2 = 3, m.1, 0), marks), marks) AS last3,
           arrayFill((at, m) -> at != 0, arrayMap(m -> if(m.2 = 4, m.1, 0), marks), marks) AS last4,
           arrayFill((at, m) -> at != 0, arrayMap(m -> if(m.2 = 5, m.1, 0), marks), marks) AS last5,
           arrayFill((at, m) -> at != 0, arrayMap(m -> if(m.2 = 6, m.1, 0), marks), marks) AS last6,
           arrayMap((m, a1, a2, a3, a4, a5, a6) -> (a1 != 0 AND m.1 - a1 <= {window_ms:Int64}) + (a2 != 0 AND m.1 - a2 <= {window_ms:Int64}) + (a3 != 0 AND m.1 - a3 <= {window_ms:Int64}) + (a4 != 0 AND m.1 - a4 <= {window_ms:Int64}) + (a5 != 0 AND m.1 - a5 <= {window_ms:Int64}) + (a6 != 0 AND m.1 - a6 <= {window_ms:Int64}), marks, last1, last2, last3, last4, last5, last6) AS counts,
           arrayMap((m, a1, a2, a3, a4, a5, a6) -> least(if(a1 != 0 AND m.1 - a1 <= {window_ms:Int64}, a1, m.1), if(a2 != 0 AND m.1 - a2 <= {window_ms:Int64}, a2, m.1), if(a3 != 0 AND m.1 - a3 <= {window_ms:Int64}, a3, m.1), if(a4 != 0 AND m.1 - a4 <= {window_ms:Int64}, a4, m.1), if(a5 != 0 AND m.1 - a5 <= {window_ms:Int64}, a5, m.1), if(a6 != 0 AND m.1 - a6 <= {window_ms:Int64}, a6, m.1)), marks, last1, last2, last3, last4, last5, last6) AS oldest,
           arrayFilter(hit -> hit != 0, [arrayFirstIndex(n -> n >= 1, counts), arrayFirstIndex(n -> n >= 2, counts), arrayFirstIndex(n -> n >= 3, counts), arrayFirstIndex(n -> n >= 4, counts), arrayFirstIndex(n -> n >= 5, counts), arrayFirstIndex(n -> n >= 6, counts)]) AS hits,
           length(hits) AS level,
           arrayMap(hit -> marks[hit].1 - oldest[hit], hits) AS took,
           marks[1].3 AS grp,
           marks[-1].1 AS latest
    FROM marked
)
