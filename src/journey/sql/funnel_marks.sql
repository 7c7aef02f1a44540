-- journey/sql/funnel_marks.sql: the events at the steps of a funnel, in no order: customer, ms, step (from 1), and grp, the channel or
-- unit. The step of each kind is looked up once, not by the strings of every event.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; places, names Array(String), equally long: what each step is,
-- a touchpoint or the name of an event, the other one empty; by (none, channel, unit); parts, part UInt64: of the customers those
-- whose number leaves this remainder.
-- Reads events in their order by instrument and kind.
WITH step_of AS
(
    SELECT kind, toUInt8(if(by_name != 0 AND name != '', by_name, indexOf({places:Array(String)}, touchpoint))) AS step
    FROM (SELECT kind, name, touchpoint, indexOf({names:Array(String)}, name) AS by_name FROM kinds FINAL
          WHERE (touchpoint != '' AND has({places:Array(String)}, touchpoint)) OR (name != '' AND has({names:Array(String)}, name)))
),
(SELECT (groupArray(kind), groupArray(step)) FROM step_of) AS steps
SELECT dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id) AS customer,
       toUnixTimestamp64Milli(occurred_at) AS ms,
       transform(kind, arrayPushBack(tupleElement(steps, 1), toUInt32(0)), arrayPushBack(tupleElement(steps, 2), toUInt8(0)), toUInt8(0)) AS step,
       multiIf({by:String} = 'channel', dictGet('kind_of', 'channel', toUInt64(kind)), {by:String} = 'unit', toString(unit), '') AS grp
FROM events
WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
  AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
  AND kind IN (SELECT kind FROM step_of)
  AND customer % {parts:UInt64} = {part:UInt64} /*filter*/
