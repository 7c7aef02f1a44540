-- journey/sql/case_events.sql: the events of a kind of journey, in no order: customer, ms, event_id, matter (of the case_id; 0: none),
-- kind, is_answer, and the answer (below -1e29: none). Answers to questions belong to cases, but are no steps of them.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; stages Array(String) (empty: all); instrument: whose answers
-- count; parts, part UInt64: of the customers those whose number leaves this remainder.
-- Reads events in their order by instrument and kind.
SELECT dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id) AS customer,
       toUnixTimestamp64Milli(occurred_at) AS ms, event_id,
       if(case_id = '', 0, bitOr(cityHash64(case_id), 1)) AS matter, kind,
       CAST(instrument != '', 'UInt8') AS is_answer,
       if(instrument = {instrument:String} AND is_answer AND isNotNull(score), assumeNotNull(score), toFloat32(-1e30)) AS answer
FROM events
WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
  AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
  AND (instrument != '' OR kind IN (SELECT kind FROM kinds FINAL
           WHERE touchpoint != '' AND (empty({stages:Array(String)}) OR has({stages:Array(String)}, stage))))
  AND customer % {parts:UInt64} = {part:UInt64} /*filter*/
