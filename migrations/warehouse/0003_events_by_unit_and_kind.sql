-- What is stored, by unit and kind: the overview says from when to when there is data, without those events that only
-- identify, and reads a few hundred rows for it instead of all events.
-- Why: by_unit (0002) knows no kinds, so that question read four columns of every event. Cost: one row for each unit and
-- kind of a part. Lock: none; parts written before are read in full until they are merged. Way back: drop the projection,
-- add by_unit of 0002.

ALTER TABLE events ADD PROJECTION IF NOT EXISTS by_unit_and_kind
(
    SELECT unit, kind, count(), min(occurred_at), max(occurred_at), max(received_at)
    GROUP BY unit, kind
);

ALTER TABLE events DROP PROJECTION IF EXISTS by_unit;
