use std::collections::HashMap;
use std::io::Write as _;

use super::load::{DEFAULT, DEV};
use super::{Base, MigrateOnStart, Settings, SettingsError, TrustWord, load};

fn from_file(text: &str, environment: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    let environment = environment.iter().map(|&(name, value)| (name.to_owned(), value.to_owned()));
    load(&Base::File(file.path().to_owned()), environment)
}

/// The names of the settings in a file's text, each with the line before it.
fn lines_with_comments(text: &str) -> Vec<(String, bool)> {
    let (mut section, mut commented, mut found) = (String::new(), false, Vec::new());
    for line in text.lines() {
        if let Some(name) = line.strip_prefix('[') {
            section = name.trim_end_matches(']').to_owned();
            commented = false;
        } else if let Some((name, _)) = line.split_once(" = ").filter(|_| !line.starts_with('#')) {
            // One comment may stand over a group of settings.
            found.push((format!("{section}.{name}"), commented));
        } else {
            commented = line.starts_with('#');
        }
    }
    found
}

/// Every field of every section has no default of its own, and every section refuses what it does
/// not know: so the file that parses holds exactly the fields there are.
#[test]
fn the_default_file_holds_every_setting() {
    let settings = from_file("", &[]).unwrap();
    assert_eq!(settings.server.listen.to_string(), "127.0.0.1:7788");
    assert_eq!(settings.authentication.trust, TrustWord::Configured);
    assert_eq!(settings.database.migrate_on_start, MigrateOnStart::Empty);
    assert!(settings.admin.token.is_none());
    assert!(settings.master_key.file.is_none() && settings.master_key.environment.is_none());
    assert!(!settings.clocks.allowed);
}

#[test]
fn every_default_setting_is_explained() {
    for (name, commented) in lines_with_comments(DEFAULT) {
        assert!(commented, "{name} has no comment over it");
    }
}

#[test]
fn no_default_setting_can_be_left_out() {
    for (name, _) in lines_with_comments(DEFAULT) {
        let (section, field) = name.split_once('.').unwrap();
        if matches!(section, "aws" | "huawei" | "tencent") {
            continue;
        }
        let without: String = DEFAULT
            .lines()
            .filter(|line| !line.starts_with(&format!("{field} = ")))
            .fold(String::new(), |text, line| text + line + "\n");
        let parsed: Result<Settings, _> = config::Config::builder()
            .add_source(config::File::from_str(&without, config::FileFormat::Toml))
            .build()
            .unwrap()
            .try_deserialize();
        assert!(parsed.is_err(), "{name} is in the file and in no struct");
    }
}

/// The dialects' settings have defaults of their own; serde names their fields when it meets one
/// that it does not know.
#[test]
fn the_dialects_settings_are_in_the_default_file() {
    let listed: Vec<String> = lines_with_comments(DEFAULT).into_iter().map(|(name, _)| name).collect();
    for section in ["aws", "huawei", "tencent"] {
        let text = format!("{DEFAULT}\n[{section}.nonsense]\nx = 1\n");
        let error = config::Config::builder()
            .add_source(config::File::from_str(&text, config::FileFormat::Toml))
            .build()
            .unwrap()
            .try_deserialize::<Settings>()
            .unwrap_err()
            .to_string();
        let fields = error.split(" for key ").next().and_then(|text| text.split("expected one of ").nth(1)).unwrap();
        for field in fields.split('`').skip(1).step_by(2) {
            let name = format!("{section}.{field}");
            // A table has a section of its own, or, if its names are the user's, stands there as an example.
            let explained = listed.contains(&name) || DEFAULT.contains(&format!("[{name}]\n"));
            assert!(explained, "{name} is not in default.toml: {error}");
        }
    }
}

#[test]
fn the_request_quotas_are_the_dialects() {
    let settings = from_file("", &[]).unwrap();
    assert!(!settings.aws.request_quotas);
    assert_eq!(settings.aws.requests_per_second, dialect_aws::Rates::default());
    let text = "[aws.requests_per_second]\ncreate_key = 7\n";
    let other = from_file(text, &[("POLYKMS__AWS__REQUESTS_PER_SECOND__RSA", "0.5")]).unwrap();
    assert_ne!(other.aws.requests_per_second, dialect_aws::Rates::default());
    assert!(from_file("[aws.requests_per_second]\ncreate_keys = 7\n", &[]).is_err());
    let one = from_file("", &[("POLYKMS__TENCENT__REQUESTS_PER_SECOND__IMPORT_KEY_MATERIAL", "10")]).unwrap();
    assert_eq!(one.tencent.requests_per_second.keys().collect::<Vec<_>>(), [&"ImportKeyMaterial"]);
    assert!(!one.tencent.request_quotas);
    assert!(from_file("[tencent.requests_per_second]\nimport_keys = 7\n", &[]).is_err());
}

