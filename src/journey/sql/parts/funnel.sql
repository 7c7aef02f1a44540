-- journey/sql/parts/funnel.sql: how far customers get in a funnel. The table `climbed`: customer, grp (of the first event at step 1),
-- level (steps reached, 1 to 6), took (milliseconds from the start to each step reached, the first time it was) and latest (ms of the
-- last event at a step). Any event at step 1 may be the start; for a step the latest start counts from which it is in the window.
-- strict: between the steps no event at any other step of the funnel.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; places, names Array(String), equally long: what each step is,
-- a touchpoint or the name of an event, the other one empty; window_ms Int64: from the first step to the one reached;
-- strict UInt8; by (none, channel, unit).
/*include funnel_marks*/,
climbed AS
(
    SELECT customer,
           arrayMap(m -> if(m.2 = 1, m.1, 0), marks) AS new1,
           arrayFill((start, m) -> start != 0 OR ({strict:UInt8} = 1 AND m.2 != 1), new1, marks) AS at1,
           arrayMap((m, start) -> if(m.2 = 2 AND start != 0 AND m.1 - start <= {window_ms:Int64}, start, 0), marks, arrayPushFront(arrayPopBack(at1), toInt64(0))) AS new2,
           arrayFill((start, m) -> start != 0 OR ({strict:UInt8} = 1 AND m.2 != 2), new2, marks) AS at2,
           arrayMap((m, start) -> if(m.2 = 3 AND start != 0 AND m.1 - start <= {window_ms:Int64}, start, 0), marks, arrayPushFront(arrayPopBack(at2), toInt64(0))) AS new3,
           arrayFill((start, m) -> start != 0 OR ({strict:UInt8} = 1 AND m.2 != 3), new3, marks) AS at3,
           arrayMap((m, start) -> if(m.2 = 4 AND start != 0 AND m.1 - start <= {window_ms:Int64}, start, 0), marks, arrayPushFront(arrayPopBack(at3), toInt64(0))) AS new4,
           arrayFill((start, m) -> start != 0 OR ({strict:UInt8} = 1 AND m.2 != 4), new4, marks) AS at4,
           arrayMap((m, start) -> if(m.2 = 5 AND start != 0 AND m.1 - start <= {window_ms:Int64}, start, 0), marks, arrayPushFront(arrayPopBack(at4), toInt64(0))) AS new5,
           arrayFill((start, m) -> start != 0 OR ({strict:UInt8} = 1 AND m.2 != 5), new5, marks) AS at5,
           arrayMap((m, start) -> if(m.2 = 6 AND start != 0 AND m.1 - start <= {window_ms:Int64}, start, 0), marks, arrayPushFront(arrayPopBack(at5), toInt64(0))) AS new6,
           arrayFill((start, m) -> start != 0 OR ({strict:UInt8} = 1 AND m.2 != 6), new6, marks) AS at6,
           arrayFilter(hit -> hit != 0, [arrayFirstIndex(start -> start != 0, new1), arrayFirstIndex(start -> start != 0, new2), arrayFirstIndex(start -> start != 0, new3), arrayFirstIndex(start -> start != 0, new4), arrayFirstIndex(start -> start != 0, new5), arrayFirstIndex(start -> start != 0, new6)]) AS hits,
           length(hits) AS level,
           arraySlice([marks[hits[1]].1 - new1[hits[1]], marks[hits[2]].1 - new2[hits[2]], marks[hits[3]].1 - new3[hits[3]], marks[hits[4]].1 - new4[hits[4]], marks[hits[5]].1 - new5[hits[5]], marks[hits[6]].1 - new6[hits[6]]], 1, level) AS took,
           marks[hits[1]].3 AS grp,
           marks[-1].1 AS latest
    FROM marked
    WHERE level > 0
)
