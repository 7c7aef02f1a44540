-- journey/sql/parts/felt.sql: what customers felt in cases of parts/runs.sql. The table `felt`: one row for each answer and each
-- comment of a case: customer, began (ms of the first step), ms, event_id, stage (of the last step before; none before the first),
-- source (instrument, or 'comment'), score (none of comments), value on one scale from -1 to 1 (below -1e29: the scale of the
-- instrument is not known) and emotions (labels of a comment). An answer with a comment makes two rows.
-- In: as parts/runs.sql; reading UInt32: see readings; scales Array(String), worst, best Array(UInt64), equally long, with
-- an element: of these instruments the score that counts -1, and the one that counts 1.
/*include runs*/,
marks AS
(
    SELECT event_id, toString(instrument) AS source, toFloat64(assumeNotNull(score)) AS score,
           if(has({scales:Array(String)}, source),
              greatest(-1, least(1, 2 * (score - toFloat64(arrayElement({worst:Array(UInt64)}, indexOf({scales:Array(String)}, source))))
                                        / (toFloat64(arrayElement({best:Array(UInt64)}, indexOf({scales:Array(String)}, source)))
                                           - toFloat64(arrayElement({worst:Array(UInt64)}, indexOf({scales:Array(String)}, source)))) - 1)), -1e30) AS value,
           CAST([], 'Array(String)') AS emotions
    FROM events
    WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
      AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
      AND instrument != '' AND isNotNull(score)
    UNION ALL
    SELECT event_id, 'comment' AS source, 0 AS score, round(toFloat64(positive) - negative, 6) AS value,
           arrayMap(l -> toString(l), arrayFilter(l -> startsWith(l, 'emotion.'), labels)) AS emotions
    FROM readings
    WHERE reading = {reading:UInt32} AND sentiment != ''
      AND ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
      AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
),
placed AS
(
    SELECT customer, tupleElement(arrayFirst(x -> NOT x.5, every), 1) AS began,
           arrayFill(s -> s != '', arrayMap(x -> if(x.5, '', dictGet('kind_of', 'stage', toUInt64(x.3))), every)) AS stages,
           arrayJoin(arrayZip(arrayMap(x -> x.1, every), arrayMap(x -> x.2, every), stages)) AS at
    FROM cases
    WHERE arrayExists(x -> NOT x.5, every)
),
felt AS
(
    SELECT customer, began, tupleElement(at, 1) AS ms, event_id, tupleElement(at, 3) AS stage, source, score, value, emotions
    FROM (SELECT customer, began, at, tupleElement(at, 2) AS event_id FROM placed WHERE tupleElement(at, 3) != '') AS of_cases
    INNER JOIN marks USING (event_id)
)
