//! Tells cargo that the migrations are part of this crate: `sqlx::migrate!` reads the folders when
//! it expands, and without these lines a new file in them would go unnoticed.

fn main() {
    println!("cargo::rerun-if-changed=../../migrations/postgres");
    println!("cargo::rerun-if-changed=../../migrations/sqlite");
}
