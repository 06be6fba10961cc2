-- Keys that live in several regions, and keys that the provider of the service manages. The members
-- of a key in several regions are rows of the same identifier.

-- A word of the engine's.
ALTER TABLE keys ADD COLUMN manager TEXT NOT NULL DEFAULT 'owner';
-- Where the primary lives; null for a key that can live in one region only.
ALTER TABLE keys ADD COLUMN primary_region TEXT COLLATE "C";
-- The state that a passing one becomes, and when.
ALTER TABLE keys ADD COLUMN settles_into TEXT;
ALTER TABLE keys ADD COLUMN settles_at BIGINT;
-- Of a primary that waits for the end of its replicas: the window that begins then, and when that
-- is, if it is known.
ALTER TABLE keys ADD COLUMN waiting_window_days BIGINT;
ALTER TABLE keys ADD COLUMN waiting_until BIGINT;

CREATE INDEX keys_by_account_and_id ON keys (vendor, account, id);
