//! The steps in Tencent's words.

use std::cell::Cell;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::driver::{Blob, Driver, Kind, Origin, Parameters, State, Why};
use crate::clients::{Caller, Outcome};

pub struct Tencent {
    caller: Caller,
    /// Every key must have an alias of its own.
    created: Cell<u32>,
}

impl Tencent {
    pub fn new(caller: Caller) -> Self {
        Self { caller, created: Cell::new(0) }
    }

    fn by_key(&self, action: &str, key: &str) -> Outcome<()> {
        self.caller.call(action, &json!({ "KeyId": key })).map(|_| ())
    }
}

impl Driver for Tencent {
    fn caller(&self) -> &Caller {
        &self.caller
    }

    fn create(&self, kind: Kind, origin: Origin) -> String {
        let usage = match kind {
            Kind::Symmetric => "ENCRYPT_DECRYPT",
            Kind::EcP256 => "ASYMMETRIC_SIGN_VERIFY_ECC",
            Kind::Rsa => "ASYMMETRIC_DECRYPT_RSA_2048",
            Kind::RsaSigning => "ASYMMETRIC_SIGN_VERIFY_RSA_2048",
            Kind::Encapsulation => "POST_QUANTUM_ENCRYPT_DECRYPT",
            Kind::PostQuantumSigning => "POST_QUANTUM_SIGN_VERIFY",
            Kind::Hmac | Kind::Agreement => panic!("keys of this kind are not spoken of here"),
        };
        self.created.set(self.created.get() + 1);
        let kind = match origin {
            Origin::Service => 1,
            Origin::External => 2,
        };
        let input = json!({ "Alias": format!("key-{}", self.created.get()), "Type": kind, "KeyUsage": usage });
        text(&self.caller.call("CreateKey", &input).unwrap()["KeyId"])
    }

    fn parameters(&self, key: &str) -> Outcome<Parameters> {
        let answer = self.caller.call(
            "GetParametersForImport",
            &json!({ "KeyId": key, "WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048" }),
        )?;
        let public_key = STANDARD.decode(text(&answer["PublicKey"])).unwrap();
        Ok(Parameters { token: text(&answer["ImportToken"]), public_key })
    }

    fn import(&self, key: &str, token: &str, blob: &Blob, expiry: Option<i64>) -> Outcome<()> {
        let input = json!({
            "KeyId": key,
            "ImportToken": token,
            "EncryptedKeyMaterial": STANDARD.encode(&blob.material),
            "ValidTo": expiry.unwrap_or(0),
        });
        self.caller.call("ImportKeyMaterial", &input).map(|_| ())
    }

    fn delete_material(&self, key: &str) -> Outcome<()> {
        self.by_key("DeleteImportedKeyMaterial", key)
    }

    fn state(&self, key: &str) -> Outcome<State> {
        let answer = self.caller.call("DescribeKey", &json!({ "KeyId": key }))?;
        Ok(match answer["KeyMetadata"]["KeyState"].as_str() {
            Some("PendingImport") => State::PendingImport,
            Some("Enabled") => State::Enabled,
            Some("Disabled") => State::Disabled,
            Some("PendingDelete") => State::PendingDeletion,
            other => panic!("{other:?} is no state"),
        })
    }

    fn disable(&self, key: &str) -> Outcome<()> {
        self.by_key("DisableKey", key)
    }

    fn enable(&self, key: &str) -> Outcome<()> {
        self.by_key("EnableKey", key)
    }

    fn schedule_deletion(&self, key: &str) -> Outcome<()> {
        self.caller.call("ScheduleKeyDeletion", &json!({ "KeyId": key, "PendingWindowInDays": 7 })).map(|_| ())
    }

    fn cancel_deletion(&self, key: &str) -> Outcome<()> {
        self.by_key("CancelKeyDeletion", key)
    }

    fn encrypt(&self, key: &str, plaintext: &str) -> Outcome<String> {
        let input = json!({ "KeyId": key, "Plaintext": STANDARD.encode(plaintext) });
        Ok(text(&self.caller.call("Encrypt", &input)?["CiphertextBlob"]))
    }

    fn decrypt(&self, ciphertext: &str) -> Outcome<String> {
        let answer = self.caller.call("Decrypt", &json!({ "CiphertextBlob": ciphertext }))?;
        Ok(String::from_utf8(STANDARD.decode(text(&answer["Plaintext"])).unwrap()).unwrap())
    }

    fn data_key(&self, key: &str) -> Outcome<(String, String)> {
        let answer = self.caller.call("GenerateDataKey", &json!({ "KeyId": key, "KeySpec": "AES_256" }))?;
        Ok((text(&answer["Plaintext"]), text(&answer["CiphertextBlob"])))
    }

    fn open_data_key(&self, _key: &str, ciphertext: &str) -> Outcome<String> {
        Ok(text(&self.caller.call("Decrypt", &json!({ "CiphertextBlob": ciphertext }))?["Plaintext"]))
    }

    fn list(&self) -> Vec<String> {
        let answer = self.caller.call("ListKeys", &json!({})).unwrap();
        answer["Keys"].as_array().unwrap().iter().map(|key| text(&key["KeyId"])).collect()
    }

    fn public_key(&self, key: &str) -> Vec<u8> {
        let answer = self.caller.call("GetPublicKey", &json!({ "KeyId": key })).unwrap();
        STANDARD.decode(text(&answer["PublicKey"])).unwrap()
    }

    fn sign(&self, key: &str, message: &[u8]) -> Vec<u8> {
        let input = json!({ "KeyId": key, "Algorithm": "ECC_P256_R1", "Message": STANDARD.encode(message) });
        STANDARD.decode(text(&self.caller.call("SignByAsymmetricKey", &input).unwrap()["Signature"])).unwrap()
    }

    fn verify(&self, key: &str, message: &[u8], signature: &[u8]) -> bool {
        let input = json!({
            "KeyId": key,
            "Algorithm": "ECC_P256_R1",
            "Message": STANDARD.encode(message),
            "SignatureValue": STANDARD.encode(signature),
        });
        self.caller.call("VerifyByAsymmetricKey", &input).unwrap()["SignatureValid"].as_bool().unwrap()
    }

    fn mac(&self, _key: &str, _message: &[u8]) -> Vec<u8> {
        unimplemented!("the vendor has no MAC keys")
    }

    fn code(&self, why: Why) -> &'static str {
        match why {
            Why::NoMaterial | Why::Disabled | Why::PendingDeletion => "ResourceUnavailable.CmkDisabled",
            Why::OtherMaterial => "InvalidParameterValue.MaterialNotMatch",
            Why::Gone | Why::ForeignCiphertext => "ResourceUnavailable.CmkNotFound",
            Why::UnknownCredential => "AuthFailure.SecretIdNotFound",
            Why::BadBlob => "InvalidParameter.DecryptMaterialError",
            Why::TokenOver => "ResourceUnavailable.TokenExpired",
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}
