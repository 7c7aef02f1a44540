-- desk/sql/rule_events.sql: events that a rule of complaints waits for, in order of their ids, with what they say.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; after, upto UInt64: ids in (after, upto];
-- own UInt32: the source of complaints themselves, whose events open none; keys Array(String), wanted Array(String):
-- properties, and for each a JSON list of the values that fit; rows UInt64: at most so many. Of comments as they were
-- read: reading UInt32, 0: they do not matter; labels Array(String): one of them, empty: any; tone_max Float64: positive
-- less negative at most, 1: any; aspect, aspect_tone String: spoken of so, empty: any.
-- Reads the granules whose index by_event lies in the range, and of readings those of the days.
SELECT event_id, subject_id,
       dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id) AS customer,
       toUnixTimestamp64Milli(occurred_at) AS at,
       dictGet('kind_of', 'channel', toUInt64(kind)) AS channel,
       toString(unit) AS of_unit,
       dictGet('kind_of', 'name', toUInt64(kind)) AS name,
       text, toString(instrument) AS of_instrument, toFloat64(score) AS answer,
       arrayMap(k -> properties[k], {keys:Array(String)}) AS found
FROM events
WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
  AND event_id > {after:UInt64} AND event_id <= {upto:UInt64}
  AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
  AND source_id != {own:UInt32}
  AND arrayAll((k, v) -> has(JSONExtract(v, 'Array(String)'), properties[k]), {keys:Array(String)}, {wanted:Array(String)})
  AND ({reading:UInt32} = 0 OR event_id IN (
    SELECT event_id
    FROM readings
    WHERE reading = {reading:UInt32} AND event_id > {after:UInt64} AND event_id <= {upto:UInt64}
      AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
      AND (empty({labels:Array(String)}) OR arrayExists(l -> has({labels:Array(String)}, toString(l)), labels))
      AND ({tone_max:Float64} >= 1 OR (sentiment != '' AND positive - negative <= {tone_max:Float64}))
      AND ({aspect:String} = '' OR arrayExists((a, s) -> a = {aspect:String} AND ({aspect_tone:String} = '' OR s = {aspect_tone:String}),
                                               aspects, aspect_sentiments)))) /*filter*/
ORDER BY event_id
LIMIT {rows:UInt64}
