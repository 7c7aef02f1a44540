-- journey/sql/channel_answers.sql: satisfaction with each channel by instrument: answers, and those of 4 or more. An answer about
-- a case (an order, a ticket) is about the channel where the case began, however it was asked; any other is about its own.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; instruments Array(String).
-- Reads events in their order by instrument and kind, then the cases answered about by the key prefix (unit).
WITH
answers AS
(
    SELECT case_id, dictGet('kind_of', 'channel', toUInt64(kind)) AS own, toString(instrument) AS scale, toFloat64(assumeNotNull(score)) AS answer
    FROM events
    WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
      AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
      AND has({instruments:Array(String)}, instrument) AND isNotNull(score) /*filter*/
),
begun AS
(
    SELECT case_id, argMin(dictGet('kind_of', 'channel', toUInt64(kind)), (occurred_at, event_id)) AS began
    FROM events
    WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
      AND occurred_at < {to:DateTime64(3, 'UTC')} AND instrument = ''
      AND case_id IN (SELECT case_id FROM answers WHERE case_id != '')
      AND kind IN (SELECT kind FROM kinds FINAL WHERE channel != '')
    GROUP BY case_id
)
SELECT if(begun.began != '', begun.began, answers.own) AS channel, answers.scale AS scale, count() AS n, countIf(answers.answer >= 4) AS content
FROM answers LEFT JOIN begun ON answers.case_id = begun.case_id
GROUP BY channel, scale
HAVING channel != ''
ORDER BY channel, scale
