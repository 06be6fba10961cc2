-- Key stores of tenants' own, and which keys live in them.

CREATE TABLE key_stores (
    vendor     TEXT NOT NULL,
    account    TEXT NOT NULL,
    region     TEXT NOT NULL,
    id         TEXT NOT NULL,
    -- Counts changes; a change is stored only on the revision it was made from.
    revision   INTEGER NOT NULL,
    name       TEXT NOT NULL,
    kind       TEXT NOT NULL,
    -- What stands behind it, which nothing else of the scope may have behind it.
    claim      TEXT NOT NULL,
    -- What only the vendor's dialect reads.
    attributes TEXT NOT NULL,
    -- Of the connection: what the last change left, when what is under way is over, and why it fails.
    state      TEXT NOT NULL,
    settles_at INTEGER NOT NULL,
    fault      TEXT,
    created_at INTEGER NOT NULL,
    -- With what it is asked.
    sealed     BLOB NOT NULL,
    PRIMARY KEY (vendor, account, region, id),
    UNIQUE (vendor, account, region, name),
    UNIQUE (vendor, account, region, claim)
) STRICT;

CREATE TABLE residences (
    vendor      TEXT NOT NULL,
    account     TEXT NOT NULL,
    region      TEXT NOT NULL,
    key_id      TEXT NOT NULL,
    store       TEXT NOT NULL,
    -- The name of the key that somebody else keeps.
    outside_key TEXT,
    PRIMARY KEY (vendor, account, region, key_id),
    UNIQUE (vendor, account, region, store, outside_key),
    FOREIGN KEY (vendor, account, region, key_id) REFERENCES keys (vendor, account, region, id) ON DELETE CASCADE,
    FOREIGN KEY (vendor, account, region, store) REFERENCES key_stores (vendor, account, region, id)
) STRICT;
