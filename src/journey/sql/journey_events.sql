-- journey/sql/journey_events.sql: the events that are steps of journeys, in no order: customer, ms, event_id, matter (of the case_id;
-- 0: none) and kind.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; level (stage, touchpoint, channel): what a step must have;
-- parts, part UInt64: of the customers those whose number leaves this remainder.
-- Reads events in their order by instrument and kind.
SELECT dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id) AS customer,
       toUnixTimestamp64Milli(occurred_at) AS ms, event_id,
       if(case_id = '', 0, bitOr(cityHash64(case_id), 1)) AS matter, kind
FROM events
WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
  AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
  AND kind IN (SELECT kind FROM kinds FINAL
               WHERE multiIf({level:String} = 'stage', stage, {level:String} = 'channel', channel, touchpoint) != '')
  AND customer % {parts:UInt64} = {part:UInt64} /*filter*/
