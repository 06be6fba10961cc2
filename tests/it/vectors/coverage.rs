//! What has no vector: of operations nothing may, of codes only what is listed.

use std::collections::BTreeSet;
use std::path::Path;

use regex::Regex;

use super::{Vendor, paths, root};

/// Calls that are not in Huawei's table of operations but are answered.
const HUAWEI_VERSIONS: [&str; 2] = ["version", "versions"];

/// Calls that are known, and say in the vendor's own words that what they ask for cannot be had here.
const NEVER_SUCCEED: [&str; 1] = ["rotate-on-demand"];

#[test]
fn every_operation_has_a_success_and_a_refusal() {
    for vendor in Vendor::ALL {
        let mut operations = match vendor {
            Vendor::Aws => dialect_aws::supported(),
            Vendor::Huawei => dialect_huawei::supported(),
            Vendor::Tencent => dialect_tencent::supported(),
        };
        if vendor == Vendor::Huawei {
            operations.extend(HUAWEI_VERSIONS);
        }
        let paths = paths(vendor);
        for operation in operations {
            let folder = root().join(vendor.word()).join(operation);
            let vectors: Vec<String> = paths
                .iter()
                .filter(|path| path.starts_with(&folder))
                .map(|path| std::fs::read_to_string(path).unwrap())
                .collect();
            let refuses =
                |text: &&String| answer(text).contains("\"Error\":") || !answer(text).starts_with("HTTP/1.1 2");
            let refusals = vectors.iter().filter(refuses).count();
            let succeeds = vectors.len() > refusals || NEVER_SUCCEED.contains(&operation);
            assert!(succeeds, "{} {operation} has no vector of a success", vendor.word());
            // The calls that take nothing can only be refused for their form, which has vectors of its own.
            let takes_nothing =
                ["GetRegions", "GetServiceStatus"].contains(&operation) || HUAWEI_VERSIONS.contains(&operation);
            assert!(refusals > 0 || takes_nothing, "{} {operation} has no vector of a refusal", vendor.word());
        }
    }
}

fn answer(vector: &str) -> &str {
    vector.splitn(3, "\n---\n").nth(2).unwrap_or_default()
}

/// The codes that a dialect's table of refusals has.
fn codes(vendor: Vendor) -> BTreeSet<String> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let (files, pattern): (&[&str], _) = match vendor {
        Vendor::Aws => {
            (&["dialect-aws/src/errors.rs", "dialect-aws/src/errors_key_stores.rs"], r#""([A-Z][A-Za-z]+Exception)""#)
        }
        Vendor::Huawei => {
            (&["dialect-huawei/src/codes.rs", "dialect-huawei/src/errors.rs"], r#""((?:KMS|APIGW)\.[0-9]{4})""#)
        }
        Vendor::Tencent => (&["dialect-tencent/src/errors.rs"], r#""([A-Z][A-Za-z]+(?:\.[A-Z][A-Za-z]+)?)""#),
    };
    let pattern = Regex::new(pattern).unwrap();
    let mut codes = BTreeSet::new();
    for file in files {
        let text = std::fs::read_to_string(crates.join(file)).unwrap();
        let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        codes.extend(pattern.captures_iter(text).map(|found| found[1].to_owned()));
    }
    if vendor == Vendor::Tencent {
        // Its names of parameters look like codes without a dot.
        let known = std::fs::read_to_string(crates.join("dialect-tencent/src/documented_codes.txt")).unwrap();
        codes.retain(|code| known.lines().any(|line| line == code));
    }
    codes
}

#[test]
fn codes_without_a_vector_only_get_fewer() {
    let mut uncovered = BTreeSet::new();
    for vendor in Vendor::ALL {
        let answers: String = paths(vendor)
            .iter()
            .map(|path| std::fs::read_to_string(path).unwrap())
            .map(|text| answer(&text).to_owned())
            .collect();
        let codes = codes(vendor);
        assert!(codes.len() > 20, "the codes of {} were not found", vendor.word());
        let reached = |code: &String| answers.contains(&format!("\"{code}\"")) || answers.contains(&format!("<{code}"));
        uncovered.extend(codes.iter().filter(|code| !reached(code)).map(|code| format!("{} {code}", vendor.word())));
    }
    let listed = std::fs::read_to_string(root().join("uncovered.txt")).unwrap();
    let listed: BTreeSet<String> = listed.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect();
    let new: Vec<_> = uncovered.difference(&listed).collect();
    let covered: Vec<_> = listed.difference(&uncovered).collect();
    assert!(new.is_empty(), "codes without a vector: {new:#?}");
    assert!(covered.is_empty(), "these have vectors now, or are gone; take them off uncovered.txt: {covered:#?}");
}
