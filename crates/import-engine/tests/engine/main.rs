//! The engine over a real store: one SQLite file per test, time by hand.

#![expect(clippy::unwrap_used, reason = "a failing helper is a failing test")]

mod access_keys;
mod edits;
mod grants;
mod imports;
mod labels;
mod races;
mod records;
mod regions;
mod rotation;
mod rows;
mod tokens;
mod use_of_keys;
mod vectors;
mod world;
