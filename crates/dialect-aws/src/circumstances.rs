//! What a request says about itself that policies may ask for: the context keys that follow from
//! its members, one table for all operations.

use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use dialect::http::Head;
use serde_json::Value;

use crate::directory::Directory;
use crate::iam::Facts;
use crate::identifiers::Target;
use crate::settings::Settings;

/// What every authorization of a request looks at.
#[derive(Debug)]
pub(crate) struct Circumstances {
    /// Everybody who may call.
    pub directory: Arc<Directory>,
    /// Keys of other accounts that the request has named.
    foreign: Mutex<Vec<Target>>,
    /// The settings of the dialect.
    pub settings: Arc<Settings>,
    facts: Facts,
    /// For ReEncrypt, what is said of the key that opens and of the key that seals.
    source: Facts,
    destination: Facts,
}

/// A member that is a context key.
struct Line {
    /// The operations whose member it is.
    operations: &'static [&'static str],
    /// The member.
    member: &'static str,
    /// The context key.
    key: &'static str,
    /// What holds where the member is absent; empty: nothing does.
    default: &'static str,
}

const fn line(
    operations: &'static [&'static str],
    member: &'static str,
    key: &'static str,
    default: &'static str,
) -> Line {
    Line { operations, member, key, default }
}

const ENCRYPTING: &[&str] = &[
    "Encrypt",
    "Decrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext",
];
const PAIRS: &[&str] = &["GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext"];
const WITH_POLICY: &[&str] = &["CreateKey", "PutKeyPolicy", "ReplicateKey"];
const POLICY: &[&str] = &["GetKeyPolicy", "PutKeyPolicy"];
const SIGNING: &[&str] = &["Sign", "Verify"];
const MACS: &[&str] = &["GenerateMac", "VerifyMac"];
const CREATE_KEY: &[&str] = &["CreateKey"];
const PARAMETERS: &[&str] = &["GetParametersForImport"];
const IMPORT: &[&str] = &["ImportKeyMaterial"];
const CREATE_GRANT: &[&str] = &["CreateGrant"];
const GRANTS: &[&str] = &["CreateGrant", "ListGrants", "RevokeGrant"];
const SYMMETRIC: &str = "SYMMETRIC_DEFAULT";

const TABLE: &[Line] = &[
    line(ENCRYPTING, "EncryptionAlgorithm", "kms:EncryptionAlgorithm", SYMMETRIC),
    line(PAIRS, "KeyPairSpec", "kms:DataKeyPairSpec", ""),
    line(WITH_POLICY, "BypassPolicyLockoutSafetyCheck", "kms:BypassPolicyLockoutSafetyCheck", "false"),
    line(POLICY, "PolicyName", "kms:PolicyName", "default"),
    line(SIGNING, "MessageType", "kms:MessageType", "RAW"),
    line(SIGNING, "SigningAlgorithm", "kms:SigningAlgorithm", ""),
    line(MACS, "MacAlgorithm", "kms:MacAlgorithm", ""),
    line(&["DeriveSharedSecret"], "KeyAgreementAlgorithm", "kms:KeyAgreementAlgorithm", ""),
    line(&["Encapsulate", "Decapsulate"], "EncapsulationAlgorithm", "kms:EncapsulationAlgorithm", ""),
    line(CREATE_KEY, "CustomerMasterKeySpec", "kms:KeySpec", SYMMETRIC),
    line(CREATE_KEY, "KeySpec", "kms:KeySpec", ""),
    line(CREATE_KEY, "KeyUsage", "kms:KeyUsage", "ENCRYPT_DECRYPT"),
    line(CREATE_KEY, "Origin", "kms:KeyOrigin", "AWS_KMS"),
    line(CREATE_KEY, "MultiRegion", "kms:MultiRegion", "false"),
    line(PARAMETERS, "WrappingAlgorithm", "kms:WrappingAlgorithm", ""),
    line(PARAMETERS, "WrappingKeySpec", "kms:WrappingKeySpec", ""),
    line(IMPORT, "ExpirationModel", "kms:ExpirationModel", "KEY_MATERIAL_EXPIRES"),
    line(IMPORT, "ValidTo", "kms:ValidTo", ""),
    line(&["EnableKeyRotation"], "RotationPeriodInDays", "kms:RotationPeriodInDays", "365"),
    line(&["ScheduleKeyDeletion"], "PendingWindowInDays", "kms:ScheduleKeyDeletionPendingWindowInDays", "30"),
    line(&["ReplicateKey"], "ReplicaRegion", "kms:ReplicaRegion", ""),
    line(&["UpdatePrimaryRegion"], "PrimaryRegion", "kms:PrimaryRegion", ""),
    line(CREATE_GRANT, "Operations", "kms:GrantOperations", ""),
    line(CREATE_GRANT, "GranteePrincipal", "kms:GranteePrincipal", ""),
    line(CREATE_GRANT, "RetiringPrincipal", "kms:RetiringPrincipal", ""),
    // Nobody who calls here is a service of AWS.
    line(GRANTS, "", "kms:GrantIsForAWSResource", "false"),
];

