-- Brands whose reputation is followed: our own and competitors, by the names that posts call them.
-- Why: mentions are found when they are asked for, so that a name that is added or corrected counts for all that was
-- ever said. Cost: none, the tables are new. Lock: none. Way back: drop the two tables; posts stay events.

-- position: in the order they are shown. own: 1 ours, 0 a competitor. names, exclusions: one a line.
CREATE TABLE brands
(
    key TEXT NOT NULL,
    position BIGINT NOT NULL,
    own BIGINT NOT NULL,
    name_en TEXT NOT NULL,
    name_zh TEXT NOT NULL,
    names TEXT NOT NULL,
    exclusions TEXT NOT NULL,
    PRIMARY KEY (key)
);

-- One row: how much each number of a post counts in its reach, and how often the brands were changed.
CREATE TABLE brand_settings
(
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    followers DOUBLE PRECISION NOT NULL,
    likes DOUBLE PRECISION NOT NULL,
    comments DOUBLE PRECISION NOT NULL,
    shares DOUBLE PRECISION NOT NULL,
    changed BIGINT NOT NULL
);
