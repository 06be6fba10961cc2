//! The steps in Huawei's words.

use std::cell::Cell;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::driver::{Blob, Driver, Kind, Origin, Parameters, State, Why};
use crate::clients::{Caller, Outcome};

pub struct Huawei {
    caller: Caller,
    /// Every key must have an alias of its own.
    created: Cell<u32>,
}

impl Huawei {
    pub fn new(caller: Caller) -> Self {
        Self { caller, created: Cell::new(0) }
    }

    fn by_key(&self, operation: &str, key: &str) -> Outcome<()> {
        self.caller.call(operation, &json!({ "key_id": key })).map(|_| ())
    }
}

impl Driver for Huawei {
    fn caller(&self) -> &Caller {
        &self.caller
    }

    fn create(&self, kind: Kind, origin: Origin) -> String {
        self.created.set(self.created.get() + 1);
        let (spec, usage) = match kind {
            Kind::Symmetric => ("AES_256", "ENCRYPT_DECRYPT"),
            Kind::EcP256 => ("EC_P256", "SIGN_VERIFY"),
            Kind::Rsa => ("RSA_2048", "ENCRYPT_DECRYPT"),
            Kind::RsaSigning => ("RSA_2048", "SIGN_VERIFY"),
            Kind::Hmac => ("HMAC_256", "GENERATE_VERIFY_MAC"),
            Kind::Agreement => ("EC_P256", "KEY_AGREEMENT"),
            Kind::Encapsulation | Kind::PostQuantumSigning => {
                panic!("keys of this kind are not spoken of here")
            }
        };
        let origin = match origin {
            Origin::Service => "kms",
            Origin::External => "external",
        };
        let alias = format!("key-{}", self.created.get());
        let input = json!({ "key_alias": alias, "key_spec": spec, "key_usage": usage, "origin": origin });
        text(&self.caller.call("create-key", &input).unwrap()["key_info"]["key_id"])
    }

    fn parameters(&self, key: &str) -> Outcome<Parameters> {
        let input = json!({ "key_id": key, "wrapping_algorithm": "RSAES_OAEP_SHA_256" });
        let answer = self.caller.call("get-parameters-for-import", &input)?;
        let public_key = STANDARD.decode(text(&answer["public_key"])).unwrap();
        Ok(Parameters { token: text(&answer["import_token"]), public_key })
    }

    fn import(&self, key: &str, token: &str, blob: &Blob, expiry: Option<i64>) -> Outcome<()> {
        let mut input = json!({
            "key_id": key,
            "import_token": token,
            "encrypted_key_material": STANDARD.encode(&blob.material),
        });
        if let Some(private_key) = &blob.private_key {
            input["encrypted_privatekey"] = STANDARD.encode(private_key).into();
        }
        if let Some(expiry) = expiry {
            input["expiration_time"] = expiry.to_string().into();
        }
        self.caller.call("import-key-material", &input).map(|_| ())
    }

    fn delete_material(&self, key: &str) -> Outcome<()> {
        self.by_key("delete-imported-key-material", key)
    }

    fn state(&self, key: &str) -> Outcome<State> {
        let answer = self.caller.call("describe-key", &json!({ "key_id": key }))?;
        Ok(match answer["key_info"]["key_state"].as_str() {
            Some("5") => State::PendingImport,
            Some("2") => State::Enabled,
            Some("3") => State::Disabled,
            Some("4") => State::PendingDeletion,
            other => panic!("{other:?} is no state"),
        })
    }

    fn disable(&self, key: &str) -> Outcome<()> {
        self.by_key("disable-key", key)
    }

    fn enable(&self, key: &str) -> Outcome<()> {
        self.by_key("enable-key", key)
    }

    fn schedule_deletion(&self, key: &str) -> Outcome<()> {
        self.caller.call("schedule-key-deletion", &json!({ "key_id": key, "pending_days": "7" })).map(|_| ())
    }

    fn cancel_deletion(&self, key: &str) -> Outcome<()> {
        self.by_key("cancel-key-deletion", key)
    }

    fn encrypt(&self, key: &str, plaintext: &str) -> Outcome<String> {
        let input = json!({ "key_id": key, "plain_text": plaintext });
        Ok(text(&self.caller.call("encrypt-data", &input)?["cipher_text"]))
    }

    fn decrypt(&self, ciphertext: &str) -> Outcome<String> {
        Ok(text(&self.caller.call("decrypt-data", &json!({ "cipher_text": ciphertext }))?["plain_text"]))
    }

    fn data_key(&self, key: &str) -> Outcome<(String, String)> {
        let answer = self.caller.call("create-datakey", &json!({ "key_id": key, "datakey_length": "256" }))?;
        Ok((text(&answer["plain_text"]), text(&answer["cipher_text"])))
    }

    fn open_data_key(&self, key: &str, ciphertext: &str) -> Outcome<String> {
        let input = json!({ "key_id": key, "cipher_text": ciphertext, "datakey_cipher_length": "32" });
        Ok(text(&self.caller.call("decrypt-datakey", &input)?["data_key"]))
    }

    fn list(&self) -> Vec<String> {
        let answer = self.caller.call("list-keys", &json!({ "key_spec": "ALL" })).unwrap();
        answer["keys"].as_array().unwrap().iter().map(text).collect()
    }

    fn public_key(&self, key: &str) -> Vec<u8> {
        let answer = self.caller.call("get-publickey", &json!({ "key_id": key })).unwrap();
        let pem = text(&answer["public_key"]);
        let lines = pem.split("\r\n").filter(|line| !line.starts_with("-----"));
        STANDARD.decode(lines.collect::<String>()).unwrap()
    }

    fn sign(&self, key: &str, message: &[u8]) -> Vec<u8> {
        let answer = self.caller.call(
            "sign",
            &json!({
                "key_id": key,
                "message": STANDARD.encode(message),
                "signing_algorithm": "ECDSA_SHA_256",
                "message_type": "RAW",
            }),
        );
        STANDARD.decode(text(&answer.unwrap()["signature"])).unwrap()
    }

    fn verify(&self, key: &str, message: &[u8], signature: &[u8]) -> bool {
        let answer = self.caller.call(
            "verify",
            &json!({
                "key_id": key,
                "message": STANDARD.encode(message),
                "signature": STANDARD.encode(signature),
                "signing_algorithm": "ECDSA_SHA_256",
                "message_type": "RAW",
            }),
        );
        text(&answer.unwrap()["signature_valid"]) == "true"
    }

    fn mac(&self, key: &str, message: &[u8]) -> Vec<u8> {
        let input = json!({ "key_id": key, "message": STANDARD.encode(message), "mac_algorithm": "HMAC_SHA_256" });
        hex::decode(text(&self.caller.call("generate-mac", &input).unwrap()["mac"])).unwrap()
    }

    fn code(&self, why: Why) -> &'static str {
        match why {
            Why::NoMaterial => "KMS.1301",
            Why::OtherMaterial => "KMS.2606",
            Why::Disabled => "KMS.0209",
            Why::PendingDeletion => "KMS.0210",
            Why::Gone => "KMS.0207",
            Why::ForeignCiphertext => "KMS.0207",
            Why::UnknownCredential => "APIGW.0301",
            Why::BadBlob => "KMS.0311",
            Why::TokenOver => "KMS.2601",
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}
