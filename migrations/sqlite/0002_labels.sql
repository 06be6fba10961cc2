-- Names that keys go by besides their identifiers: unique in a scope, several to a key.

CREATE TABLE labels (
    vendor     TEXT NOT NULL,
    account    TEXT NOT NULL,
    region     TEXT NOT NULL,
    name       TEXT NOT NULL,
    key_id     TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    -- When it was last given to a key.
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (vendor, account, region, name),
    FOREIGN KEY (vendor, account, region, key_id) REFERENCES keys (vendor, account, region, id) ON DELETE CASCADE
) STRICT;

CREATE INDEX labels_by_key ON labels (vendor, account, region, key_id, name);
