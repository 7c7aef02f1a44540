-- Kinds of journeys: where each begins and ends, what belongs to it, and which of its places matter most.
-- Why: cases are computed from events when they are asked for, so that a definition that changes counts for all that ever
-- happened. Cost: none, the tables are new. Lock: none. Way back: drop the two tables; the shipped definitions apply again.

-- position: in the order they are shown. starts, ends, stages, steps, moments: keys of the touchpoint catalogue, one a line.
CREATE TABLE journey_definitions
(
    key TEXT NOT NULL,
    position BIGINT NOT NULL,
    name_en TEXT NOT NULL,
    name_zh TEXT NOT NULL,
    starts TEXT NOT NULL,
    ends TEXT NOT NULL,
    stages TEXT NOT NULL,
    steps TEXT NOT NULL,
    moments TEXT NOT NULL,
    gap_days BIGINT NOT NULL,
    PRIMARY KEY (key)
);

-- One row once they were changed: how often. Without it the shipped definitions apply.
CREATE TABLE journey_settings
(
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    changed BIGINT NOT NULL
);
