-- Virtual sources: tables that lie in other systems and are read there.
-- Why: where they are and what their columns mean. Cost: none, the table is new. Lock: none. Way back: drop it.

-- body: JSON in clear, everything but the secrets; secrets: JSON, sealed under a key of the installation.
CREATE TABLE virtual_sources
(
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL,
    secrets BYTEA NOT NULL,
    created BIGINT NOT NULL,
    changed BIGINT NOT NULL
);
