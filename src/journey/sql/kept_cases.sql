-- journey/sql/kept_cases.sql: cases as they are kept, each one row, in no order, those of a customer one after another: customer, began,
-- last step, last event (ms), steps, failures, kinds of the first and the last step, whether it is complete.
-- In: cut UInt32; since, until Int64: ms, of the first step, until excluded.
-- Reads the partition of the cut.
SELECT customer, b, s, l, n, f, k1, k2, c
FROM journey_cases FINAL
ARRAY JOIN began AS b, stepped AS s, last AS l, steps AS n, failures AS f, first_kind AS k1, last_kind AS k2, complete AS c
WHERE cut = {cut:UInt32} AND b >= {since:Int64} AND b < {until:Int64}
