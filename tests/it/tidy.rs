//! The nevers of `ARCHITECTURE.md`, held by reading the sources.

use std::path::{Path, PathBuf};

use regex::Regex;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// All files with an extension in a folder, however deep, with their paths from the root.
fn files(folder: &str, extension: &str) -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else {
                found.push(path);
            }
        }
    }
    let root = root();
    let mut found = Vec::new();
    walk(&root.join(folder), &mut found);
    found.sort();
    found
        .into_iter()
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .map(|path| {
            let name = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
            (name, std::fs::read_to_string(path).unwrap())
        })
        .collect()
}

/// The part of a file that is not a test, without comments.
fn code(name: &str, text: &str) -> String {
    if name.contains("/tests/") || name.ends_with("tests.rs") || name.ends_with("_tests.rs") {
        return String::new();
    }
    let before_tests = text.split("#[cfg(test)]").next().unwrap_or_default();
    before_tests
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .fold(String::new(), |code, line| code + line + "\n")
}

/// Lines of some crates' code that match a pattern.
fn lines(crates: &[&str], pattern: &str) -> Vec<String> {
    let pattern = Regex::new(pattern).unwrap();
    let mut found = Vec::new();
    for name in crates {
        for (file, text) in files(&format!("crates/{name}/src"), "rs") {
            for line in code(&file, &text).lines().filter(|line| pattern.is_match(line)) {
                found.push(format!("{file}: {}", line.trim()));
            }
        }
    }
    found
}

fn assert_none(found: &[String], rule: &str) {
    assert!(found.is_empty(), "{rule}:\n{}", found.join("\n"));
}

const DIALECTS: [&str; 3] = ["dialect-aws", "dialect-huawei", "dialect-tencent"];
const SERVING: [&str; 8] =
    ["import-engine", "dialect", "dialect-aws", "dialect-huawei", "dialect-tencent", "outbound", "store", "polykms"];

#[test]
fn the_engine_knows_no_vendor_no_http_no_json_no_sql() {
    let pattern = r"(?i)\b(aws|huawei|tencent|actix_web|sqlx|serde_json|http)\b";
    assert_none(&lines(&["import-engine"], pattern), "the engine speaks of what it must not know");
    // Comments too: a vendor's word in a comment is a vendor's rule in the engine.
    let word = Regex::new(r"(?i)\b(aws|huawei|tencent|actix_web|sqlx)\b").unwrap();
    for (file, text) in files("crates/import-engine/src", "rs") {
        assert!(!word.is_match(&text), "{file}: {:?}", word.find(&text));
    }
}

#[test]
fn arrows_only_run_down() {
    let forbidden: [(&str, &[&str]); 8] = [
        ("outbound", &["dialect", "store", "polykms", "import-engine", "actix-web", "sqlx", "testkit"]),
        ("import-engine", &["dialect", "store", "polykms", "actix-web", "sqlx", "serde_json", "testkit"]),
        ("dialect", &["store", "polykms", "sqlx", "dialect-aws", "dialect-huawei", "dialect-tencent", "testkit"]),
        ("store", &["dialect", "polykms", "actix-web", "dialect-aws", "dialect-huawei", "dialect-tencent", "testkit"]),
        ("dialect-aws", &["store", "polykms", "sqlx", "dialect-huawei", "dialect-tencent", "testkit"]),
        ("dialect-huawei", &["store", "polykms", "sqlx", "dialect-aws", "dialect-tencent", "testkit"]),
        ("dialect-tencent", &["store", "polykms", "sqlx", "dialect-aws", "dialect-huawei", "testkit"]),
        ("polykms", &["testkit", "sqlx"]),
    ];
    for (name, never) in forbidden {
        let manifest = std::fs::read_to_string(root().join(format!("crates/{name}/Cargo.toml"))).unwrap();
        let normal = manifest.split("[dependencies]").nth(1).unwrap();
        let normal = normal.split("\n[").next().unwrap();
        for line in normal.lines() {
            let dependency = line.split('=').next().unwrap().trim();
            assert!(!never.contains(&dependency), "{name} depends on {dependency}");
        }
    }
}

#[test]
fn only_the_binary_reads_files_and_the_environment() {
    let others = ["import-engine", "dialect", "dialect-aws", "dialect-huawei", "dialect-tencent", "outbound"];
    let pattern = r"\bstd::(env|fs)\b|\benv::var|\bFile::open|\btokio::fs\b";
    assert_none(&lines(&others, pattern), "files or environment outside the binary");
    // The store makes the database file, so that nobody else can read it.
    let store: Vec<String> =
        lines(&["store"], pattern).into_iter().filter(|line| !line.contains("/open.rs: ")).collect();
    assert_none(&store, "files or environment in the store");
}