impl Circumstances {
    /// What a request for an operation says. Its body may still be of any form.
    pub fn of(
        directory: Arc<Directory>,
        head: &Head,
        operation: &str,
        body: &Value,
        region: &str,
        settings: &Arc<Settings>,
    ) -> Self {
        let mut facts = Facts::default();
        add_transport(&mut facts, head, region, settings);
        for line in TABLE.iter().filter(|line| line.operations.contains(&operation)) {
            let values = body.get(line.member).map(values).unwrap_or_default();
            match (values.is_empty(), line.default) {
                (false, _) => facts.set(line.key, values),
                (true, "") => {}
                (true, default) => facts.set(line.key, [default]),
            }
        }
        add_context(&mut facts, body.get("EncryptionContext"));
        add_tags(&mut facts, body);
        if operation == "CreateGrant"
            && let Some(Value::Object(constraints)) = body.get("Constraints")
        {
            let kinds = constraints.keys().filter(|name| name.starts_with("EncryptionContext"));
            facts.set("kms:GrantConstraintType", kinds.map(String::as_str));
        }
        let side = |algorithm: &str, context: &str| {
            let mut facts = Facts::default();
            if operation == "ReEncrypt" {
                let given = body.get(algorithm).and_then(Value::as_str).unwrap_or(SYMMETRIC);
                facts.set("kms:EncryptionAlgorithm", [given]);
                add_context(&mut facts, body.get(context));
                let key = |name: &str| body.get(name).and_then(Value::as_str);
                // Only what is named can be compared.
                let is_same = key("SourceKeyId").is_some_and(|source| key("DestinationKeyId") == Some(source));
                facts.set("kms:ReEncryptOnSameKey", [if is_same { "true" } else { "false" }]);
            }
            facts
        };
        Self {
            directory,
            foreign: Mutex::default(),
            settings: settings.clone(),
            facts,
            source: side("SourceEncryptionAlgorithm", "SourceEncryptionContext"),
            destination: side("DestinationEncryptionAlgorithm", "DestinationEncryptionContext"),
        }
    }

    /// Remembers whose a key is, for the texts that name it.
    pub fn remember(&self, target: &Target) {
        if let Ok(mut foreign) = self.foreign.lock() {
            foreign.push(target.clone());
        }
    }

    /// The keys of other accounts that the request has named so far.
    pub fn remembered(&self) -> Vec<Target> {
        self.foreign.lock().map(|foreign| foreign.clone()).unwrap_or_default()
    }

    /// The context keys for an action.
    pub fn facts(&self, action: &str) -> Facts {
        let mut facts = self.facts.clone();
        match action {
            "ReEncryptFrom" => facts.extend(&self.source),
            "ReEncryptTo" => facts.extend(&self.destination),
            _ => {}
        }
        facts
    }
}

fn add_transport(facts: &mut Facts, head: &Head, region: &str, settings: &Settings) {
    facts.add("aws:RequestedRegion", region);
    facts.add("aws:SecureTransport", if settings.secure_transport { "true" } else { "false" });
    if let Some(peer) = head.peer {
        facts.add("aws:SourceIp", IpAddr::to_string(&peer.to_canonical()));
    }
    for (key, header) in [("aws:UserAgent", "user-agent"), ("aws:Referer", "referer")] {
        if let Some(value) = head.headers.get(header) {
            facts.add(key, value);
        }
    }
}

fn add_context(facts: &mut Facts, context: Option<&Value>) {
    let Some(Value::Object(pairs)) = context else { return };
    for (name, value) in pairs {
        facts.add("kms:EncryptionContextKeys", name.as_str());
        if let Some(value) = value.as_str() {
            // Names here are compared in any case; whoever cares asks for the keys themselves.
            facts.add(&format!("kms:EncryptionContext:{name}"), value);
        }
    }
}

fn add_tags(facts: &mut Facts, body: &Value) {
    let tags = body.get("Tags").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    for tag in tags {
        let text = |name: &str| tag.get(name).and_then(Value::as_str);
        if let (Some(name), Some(value)) = (text("TagKey"), text("TagValue")) {
            facts.add("aws:TagKeys", name);
            facts.add(&format!("aws:RequestTag/{name}"), value);
        }
    }
    let names = body.get("TagKeys").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    for name in names.iter().filter_map(Value::as_str) {
        facts.add("aws:TagKeys", name);
    }
}

