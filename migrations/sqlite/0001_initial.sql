-- Identifiers compare and sort by bytes (BINARY, the default), so that paging goes the same way on
-- every database. Instants are microseconds since 1970-01-01T00:00:00Z. Words are those of the
-- engine's enums. Sealed bytes are AES-256-GCM under a key derived from the master key.

CREATE TABLE keys (
    vendor               TEXT NOT NULL,
    account              TEXT NOT NULL,
    region               TEXT NOT NULL,
    id                   TEXT NOT NULL,
    -- Counts stored changes; a change is stored only on the revision it was made from.
    revision             INTEGER NOT NULL CHECK (revision >= 1),
    spec                 TEXT NOT NULL,
    usage                TEXT NOT NULL,
    origin               TEXT NOT NULL,
    state                TEXT NOT NULL,
    created_at           INTEGER NOT NULL,
    deletion_at          INTEGER,
    deletion_window_days INTEGER,
    description          TEXT NOT NULL,
    name                 TEXT,
    -- What only one vendor has and nobody searches for: that dialect's own JSON text.
    attributes           TEXT NOT NULL,
    -- The next instant at which something about the key changes by itself.
    due_at               INTEGER,
    PRIMARY KEY (vendor, account, region, id),
    CHECK ((deletion_at IS NULL) = (deletion_window_days IS NULL))
) STRICT;

CREATE UNIQUE INDEX keys_by_name ON keys (vendor, account, region, name) WHERE name IS NOT NULL;
CREATE INDEX keys_by_due_at ON keys (vendor, account, due_at);

-- A row outlives its bytes: sealed is null once they are gone.
CREATE TABLE materials (
    vendor      TEXT NOT NULL,
    account     TEXT NOT NULL,
    region      TEXT NOT NULL,
    key_id      TEXT NOT NULL,
    id          TEXT NOT NULL,
    -- Counts a key's materials, from 1.
    generation  INTEGER NOT NULL CHECK (generation >= 1),
    role        TEXT NOT NULL,
    imported_at INTEGER NOT NULL,
    -- Null: never.
    expires_at  INTEGER,
    description TEXT NOT NULL,
    public_key  BLOB,
    sealed      BLOB,
    PRIMARY KEY (vendor, account, region, key_id, id),
    FOREIGN KEY (vendor, account, region, key_id) REFERENCES keys (vendor, account, region, id) ON DELETE CASCADE
) STRICT;

CREATE TABLE import_parameters (
    id           TEXT NOT NULL PRIMARY KEY,
    vendor       TEXT NOT NULL,
    account      TEXT NOT NULL,
    region       TEXT NOT NULL,
    key_id       TEXT NOT NULL,
    algorithm    TEXT NOT NULL,
    wrapping_key TEXT NOT NULL,
    -- Sealed; null once destroyed.
    private_key  BLOB,
    created_at   INTEGER NOT NULL,
    valid_to     INTEGER NOT NULL,
    superseded   INTEGER NOT NULL CHECK (superseded IN (0, 1)),
    FOREIGN KEY (vendor, account, region, key_id) REFERENCES keys (vendor, account, region, id) ON DELETE CASCADE
) STRICT;

CREATE INDEX import_parameters_by_key ON import_parameters (vendor, account, region, key_id);
CREATE INDEX import_parameters_by_end ON import_parameters (vendor, account, valid_to);

-- Apart from import_parameters, so that a refused import leaves every other row untouched.
CREATE TABLE import_failures (
    parameters_id TEXT NOT NULL PRIMARY KEY REFERENCES import_parameters (id) ON DELETE CASCADE,
    failures_left INTEGER NOT NULL CHECK (failures_left >= 0)
) STRICT;

-- The pool of ready-made wrapping key pairs.
CREATE TABLE wrapping_keys (
    id          TEXT NOT NULL PRIMARY KEY,
    spec        TEXT NOT NULL,
    public_key  BLOB NOT NULL,
    private_key BLOB NOT NULL
) STRICT;

CREATE INDEX wrapping_keys_by_spec ON wrapping_keys (spec, id);

-- Tenants whose domain clock was set. clock_value: microseconds ahead, or the instant it shows.
CREATE TABLE tenants (
    vendor      TEXT NOT NULL,
    account     TEXT NOT NULL,
    clock_kind  TEXT NOT NULL CHECK (clock_kind IN ('real', 'offset', 'frozen')),
    clock_value INTEGER NOT NULL,
    PRIMARY KEY (vendor, account)
) STRICT;

-- What the store knows about itself.
CREATE TABLE notes (
    name  TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;
