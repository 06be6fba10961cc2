-- When a key's material is next replaced unasked, and how a material became current.

ALTER TABLE keys ADD COLUMN rotation_period_days INTEGER;
ALTER TABLE keys ADD COLUMN rotation_at INTEGER;

ALTER TABLE materials ADD COLUMN rotated_at INTEGER;
ALTER TABLE materials ADD COLUMN rotation_kind TEXT;
