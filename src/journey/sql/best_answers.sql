-- journey/sql/best_answers.sql: answers about channels, and those of 4 or more: histories of customers (parts/histories.sql). An
-- answer about a case (an order, a ticket) is about the channel where the case began, however it was asked; any other is about
-- its own.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; instrument String; passive Array(String); customer, parts
-- UInt64.
-- Reads events in their order by instrument and kind, the cases answered about and, for what customers use, the range by the
-- key prefix (unit, day).
WITH
answers AS
(
    SELECT dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id) AS customer, case_id,
           dictGet('kind_of', 'channel', toUInt64(kind)) AS own, assumeNotNull(score) >= 4 AS is_content
    FROM events
    WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
      AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
      AND instrument = {instrument:String} AND isNotNull(score) /*filter*/
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
),
trials AS
(
    SELECT answers.customer AS customer, if(begun.began != '', begun.began, answers.own) AS channel, answers.is_content AS hit
    FROM answers LEFT JOIN begun ON answers.case_id = begun.case_id
    WHERE channel != ''
),
/*include histories*/
