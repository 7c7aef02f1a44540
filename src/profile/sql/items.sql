-- profile/sql/items.sql: the latest description of each item, latest described first, before a cursor.
-- In: groups UInt8: groups too (from the Grant); type String, text String, source UInt64: empty or 0 is all;
-- gone UInt8: what was taken away too; before_at, before_id UInt64: strictly before this pair; rows UInt64.
-- Reads all items of the type. Times are epoch milliseconds; 0: never described.
SELECT type, id, source_id, gone, toUnixTimestamp64Milli(at) AS described,
       mapKeys(properties) AS property_keys, mapValues(properties) AS property_values,
       cityHash64(type, id, source_id) AS place
FROM items FINAL
WHERE ({groups:UInt8} = 1 OR type != 'group')
  AND ({type:String} = '' OR type = {type:String})
  AND ({source:UInt64} = 0 OR source_id = {source:UInt64})
  AND ({gone:UInt8} = 1 OR gone = 0)
  AND ({text:String} = '' OR positionCaseInsensitiveUTF8(id, {text:String}) > 0
       OR arrayExists(value -> positionCaseInsensitiveUTF8(value, {text:String}) > 0, mapValues(properties)))
  AND (at, place) < ({before_at:DateTime64(3, 'UTC')}, {before_id:UInt64})
ORDER BY at DESC, place DESC
LIMIT {rows:UInt64}
