-- Identifiers compare and sort by bytes (COLLATE "C"), so that paging goes the same way on every
-- database. Instants are microseconds since 1970-01-01T00:00:00Z. Words are those of the engine's
-- enums. Sealed bytes are AES-256-GCM under a key derived from the master key.

CREATE TABLE keys (
    vendor               TEXT COLLATE "C" NOT NULL,
    account              TEXT COLLATE "C" NOT NULL,
    region               TEXT COLLATE "C" NOT NULL,
    id                   TEXT COLLATE "C" NOT NULL,
    -- Counts stored changes; a change is stored only on the revision it was made from.
    revision             BIGINT NOT NULL CHECK (revision >= 1),
    spec                 TEXT NOT NULL,
    usage                TEXT NOT NULL,
    origin               TEXT NOT NULL,
    state                TEXT NOT NULL,
    created_at           BIGINT NOT NULL,
    deletion_at          BIGINT,
    deletion_window_days BIGINT,
    description          TEXT NOT NULL,
    name                 TEXT COLLATE "C",
    -- What only one vendor has and nobody searches for: that dialect's own JSON text.
    attributes           TEXT NOT NULL,
    -- The next instant at which something about the key changes by itself.
    due_at               BIGINT,
    PRIMARY KEY (vendor, account, region, id),
    CHECK ((deletion_at IS NULL) = (deletion_window_days IS NULL))
);

CREATE UNIQUE INDEX keys_by_name ON keys (vendor, account, region, name) WHERE name IS NOT NULL;
CREATE INDEX keys_by_due_at ON keys (vendor, account, due_at);

-- A row outlives its bytes: sealed is null once they are gone.
CREATE TABLE materials (
    vendor      TEXT COLLATE "C" NOT NULL,
    account     TEXT COLLATE "C" NOT NULL,
    region      TEXT COLLATE "C" NOT NULL,
    key_id      TEXT COLLATE "C" NOT NULL,
    id          TEXT COLLATE "C" NOT NULL,
    -- Counts a key's materials, from 1.
    generation  BIGINT NOT NULL CHECK (generation >= 1),
    role        TEXT NOT NULL,
    imported_at BIGINT NOT NULL,
    -- Null: never.
    expires_at  BIGINT,
    description TEXT NOT NULL,
    public_key  BYTEA,
    sealed      BYTEA,
    PRIMARY KEY (vendor, account, region, key_id, id),
    FOREIGN KEY (vendor, account, region, key_id) REFERENCES keys (vendor, account, region, id) ON DELETE CASCADE
);

CREATE TABLE import_parameters (
    id           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    vendor       TEXT COLLATE "C" NOT NULL,
    account      TEXT COLLATE "C" NOT NULL,
    region       TEXT COLLATE "C" NOT NULL,
    key_id       TEXT COLLATE "C" NOT NULL,
    algorithm    TEXT NOT NULL,
    wrapping_key TEXT NOT NULL,
    -- Sealed; null once destroyed.
    private_key  BYTEA,
    created_at   BIGINT NOT NULL,
    valid_to     BIGINT NOT NULL,
    superseded   BOOLEAN NOT NULL,
    FOREIGN KEY (vendor, account, region, key_id) REFERENCES keys (vendor, account, region, id) ON DELETE CASCADE
);

CREATE INDEX import_parameters_by_key ON import_parameters (vendor, account, region, key_id);
CREATE INDEX import_parameters_by_end ON import_parameters (vendor, account, valid_to);

-- Apart from import_parameters, so that a refused import leaves every other row untouched.
CREATE TABLE import_failures (
    parameters_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES import_parameters (id) ON DELETE CASCADE,
    failures_left BIGINT NOT NULL CHECK (failures_left >= 0)
);

-- The pool of ready-made wrapping key pairs.
CREATE TABLE wrapping_keys (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    spec        TEXT NOT NULL,
    public_key  BYTEA NOT NULL,
    private_key BYTEA NOT NULL
);

CREATE INDEX wrapping_keys_by_spec ON wrapping_keys (spec, id);

-- Tenants whose domain clock was set. clock_value: microseconds ahead, or the instant it shows.
CREATE TABLE tenants (
    vendor      TEXT COLLATE "C" NOT NULL,
    account     TEXT COLLATE "C" NOT NULL,
    clock_kind  TEXT NOT NULL CHECK (clock_kind IN ('real', 'offset', 'frozen')),
    clock_value BIGINT NOT NULL,
    PRIMARY KEY (vendor, account)
);

-- What the store knows about itself.
CREATE TABLE notes (
    name  TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    value BYTEA NOT NULL
);
