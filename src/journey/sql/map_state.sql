-- journey/sql/map_state.sql: the latest change of who is who that has come to the store, and how many of the changes after another one
-- questions do not know of yet (the dictionary is loaded behind the table).
-- In: after UInt64: version.
-- Reads the whole map, which is small beside the events.
SELECT max(latest) AS version, countIf(dictGetOrDefault('subject_customer', 'customer', subject, subject) != customer) AS unknown
FROM
(
    SELECT subject, argMax(customer, version) AS customer, max(version) AS latest
    FROM subject_map
    WHERE version > {after:UInt64}
    GROUP BY subject
)
