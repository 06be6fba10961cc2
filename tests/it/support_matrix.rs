//! The lists of operations in `docs/dialects.md`, held against the dialects' tables.

use std::collections::BTreeSet;
use std::path::Path;

/// The rows of the table in a section, without its head.
fn rows(section: &str) -> Vec<Vec<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/dialects.md");
    let text = std::fs::read_to_string(path).unwrap();
    let section = text.split("\n## ").find(|part| part.starts_with(section)).unwrap();
    let rows = section.lines().filter(|line| line.starts_with('|')).skip(2);
    rows.map(|line| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()).collect()
}

/// Names whose rows say that they are here; the column is that of the answer.
fn here(rows: &[Vec<String>], column: usize, name: impl Fn(&[String]) -> String) -> BTreeSet<String> {
    for row in rows {
        assert!(["yes", "no"].contains(&row[column].as_str()), "{row:?}");
    }
    rows.iter().filter(|row| row[column] == "yes").map(|row| name(row)).collect()
}

fn names(supported: Vec<&'static str>) -> BTreeSet<String> {
    supported.into_iter().map(str::to_owned).collect()
}

#[test]
fn aws() {
    let rows = rows("AWS KMS");
    assert_eq!(rows.len(), 56);
    assert_eq!(here(&rows, 1, |row| row[0].clone()), names(dialect_aws::supported()));
}

#[test]
fn huawei() {
    let rows = rows("Huawei Cloud KMS");
    assert_eq!(rows.len(), 75);
    let name = |row: &[String]| {
        let path = row[1].trim_matches('`');
        path.rsplit_once("/kms/").map_or(path, |(_, name)| name).to_owned()
    };
    let mut supported = names(dialect_huawei::supported());
    // They have no line in the table of calls, as they need no caller.
    supported.extend(["GET /", "GET /{version_id}"].map(str::to_owned));
    assert_eq!(here(&rows, 2, name), supported);
}

#[test]
fn tencent() {
    let rows = rows("Tencent Cloud KMS");
    assert_eq!(rows.len(), 69);
    assert_eq!(here(&rows, 1, |row| row[0].clone()), names(dialect_tencent::supported()));
}
