-- Names that keys go by besides their identifiers: unique in a scope, several to a key.

CREATE TABLE labels (
    vendor     TEXT COLLATE "C" NOT NULL,
    account    TEXT COLLATE "C" NOT NULL,
    region     TEXT COLLATE "C" NOT NULL,
    name       TEXT COLLATE "C" NOT NULL,
    key_id     TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    -- When it was last given to a key.
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (vendor, account, region, name),
    FOREIGN KEY (vendor, account, region, key_id) REFERENCES keys (vendor, account, region, id) ON DELETE CASCADE
);

CREATE INDEX labels_by_key ON labels (vendor, account, region, key_id, name);
