-- Branches, brands and regions: names, what they belong to, where their days begin.
-- Why: a unit's days follow its own clock, and people read names rather than keys. Cost: none, the table is new.
-- Lock: none. Way back: drop the table; events keep the keys of their units.

-- zone: IANA; empty: the parent's, else the installation's. parent: key of another row; empty: none.
CREATE TABLE units
(
    key TEXT NOT NULL,
    name_en TEXT NOT NULL,
    name_zh TEXT NOT NULL,
    parent TEXT NOT NULL,
    zone TEXT NOT NULL,
    changed BIGINT NOT NULL,
    PRIMARY KEY (key)
);
