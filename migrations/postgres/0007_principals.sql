-- Who acts for a tenant: its users and roles, with their access keys. A principal's name is unique in
-- its tenant; what it may do is the dialect's own JSON text.

CREATE TABLE principals (
    vendor     TEXT COLLATE "C" NOT NULL,
    account    TEXT COLLATE "C" NOT NULL,
    name       TEXT COLLATE "C" NOT NULL,
    -- Counts stored changes; a change is stored only on the revision it was made from.
    revision   BIGINT NOT NULL CHECK (revision >= 1),
    created_at BIGINT NOT NULL,
    attributes TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (vendor, account, name)
);

CREATE TABLE access_keys (
    vendor     TEXT COLLATE "C" NOT NULL,
    id         TEXT COLLATE "C" NOT NULL,
    account    TEXT COLLATE "C" NOT NULL,
    principal  TEXT COLLATE "C" NOT NULL,
    -- Sealed.
    secret     BYTEA NOT NULL,
    -- Sealed; null for keys that last.
    token      BYTEA,
    created_at BIGINT NOT NULL,
    -- Null: never.
    expires_at BIGINT,
    attributes TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (vendor, id),
    FOREIGN KEY (vendor, account, principal) REFERENCES principals (vendor, account, name) ON DELETE CASCADE
);

CREATE INDEX access_keys_by_principal ON access_keys (vendor, account, principal, id);
CREATE INDEX access_keys_by_end ON access_keys (vendor, account, expires_at);

-- Whose key an identifier is, where the account is not known.
CREATE INDEX keys_by_id ON keys (vendor, region, id);
