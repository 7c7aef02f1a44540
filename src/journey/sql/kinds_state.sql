-- journey/sql/kinds_state.sql: how many kinds of events there are, and in two numbers what those up to one, and all, mean to journeys.
-- In: upto UInt32: kind.
-- Reads kinds, which are few.
SELECT max(kind) AS newest, toString(groupBitXorIf(cityHash64(kind, name, touchpoint, stage), kind <= {upto:UInt32})) AS known,
       toString(groupBitXor(cityHash64(kind, name, touchpoint, stage))) AS whole
FROM kinds FINAL
