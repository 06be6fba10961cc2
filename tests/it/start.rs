//! How a server starts, refuses to start, and stops.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::json;
use testkit::{Caller, Place, Process, TestServer};

const KEY: &str = "4242424242424242424242424242424242424242424242424242424242424242";

/// Writes a settings file.
fn settings(folder: &Path, text: &str) -> PathBuf {
    let path = folder.join("settings.toml");
    std::fs::write(&path, text).unwrap();
    path
}

fn secret_file(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

/// What `polykms serve` says when it refuses these settings: one line.
fn refusal_in(folder: &Path, text: &str, environment: &[(&str, &str)]) -> String {
    let config = settings(folder, text);
    let (status, _, said) = Process::run(&["serve", "--config", config.to_str().unwrap()], environment);
    assert_eq!(status.code(), Some(1), "{said}");
    let sentence = said.lines().find_map(|line| line.strip_prefix("polykms: "));
    sentence.unwrap_or_else(|| panic!("no sentence: {said}")).to_owned()
}

fn refusal(text: &str) -> String {
    refusal_in(tempfile::tempdir().unwrap().path(), text, &[])
}

fn sqlite(place: &Place) -> String {
    format!("[server]\nlisten = \"127.0.0.1:0\"\n[database]\nurl = \"{}\"\n", place.url())
}

#[test]
fn postgres_needs_a_master_key() {
    let said = refusal("[database]\nurl = \"postgres://nobody@127.0.0.1:1/none\"\n");
    assert!(said.contains("Postgres needs a master key") && said.contains("openssl rand -hex 32"), "{said}");
}

#[test]
fn strangers_are_let_in_on_loopback_only() {
    for trust in ["open", "public"] {
        let said = refusal(&format!("[server]\nlisten = \"0.0.0.0:0\"\n[authentication]\ntrust = \"{trust}\"\n"));
        assert!(said.contains("authentication.trust") && said.contains("loopback"), "{said}");
    }
    let (status, _, said) = Process::run(&["dev", "--listen", "0.0.0.0:0"], &[]);
    assert!(!status.success() && said.contains("polykms serve"), "{said}");
}

#[test]
fn unknown_settings_are_named() {
    let said = refusal("[server]\nlistn = \"127.0.0.1:0\"\n[import]\nbudget = 1\n");
    assert!(said.contains("import.budget, server.listn"), "{said}");
    let folder = tempfile::tempdir().unwrap();
    let said = refusal_in(folder.path(), "", &[("POLYKMS__SERVER__LISTN", "x")]);
    assert!(said.contains("server.listn"), "{said}");
}

#[test]
fn the_schema_must_be_ours() {
    let place = Place::sqlite();
    let said = refusal_in(place.folder(), &(sqlite(&place) + "migrate_on_start = \"never\"\n"), &[]);
    assert!(said.contains("polykms migrate"), "{said}");

    let config = settings(place.folder(), &sqlite(&place));
    let migrate = ["migrate", "--config", config.to_str().unwrap()];
    let (status, said, _) = Process::run(&migrate, &[]);
    assert!(status.success() && said.contains("no schema yet"), "{said}");
    let (status, said, _) = Process::run(&migrate, &[]);
    assert!(status.success() && said.contains("before: the schema is up to date"), "{said}");

    place.run(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (9999, 'from the future', 1, x'00', 0)",
    );
    let said = refusal_in(place.folder(), &sqlite(&place), &[]);
    assert!(said.contains("9999") && said.contains("newer"), "{said}");
    let (status, _, said) = Process::run(&migrate, &[]);
    assert!(!status.success() && said.contains("9999"), "{said}");

    place.run("DELETE FROM _sqlx_migrations WHERE version = 9999");
    place.run("UPDATE _sqlx_migrations SET checksum = x'00' WHERE version = 1");
    let said = refusal_in(place.folder(), &sqlite(&place), &[]);
    assert!(said.contains("version 1 of the schema is not the one"), "{said}");
}

#[test]
fn the_master_key_must_be_the_one() {
    let place = Place::sqlite();
    let beside = place.folder().join("polykms.sqlite.master-key");
    let served = Process::start(place.folder(), &serve(&place, "")).address();
    assert_ne!(served.port(), 0);
    let original = std::fs::read_to_string(&beside).unwrap();
    assert_eq!(std::fs::metadata(&beside).unwrap().permissions().mode() & 0o777, 0o600);

    secret_file(&beside, KEY);
    let said = refusal_in(place.folder(), &sqlite(&place), &[]);
    assert!(said.contains("the master key is not the one"), "{said}");

    std::fs::set_permissions(&beside, std::fs::Permissions::from_mode(0o644)).unwrap();
    let said = refusal_in(place.folder(), &sqlite(&place), &[]);
    assert!(said.contains("chmod 600"), "{said}");

    std::fs::remove_file(&beside).unwrap();
    let said = refusal_in(place.folder(), &sqlite(&place), &[]);
    assert!(said.contains("put the file back"), "{said}");
    assert!(!beside.exists(), "a new key was left beside a database that it does not open");

    let by_variable = sqlite(&place) + "[master_key]\nenvironment = \"THE_KEY\"\n";
    let said = refusal_in(place.folder(), &by_variable, &[]);
    assert!(said.contains("THE_KEY") && said.contains("64 hex digits"), "{said}");
    let said = refusal_in(place.folder(), &by_variable, &[("THE_KEY", "1234")]);
    assert!(said.contains("openssl rand -hex 32") && !said.contains("1234"), "{said}");
    let config = settings(place.folder(), &by_variable);
    let arguments = ["serve", "--config", config.to_str().unwrap()];
    Process::start_with(place.folder(), &arguments, &[("THE_KEY", original.trim())]);
}

#[test]
fn a_wrong_master_key_is_refused_on_postgres() {
    let Some(place) = Place::postgres() else { return };
    let place = std::sync::Arc::new(place);
    drop(TestServer::on(place.clone()).launch());
    let other = place.folder().join("other");
    secret_file(&other, &KEY.replace('4', "5"));
    let text = format!("[database]\nurl = \"{}\"\n[master_key]\nfile = \"{}\"\n", place.url(), other.display());
    let said = refusal_in(place.folder(), &text, &[]);
    assert!(said.contains("the master key is not the one"), "{said}");
    secret_file(&other, KEY);
    let mut process =
        Process::start(place.folder(), &serve(&place, &format!("[master_key]\nfile = \"{}\"\n", other.display())));
    process.ask_to_stop();
    assert!(process.wait().success());
}

/// An environment can break OpenSSL; the server says so instead of failing at the first request.
#[test]
fn a_broken_openssl_is_noticed() {
    let place = Place::sqlite();
    let broken = place.folder().join("openssl.cnf");
    let text = "openssl_conf = init\n[init]\nalg_section = algorithms\n[algorithms]\ndefault_properties = fips=yes\n";
    std::fs::write(&broken, text).unwrap();
    let said = refusal_in(place.folder(), &sqlite(&place), &[("OPENSSL_CONF", broken.to_str().unwrap())]);
    assert!(said.contains("OPENSSL_CONF"), "{said}");
}

#[test]
fn a_taken_address_is_named() {
    let place = Place::sqlite();
    let taken = TestServer::launch();
    let text = sqlite(&place).replace("127.0.0.1:0", &taken.address().to_string());
    let said = refusal_in(place.folder(), &text, &[]);
    assert!(said.contains(&taken.address().to_string()), "{said}");
}

#[test]
fn credentials_must_be_whole() {
    let entry = "[[credentials]]\nvendor = \"aws\"\naccess_id = \"AKIAEXAMPLE\"\naccount = \"123456789012\"\n";
    let place = Place::sqlite();
    let said = refusal_in(place.folder(), &(sqlite(&place) + entry), &[]);
    assert!(said.contains("AKIAEXAMPLE") && said.contains("secret_file"), "{said}");
    let entry = entry.replace("123456789012", "12").to_owned() + "secret = \"s\"\n";
    let said = refusal_in(place.folder(), &(sqlite(&place) + &entry), &[]);
    assert!(said.contains("\"12\"") && said.contains("aws"), "{said}");
}

fn serve(place: &Place, more: &str) -> [&'static str; 3] {
    let config = settings(place.folder(), &(sqlite(place) + more));
    // A few bytes of a test are never given back.
    ["serve", "--config", String::leak(config.to_str().unwrap().to_owned())]
}

/// The real thing: its own credentials, nothing public, no admin API, no moving of clocks.
#[test]
fn a_served_gateway_trusts_its_configuration_only() {
    let place = Place::sqlite();
    let secret = place.folder().join("secret");
    std::fs::write(&secret, "test\n").unwrap();
    let more = format!(
        "[[credentials]]\nvendor = \"aws\"\naccess_id = \"AKIAEXAMPLE\"\naccount = \"111122223333\"\nsecret_file = \"{}\"\n",
        secret.display()
    );
    let process = Process::start(place.folder(), &serve(&place, &more));
    let mut mine = Caller::new(process.address(), "AKIAEXAMPLE");
    let created = mine.aws("CreateKey", &json!({}));
    assert_eq!(created.status, 200, "{}", created.text());
    assert_eq!(created.json()["KeyMetadata"]["AWSAccountId"], "111122223333");
    for stranger in ["test", "testing", "test-somebody", "000000000000"] {
        let answer = Caller::new(process.address(), stranger).aws("ListKeys", &json!({}));
        assert_eq!(answer.json()["__type"], "UnrecognizedClientException", "{stranger}");
    }
    let path = "/-/admin/tenants/aws/111122223333/clock";
    for token in ["Bearer test", "Bearer "] {
        let answer = process.client().send("GET", path, &[("authorization", token)], b"");
        assert_eq!(answer.status, 403, "{}", answer.text());
    }
    assert_eq!(process.client().send("GET", "/-/ready", &[], b"").status, 200);
}

/// Open doors still have frames: any credential is taken, a request without one is not.
#[test]
fn open_authentication_takes_any_credential() {
    let folder = tempfile::tempdir().unwrap();
    for (trust, status) in [("open", 200), ("public", 400)] {
        let process = Process::start(folder.path(), &["dev", "--listen", "127.0.0.1:0", "--auth", trust]);
        let answer = Caller::new(process.address(), "AKIAIOSFODNN7EXAMPLE").aws("ListKeys", &json!({}));
        assert_eq!(answer.status, status, "{trust}: {}", answer.text());
        let unsigned = [("x-amz-target", "TrentService.ListKeys"), ("content-type", "application/x-amz-json-1.1")];
        let answer = process.client().send("POST", "/", &unsigned, b"{}");
        assert_eq!(answer.json()["__type"], "MissingAuthenticationTokenException", "{trust}");
    }
}

#[test]
fn clocks_stand_where_they_are_unless_allowed() {
    let server = TestServer::on(Place::sqlite()).with(|settings| settings.clocks.allowed = false).launch();
    let path = "/-/admin/tenants/aws/000000000000/clock";
    assert_eq!(server.admin("GET", path, "").json()["mode"], "real");
    let refused = server.admin("PUT", path, r#"{"advance":1}"#);
    assert_eq!(refused.status, 403);
    assert!(refused.json()["error"].as_str().unwrap().contains("clocks.allowed"));
}

/// Ready in well under a second, and gone without a trace. The time is printed, not asserted:
/// machines differ.
#[test]
fn dev_is_ready_at_once_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let temporary = folder.path().join("tmp");
    std::fs::create_dir(&temporary).unwrap();
    let arguments = ["dev", "--listen", "127.0.0.1:0"];
    let environment = [("TMPDIR", temporary.to_str().unwrap())];
    let mut process = Process::start_with(folder.path(), &arguments, &environment);
    println!("ready after {:?}", process.ready_after());
    let pool = process.client().send("GET", "/-/ready", &[], b"").json();
    assert_eq!(pool["ready"], true);
    assert_eq!(std::fs::read_dir(&temporary).unwrap().count(), 1);
    process.ask_to_stop();
    let asked = Instant::now();
    assert!(process.wait().success());
    println!("stopped after {:?}", asked.elapsed());
    assert_eq!(std::fs::read_dir(&temporary).unwrap().count(), 0, "the temporary database is still there");
}

/// A request that is being answered when the end is asked for is answered.
#[test]
fn stopping_finishes_what_has_begun() {
    let folder = tempfile::tempdir().unwrap();
    // No pool: the request has to wait for a prime.
    let environment =
        ["RSA_2048", "RSA_3072", "RSA_4096", "SM2"].map(|kind| (format!("POLYKMS__IMPORT__POOL_{kind}"), "0"));
    let environment: Vec<_> = environment.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    let mut process = Process::start_with(folder.path(), &["dev", "--listen", "127.0.0.1:0"], &environment);
    let mut caller = Caller::new(process.address(), "test-stop");
    let created = caller.aws("CreateKey", &json!({ "Origin": "EXTERNAL" })).json();
    let input = json!({
        "KeyId": created["KeyMetadata"]["KeyId"],
        "WrappingAlgorithm": "RSAES_OAEP_SHA_256",
        "WrappingKeySpec": "RSA_4096",
    });
    let waiting: Vec<_> = (0..4)
        .map(|_| {
            let (address, input) = (process.address(), input.clone());
            std::thread::spawn(move || Caller::new(address, "test-stop").try_aws("GetParametersForImport", &input))
        })
        .collect();
    std::thread::sleep(Duration::from_millis(150));
    process.ask_to_stop();
    let answers: Vec<_> = waiting.into_iter().map(|thread| thread.join().unwrap()).collect();
    assert!(process.wait().success());
    for answer in answers {
        assert_eq!(answer.expect("an answer").status, 200);
    }
}

#[test]
fn the_environment_lines_can_be_evaluated() {
    let (status, text, _) = Process::run(&["env"], &[]);
    assert!(status.success());
    for name in ["AWS_ENDPOINT_URL_KMS", "AWS_ACCESS_KEY_ID", "HUAWEICLOUD_SDK_AK", "TENCENTCLOUD_SECRET_ID"] {
        assert!(text.contains(&format!("export {name}=")), "{text}");
    }
    assert!(text.lines().all(|line| line.starts_with("export ") && line.contains('=')), "{text}");
    let (_, text, _) = Process::run(&["env", "--url", "http://127.0.0.1:1234/"], &[]);
    assert!(text.contains("export AWS_ENDPOINT_URL_KMS=http://127.0.0.1:1234\n"), "{text}");
}