/// A member's value or values, as conditions compare them.
fn values(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Bool(_) | Value::Number(_) => vec![value.to_string()],
        Value::Array(items) => items.iter().flat_map(values).collect(),
        Value::Null | Value::Object(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dialect::http::Headers;
    use serde_json::json;

    fn circumstances(operation: &str, body: &Value) -> Circumstances {
        let head = Head {
            method: "POST".into(),
            path: "/".into(),
            query: String::new(),
            headers: Headers::new([("User-Agent".to_owned(), b"boto3".to_vec())]),
            peer: Some(IpAddr::from([192, 0, 2, 1])),
        };
        let credentials = Arc::new(dialect::Credentials::new(dialect::Trust::Configured));
        let directory = Arc::new(Directory::new(credentials, None));
        Circumstances::of(directory, &head, operation, body, "us-east-1", &Arc::new(Settings::default()))
    }

    fn told(operation: &str, body: &Value, key: &str) -> Option<String> {
        circumstances(operation, body).facts(operation).get(key).map(|values| values.join(" "))
    }

    #[test]
    fn members_are_context_keys() {
        for (operation, body, key, expected) in [
            ("Encrypt", json!({}), "kms:EncryptionAlgorithm", Some("SYMMETRIC_DEFAULT")),
            ("Encrypt", json!({"EncryptionAlgorithm": "SM2PKE"}), "kms:EncryptionAlgorithm", Some("SM2PKE")),
            ("Encrypt", json!({"EncryptionAlgorithm": ["a", {}, 1]}), "kms:EncryptionAlgorithm", Some("a 1")),
            ("DescribeKey", json!({}), "kms:EncryptionAlgorithm", None),
            ("GenerateDataKey", json!({"KeySpec": "AES_256"}), "kms:KeySpec", None),
            ("CreateKey", json!({}), "kms:KeySpec", Some("SYMMETRIC_DEFAULT")),
            ("CreateKey", json!({"KeySpec": "RSA_2048"}), "kms:KeySpec", Some("RSA_2048")),
            ("CreateKey", json!({"CustomerMasterKeySpec": "RSA_2048"}), "kms:KeySpec", Some("RSA_2048")),
            ("CreateKey", json!({"MultiRegion": true}), "kms:MultiRegion", Some("true")),
            ("CreateKey", json!({"Tags": [{"TagKey": "A", "TagValue": "1"}]}), "aws:RequestTag/a", Some("1")),
            ("UntagResource", json!({"TagKeys": ["A", "B"]}), "aws:TagKeys", Some("A B")),
            ("ScheduleKeyDeletion", json!({"PendingWindowInDays": 7}), KEY_WINDOW, Some("7")),
            ("ScheduleKeyDeletion", json!({}), KEY_WINDOW, Some("30")),
            ("ImportKeyMaterial", json!({"ValidTo": 1.5}), "kms:ValidTo", Some("1.5")),
            ("Sign", json!({}), "kms:MessageType", Some("RAW")),
            ("PutKeyPolicy", json!({}), "kms:BypassPolicyLockoutSafetyCheck", Some("false")),
            (
                "CreateGrant",
                json!({"Operations": ["Decrypt", "Encrypt"]}),
                "kms:GrantOperations",
                Some("Decrypt Encrypt"),
            ),
            ("CreateGrant", json!({}), "kms:GrantIsForAWSResource", Some("false")),
            ("Encrypt", json!({"EncryptionContext": {"App": "x"}}), "kms:EncryptionContext:app", Some("x")),
            ("Encrypt", json!({"EncryptionContext": {"App": "x"}}), "kms:EncryptionContextKeys", Some("App")),
            ("Encrypt", json!([1]), "aws:SourceIp", Some("192.0.2.1")),
            ("Encrypt", json!({}), "aws:SecureTransport", Some("false")),
            ("Encrypt", json!({}), "aws:UserAgent", Some("boto3")),
        ] {
            assert_eq!(told(operation, &body, key).as_deref(), expected, "{operation} {body} {key}");
        }
    }

    const KEY_WINDOW: &str = "kms:ScheduleKeyDeletionPendingWindowInDays";

    #[test]
    fn both_keys_of_a_re_encryption_have_their_own() {
        let body = json!({
            "SourceEncryptionContext": {"a": "1"}, "DestinationEncryptionContext": {"a": "2"},
            "DestinationEncryptionAlgorithm": "RSAES_OAEP_SHA_1", "SourceKeyId": "k", "DestinationKeyId": "k"});
        let circumstances = circumstances("ReEncrypt", &body);
        for (action, algorithm, value) in
            [("ReEncryptFrom", "SYMMETRIC_DEFAULT", "1"), ("ReEncryptTo", "RSAES_OAEP_SHA_1", "2")]
        {
            let facts = circumstances.facts(action);
            assert_eq!(facts.single("kms:EncryptionAlgorithm"), Some(algorithm));
            assert_eq!(facts.single("kms:EncryptionContext:a"), Some(value));
            assert_eq!(facts.single("kms:ReEncryptOnSameKey"), Some("true"));
        }
    }
}
