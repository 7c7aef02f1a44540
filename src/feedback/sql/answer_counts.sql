-- feedback/sql/answer_counts.sql: responses of a survey, and how many of them have a number for each key.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; keys Array(String): properties, such as
-- answer.QUESTION. The filter names the survey's source.
SELECT countIf(dictGet('kind_of', 'name', toUInt64(kind)) = 'Survey Completed') AS responses,
       countForEach(arrayMap(k -> toFloat64OrNull(properties[k]), {keys:Array(String)})) AS answers
FROM events
WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
  AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
  AND dictGet('kind_of', 'name', toUInt64(kind)) IN ('Survey Completed', 'Survey Answers Continued') /*filter*/