#[test]
fn only_outbound_calls_other_machines() {
    let others: Vec<&str> = SERVING.into_iter().filter(|name| *name != "outbound").collect();
    assert_none(
        &lines(&others, r"\bTcpStream::connect\b|\bUdpSocket\b|\blookup_host\b|\bhyper::"),
        "a call past outbound",
    );
}

#[test]
fn only_the_clock_asks_what_time_it_is_and_only_chance_throws_dice() {
    let found = lines(&SERVING, r"SystemTime::now|Utc::now|Local::now|Uuid::new_v4|rand_bytes|rand_priv_bytes");
    let elsewhere: Vec<String> = found
        .into_iter()
        .filter(|line| !line.starts_with("crates/import-engine/src/clock.rs"))
        .filter(|line| !line.starts_with("crates/import-engine/src/chance.rs"))
        .collect();
    assert_none(&elsewhere, "time or randomness past Clock and Chance");
}

#[test]
fn only_authentication_attests_a_caller() {
    for name in DIALECTS {
        let found = lines(&[name], r"\bVerified::attest\b");
        let elsewhere: Vec<String> =
            found.iter().filter(|line| !line.starts_with(&format!("crates/{name}/src/auth.rs"))).cloned().collect();
        assert_none(&elsewhere, "a caller is attested outside auth.rs");
        assert!(!found.is_empty(), "{name} attests nobody");
    }
    let elsewhere = lines(&["dialect", "import-engine", "store", "polykms"], r"\bVerified::attest\b");
    assert_none(&elsewhere, "a caller is attested outside a dialect");
}

#[test]
fn no_ciphers_in_dialects() {
    let pattern = r"\bopenssl::(symm|cipher|cipher_ctx|rsa|encrypt|aes|pkcs5|derive|ec)\b";
    assert_none(&lines(&DIALECTS, pattern), "a dialect encrypts by itself");
}

#[test]
fn no_request_can_reach_a_panic() {
    let pattern = r"\.(unwrap|expect)\(|\b(panic|todo|unimplemented|unreachable)!\(|\bassert(_eq|_ne)?!\(";
    // Assertions while compiling are none while running.
    let found: Vec<String> = lines(&SERVING, pattern).into_iter().filter(|line| !line.contains("const _")).collect();
    assert_none(&found, "a panic in code that serves");
}

#[test]
fn lints_are_expected_with_a_reason_never_allowed() {
    for folder in ["crates", "tests"] {
        for (file, text) in files(folder, "rs") {
            let allow = ["#[", "#!["].map(|start| format!("{start}allow("));
            assert!(!allow.iter().any(|allow| text.contains(allow)), "{file} allows a lint");
            for expect in text.split(&["#[", "expect("].concat()).skip(1) {
                let attribute = expect.split(")]").next().unwrap();
                assert!(attribute.contains("reason"), "{file} expects a lint without a reason: {attribute}");
            }
        }
    }
}

#[test]
fn rooms_stay_small() {
    for folder in ["crates", "tests"] {
        for (file, text) in files(folder, "rs") {
            let lines = text.lines().count();
            assert!(lines <= 700, "{file} has {lines} lines");
        }
    }
    for (file, text) in files("tests/sdk", "py") {
        let lines = text.lines().count();
        assert!(lines <= 900, "{file} has {lines} lines");
    }
}

#[test]
fn both_databases_have_the_same_migrations() {
    let names = |folder: &str| -> Vec<String> {
        files(folder, "sql").into_iter().map(|(name, _)| name.rsplit('/').next().unwrap().to_owned()).collect()
    };
    assert_eq!(names("migrations/postgres"), names("migrations/sqlite"));
    assert!(!names("migrations/sqlite").is_empty());
}

#[test]
fn there_is_no_private_data_in_the_tree() {
    let home = Regex::new(r"/(home|Users)/[a-z]|/work/|/root/").unwrap();
    for folder in ["crates", "tests", "docs", "config"] {
        for extension in ["rs", "md", "py", "toml", "sh"] {
            for (file, text) in files(folder, extension) {
                if file != "tests/it/tidy.rs" {
                    assert!(!home.is_match(&text), "{file}: {:?}", home.find(&text));
                }
            }
        }
    }
}
