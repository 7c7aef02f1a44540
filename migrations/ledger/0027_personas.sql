-- Personas: kinds of customers under a name, with the condition that says who belongs to each.
-- Why: questions of journeys are asked per persona, and everybody must mean the same people by its name. Cost: none, the table
-- is new. Lock: none. Way back: drop the table; conditions on personas fail.

-- position: in the order they are shown. belongs: the condition, in the words of filters. version: how often it was put.
CREATE TABLE personas
(
    key TEXT NOT NULL,
    version BIGINT NOT NULL,
    position BIGINT NOT NULL,
    name_en TEXT NOT NULL,
    name_zh TEXT NOT NULL,
    description TEXT NOT NULL,
    goals TEXT NOT NULL,
    frustrations TEXT NOT NULL,
    quote TEXT NOT NULL,
    belongs TEXT NOT NULL,
    actor BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    PRIMARY KEY (key)
);
