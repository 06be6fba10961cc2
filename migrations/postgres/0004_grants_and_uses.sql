-- Rights to use a key that somebody has besides what its policy says.

CREATE TABLE grants (
    vendor     TEXT COLLATE "C" NOT NULL,
    account    TEXT COLLATE "C" NOT NULL,
    region     TEXT COLLATE "C" NOT NULL,
    key_id     TEXT COLLATE "C" NOT NULL,
    id         TEXT COLLATE "C" NOT NULL,
    -- Empty: it has none.
    name       TEXT COLLATE "C" NOT NULL,
    grantee    TEXT COLLATE "C" NOT NULL,
    retiring   TEXT COLLATE "C",
    issuer     TEXT COLLATE "C" NOT NULL,
    -- What is allowed and on which conditions: the dialect's own JSON text.
    terms      TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (vendor, account, region, key_id, id),
    FOREIGN KEY (vendor, account, region, key_id) REFERENCES keys (vendor, account, region, id) ON DELETE CASCADE
);

CREATE INDEX grants_by_grantee ON grants (vendor, account, region, key_id, grantee, id);
CREATE INDEX grants_by_name ON grants (vendor, account, region, key_id, name) WHERE name <> '';
CREATE INDEX grants_by_retiring ON grants (vendor, region, retiring, account, key_id, id) WHERE retiring IS NOT NULL;

-- What each key was last used for. A key that has not been used has no row.
CREATE TABLE key_uses (
    vendor    TEXT COLLATE "C" NOT NULL,
    account   TEXT COLLATE "C" NOT NULL,
    region    TEXT COLLATE "C" NOT NULL,
    key_id    TEXT COLLATE "C" NOT NULL,
    operation TEXT COLLATE "C" NOT NULL,
    -- In the domain clock.
    used_at   BIGINT NOT NULL,
    -- In real time; the later one wins.
    noted_at  BIGINT NOT NULL,
    request   TEXT COLLATE "C" NOT NULL,
    event     TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (vendor, account, region, key_id),
    FOREIGN KEY (vendor, account, region, key_id) REFERENCES keys (vendor, account, region, id) ON DELETE CASCADE
);
