-- What vendors' dialects keep besides keys. A record's name, if it has one, is unique among those of
-- its kind in its scope; a record that hangs on a key vanishes with it.

CREATE TABLE records (
    vendor     TEXT COLLATE "C" NOT NULL,
    account    TEXT COLLATE "C" NOT NULL,
    region     TEXT COLLATE "C" NOT NULL,
    -- The dialect's word.
    kind       TEXT COLLATE "C" NOT NULL,
    id         TEXT COLLATE "C" NOT NULL,
    -- Counts stored changes; a change is stored only on the revision it was made from.
    revision   BIGINT NOT NULL CHECK (revision >= 1),
    name       TEXT COLLATE "C",
    -- On which key it hangs, if on any.
    key_id     TEXT COLLATE "C",
    attributes TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    -- When it vanishes by itself. Null: never.
    due_at     BIGINT,
    PRIMARY KEY (vendor, account, region, kind, id),
    FOREIGN KEY (vendor, account, region, key_id) REFERENCES keys (vendor, account, region, id) ON DELETE CASCADE
);

CREATE UNIQUE INDEX records_by_name ON records (vendor, account, region, kind, name) WHERE name IS NOT NULL;
CREATE INDEX records_by_key ON records (vendor, account, region, key_id, kind) WHERE key_id IS NOT NULL;
CREATE INDEX records_by_due_at ON records (vendor, account, due_at) WHERE due_at IS NOT NULL;

-- The secrets of records, each by its name.
CREATE TABLE record_secrets (
    vendor  TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    region  TEXT COLLATE "C" NOT NULL,
    kind    TEXT COLLATE "C" NOT NULL,
    record  TEXT COLLATE "C" NOT NULL,
    name    TEXT COLLATE "C" NOT NULL,
    sealed  BYTEA NOT NULL,
    PRIMARY KEY (vendor, account, region, kind, record, name),
    FOREIGN KEY (vendor, account, region, kind, record)
        REFERENCES records (vendor, account, region, kind, id) ON DELETE CASCADE
);
