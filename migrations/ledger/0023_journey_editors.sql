-- Who answers for a stage of a kind of journey, in a table of its own; kept lists of customers; designed processes.
-- Why: owners stood as tabbed lines within `stages`, where an older program, or any SQL, took them for keys of stages. Lists:
-- who stopped at a step of a funnel is looked at, asked and counted again later. Designs: a process that is drawn is kept, and
-- what it was before. Cost: at most 50 rows are rewritten; the
-- other tables are new. Lock: none beyond the transaction. Way back: put each row of journey_stage_owners as a line
-- (tab, stage, tab, owner) behind the stages of its definition, then drop the five tables; conditions on lists fail.

-- position: in the order they were written down, from 0.
CREATE TABLE journey_stage_owners
(
    definition TEXT NOT NULL,
    stage TEXT NOT NULL,
    position BIGINT NOT NULL,
    owner TEXT NOT NULL,
    PRIMARY KEY (definition, stage)
);

-- Each line of `stages` by itself; those that begin with a tab are owners. (instr and char are strpos and chr elsewhere.)
INSERT INTO journey_stage_owners (definition, stage, position, owner)
WITH RECURSIVE lines (definition, number, line, rest) AS
(
    SELECT key, -1, '', stages || char(10) FROM journey_definitions
    UNION ALL
    SELECT definition, number + 1, substr(rest, 1, instr(rest, char(10)) - 1), substr(rest, instr(rest, char(10)) + 1)
    FROM lines
    WHERE rest <> ''
),
owned AS
(
    SELECT definition, number, substr(line, 2) AS words FROM lines WHERE substr(line, 1, 1) = char(9)
)
SELECT definition, substr(words, 1, instr(words, char(9)) - 1), number, substr(words, instr(words, char(9)) + 1)
FROM owned
WHERE instr(words, char(9)) > 1 AND instr(words, char(9)) < length(words);

-- Owners stood behind the keys: what begins with the first line of them goes.
UPDATE journey_definitions
SET stages = CASE WHEN substr(stages, 1, 1) = char(9) THEN '' ELSE substr(stages, 1, instr(stages, char(10) || char(9)) - 1) END
WHERE substr(stages, 1, 1) = char(9) OR instr(stages, char(10) || char(9)) > 0;

-- origin: how it came about, JSON. size: customers when it was made. all_units, units (one a line): whose events it was made
-- from. It ends, and is removed, at `expires`.
CREATE TABLE customer_lists
(
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    origin TEXT NOT NULL,
    size BIGINT NOT NULL,
    all_units BIGINT NOT NULL,
    units TEXT NOT NULL,
    actor BIGINT NOT NULL,
    made BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE UNIQUE INDEX customer_lists_by_name ON customer_lists (name);
CREATE INDEX customer_lists_by_expires ON customer_lists (expires);

-- Who is on a list, in parts: the subject that stood for each customer, 8 bytes each, the lowest byte first. Whoever the
-- subject belongs to today is the customer, so that joins and splits count.
CREATE TABLE customer_list_parts
(
    list BIGINT NOT NULL,
    part BIGINT NOT NULL,
    subjects BYTEA NOT NULL,
    PRIMARY KEY (list, part)
);

-- version: the latest.
CREATE TABLE process_designs
(
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    version BIGINT NOT NULL
);
CREATE UNIQUE INDEX process_designs_by_name ON process_designs (name);

-- level: stage, touchpoint or channel: what its steps are keys of. spec: blocks, JSON.
CREATE TABLE process_design_versions
(
    design BIGINT NOT NULL,
    version BIGINT NOT NULL,
    level TEXT NOT NULL,
    spec TEXT NOT NULL,
    actor BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    PRIMARY KEY (design, version)
);
