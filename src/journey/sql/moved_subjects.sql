-- journey/sql/moved_subjects.sql: whose customer has changed: the subject and its customer now, in no order.
-- In: after, upto UInt64: versions in (after, upto].
-- Reads the whole map, which is small beside the events.
SELECT subject, argMax(customer, version) AS customer
FROM subject_map
WHERE version > {after:UInt64} AND version <= {upto:UInt64}
GROUP BY subject
