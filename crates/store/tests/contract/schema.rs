//! One schema in two folders.

use std::collections::BTreeMap;
use std::path::Path;

/// Columns by table, in the order of declaration.
type Tables = BTreeMap<String, Vec<String>>;

/// Reads the tables out of a folder's migrations: the lines between `CREATE TABLE` and the closing
/// parenthesis, and `ALTER TABLE … ADD COLUMN`.
fn tables(folder: &str) -> Tables {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations").join(folder);
    let mut tables = Tables::new();
    for file in files(&folder) {
        let mut open: Option<String> = None;
        for line in std::fs::read_to_string(folder.join(file)).unwrap().lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            match (words.as_slice(), &open) {
                (["CREATE", "TABLE", name, "("], None) => {
                    tables.insert((*name).to_owned(), Vec::new());
                    open = Some((*name).to_owned());
                }
                (["ALTER", "TABLE", name, "ADD", "COLUMN", column, ..], None) => {
                    tables.get_mut(*name).unwrap().push((*column).to_owned());
                }
                ([first, ..], Some(_)) if first.starts_with(')') => open = None,
                ([first, ..], Some(name)) if first.chars().all(|c| c.is_ascii_lowercase() || c == '_') => {
                    tables.get_mut(name).unwrap().push((*first).to_owned());
                }
                _ => {}
            }
        }
    }
    tables
}

fn files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn both_folders_hold_the_same_tables_and_columns() {
    let postgres = tables("postgres");
    assert!(postgres["keys"].contains(&"revision".to_owned()), "the reader of this test has gone blind");
    assert_eq!(postgres, tables("sqlite"));
}

#[test]
fn both_folders_hold_the_same_files() {
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    assert_eq!(files(&migrations.join("postgres")), files(&migrations.join("sqlite")));
}
