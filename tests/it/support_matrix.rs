//! The tables of operations in `docs/dialects.md`, generated from the dialects' tables.
//!
//! What is here and how many of how many is written from the code; which operations a vendor has,
//! and what is said of one of ours, stands in the page. `make docs` writes what these tests hold.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use regex::Regex;

/// Set, the page is written instead of compared.
const WRITE: &str = "POLYKMS_WRITE_DOCS";

fn page() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/dialects.md")
}

/// A row of a table, as its cells.
fn cells(line: &str) -> Vec<String> {
    line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
}

fn line(cells: &[String]) -> String {
    cells
        .iter()
        .fold("|".to_owned(), |line, cell| if cell.is_empty() { line + "  |" } else { line + " " + cell + " |" })
}

/// One section of the page as it should be, and the operations that it names.
fn section(text: &str, column: usize, name: impl Fn(&[String]) -> String, here: &BTreeSet<String>) -> Section {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let rows = lines.iter_mut().filter(|line| line.starts_with('|')).skip(2);
    let mut names = Vec::new();
    for row in rows {
        let mut row_cells = cells(row);
        let operation = name(&row_cells);
        row_cells[column] = if here.contains(&operation) { "yes" } else { "no" }.to_owned();
        *row = line(&row_cells);
        names.push(operation);
    }
    let count = names.iter().filter(|name| here.contains(*name)).count();
    let ours = Regex::new(r"(?m)^\d+ of ((?:the )?)\d+ ").unwrap();
    let text = ours.replace(&lines.join("\n"), format!("{count} of ${{1}}{} ", names.len())).into_owned();
    Section { text, names }
}

struct Section {
    text: String,
    names: Vec<String>,
}

/// Holds one section of the page against what is here, or writes it.
fn hold(title: &str, column: usize, name: impl Fn(&[String]) -> String, here: BTreeSet<String>) -> Vec<String> {
    // The tests of this file write the same page.
    static PAGE: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _alone = PAGE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let text = std::fs::read_to_string(page()).unwrap();
    let old = text.split("\n## ").find(|part| part.starts_with(title)).unwrap();
    let ends = old.ends_with('\n');
    let mut new = section(old, column, name, &here);
    if ends {
        new.text.push('\n');
    }
    let named: BTreeSet<String> = new.names.iter().cloned().collect();
    let rows = new.names.iter().filter(|operation| here.contains(*operation)).count();
    assert_eq!(rows, here.intersection(&named).count(), "{title}: an operation of ours has two rows");
    let missing: Vec<_> = here.iter().filter(|operation| !named.contains(*operation)).collect();
    assert!(missing.is_empty(), "{title} has no rows for {missing:?}");
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(page(), text.replace(old, &new.text)).unwrap();
    } else {
        let differs = old.lines().zip(new.text.lines()).find(|(old, new)| old != new);
        assert!(differs.is_none() && old == new.text, "make docs writes {differs:?}");
    }
    new.names
}

fn names(supported: Vec<&'static str>) -> BTreeSet<String> {
    supported.into_iter().map(str::to_owned).collect()
}

#[test]
fn aws() {
    let rows = hold("AWS KMS", 1, |row| row[0].clone(), names(dialect_aws::supported()));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/aws-requests.json");
    let model: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let operations: Vec<String> = model["operations"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(rows, operations, "the page names the model's operations");
}

#[test]
fn huawei() {
    let name = |row: &[String]| row[1].trim_matches('`').to_owned();
    let mut supported: BTreeSet<String> = dialect_huawei::supported_paths().into_iter().collect();
    // They have no line in the table of calls, as they need no caller.
    supported.extend(["GET /", "GET /{version_id}"].map(str::to_owned));
    assert_eq!(hold("Huawei Cloud KMS", 2, name, supported).len(), 75);
}

#[test]
fn tencent() {
    let rows = hold("Tencent Cloud KMS", 1, |row| row[0].clone(), names(dialect_tencent::supported()));
    assert_eq!(rows.len(), 69);
}
