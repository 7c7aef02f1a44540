-- profile/sql/item_types.sql: how many items of each type there are, and how many were taken away.
-- In: groups UInt8: groups too (from the Grant).
SELECT type, countIf(gone = 0) AS items, countIf(gone = 1) AS taken_away
FROM items FINAL
WHERE {groups:UInt8} = 1 OR type != 'group'
GROUP BY type
ORDER BY type