#[test]
fn layers_lie_over_each_other() {
    let text = "[server]\nlisten = \"127.0.0.1:1\"\nworkers = 3\n";
    let settings = from_file(
        text,
        &[
            ("POLYKMS__SERVER__LISTEN", "127.0.0.1:2"),
            ("POLYKMS__ADMIN__TOKEN", "007"),
            ("POLYKMS__CLOCKS__ALLOWED", "true"),
            ("PATH", "x"),
        ],
    )
    .unwrap();
    assert_eq!(settings.server.listen.port(), 2);
    assert_eq!(settings.server.workers, 3);
    assert_eq!(settings.admin.token.unwrap().expose(), "007");
    assert!(settings.clocks.allowed);
}

#[test]
fn unknown_settings_are_named_all_at_once() {
    let refusal = from_file("[server]\nlisen = 1\n[foo]\nbar = 2\n", &[]).unwrap_err().to_string();
    assert!(refusal.contains("foo.bar, server.lisen"), "{refusal}");
    let refusal = from_file("", &[("POLYKMS__SERVER__LISTN", "x")]).unwrap_err().to_string();
    assert!(refusal.contains("server.listn"), "{refusal}");
    let entry = "[[credentials]]\nvendor = \"aws\"\naccess_id = \"a\"\nsecrt = \"s\"\naccount = \"1\"\n";
    let refusal = from_file(entry, &[]).unwrap_err().to_string();
    assert!(refusal.contains("secrt"), "{refusal}");
}

#[test]
fn values_of_the_wrong_kind_are_refused_by_name() {
    for (text, name) in [
        ("[server]\nlisten = \"nowhere\"\n", "listen"),
        ("[server]\nworkers = -1\n", "workers"),
        ("[authentication]\ntrust = \"blind\"\n", "trust"),
        ("[clocks]\nallowed = \"perhaps\"\n", "allowed"),
    ] {
        let refusal = from_file(text, &[]).unwrap_err().to_string();
        assert!(refusal.contains(name), "{refusal}");
    }
}

#[test]
fn dev_differs_as_it_says() {
    let settings = load(&Base::Dev, HashMap::new()).unwrap();
    assert_eq!(settings.authentication.trust, TrustWord::Public);
    assert_eq!(settings.admin.token.unwrap().expose(), "test");
    assert!(settings.clocks.allowed);
    let explained: Vec<_> = lines_with_comments(DEV);
    let known: Vec<_> = lines_with_comments(DEFAULT);
    assert!(explained.iter().all(|(name, _)| known.iter().any(|(other, _)| other == name)));
}

#[test]
fn dialects_take_what_is_given() {
    let text = "[huawei]\npublic_url = \"\"\n[tencent.regions]\nmy-region = \"fips\"\n";
    let settings = from_file(text, &[("POLYKMS__AWS__REGIONS", "us-east-1, eu-central-1")]).unwrap();
    assert_eq!(settings.aws.regions, ["us-east-1", "eu-central-1"]);
    assert_eq!(settings.huawei.public_url, None);
    assert!(settings.tencent.regions.contains_key("my-region"));
    let plain = from_file("", &[]).unwrap();
    assert!(plain.tencent.regions.contains_key("ap-guangzhou"));
    assert_eq!(plain.aws, dialect_aws::Settings::default());
}

#[test]
fn credentials_are_a_list() {
    let entry = "[[credentials]]\nvendor = \"aws\"\naccess_id = \"a\"\nsecret = \"s\"\naccount = \"1\"\n";
    assert_eq!(from_file(entry, &[]).unwrap().credentials.len(), 1);
}

#[test]
fn secrets_do_not_print() {
    let settings =
        from_file("[admin]\ntoken = \"tell-nobody\"\n[database]\nurl = \"postgres://u:tell-nobody@h/d\"\n", &[]);
    assert!(!format!("{:?}", settings.unwrap()).contains("tell-nobody"));
}
