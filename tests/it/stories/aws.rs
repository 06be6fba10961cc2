//! The steps in AWS's words.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::driver::{Blob, Driver, Kind, Origin, Parameters, State, Why};
use crate::clients::{Caller, Outcome};

pub struct Aws {
    caller: Caller,
}

impl Aws {
    pub fn new(caller: Caller) -> Self {
        Self { caller }
    }

    fn by_key(&self, operation: &str, key: &str) -> Outcome<()> {
        self.caller.call(operation, &json!({ "KeyId": key })).map(|_| ())
    }

    fn bytes(&self, operation: &str, input: &Value, member: &str) -> Vec<u8> {
        STANDARD.decode(text(&self.caller.call(operation, input).unwrap()[member])).unwrap()
    }
}

impl Driver for Aws {
    fn caller(&self) -> &Caller {
        &self.caller
    }

    fn create(&self, kind: Kind, origin: Origin) -> String {
        let (spec, usage) = match kind {
            Kind::Symmetric => ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"),
            Kind::EcP256 => ("ECC_NIST_P256", "SIGN_VERIFY"),
            Kind::Rsa => ("RSA_2048", "ENCRYPT_DECRYPT"),
            Kind::RsaSigning => ("RSA_2048", "SIGN_VERIFY"),
            Kind::Hmac => ("HMAC_256", "GENERATE_VERIFY_MAC"),
            Kind::Agreement => ("ECC_NIST_P256", "KEY_AGREEMENT"),
            Kind::Encapsulation => ("ML_KEM_512", "ENCAPSULATE_DECAPSULATE"),
            Kind::PostQuantumSigning => ("ML_DSA_44", "SIGN_VERIFY"),
        };
        let origin = match origin {
            Origin::Service => "AWS_KMS",
            Origin::External => "EXTERNAL",
        };
        let input = json!({ "KeySpec": spec, "KeyUsage": usage, "Origin": origin });
        text(&self.caller.call("CreateKey", &input).unwrap()["KeyMetadata"]["KeyId"])
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
        let mut input = json!({
            "KeyId": key,
            "ImportToken": token,
            "EncryptedKeyMaterial": STANDARD.encode(&blob.material),
            "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE",
        });
        if let Some(expiry) = expiry {
            input["ExpirationModel"] = "KEY_MATERIAL_EXPIRES".into();
            input["ValidTo"] = expiry.into();
        }
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
            Some("PendingDeletion") => State::PendingDeletion,
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
        self.bytes("GetPublicKey", &json!({ "KeyId": key }), "PublicKey")
    }

    fn sign(&self, key: &str, message: &[u8]) -> Vec<u8> {
        let input = json!({ "KeyId": key, "Message": STANDARD.encode(message), "SigningAlgorithm": "ECDSA_SHA_256" });
        self.bytes("Sign", &input, "Signature")
    }

    fn verify(&self, key: &str, message: &[u8], signature: &[u8]) -> bool {
        let outcome = self.caller.call(
            "Verify",
            &json!({
                "KeyId": key,
                "Message": STANDARD.encode(message),
                "Signature": STANDARD.encode(signature),
                "SigningAlgorithm": "ECDSA_SHA_256",
            }),
        );
        match outcome {
            Ok(answer) => answer["SignatureValid"].as_bool().unwrap(),
            Err(refused) if refused.code == "KMSInvalidSignatureException" => false,
            Err(refused) => panic!("{refused:?}"),
        }
    }

    fn mac(&self, key: &str, message: &[u8]) -> Vec<u8> {
        let input = json!({ "KeyId": key, "Message": STANDARD.encode(message), "MacAlgorithm": "HMAC_SHA_256" });
        self.bytes("GenerateMac", &input, "Mac")
    }

    fn code(&self, why: Why) -> &'static str {
        match why {
            Why::NoMaterial | Why::PendingDeletion => "KMSInvalidStateException",
            Why::OtherMaterial => "IncorrectKeyMaterialException",
            Why::Disabled => "DisabledException",
            Why::Gone => "NotFoundException",
            Why::ForeignCiphertext => "AccessDeniedException",
            Why::UnknownCredential => "UnrecognizedClientException",
            Why::BadBlob => "InvalidCiphertextException",
            Why::TokenOver => "ExpiredImportTokenException",
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}
