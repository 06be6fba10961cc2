-- Rights to use a key that somebody has besides what its policy says.

CREATE TABLE grants (
    vendor     TEXT NOT NULL,
    account    TEXT NOT NULL,
    region     TEXT NOT NULL,
    key_id     TEXT NOT NULL,
    id         TEXT NOT NULL,
    -- Empty: it has none.
    name       TEXT NOT NULL,
    grantee    TEXT NOT NULL,
    retiring   TEXT,
    issuer     TEXT NOT NULL,
    -- What is allowed and on which conditions: the dialect's own JSON text.
    terms      TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (vendor, account, region, key_id, id),
    FOREIGN KEY (vendor, account, region, key_id) REFERENCES keys (vendor, account, region, id) ON DELETE CASCADE
) STRICT;

CREATE INDEX grants_by_grantee ON grants (vendor, account, region, key_id, grantee, id);
CREATE INDEX grants_by_name ON grants (vendor, account, region, key_id, name) WHERE name <> '';
CREATE INDEX grants_by_retiring ON grants (vendor, region, retiring, account, key_id, id) WHERE retiring IS NOT NULL;

-- What each key was last used for. A key that has not been used has no row.
CREATE TABLE key_uses (
    vendor    TEXT NOT NULL,
    account   TEXT NOT NULL,
    region    TEXT NOT NULL,
    key_id    TEXT NOT NULL,
    operation TEXT NOT NULL,
    -- In the domain clock.
    used_at   INTEGER NOT NULL,
    -- In real time; the later one wins.
    noted_at  INTEGER NOT NULL,
    request   TEXT NOT NULL,
    event     TEXT NOT NULL,
    PRIMARY KEY (vendor, account, region, key_id),
    FOREIGN KEY (vendor, account, region, key_id) REFERENCES keys (vendor, account, region, id) ON DELETE CASCADE
) STRICT;
