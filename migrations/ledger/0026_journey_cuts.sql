-- How far cases of journeys have been cut, and by which rules.
-- Why: cutting goes on where it stopped, and begins anew when a kind of journey or the touchpoint catalogue changes.
-- Cost: none, the table is new. Lock: none. Way back: drop the table; cases are cut again.

-- shape: the rules of the definition. kinds_upto, kinds_hash: what kinds of events there were, and what they meant. mark:
-- every event up to this id has been seen; map_version: every change of who is who. round: rows are written with the
-- next one. state 0 being made, 1 in use.
CREATE TABLE journey_cuts
(
    id BIGINT PRIMARY KEY,
    definition TEXT NOT NULL,
    shape TEXT NOT NULL,
    kinds_upto BIGINT NOT NULL,
    kinds_hash TEXT NOT NULL,
    mark BIGINT NOT NULL,
    map_version BIGINT NOT NULL,
    round BIGINT NOT NULL,
    state BIGINT NOT NULL,
    begun BIGINT NOT NULL
);
