-- Who acts for a tenant: its users and roles, with their access keys. A principal's name is unique in
-- its tenant; what it may do is the dialect's own JSON text.

CREATE TABLE principals (
    vendor     TEXT NOT NULL,
    account    TEXT NOT NULL,
    name       TEXT NOT NULL,
    -- Counts stored changes; a change is stored only on the revision it was made from.
    revision   INTEGER NOT NULL CHECK (revision >= 1),
    created_at INTEGER NOT NULL,
    attributes TEXT NOT NULL,
    PRIMARY KEY (vendor, account, name)
) STRICT;

CREATE TABLE access_keys (
    vendor     TEXT NOT NULL,
    id         TEXT NOT NULL,
    account    TEXT NOT NULL,
    principal  TEXT NOT NULL,
    -- Sealed.
    secret     BLOB NOT NULL,
    -- Sealed; null for keys that last.
    token      BLOB,
    created_at INTEGER NOT NULL,
    -- Null: never.
    expires_at INTEGER,
    attributes TEXT NOT NULL,
    PRIMARY KEY (vendor, id),
    FOREIGN KEY (vendor, account, principal) REFERENCES principals (vendor, account, name) ON DELETE CASCADE
) STRICT;

CREATE INDEX access_keys_by_principal ON access_keys (vendor, account, principal, id);
CREATE INDEX access_keys_by_end ON access_keys (vendor, account, expires_at);

-- Whose key an identifier is, where the account is not known.
CREATE INDEX keys_by_id ON keys (vendor, region, id);
