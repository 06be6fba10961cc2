-- The members of a key in several regions may belong to several accounts.

-- Where the primary lives, beside its region; and who had the key before it had copies, which all members
-- have in common. Both are null for a key without copies.
ALTER TABLE keys ADD COLUMN primary_account TEXT COLLATE "C";
ALTER TABLE keys ADD COLUMN home_account TEXT COLLATE "C";

UPDATE keys SET primary_account = account, home_account = account WHERE primary_region IS NOT NULL;

CREATE INDEX keys_by_home ON keys (vendor, home_account, id) WHERE home_account IS NOT NULL;
DROP INDEX keys_by_account_and_id;
