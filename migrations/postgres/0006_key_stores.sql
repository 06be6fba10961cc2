-- Key stores of tenants' own, and which keys live in them.

CREATE TABLE key_stores (
    vendor     TEXT COLLATE "C" NOT NULL,
    account    TEXT COLLATE "C" NOT NULL,
    region     TEXT COLLATE "C" NOT NULL,
    id         TEXT COLLATE "C" NOT NULL,
    -- Counts changes; a change is stored only on the revision it was made from.
    revision   BIGINT NOT NULL,
    name       TEXT COLLATE "C" NOT NULL,
    kind       TEXT COLLATE "C" NOT NULL,
    -- What stands behind it, which nothing else of the scope may have behind it.
    claim      TEXT COLLATE "C" NOT NULL,
    -- What only the vendor's dialect reads.
    attributes TEXT COLLATE "C" NOT NULL,
    -- Of the connection: what the last change left, when what is under way is over, and why it fails.
    state      TEXT COLLATE "C" NOT NULL,
    settles_at BIGINT NOT NULL,
    fault      TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    -- With what it is asked.
    sealed     BYTEA NOT NULL,
    PRIMARY KEY (vendor, account, region, id),
    UNIQUE (vendor, account, region, name),
    UNIQUE (vendor, account, region, claim)
);

CREATE TABLE residences (
    vendor      TEXT COLLATE "C" NOT NULL,
    account     TEXT COLLATE "C" NOT NULL,
    region      TEXT COLLATE "C" NOT NULL,
    key_id      TEXT COLLATE "C" NOT NULL,
    store       TEXT COLLATE "C" NOT NULL,
    -- The name of the key that somebody else keeps.
    outside_key TEXT COLLATE "C",
    PRIMARY KEY (vendor, account, region, key_id),
    UNIQUE (vendor, account, region, store, outside_key),
    FOREIGN KEY (vendor, account, region, key_id) REFERENCES keys (vendor, account, region, id) ON DELETE CASCADE,
    FOREIGN KEY (vendor, account, region, store) REFERENCES key_stores (vendor, account, region, id)
);
