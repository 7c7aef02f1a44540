-- How the digital-experience score is computed, and the service blueprints of kinds of journeys.
-- Why: weights and which events mean what belong to the enterprise, and a blueprint is drawn once and read by all.
-- Cost: none, the tables are new. Lock: none. Way back: drop the two tables; the shipped settings apply again.

-- At most one row, written when the settings are first changed. document: JSON, as catalog/experience/default.json.
CREATE TABLE experience_settings
(
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    document TEXT NOT NULL,
    changed BIGINT NOT NULL
);

-- key: of the kind of journey. document: JSON, see journey/blueprint.h. Without a row it is drawn from the events.
CREATE TABLE service_blueprints
(
    key TEXT PRIMARY KEY,
    version BIGINT NOT NULL,
    document TEXT NOT NULL,
    changed BIGINT NOT NULL
);
