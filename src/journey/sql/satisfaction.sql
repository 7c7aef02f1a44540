-- journey/sql/satisfaction.sql: answers at each stage, by instrument and score.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to.
-- Reads events in their order by instrument and kind.
SELECT dictGet('kind_of', 'stage', toUInt64(kind)) AS stage,
       instrument,
       toFloat64(assumeNotNull(score)) AS answer,
       count() AS n
FROM events
WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
  AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
  AND instrument != '' AND isNotNull(score) /*filter*/
GROUP BY stage, instrument, answer
ORDER BY stage, instrument, answer
